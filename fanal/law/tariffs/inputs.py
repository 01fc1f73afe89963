"""What the kernel is given, and the bills that it refuses one by one, without stopping the others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

import numpy as np
import numpy.typing as npt

from fanal.law.tariffs.book import DAYS_MAX, Book
from fanal.law.tariffs.stretches import days_in, stretches
from fanal.law.tariffs.taxes import FOREVER, day_number, untaxed
from fanal.values.dates import from_days
from fanal.values.money import Column

COUNT_MAX = 10**6
DAY_MIN, DAY_MAX = day_number(date(1000, 1, 1)), day_number(date(9000, 1, 1))


Given = npt.NDArray[np.integer]
MILLI = ("kwh", "kw", "kva", "kvarh", "past_kw", "bank_kwh")  # what is in 1/1000; the others are counts
ONE = frozenset({"multiplier", "households", "phases"})  # what is 1 where it is not said; the others are 0


@dataclass(frozen=True, slots=True)
class Quantities:
    """The columns a book may need, one value a bill; None where it does not need it.

    kwh, kw, kva, kvarh, past_kw, bank_kwh and the registers of the book by name in 1/1000; multiplier (dwellings),
    households and units (boxes, lamps) are counts; phases 1 or 3. past_kw is the highest past demand that the book
    looks back at, from `fanal.law.tariffs.demand.past_peaks`. bank_kwh is what net metering had left before the period
    and bank_ends is 1 where that bank ends with it. exempt has bit n set where the customer does not pay the n-th tax
    of the book.
    """

    kwh: Given | None = None
    kw: Given | None = None
    kva: Given | None = None
    multiplier: Given | None = None
    phases: Given | None = None
    units: Given | None = None
    past_kw: Given | None = None
    kvarh: Given | None = None
    households: Given | None = None
    bank_kwh: Given | None = None
    bank_ends: Given | None = None
    exempt: Given | None = None
    registers: Mapping[str, Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one bill has no lines: its place, a code, the field at fault, the sentence in both languages."""

    index: int
    code: str
    field: str
    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The same columns as int64, defaults filled; what the arithmetic reads."""

    start: Column
    end: Column
    kwh: Column
    kw: Column
    kva: Column
    multiplier: Column
    phases: Column
    units: Column
    past_kw: Column
    kvarh: Column
    households: Column
    bank_kwh: Column
    bank_ends: Column
    exempt: Column
    registers: dict[str, Column]

    def flow(self, name: str) -> Column:
        """Return a quantity of energy: kwh, kvarh, or a register."""
        return self.registers[name] if name in self.registers else getattr(self, name)

    def each(self, change: Callable[[str, Column], Column]) -> "Rows":
        """Return the rows with every column changed; registers are named registers.x."""
        own = {it.name: change(it.name, getattr(self, it.name)) for it in fields(self) if it.name != "registers"}
        return Rows(**own, registers={n: change(f"registers.{n}", column) for n, column in self.registers.items()})

    def part(self, first: int, last: int) -> "Rows":
        """Return the bills [first, last)."""
        return self.each(lambda name, column: column[first:last])


def rows_of(book: Book, start: Given, end: Given, quantities: Quantities) -> Rows:
    """Widen the columns to int64 and fill the absent ones: 1 dwelling, household and phase, 0 of the rest."""
    count = len(start)

    def filled(name: str, column: Given | None) -> Column:
        if column is None:
            return np.broadcast_to(np.int64(1 if name in ONE else 0), (count,))
        return _int64(name, column, count)

    own = {it.name: filled(it.name, getattr(quantities, it.name)) for it in fields(quantities)[:-1]}
    registers = {name: filled(name, quantities.registers.get(name)) for name in book.registers}
    return Rows(_int64("start", start, count), _int64("end", end, count), **own, registers=registers)


def blanked(rows: Rows, refused: npt.NDArray[np.bool_]) -> Rows:
    """Return the rows with the refused bills emptied: no day, no quantity, hence no line."""
    if not refused.any():
        return rows
    neighbour = rows.start[~refused][:1].sum()  # a day of the others, so that no version is looked at for nothing
    return rows.each(lambda name, column: np.where(refused, neighbour if name in ("start", "end") else 0, column))


def refusals_of(book: Book, rows: Rows, quantities: Quantities) -> list[Refusal]:
    """Say which bills cannot be rated, the first reason of each, in the order of the bills."""
    first: dict[int, Refusal] = {}
    if not len(rows.start):
        return []
    for places, code, name, fr, en in _reasons(book, rows, quantities):
        for place in places.tolist():
            if place not in first:
                first[place] = Refusal(place, code, name, *(_dated(text, int(rows.start[place])) for text in (fr, en)))
    return [first[place] for place in sorted(first)]


_Reason = tuple[Column, str, str, str, str]


def _reasons(book: Book, rows: Rows, quantities: Quantities) -> Iterator[_Reason]:
    start, end = rows.start, rows.end
    everyone = np.arange(len(start))
    lacking = [name for name in book.needs if getattr(quantities, name) is None]
    for name in lacking + [f"registers.{name}" for name in book.registers if name not in quantities.registers]:
        yield (
            everyone,
            "missing",
            name,
            f"Le livre {book.code} demande « {name} ».",
            f"Book {book.code} needs “{name}”.",
        )
    for side, column in (("from", start), ("to", end)):
        yield (
            _outside(column, DAY_MIN, DAY_MAX),
            "bad_period",
            side,
            "La période sort du calendrier.",
            "The period is outside the calendar.",
        )
    yield (
        _where(start >= end),
        "bad_period",
        "to",
        "La période doit finir après son début ({start}).",
        "The period must end after its start ({start}).",
    )
    yield (
        _where(end - start > DAYS_MAX),
        "too_long",
        "to",
        f"La période dépasse {DAYS_MAX} jours.",
        f"The period is longer than {DAYS_MAX} days.",
    )
    yield from _quantity_reasons(book, rows, quantities)
    yield from _price_reasons(book, start, end)


def _quantity_reasons(book: Book, rows: Rows, quantities: Quantities) -> Iterator[_Reason]:
    most = book.quantity_max
    given = [name for name in MILLI if getattr(quantities, name) is not None]
    columns = {name: getattr(rows, name) for name in given}
    columns |= {f"registers.{name}": rows.registers[name] for name in book.registers if name in quantities.registers}
    negative = {"kwh"} | {f"registers.{name}" for name in book.registers if name != book.net_metering}
    negative -= {f"registers.{name}" for name, it in book.registers.items() if it.unit == "kW"}
    for name, column in columns.items():
        yield (
            _outside(column, -most, most),
            "too_large",
            name,
            f"« {name} » dépasse {most // 1000}.",
            f"“{name}” is more than {most // 1000}.",
        )
        if name not in negative:
            yield (
                _outside(column, 0, most),
                "negative",
                name,
                f"« {name} » ne peut être négatif.",
                f"“{name}” cannot be negative.",
            )
    yield from _count_reasons(book, rows, quantities)
    yield from _season_reasons(book, rows)


def _count_reasons(book: Book, rows: Rows, quantities: Quantities) -> Iterator[_Reason]:
    taxes = 2 ** len(book.taxes) - 1
    bounds = {"multiplier": (1, COUNT_MAX), "households": (1, COUNT_MAX), "units": (0, COUNT_MAX)}
    for name, (least, most) in (bounds | {"bank_ends": (0, 1), "exempt": (0, taxes)}).items():
        if getattr(quantities, name) is not None:
            yield (
                _outside(getattr(rows, name), least, most),
                "bad_count",
                name,
                f"« {name} » doit être entre {least} et {most}.",
                f"“{name}” must be between {least} and {most}.",
            )
    if quantities.phases is not None:
        yield (
            _where((rows.phases != 1) & (rows.phases != 3)),
            "bad_phases",
            "phases",
            "« phases » vaut 1 ou 3.",
            "“phases” is 1 or 3.",
        )


def _season_reasons(book: Book, rows: Rows) -> Iterator[_Reason]:
    """A register that counted something in a period without a day of its season."""
    for name, register in book.registers.items():
        counted = np.flatnonzero(rows.registers[name]) if register.season else rows.start[:0]
        if register.season and len(counted):
            start, end = (np.clip(it[counted], DAY_MIN, DAY_MAX) for it in (rows.start, rows.end))
            yield (
                counted[days_in(book.season(register.season), start, end) == 0],
                "off_season",
                f"registers.{name}",
                f"Le registre « {name} » n’a aucun jour de sa saison dans la période.",
                f"Register “{name}” has no day of its season in the period.",
            )


def _price_reasons(book: Book, start: Column, end: Column) -> Iterator[_Reason]:
    opening, closing = day_number(book.versions[0].from_on), day_number(book.versions[-1].to_on)
    first_day = end - 1 if book.proration == "end" else start
    fr, en = f"Le livre {book.code} n’a pas de prix le ", f"Book {book.code} has no price on "
    yield _outside(first_day, opening, FOREVER), "no_price", "from", fr + "{start}.", en + "{start}."
    if book.versions[-1].to_on:
        last = from_days(closing)
        yield _outside(end, -FOREVER, closing), "no_price", "to", f"{fr}{last}.", f"{en}{last}."
    for begin, finish in book.gaps:
        none, first = (day_number(day) for day in (begin, finish))
        inside = (
            (start < first) & (end > none) if book.proration != "end" else (first_day >= none) & (first_day < first)
        )
        yield (
            _where(inside),
            "no_price",
            "from",
            f"{fr}{begin}, ni jusqu’au {finish} exclu.",
            f"{en}{begin}, nor until {finish}.",
        )
    if book.proration == "reading":
        for cut in _cuts(book, start, end):
            yield (
                _where((start < cut) & (cut < end)),
                "reading_needed",
                "to",
                f"Le livre {book.code} change de prix le {from_days(cut)} : il faut une relève ce jour-là.",
                f"Book {book.code} changes its prices on {from_days(cut)}: a reading is needed that day.",
            )
    for tax, places in untaxed(book.taxes, end - 1):
        yield (
            places,
            "no_tax_rate",
            "to",
            f"La taxe {tax.abbreviation.fr} n’a pas de taux le dernier jour.",
            f"The tax {tax.abbreviation.en} has no rate on the last day.",
        )


def _cuts(book: Book, start: Column, end: Column) -> list[int]:
    """The days on which a price of energy changes: those of the versions, and the edges of the seasons of a price."""
    days = {day_number(version.from_on) for version in book.versions[1:]}
    low, high = int(np.clip(start.min(), DAY_MIN, DAY_MAX)), int(np.clip(end.max(), DAY_MIN, DAY_MAX))
    for season in {charge.season for charge in book.charges if charge.kind == "energy" and charge.season}:
        days |= {day for stretch in stretches(book.season(season), low, high) for day in stretch}
    return sorted(days)


def _dated(text: str, start: int) -> str:
    return text.replace("{start}", from_days(min(max(start, DAY_MIN), DAY_MAX)).isoformat())


def _where(condition: npt.NDArray[np.bool_]) -> Column:
    return np.flatnonzero(condition)


def _outside(column: Column, least: int, most: int) -> Column:
    """Return the places of the values outside [least, most], quickly where there are none."""
    if not column.size or (column.min() >= least and column.max() <= most):
        return np.zeros(0, np.int64)
    return np.flatnonzero((column < least) | (column > most))


def _int64(name: str, column: npt.NDArray[np.integer], count: int) -> Column:
    if column.dtype.kind not in "iu" or column.shape != (count,):
        raise TypeError(f"{name}: {count} integers expected, got {column.dtype}{column.shape}")
    return column.astype(np.int64, copy=False)
