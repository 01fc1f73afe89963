"""The share of a quantity that falls in a part of a period: by days, and nothing is lost."""

from dataclasses import dataclass

import numpy as np

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.inputs import Rows
from fanal.law.tariffs.stretches import days_in
from fanal.values.money import Column, half_up, product


class Shares:
    """How much of each quantity falls in a part of its bill's period: by days, and nothing is lost.

    What falls before a day is rounded once; a part has the difference of its two ends, and the last has the rest. A
    register that only runs in a season is shared over the days of that season.
    """

    def __init__(self, book: Book, rows: Rows) -> None:
        self.book, self.rows, self.none = book, rows, np.zeros(len(rows.start), np.int64)
        self._last: dict[str, _Part] = {}

    def between(self, name: str, after: Column, before: Column) -> Column:
        """Return what falls between two numbers of days since the start of the period."""
        last = self._last.get(name)
        if last is None or last.after is not after or last.before is not before:
            fallen, until = self._until(name, after, last), self._until(name, before, last)
            last = self._last[name] = _Part(after, before, fallen, until, until - fallen)
        return last.between

    def _until(self, name: str, days: Column, last: "_Part | None") -> Column:
        if days is self.none:
            return self.none
        if last is not None and (days is last.after or days is last.before):  # the next part begins where this one ends
            return last.fallen if days is last.after else last.until
        return self._counted(name, days)

    def _counted(self, name: str, days: Column) -> Column:
        rows = self.rows
        quantity, whole = rows.flow(name), np.maximum(rows.end - rows.start, 1)
        register = self.book.registers.get(name)
        if register and register.season:
            season = self.book.season(register.season)
            days = days_in(season, rows.start, rows.start + days)
            whole = np.maximum(days_in(season, rows.start, rows.end), 1)
        if self.book.quantum_milli == 1:
            return half_up(product(quantity, days), whole)
        rounded = half_up(product(quantity, days), whole * self.book.quantum_milli) * self.book.quantum_milli
        return np.where(days == whole, quantity, rounded)


@dataclass(frozen=True, slots=True)
class _Part:
    """The last part that was asked for: its ends, what falls before each, and between them."""

    after: Column
    before: Column
    fallen: Column
    until: Column
    between: Column
