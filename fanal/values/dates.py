"""Days and half-open periods. A day in a column is an int32: days since 1970-01-01."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from fanal.values.refusal import Fault

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Période [starts_on, ends_on): the last day is not in it. Refuses an end before its start."""

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError(f"La période finit le {self.ends_on}, avant de commencer le {self.starts_on}.")

    @property
    def days(self) -> int:
        """Number of days, the end not counted."""
        return (self.ends_on - self.starts_on).days

    def contains(self, day: date) -> bool:
        """Whether the day is one of the period."""
        return self.starts_on <= day < self.ends_on

    def overlap(self, other: "Period") -> "Period | None":
        """The days common to both, or None if there is none."""
        starts_on = max(self.starts_on, other.starts_on)
        ends_on = min(self.ends_on, other.ends_on)
        return Period(starts_on, ends_on) if starts_on < ends_on else None


def to_days(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def from_days(days: int) -> date:
    """The day that is so many days after 1970-01-01."""
    return date.fromordinal(int(days) + EPOCH_ORDINAL)


def add_months(day: date, months: int) -> date:
    """« mois »: the same date so many months later, or the last day of a shorter month. OverflowError out of years."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError(f"the year {year} is not one of a calendar")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_day(text: str) -> date:
    """A day written 2026-01-12. Raises Fault for anything else."""
    try:
        if ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Fault("« {text} » n’est pas un jour du calendrier écrit comme 2026-01-12.", text=text)
