"""Both sides of a bill: what another system printed, and what its prices and the readings make; in columns.

Money in cents, quantities and demand in 1/1000, prices in 1/1,000,000, days since 1970-01-01.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from fanal.law.shadow.prices import OldTariff, OldTariffs
from fanal.law.shadow.uses import Use
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.rate import Rated, rate
from fanal.law.tariffs.taxes import rates_on, taxes_on
from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, Column, product, truncated


@dataclass(frozen=True, slots=True)
class OldLine:
    """One line: the component of the other system, its days, quantity, price and amount."""

    component: str
    start: int
    end: int
    quantity: int
    price: int
    amount: int


@dataclass(frozen=True, slots=True)
class OldBill:
    """A bill as the other system printed it; `lines` is None where it kept none. `sign` is −1 for a credit note."""

    number: str
    account: str
    tariff: str
    start: int
    end: int
    kwh: int
    kw: int
    net: int
    taxes: tuple[int, ...]
    total: int
    sign: int = 1
    lines: tuple[OldLine, ...] | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What a bill is rated from here: whole kWh, demand in 1/1000, counts, the opening fee in cents."""

    kwh: int
    kw: int = 0
    kva: int = 0
    past_kw: int = 0
    multiplier: int = 1
    phases: int = 1
    units: int = 0
    fee: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """One bill, what it is rated from here, and the readings that say so."""

    old: OldBill
    given: Given
    use: Use
    known: bool = True  # whether the subscription is
    printed: bool = True  # whether the other system made a bill of it


@dataclass(frozen=True, slots=True)
class Method:
    """Another arithmetic to try: the book, taxes cut to the cent, days added at both ends."""

    book: Book
    truncated_taxes: frozenset[int] = frozenset()
    start_days: int = 0
    end_days: int = 0


@dataclass(frozen=True, slots=True)
class Derived:
    """What one side comes to: lines in bill order, taxes in the order of the book, sums in cents."""

    lines: tuple[OldLine, ...]
    net: int
    taxes: tuple[int, ...]
    total: int

    def agrees(self, old: OldBill) -> bool:
        """Whether it is the printed bill to the cent: its sums, and its lines where they were kept."""
        if (self.net, self.taxes, self.total) != (old.net, old.taxes, old.total):
            return False
        return old.lines is None or shown(self.lines) == shown(old.lines)


def shown(lines: Sequence[OldLine]) -> list[tuple[str, int]]:
    """The component and the amount of each line that comes to something, in the order of the days."""
    counted = sorted((line.start, line.component, line.amount) for line in lines if line.amount)
    return [(component, amount) for _, component, amount in counted]


def derive(old: OldTariffs, tariff: OldTariff, pairs: Sequence[Pair], method: Method) -> list[Derived | None]:
    """Rate the bills of one tariff by the kernel; None where it refuses one."""
    columns = {it.name: np.array([getattr(pair.given, it.name) for pair in pairs], np.int64) for it in fields(Given)}
    start = np.array([pair.old.start for pair in pairs], np.int64) + method.start_days
    end = np.array([pair.old.end for pair in pairs], np.int64) + method.end_days
    fee = columns.pop("fee")
    rated = rate(method.book, start, end, _quantities(columns))
    net = rated.net + fee
    taxes = _taxes(method, net, end - 1).tolist()
    lines = _lines(tariff, rated)
    for place in np.flatnonzero(fee).tolist():
        lines[place].append(_fee_line(old, method.book, pairs[place]))
    found: list[Derived | None] = [
        signed(Derived(tuple(of), cents, tuple(each), cents + sum(each)), pair.old.sign)
        for pair, of, cents, each in zip(pairs, lines, net.tolist(), taxes, strict=True)
    ]
    for refusal in rated.refusals:
        found[refusal.index] = None
    return found


def _quantities(columns: dict[str, Column]) -> Quantities:
    return Quantities(
        kwh=columns["kwh"] * QUANTITY_SCALE,
        kw=columns["kw"],
        kva=columns["kva"],
        past_kw=columns["past_kw"],
        multiplier=columns["multiplier"],
        phases=columns["phases"],
        units=columns["units"],
    )


def _fee_line(old: OldTariffs, book: Book, pair: Pair) -> OldLine:
    """The opening fee, on the first day of the bill."""
    day, cents = pair.old.start, pair.given.fee
    return OldLine(old.fee_component, day, day, QUANTITY_SCALE, cents * book.cent_scale // QUANTITY_SCALE, cents)


def signed(derived: Derived, sign: int) -> Derived:
    """Return what a credit note takes back: everything turned round."""
    if sign == 1:
        return derived
    lines = tuple(replace(it, quantity=-it.quantity, amount=-it.amount) for it in derived.lines)
    return Derived(lines, -derived.net, tuple(-it for it in derived.taxes), -derived.total)


def _taxes(method: Method, taxable: Column, last_day: Column) -> Column:
    taxes, _ = taxes_on(method.book, taxable, last_day)
    for place in sorted(method.truncated_taxes):
        micro, stacked = rates_on(method.book.taxes[place], last_day)
        base = taxable + taxes[:, :place].sum(axis=1) * stacked
        taxes[:, place] = truncated(product(base, micro), PRICE_SCALE)
    return taxes


def _lines(tariff: OldTariff, rated: Rated) -> list[list[OldLine]]:
    """The lines of each bill, under the components of the other system."""
    found: list[list[OldLine]] = [[] for _ in rated.net]
    columns = (rated.bill, rated.charge, rated.start, rated.end, rated.quantity, rated.amount)
    of = {charge.code: tariff.components.get(charge.code, charge.code) for charge in rated.charges}
    for bill, charge, start, end, quantity, amount in zip(*(it.tolist() for it in columns), strict=True):
        row = rated.charges[charge]
        found[bill].append(OldLine(of[row.code], start, end, quantity, row.price_micro, amount))
    return found
