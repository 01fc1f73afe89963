"""The kinds of charge: each is one small function from the bills of a segment to the quantity of a line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fanal.law.tariffs.book import Book, Version
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.demand import maximum_demand, real_demand
from fanal.law.tariffs.inputs import Rows
from fanal.law.tariffs.shares import Shares
from fanal.law.tariffs.stretches import months, stretches
from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, Column, half_up, product

PERCENT_SCALE = 100 * QUANTITY_SCALE
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Priced:
    """One candidate line: its days, its quantity in 1/1000, the days that multiply it or its amount if it has one."""

    start: Column
    end: Column
    quantity: Column
    days: Column | None = None
    amount: Column | None = None


@dataclass(slots=True)
class Segment:
    """The bills of a chunk over one version: their days in it, what they used in those days, what it has cost so far.

    after, before: the days of the period before the segment and up to its end; sums: whether a charge looks at others.
    """

    book: Book
    version: Version
    rows: Rows
    shares: Shares
    start: Column
    end: Column
    days: Column
    after: Column
    before: Column
    demand: Column
    sums: bool = True
    subtotal: Column | int = 0
    amounts: list[tuple[Charge, Column]] = field(default_factory=list)
    _limits: dict[tuple[int, int, str, str | None], tuple[Column, Column]] = field(default_factory=dict)
    _months: tuple[Column, Column] | None = None
    _reached: dict[int, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def add(self, charge: Charge, amount: Column) -> None:
        """Count a line that was priced; amounts in cents, or in parts of a cent where the document is rounded."""
        self.subtotal = self.subtotal + amount
        self.amounts.append((charge, amount))

    def parts(self, season: str | None) -> Iterator[tuple[Column, Column, Column, Column]]:
        """Yield the stretches of a season: start, end, days of the period before them and up to their end."""
        if season is None:
            yield self.start, self.end, self.after, self.before
            return
        there = self.days > 0
        low, high = int(self.start[there].min()), int(self.end[there].max())
        for begin, finish in stretches(self.book.season(season), low, high):
            start = np.maximum(self.start, begin)
            end = np.maximum(np.minimum(self.end, finish), start)
            after = np.minimum(start, self.rows.end) - self.rows.start
            yield start, end, after, after + end - start

    def months(self) -> tuple[Column, Column]:
        """Return the calendar months of the whole periods, as a fraction whose denominator counts their days."""
        if self._months is None:
            whole, length = months(self.rows.start, self.rows.end)
            self._months = whole, length * np.maximum(self.rows.end - self.rows.start, 1)
        return self._months

    def times(self, charge: Charge) -> Column | None:
        """Return what multiplies a quantity or a limit: a count, or the 1/1000 kW billed."""
        if charge.times == "kw":
            return self.demand
        return None if charge.times is None else getattr(self.rows, charge.times)

    def limit(self, charge: Charge, milli: int, days: Column) -> Column:
        """Return a block limit over these days, in 1/1000 kWh."""
        key = (milli, charge.width_days, charge.per, charge.times)
        of_days, limit = self._limits.get(key, (None, days))
        if of_days is not days:
            times, quantum = self.times(charge), self.book.quantum_milli
            factors, below = (() if times is None else (times,)), charge.width_days or 1
            divisor: int | Column = below * (QUANTITY_SCALE if charge.times == "kw" else 1) * quantum
            if charge.per == "month":
                numerator, denominator = self.months()
                factors, divisor = (*factors, numerator), denominator * divisor
            limit = half_up(product(days, milli, *factors), divisor) * quantum
            self._limits[key] = days, limit
        return limit

    def in_months(self, quantity: Column, days: Column) -> Column:
        """Return a quantity × the calendar months of these days, in 1/1000."""
        numerator, denominator = self.months()
        return half_up(product(quantity, days, numerator), denominator)

    def reaches(self, cos_milli: int) -> npt.NDArray[np.bool_]:
        """Whether the power factor of each bill, rounded to the hundredth, is at least this: P ÷ √(P² + Q²)."""
        if cos_milli not in self._reached:
            active, reactive = np.maximum(self.rows.kwh, 0), self.rows.kvarh
            least = cos_milli * HUNDREDTHS // QUANTITY_SCALE * 2 - 1
            apparent = product(active, active) + product(reactive, reactive)
            enough = product(active, active, (2 * HUNDREDTHS) ** 2) >= product(apparent, least**2)
            self._reached[cos_milli] = np.asarray(enough, bool)
        return self._reached[cos_milli]


def _fixed(charge: Charge, segment: Segment) -> Iterator[Priced]:
    """Days or months, times the dwellings, the households or the boxes; or once, with the last day of the bill."""
    times = segment.times(charge)
    for start, end, _, _ in segment.parts(charge.season):
        days = end - start
        if charge.per == "month":
            many = np.full(len(days), QUANTITY_SCALE) if times is None else product(times, QUANTITY_SCALE)
            yield Priced(start, end, segment.in_months(many, days))
            continue
        count = (end == segment.rows.end) & (days > 0) if charge.per == "bill" else days
        count = count.astype(np.int64)
        quantity = product(count, QUANTITY_SCALE) if times is None else product(count, times, QUANTITY_SCALE)
        yield Priced(start, end, quantity)


def _energy(charge: Charge, segment: Segment) -> Iterator[Priced]:
    """The kWh between two limits; negative kWh all fall in the first block."""
    for start, end, after, before in segment.parts(charge.season):
        days = segment.days if charge.season is None else end - start
        quantity = segment.shares.between(charge.of, after, before)
        for name in charge.less:
            quantity = quantity - segment.shares.between(name, after, before)
        if charge.over_percent_milli:
            free = product(np.maximum(segment.shares.between("kwh", after, before), 0), charge.over_percent_milli)
            quantity = np.maximum(quantity - half_up(free, PERCENT_SCALE), 0)
        if charge.upto_milli:
            quantity = np.minimum(quantity, segment.limit(charge, charge.upto_milli, days))
        if charge.after_milli:
            quantity = np.maximum(quantity - segment.limit(charge, charge.after_milli, days), 0)
        yield Priced(start, end, quantity)


def _demand(charge: Charge, segment: Segment) -> Iterator[Priced]:
    """The demand above its base and up to its limit, for the days of the segment in the season."""
    base: int | Column = charge.over_milli
    if charge.over_per_multiplier_milli:
        base = np.maximum(base, product(segment.rows.multiplier, charge.over_per_multiplier_milli))
    level = _level(charge, segment)
    if charge.upto_milli:
        level = np.minimum(level, charge.upto_milli)
    excess = np.maximum(level - base, 0)
    for start, end, _, _ in segment.parts(charge.season):
        days = end - start
        if charge.per == "month":
            yield Priced(start, end, segment.in_months(excess, days))
        else:
            yield Priced(start, end, np.where(days > 0, excess, 0), days)


def _level(charge: Charge, segment: Segment) -> Column:
    if charge.of == "billing_kw":
        return segment.demand
    if charge.of == "power_factor_excess":
        rows, rule = segment.rows, segment.version.billing_demand
        return maximum_demand(rule, rows.kw, rows.kva) - real_demand(rule, rows.kw)
    return segment.rows.registers[charge.of]


def _minimum(charge: Charge, segment: Segment) -> Iterator[Priced]:
    """What the lines before it lack to reach the minimum bill of these phases."""
    days = segment.days
    length = product(days, QUANTITY_SCALE)
    if charge.per == "month":
        length = segment.in_months(np.full(len(days), QUANTITY_SCALE), days)
    due = segment.book.divided(product(length, charge.price_micro), segment.book.cent_scale * (charge.per_days or 1))
    reached = segment.subtotal
    if segment.book.rounded == "document" and isinstance(reached, np.ndarray):
        reached = segment.book.divided(reached, segment.book.exact_scale)
    lacking = (segment.rows.phases == charge.phases) & (due > reached)
    yield Priced(segment.start, segment.end, np.where(lacking, length, 0), amount=np.where(lacking, due - reached, 0))


def _percent(charge: Charge, segment: Segment) -> Iterator[Priced]:
    """A share of what other lines cost: of all those before, or of those named; within the cos φ of the row."""
    base = segment.subtotal
    if charge.on:
        named = [it for of, it in segment.amounts if any(of.is_part_of(name) for name in charge.on)]
        base = np.sum(named, axis=0) if named else 0
    base = np.zeros(len(segment.days), np.int64) if isinstance(base, int) else base
    unit = segment.book.cent_scale // PRICE_SCALE  # 1/1000 of the currency in a cent
    document = segment.book.rounded == "document"
    quantity = half_up(base * unit, segment.book.exact_scale) if document else base * unit
    if charge.upto_milli:
        inside = ~segment.reaches(charge.upto_milli)
        if charge.after_milli:
            inside &= segment.reaches(charge.after_milli)
        quantity = np.where(inside & (segment.rows.kvarh != 0), quantity, 0)
    yield Priced(segment.start, segment.end, quantity)


def _bank(charge: Charge, segment: Segment) -> Iterator[Priced]:
    """The kWh left in the bank of net metering, on the day that the bank ends."""
    rows = segment.rows
    ends = (rows.bank_ends == 1) & (segment.end == rows.end) & (segment.days > 0)
    yield Priced(segment.start, segment.end, np.where(ends, rows.bank_kwh, 0))


KINDS: dict[str, Callable[[Charge, Segment], Iterator[Priced]]] = {
    "fixed": _fixed,
    "energy": _energy,
    "demand": _demand,
    "minimum": _minimum,
    "percent": _percent,
    "bank": _bank,
}
