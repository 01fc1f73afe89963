"""What the kernel is given, and the bills that it refuses one by one, without stopping the others."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import numpy.typing as npt

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.taxes import FOREVER, day_number, untaxed
from fanal.values.dates import from_days
from fanal.values.money import Column

DAYS_MAX = 3_660
COUNT_MAX = 10**6
DAY_MIN, DAY_MAX = day_number(date(1000, 1, 1)), day_number(date(9000, 1, 1))


@dataclass(frozen=True, slots=True)
class Quantities:
    """The columns a book may need, one value a bill; None where it does not need it.

    kwh, kw, kva, winter_kw in 1/1000; multiplier (dwellings) and units (boxes, lamps) are counts; phases 1 or 3.
    winter_kw is the highest demand of the last winter, from `fanal.law.tariffs.demand.winter_peak`.
    """

    kwh: npt.NDArray[np.integer] | None = None
    kw: npt.NDArray[np.integer] | None = None
    kva: npt.NDArray[np.integer] | None = None
    multiplier: npt.NDArray[np.integer] | None = None
    phases: npt.NDArray[np.integer] | None = None
    units: npt.NDArray[np.integer] | None = None
    winter_kw: npt.NDArray[np.integer] | None = None


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
    winter_kw: Column

    def part(self, first: int, last: int) -> "Rows":
        """Return the bills [first, last)."""
        return Rows(*(getattr(self, field.name)[first:last] for field in fields(self)))


def rows_of(start: npt.NDArray[np.integer], end: npt.NDArray[np.integer], quantities: Quantities) -> Rows:
    """Widen the columns to int64 and fill the absent ones: 1 dwelling, 1 phase, 0 of the rest."""
    count = len(start)
    given: dict[str, Column] = {}
    for field in fields(Quantities):
        column = getattr(quantities, field.name)
        if column is None:
            default = np.int64(1 if field.name in ("multiplier", "phases") else 0)
            given[field.name] = np.broadcast_to(default, (count,))
        else:
            given[field.name] = _int64(field.name, column, count)
    return Rows(_int64("start", start, count), _int64("end", end, count), **given)


def blanked(rows: Rows, refused: npt.NDArray[np.bool_]) -> Rows:
    """Return the rows with the refused bills emptied: no day, no quantity, hence no line."""
    if not refused.any():
        return rows
    neighbour = rows.start[~refused][:1].sum()  # a day of the others, so that no version is looked at for nothing
    columns = {f.name: np.where(refused, 0, getattr(rows, f.name)) for f in fields(rows)}
    return Rows(**columns | {name: np.where(refused, neighbour, getattr(rows, name)) for name in ("start", "end")})


def refusals_of(book: Book, rows: Rows, quantities: Quantities) -> list[Refusal]:
    """Say which bills cannot be rated, the first reason of each, in the order of the bills."""
    first: dict[int, Refusal] = {}
    if not len(rows.start):
        return []
    for places, code, field, fr, en in _reasons(book, rows, quantities):
        for place in places.tolist():
            if place not in first:
                first[place] = Refusal(place, code, field, *(_dated(text, int(rows.start[place])) for text in (fr, en)))
    return [first[place] for place in sorted(first)]


_Reason = tuple[Column, str, str, str, str]


def _reasons(book: Book, rows: Rows, quantities: Quantities) -> Iterator[_Reason]:
    start, end = rows.start, rows.end
    everyone = np.arange(len(start))
    for name in book.needs:
        if getattr(quantities, name) is None:
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
    for name in ("kwh", "kw", "kva", "winter_kw"):
        if getattr(quantities, name) is not None:
            column = getattr(rows, name)
            yield (
                _outside(column, -most, most),
                "too_large",
                name,
                f"« {name} » dépasse {most // 1000}.",
                f"“{name}” is more than {most // 1000}.",
            )
            if name != "kwh":
                yield (
                    _outside(column, 0, most),
                    "negative",
                    name,
                    f"« {name} » ne peut être négatif.",
                    f"“{name}” cannot be negative.",
                )
    for name, least in (("multiplier", 1), ("units", 0)):
        if getattr(quantities, name) is not None:
            yield (
                _outside(getattr(rows, name), least, COUNT_MAX),
                "bad_count",
                name,
                f"« {name} » doit être entre {least} et {COUNT_MAX}.",
                f"“{name}” must be between {least} and {COUNT_MAX}.",
            )
    if quantities.phases is not None:
        yield (
            _where((rows.phases != 1) & (rows.phases != 3)),
            "bad_phases",
            "phases",
            "« phases » vaut 1 ou 3.",
            "“phases” is 1 or 3.",
        )


def _price_reasons(book: Book, start: Column, end: Column) -> Iterator[_Reason]:
    opening, closing = day_number(book.versions[0].from_on), day_number(book.versions[-1].to_on)
    first_day = end - 1 if book.proration == "end" else start
    fr, en = f"Le livre {book.code} n’a pas de prix le ", f"Book {book.code} has no price on "
    yield _outside(first_day, opening, FOREVER), "no_price", "from", fr + "{start}.", en + "{start}."
    if book.versions[-1].to_on:
        last = from_days(closing)
        yield _outside(end, -FOREVER, closing), "no_price", "to", f"{fr}{last}.", f"{en}{last}."
    if book.proration == "reading":
        for version in book.versions[1:]:
            cut = day_number(version.from_on)
            yield (
                _where((start < cut) & (cut < end)),
                "reading_needed",
                "to",
                f"Le livre {book.code} change de prix le {version.from_on} : il faut une relève ce jour-là.",
                f"Book {book.code} changes its prices on {version.from_on}: a reading is needed that day.",
            )
    for tax, places in untaxed(book.taxes, end - 1):
        yield (
            places,
            "no_tax_rate",
            "to",
            f"La taxe {tax.abbreviation.fr} n’a pas de taux le dernier jour.",
            f"The tax {tax.abbreviation.en} has no rate on the last day.",
        )


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
