"""The rating kernel (calcul des factures): one pure function for one bill or ten million.

Columns in, bill lines out, in bill order. Exact scaled integers, one rounding (`fanal.values.money.half_up`, or the
truncation that a book declares): each line to the cent, each tax once a bill. A kind of charge is one small function of
`fanal.law.tariffs.kinds`. See docs/explanation/how-a-bill-is-priced.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.demand import billing_demand
from fanal.law.tariffs.inputs import Quantities, Refusal, Rows, blanked, refusals_of, rows_of
from fanal.law.tariffs.kinds import KINDS, Priced, Segment
from fanal.law.tariffs.shares import Shares
from fanal.law.tariffs.taxes import day_number, taxes_on
from fanal.values.money import PRICE_SCALE, Column, product

CHUNK = 16_384  # bills: what the arithmetic of one chunk uses stays in the processor's cache
Days = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rated:
    """The lines of all the bills, in bill order, and the sums of each bill.

    Lines [lines]: bill = place of the bill; charge = place in `charges`; start, end = days since 1970;
    quantity in 1/1000; amount in cents. Bills [bills]: net, total in cents; billing_kw, and bank_kwh left after the
    period, in 1/1000.
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
    bank_kwh: Column
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
    rows = rows_of(book, start, end, quantities)
    refusals = refusals_of(book, rows, quantities)
    refused = np.zeros(len(rows.start), bool)
    refused[[refusal.index for refusal in refusals]] = True
    rows = blanked(rows, refused)
    chunks = [_columns(book, rows.part(at, at + CHUNK), at) for at in range(0, max(len(refused), 1), CHUNK)]
    columns = [np.concatenate(parts) for parts in zip(*chunks, strict=True)]
    return Rated(book, book.charges, *columns, tuple(refusals))  # type: ignore[arg-type, call-arg]


def _columns(book: Book, rows: Rows, first: int) -> tuple[npt.NDArray[np.integer], ...]:
    """Rate one chunk: the columns of `Rated`, in its order."""
    rows, bank = netted(book, rows)
    sheet = _Sheet(book, rows, first)
    tax, tax_rate = taxes_on(book, sheet.taxable, rows.end - 1, rows.exempt)
    return *sheet.lines(), sheet.net, tax, tax_rate, sheet.net + tax.sum(axis=1), sheet.billing_kw, bank


def netted(book: Book, rows: Rows) -> tuple[Rows, Column]:
    """Take from the kWh what was injected and what was in the bank (mesurage net); return what the bank has left."""
    none = np.zeros(len(rows.start), np.int64)
    if book.net_metering is None:
        return rows, none
    left = rows.kwh - rows.registers[book.net_metering] - rows.bank_kwh
    bank = np.maximum(-left, 0)
    billed = rows.each(lambda name, column: {"kwh": np.maximum(left, 0), "bank_kwh": bank}.get(name, column))
    return billed, np.where(rows.bank_ends == 1, 0, bank)


class _Sheet:
    """One chunk of bills × the candidate lines of the book; the lines are those with a quantity."""

    def __init__(self, book: Book, rows: Rows, first: int) -> None:
        count = len(rows.start)
        self.book, self.rows, self.first = book, rows, first
        self.whole_document = book.rounded == "document"
        kind = object if self.whole_document else np.int64  # a document sums parts of a cent, as Python integers
        self.net, self.taxable = np.zeros(count, kind), np.zeros(count, kind)
        self.billing_kw = np.zeros(count, np.int64)
        self.places: list[int] = []
        self.spans: list[int] = []
        self.starts: list[Column] = []
        self.ends: list[Column] = []
        self.quantities: list[Column] = []
        self.amounts: list[Column] = []
        self.summing = {it.version for it in book.charges if it.kind in ("minimum", "percent")}
        by_version: dict[int, list[tuple[int, Charge]]] = {}
        for place, charge in enumerate(book.charges):
            by_version.setdefault(charge.version, []).append((place, charge))
        for version, segment in self._segments():
            for place, charge in by_version.get(version, ()):
                if charge.kind != "rounding":
                    self._add(place, charge, segment)
        if self.whole_document and count:
            self._round_the_document()

    def _segments(self) -> Iterator[tuple[int, Segment]]:
        """Cut the bills at each version."""
        rows = self.rows
        if not len(rows.start):
            return
        low, high = int(rows.start.min()), int(rows.end.max())
        shares = Shares(self.book, rows)
        days_before = shares.none
        for place, version in enumerate(self.book.versions):
            since, until = day_number(version.from_on), day_number(version.to_on)
            if until <= low or since >= high:
                continue
            start, end = self._clipped(since, until)
            days = end - start
            if not days.any():
                continue
            demand = billing_demand(version.billing_demand, rows.kw, rows.kva, rows.past_kw)
            np.copyto(self.billing_kw, demand, where=days > 0)
            days_so_far = days_before + days
            reach = (start, end, days, days_before, days_so_far)
            yield place, Segment(self.book, version, rows, shares, *reach, demand, sums=place in self.summing)
            days_before = days_so_far

    def _clipped(self, since: int, until: int) -> tuple[Column, Column]:
        """Return the days of each bill at one version; empty where start = end."""
        if self.book.proration == "days":
            start = np.maximum(self.rows.start, since)
            return start, np.maximum(np.minimum(self.rows.end, until), start)
        last = self.rows.end - 1
        return self.rows.start, np.where((last >= since) & (last < until), self.rows.end, self.rows.start)

    def _add(self, place: int, charge: Charge, segment: Segment) -> None:
        """Price one charge over a segment, as one candidate line or one a stretch of its season."""
        for priced in KINDS[charge.kind](charge, segment):
            amount = self._priced(charge, priced) if priced.amount is None else priced.amount
            self._keep(place, priced, amount)
            exact = self._exact(charge, priced, amount) if self.whole_document else amount
            if segment.sums:
                segment.add(charge, exact)
            self.net += exact
            if charge.taxable:
                self.taxable += exact

    def _keep(self, place: int, priced: Priced, amount: Column) -> None:
        if not self.ends or self.ends[-1] is not priced.end:
            self.starts.append(priced.start)
            self.ends.append(priced.end)
        self.places.append(place)
        self.spans.append(len(self.starts) - 1)
        self.quantities.append(priced.quantity)
        self.amounts.append(amount)

    def _priced(self, charge: Charge, priced: Priced) -> Column:
        """Quantity × price, and × days where the quantity does not count them, to the cent."""
        factors = (charge.price_micro,) if priced.days is None else (charge.price_micro, priced.days)
        return self.book.divided(product(priced.quantity, *factors), self.book.cent_scale * (charge.per_days or 1))

    def _exact(self, charge: Charge, priced: Priced, amount: Column) -> Column:
        """The amount before its rounding, in 1/`exact_scale` of a cent, as Python integers: a document sums these."""
        scale = self.book.exact_scale
        if priced.amount is not None:
            return amount.astype(object) * scale
        exact = priced.quantity.astype(object) * charge.price_micro * (scale // self.book.cent_scale)
        return (exact if priced.days is None else exact * priced.days) // (charge.per_days or 1)

    def _round_the_document(self) -> None:
        """Round the sums once, and say in a line what the rounded lines lack to make them."""
        scale, shown = self.book.exact_scale, np.sum(self.amounts, axis=0)
        self.net, self.taxable = (self.book.divided(it, scale) for it in (self.net, self.taxable))
        lacking = self.net - shown
        unit = self.book.cent_scale // PRICE_SCALE
        self._keep(len(self.book.charges) - 1, Priced(self.rows.start, self.rows.end, lacking * unit), lacking)

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
