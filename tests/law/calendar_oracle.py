"""The calendar told another way: holidays by the moon and the act, delays by walking one day after another."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)


def easter_sunday(year: int) -> date:
    """The full moon of the Gregorian computus by its epact, then the Sunday after: another way than the table's."""
    century = year // 100 + 1
    epact = (14 + 11 * (year % 19) - 3 * century // 4 + (5 + 8 * century) // 25) % 30
    if epact == 0 or (epact == 1 and year % 19 > 10):
        epact += 1
    moon = date(year, 4, 19) - timedelta(days=epact)
    return moon + timedelta(days=7 - (moon.weekday() + 1) % 7)


def legal_holidays(year: int) -> set[date]:
    """Interpretation Act of Québec, s. 61(23), Sundays left out."""
    days = [date(year, 1, 1) + timedelta(days=it) for it in range(366)]
    mondays = [day for day in days if day.weekday() == 0 and day.year == year]
    easter = easter_sunday(year)
    first_of_july = date(year, 7, 1)
    return {
        date(year, 1, 1),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        max(day for day in mondays if day < date(year, 5, 25)),
        date(year, 6, 24),
        first_of_july if first_of_july.weekday() != 6 else date(year, 7, 2),
        next(day for day in mondays if day.month == 9),
        [day for day in mondays if day.month == 10][1],
        date(year, 12, 25),
    }


@cache
def is_open(day: date) -> bool:
    """Whether offices are open: neither a week-end nor a legal holiday."""
    return day.isoweekday() < 6 and day not in _holidays(day.year)


def walk(start: date, days: int) -> date:
    """The last day of a delay, by crossing the days one at a time, then on to an open one."""
    day = start
    for _ in range(days):
        day = day + ONE_DAY
    while not is_open(day):
        day = day + ONE_DAY
    return day


def walk_clear(start: date, days: int) -> date:
    """The last day of clear days: so many whole days lie between the start and the end."""
    between = 0
    day = start
    while between < days:
        day = day + ONE_DAY
        between += 1
    return walk(day, 1)


def walk_months(start: date, months: int) -> date:
    """The same date so many months later, found by walking; a date that the month lacks is its last day."""
    return walk(same_date(start, months), 0)


def same_date(start: date, months: int) -> date:
    """The same date so many months later or earlier, by trying each day of that month from its end."""
    ahead = start.month - 1 + months
    year, month = start.year + ahead // 12, ahead % 12 + 1
    return next(date(year, month, day) for day in tries(start.day) if exists(year, month, day))


def tries(day: int) -> Iterable[int]:
    """A day of the month, then those before it."""
    return range(day, 0, -1)


def exists(year: int, month: int, day: int) -> bool:
    """Whether the calendar has that day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@cache
def _holidays(year: int) -> set[date]:
    return legal_holidays(year)
