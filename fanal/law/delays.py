"""Delays by Part VIII of the bylaw: the only place where days are counted.

A delay ends at 23:59 of its last day. Columns of days are int32, days since 1970-01-01.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fanal.law.decision import Ground, ground
from fanal.law.in_force import PARAMETERS, ParameterError, read_toml
from fanal.values.dates import Period, add_months, from_days, to_days

Days = NDArray[np.int32]

SATURDAY, SUNDAY = 5, 6
WEEKEND = {
    SATURDAY: {"fr": "samedi", "en": "Saturday"},
    SUNDAY: {"fr": "dimanche", "en": "Sunday"},
}
ONE_DAY = timedelta(days=1)


class UnknownHolidays(ValueError):
    """A delay that leaves the years of which the holidays are known; the message is in French."""


@dataclass(frozen=True, eq=False)
class Holidays:
    """Jours fériés of a municipality, each with its name in French and English, over the years it covers.

    Outside these years nothing is known: asking is refused, rather than answered without holidays.
    """

    names: Mapping[date, Mapping[str, str]]
    covers: Period
    _next_working_day: Days = field(init=False, repr=False)

    def __post_init__(self) -> None:
        following = np.empty(self.covers.days, dtype=np.int32)
        first = to_days(self.covers.starts_on)
        working = to_days(self.covers.ends_on)
        for offset in range(self.covers.days - 1, -1, -1):
            working = first + offset if self.closed_because(from_days(first + offset)) is None else working
            following[offset] = working
        object.__setattr__(self, "_next_working_day", following)

    def closed_because(self, day: date) -> Mapping[str, str] | None:
        """The holiday, Saturday or Sunday that the day is; None on a working day. UnknownHolidays beyond the years."""
        if not self.covers.contains(day):
            raise self._unknown(day)
        return self.names.get(day) or WEEKEND.get(day.weekday())

    def first_working_days(self, days: Days) -> Days:
        """For each day, itself or the next working day. UnknownHolidays beyond the years covered."""
        first, end = to_days(self.covers.starts_on), to_days(self.covers.ends_on)
        if days.size and (int(days.min()) < first or int(days.max()) >= end):
            outside = from_days(int(days.min()) if int(days.min()) < first else int(days.max()))
            raise self._unknown(outside)
        return self._next_working_day[days - first]

    def _unknown(self, day: date) -> UnknownHolidays:
        return UnknownHolidays(
            f"Les jours fériés ne sont connus que du {self.covers.starts_on} "
            f"au {self.covers.ends_on - ONE_DAY}; on demande le {day}."
        )


def last_day(start: date, days: int, holidays: Holidays) -> date:
    """Part VIII, « jour »: last day of a delay, which ends that day at 23:59.

    The starting day is not counted. A delay that would end on a Saturday, a Sunday
    or a holiday runs to the end of the next working day.
    """
    return _extended(start + days * ONE_DAY, holidays)


def last_clear_day(start: date, days: int, holidays: Holidays) -> date:
    """5.2.1, « jours francs »: neither the first nor the last day counts; the answer of that day is in time."""
    return _extended(start + (days + 1) * ONE_DAY, holidays)


def last_day_of_months(start: date, months: int, holidays: Holidays) -> date:
    """Part VIII, « mois »: last day of a delay in months, extended like a delay in days."""
    return _extended(add_months(start, months), holidays)


def last_days(starts: Days, days: int, holidays: Holidays) -> Days:
    """Part VIII, « jour »: `last_day` of a whole column. int32 days in and out, same shape."""
    return holidays.first_working_days((starts + np.int32(days)).astype(np.int32))


def delay_is_extended(counted_to: date, holidays: Holidays) -> Ground:
    """Partie VIII: a delay that would end on a day of rest runs to the next working day."""
    ends_on = _extended(counted_to, holidays)
    resting = (counted_to + it * ONE_DAY for it in range((ends_on - counted_to).days))
    reasons = [reason for day in resting if (reason := holidays.closed_because(day))]
    return ground(
        "Partie VIII",
        "delay_is_extended",
        bool(reasons),
        counted_to=counted_to,
        ends_on=ends_on,
        because={lang: ", ".join(it[lang] for it in reasons) for lang in ("fr", "en")},
    )


@cache
def holidays(municipality: str, *, root: Path = PARAMETERS) -> Holidays:
    """The dated holidays of a municipality, from its holidays.toml. ParameterError names what is wrong."""
    path = root / municipality / "holidays.toml"
    document = read_toml(path)
    try:
        names, days = document["names"], document["days"]
        rows = {date.fromisoformat(day): names[name] for day, name in days.items()}
        covers = Period(document["covers"]["from"], document["covers"]["to"])
    except (KeyError, ValueError, TypeError, AttributeError) as problem:
        raise ParameterError(f"{municipality}/{path.name} : un jour férié ne se lit pas ({problem}).") from None
    for day in rows:
        if not covers.contains(day):
            raise ParameterError(f"{municipality}/{path.name} : le {day} est hors des années couvertes.")
    return Holidays(names=rows, covers=covers)


def _extended(day: date, holidays: Holidays) -> date:
    return from_days(int(holidays.first_working_days(np.array([to_days(day)], dtype=np.int32))[0]))
