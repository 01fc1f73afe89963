"""Versements à venir: the days and amounts of what is paid in parts, told from its terms as of any day.

Nothing is remembered of a next day: it is derived when it is shown. An instalment of a day of rest is due the next
working day, as any delay of Part VIII.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count as from_zero

from fanal.law.delays import Holidays, last_day
from fanal.values.dates import add_months


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Each month on a day (the last of a shorter month), or every so many days, after `starts_on`; cents.

    `count` instalments in all, the last of `last_cents`; without a count they go on until `ends_on`, not included.
    """

    cents: int
    starts_on: date
    day: int = 0
    every_days: int = 0
    count: int = 0
    last_cents: int = 0
    ends_on: date | None = None
    paid_count: int = 0  # the first ones, received before anybody here counted
    counted_from: date = date.min  # none before: of a count, those not received go on in their rhythm from that day


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment: its day in the terms, the working day on which it is due, its cents."""

    on: date
    due_on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a schedule stands on a day: what comes next, what is late and since when, what is left (none: no end)."""

    next: Instalment | None
    late_cents: int
    late_count: int
    late_since: date | None
    left_cents: int | None

    @property
    def is_kept(self) -> bool:
        """Whether all that fell due was received."""
        return self.late_cents == 0


def instalments(terms: Schedule, closed: Holidays) -> Iterator[Instalment]:
    """All that are still to be counted, in order; without an end where the terms have none."""
    moved = _moved(terms)
    for rank in from_zero(max(terms.paid_count + 1, _first_rank(terms))):
        if terms.count and rank > terms.count:
            return
        on = _nominal(terms, rank + moved)
        if terms.ends_on is not None and not terms.count and on >= terms.ends_on:
            return
        if on >= terms.counted_from:
            last = terms.count and rank == terms.count and terms.last_cents
            due_on = last_day(on, 0, closed) if closed.covers.contains(on) else on  # of years past, none is asked
            yield Instalment(on, due_on, last or terms.cents)


def due_within(terms: Schedule, from_on: date, to_on: date, closed: Holidays) -> list[Instalment]:
    """Those due in [from_on, to_on)."""
    found = []
    for it in instalments(terms, closed):
        if it.on >= to_on:
            break
        if from_on <= it.due_on < to_on:
            found.append(it)
    return found


def unpaid(
    terms: Schedule, received_cents: int, closed: Holidays, owed_cents: int | None = None
) -> Iterator[tuple[Instalment, int]]:
    """Each instalment with what is left of it: what was received pays the first ones, what is not owed is not asked."""
    for it in instalments(terms, closed):
        rest = min(max(it.cents - max(received_cents, 0), 0), it.cents)
        received_cents -= it.cents
        if owed_cents is not None:
            rest = min(rest, owed_cents)
            owed_cents -= rest
        yield it, rest


def standing(
    terms: Schedule, received_cents: int, on: date, closed: Holidays, owed_cents: int | None = None
) -> Standing:
    """Where it stands that day. What was received pays the first ones: what is paid ahead is not what comes next.

    Of an agreement no more is asked than `owed_cents`, where it is told: its last instalments shrink.
    """
    late_cents, late_count, late_since = 0, 0, None
    coming = None
    for it, rest in unpaid(terms, received_cents, closed, owed_cents):
        if it.due_on < on and rest:
            late_cents, late_count, late_since = late_cents + rest, late_count + 1, late_since or it.due_on
        if it.due_on >= on and rest:
            coming = Instalment(it.on, it.due_on, rest if terms.count else it.cents)
            break
        if it.due_on >= on and not terms.count:
            coming = coming or it  # of a plan paid ahead until its end, which goes on until then
    left = None
    if terms.count:
        left = sum(rest for _it, rest in unpaid(terms, received_cents, closed, owed_cents))
    return Standing(coming, late_cents, late_count, late_since, left)


def _first_rank(terms: Schedule) -> int:
    """A rank before which none is counted: the months since a plan began are not walked one by one."""
    if terms.every_days:
        return 1
    start, counted = terms.starts_on, max(terms.counted_from, terms.starts_on)
    return max((counted.year - start.year) * 12 + counted.month - start.month, 1)


def _moved(terms: Schedule) -> int:
    """By how many times its rhythm what is left of a count moves, for the first to fall on the day counted from."""
    if not terms.count or not terms.every_days or terms.counted_from <= terms.starts_on:
        return 0
    before = (terms.counted_from - terms.starts_on - timedelta(days=1)) // timedelta(days=terms.every_days)
    return max(before - terms.paid_count, 0)


def _nominal(terms: Schedule, rank: int) -> date:
    """The day of the instalment of that rank, from 1."""
    if terms.every_days:
        return terms.starts_on + rank * timedelta(days=terms.every_days)
    first = terms.starts_on.replace(day=1)
    first = first if _in_month(first, terms.day) > terms.starts_on else add_months(first, 1)
    return _in_month(add_months(first, rank - 1), terms.day)


def _in_month(first: date, day: int) -> date:
    """That day of the month, or its last one."""
    following = add_months(first, 1)
    return min(first + timedelta(days=day - 1), following - timedelta(days=1))
