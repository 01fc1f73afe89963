"""The rating kernel (calcul des factures): one pure function for one bill or ten million.

Columns in, bill lines out, in bill order. Exact scaled integers, one rounding (`fanal.values.money.half_up`):
each line to the cent, each tax once a bill. See docs/explanation/how-a-bill-is-priced.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.demand import billing_demand, stretches
from fanal.law.tariffs.inputs import Quantities, Refusal, Rows, blanked, refusals_of, rows_of
from fanal.law.tariffs.taxes import day_number, taxes_on
from fanal.values.money import Column, half_up, product

CHUNK = 16_384  # bills: what the arithmetic of one chunk uses stays in the processor's cache
Days = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rated:
    """The lines of all the bills, in bill order, and the sums of each bill.

    Lines [lines]: bill = place of the bill; charge = place in `charges`; start, end = days since 1970;
    quantity in 1/1000; amount in cents. Bills [bills]: net, total in cents; billing_kw in 1/1000.
    Taxes [bills, taxes of the book]: tax in cents, tax_rate in 1/1,000,000.
    """

    book: Book
    charges: tuple[Charge, ...]
    bill: Days
    charge: npt.NDArray[np.int16]
    start: Days
    end: Days
    days: Days
    quantity: Column
    amount: Column
    net: Column
    tax: Column
    tax_rate: Column
    total: Column
    billing_kw: Column
    refusals: tuple[Refusal, ...]

    def lines_of(self, bill: int) -> range:
        """Return the places of the lines of one bill."""
        first, last = np.searchsorted(self.bill, [bill, bill + 1])
        return range(int(first), int(last))


def rate(book: Book, start: npt.NDArray[np.integer], end: npt.NDArray[np.integer], quantities: Quantities) -> Rated:
    """Rate bills of one book.

    start, end: days since 1970-01-01 of the half-open periods [start, end), one a bill; quantities: see
    `Quantities`. A bill that cannot be rated has no line and one entry in `refusals`; the others go on.
    Raises TypeError when a column is not of integers or not of the common length.
    """
    rows = rows_of(start, end, quantities)
    refusals = refusals_of(book, rows, quantities)
    refused = np.zeros(len(rows.start), bool)
    refused[[refusal.index for refusal in refusals]] = True
    rows = blanked(rows, refused)
    chunks = [_columns(book, rows.part(at, at + CHUNK), at) for at in range(0, max(len(refused), 1), CHUNK)]
    columns = [np.concatenate(parts) for parts in zip(*chunks, strict=True)]
    return Rated(book, book.charges, *columns, tuple(refusals))  # type: ignore[arg-type, call-arg]


def _columns(book: Book, rows: Rows, first: int) -> tuple[npt.NDArray[np.integer], ...]:
    """Rate one chunk: the columns of `Rated`, in its order."""
    sheet = _Sheet(book, rows, first)
    tax, tax_rate = taxes_on(book, sheet.taxable, rows.end - 1)
    return *sheet.lines(), sheet.net, tax, tax_rate, sheet.net + tax.sum(axis=1), sheet.billing_kw


@dataclass(slots=True)
class _Segment:
    """The bills of a chunk over one version: their days in it, and what they used in those days."""

    book: Book
    rows: Rows
    start: Column
    end: Column
    days: Column
    kwh: Column
    demand: Column
    subtotal: Column
    limits: dict[tuple[int, int, bool], Column] = field(default_factory=dict)

    def limit(self, charge: Charge, milli: int) -> Column:
        """Return a block limit over the days of the segment, in 1/1000 kWh."""
        key = (milli, charge.width_days, charge.times == "multiplier")
        if key not in self.limits:
            factors = (self.rows.multiplier,) if key[2] else ()
            self.limits[key] = half_up(product(self.days, milli, *factors), charge.width_days)
        return self.limits[key]


class _Sheet:
    """One chunk of bills × the candidate lines of the book; the lines are those with a quantity."""

    def __init__(self, book: Book, rows: Rows, first: int) -> None:
        count = len(rows.start)
        self.book, self.rows, self.first = book, rows, first
        self.net, self.taxable = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self.billing_kw = np.zeros(count, np.int64)
        self.places: list[int] = []
        self.spans: list[int] = []
        self.starts: list[Column] = []
        self.ends: list[Column] = []
        self.quantities: list[Column] = []
        self.amounts: list[Column] = []
        for version, segment in self._segments():
            for place, charge in enumerate(book.charges):
                if charge.version == version:
                    self._add(place, charge, segment)

    def _segments(self) -> Iterator[tuple[int, _Segment]]:
        """Cut the bills at each version; the kWh are shared by days, the last segment taking the rest."""
        rows = self.rows
        if not len(rows.start):
            return
        low, high, whole = int(rows.start.min()), int(rows.end.max()), np.maximum(rows.end - rows.start, 1)
        days_before = kwh_before = np.zeros(len(rows.start), np.int64)
        for place, version in enumerate(self.book.versions):
            since, until = day_number(version.from_on), day_number(version.to_on)
            if until <= low or since >= high:
                continue
            start, end = self._clipped(since, until)
            days = end - start
            if not days.any():
                continue
            days_so_far = days_before + days
            kwh_so_far = half_up(product(rows.kwh, days_so_far), whole) if "kwh" in self.book.accepts else kwh_before
            demand = billing_demand(version.billing_demand, rows.kw, rows.kva, rows.winter_kw)
            np.copyto(self.billing_kw, demand, where=days > 0)
            yield place, _Segment(self.book, rows, start, end, days, kwh_so_far - kwh_before, demand, days * 0)
            days_before, kwh_before = days_so_far, kwh_so_far

    def _clipped(self, since: int, until: int) -> tuple[Column, Column]:
        """Return the days of each bill at one version; empty where start = end."""
        if self.book.proration == "days":
            start = np.maximum(self.rows.start, since)
            return start, np.maximum(np.minimum(self.rows.end, until), start)
        last = self.rows.end - 1
        return self.rows.start, np.where((last >= since) & (last < until), self.rows.end, self.rows.start)

    def _add(self, place: int, charge: Charge, segment: _Segment) -> None:
        """Price one charge over a segment, as one candidate line or one a stretch of its season."""
        for start, end, quantity, amount in _KINDS[charge.kind](charge, segment):
            if not self.ends or self.ends[-1] is not end:
                self.starts.append(start)
                self.ends.append(end)
            self.places.append(place)
            self.spans.append(len(self.starts) - 1)
            self.quantities.append(quantity)
            self.amounts.append(amount)
            segment.subtotal = segment.subtotal + amount
            self.net += amount
            if charge.taxable:
                self.taxable += amount

    def lines(self) -> tuple[npt.NDArray[np.integer], ...]:
        """Return the columns of the lines, bill after bill: bill, charge, start, end, days, quantity, amount."""
        count, width = len(self.net), len(self.places)
        if not count or not width:
            empty = np.zeros(0, np.int32)
            return empty, empty.astype(np.int16), empty, empty, empty, empty.astype(np.int64), empty.astype(np.int64)
        quantity, amount = _woven(self.quantities, np.int64), _woven(self.amounts, np.int64)
        at = np.flatnonzero(quantity)
        bill = at // width
        column = at - bill * width
        span = bill * len(self.starts) + np.array(self.spans).take(column)
        start, end = _woven(self.starts, np.int32).take(span), _woven(self.ends, np.int32).take(span)
        charge = np.array(self.places, np.int16).take(column)
        return (bill + self.first).astype(np.int32), charge, start, end, end - start, quantity.take(at), amount.take(at)


def _woven(columns: list[Column], kind: type[np.integer]) -> npt.NDArray[np.integer]:
    """Lay columns side by side, one bill after the other."""
    woven = np.empty((len(columns[0]), len(columns)), kind)
    for place, column in enumerate(columns):
        woven[:, place] = column
    return woven.ravel()


_Priced = tuple[Column, Column, Column, Column]


def _fixed(charge: Charge, segment: _Segment) -> Iterator[_Priced]:
    """Days, times the dwellings or the boxes, at a price per day or per 30 days."""
    days = segment.days
    times = {"multiplier": segment.rows.multiplier, "units": segment.rows.units}.get(charge.times or "")
    quantity = product(days, 1000) if times is None else product(days, times, 1000)
    cents = half_up(product(quantity, charge.price_micro), segment.book.cent_scale * charge.per_days)
    yield segment.start, segment.end, quantity, cents


def _energy(charge: Charge, segment: _Segment) -> Iterator[_Priced]:
    """The kWh between two limits; negative kWh all fall in the first block."""
    quantity = segment.kwh
    if charge.upto_milli:
        quantity = np.minimum(quantity, segment.limit(charge, charge.upto_milli))
    if charge.after_milli:
        quantity = np.maximum(quantity - segment.limit(charge, charge.after_milli), 0)
    cents = half_up(product(quantity, charge.price_micro), segment.book.cent_scale)
    yield segment.start, segment.end, quantity, cents


def _demand(charge: Charge, segment: _Segment) -> Iterator[_Priced]:
    """The billing demand above its base, for the days of the segment in the season."""
    base: int | Column = charge.over_milli
    if charge.over_per_multiplier_milli:
        base = np.maximum(base, product(segment.rows.multiplier, charge.over_per_multiplier_milli))
    excess = np.maximum(segment.demand - base, 0)
    for start, end in _in_season(charge, segment):
        days = end - start
        quantity = np.where(days > 0, excess, 0)
        cents = half_up(product(quantity, days, charge.price_micro), segment.book.cent_scale * charge.per_days)
        yield start, end, quantity, cents


def _in_season(charge: Charge, segment: _Segment) -> Iterator[tuple[Column, Column]]:
    if charge.season is None:
        yield segment.start, segment.end
        return
    there = segment.days > 0
    low, high = int(segment.start[there].min()), int(segment.end[there].max())
    for begin, finish in stretches(segment.book.winter, charge.season, low, high):
        start = np.maximum(segment.start, begin)
        yield start, np.maximum(np.minimum(segment.end, finish), start)


def _minimum(charge: Charge, segment: _Segment) -> Iterator[_Priced]:
    """What the lines of the segment lack to reach the minimum bill of these phases."""
    due = half_up(product(segment.days, 1000, charge.price_micro), segment.book.cent_scale * charge.per_days)
    lacking = (segment.rows.phases == charge.phases) & (due > segment.subtotal)
    quantity = np.where(lacking, segment.days * 1000, 0)
    yield segment.start, segment.end, quantity, np.where(lacking, due - segment.subtotal, 0)


_KINDS = {"fixed": _fixed, "energy": _energy, "demand": _demand, "minimum": _minimum}
