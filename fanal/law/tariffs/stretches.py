"""The parts of a period: the stretches of a season, and its calendar months."""

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date
from fractions import Fraction

import numpy as np

from fanal.law.tariffs.registers import Season
from fanal.law.tariffs.taxes import day_number
from fanal.values.dates import from_days
from fanal.values.money import Column


def stretches(season: Season, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a season that touch [start, end), as days since 1970, in order."""
    first, last = max(from_days(start).year - 1, MINYEAR), min(from_days(end).year + 1, MAXYEAR)
    years = range(first, last + 1)
    begins, ends = ([_day_of(text, year) for year in years] for text in (season.from_day, season.to_day))
    for begin in begins:
        finish = next((day for day in ends if day > begin), None)
        if finish is not None and finish > start and begin < end:
            yield begin, finish


def days_in(season: Season, start: Column, end: Column) -> Column:
    """Return how many days of each [start, end) the season has."""
    days = np.zeros(len(start), np.int64)
    if len(start):
        for begin, finish in stretches(season, int(start.min()), int(end.max())):
            days += np.maximum(np.minimum(end, finish) - np.maximum(start, begin), 0)
    return days


def months(start: Column, end: Column) -> tuple[Column, Column]:
    """Return the calendar months (mois) of each [start, end) as a fraction: numerator, denominator.

    Whole months from the day it starts, then the days that are left over the length of the month that they begin:
    5 April to 5 May is one month, 5 April to 20 May is 1 + 15/31.
    """
    first = start.astype("datetime64[D]").astype("datetime64[M]")
    rank = start - first.astype("datetime64[D]").astype(np.int64)
    last = end.astype("datetime64[D]").astype("datetime64[M]")
    whole = (last - first).astype(np.int64)
    whole = np.maximum(whole - (_same_day(first, rank, whole) > end), 0)
    begun = _same_day(first, rank, whole)
    length = _same_day(first, rank, whole + 1) - begun
    return whole * length + end - begun, length


def months_of_days(from_on: date, to_on: date, days: int) -> Fraction:
    """Return the calendar months of so many days of one period [from_on, to_on)."""
    start, end = (np.array([day_number(it)], np.int64) for it in (from_on, to_on))
    numerator, denominator = (int(it[0]) for it in months(start, end))
    return Fraction(numerator * days, denominator * max((to_on - from_on).days, 1))


def _same_day(first: np.ndarray, rank: Column, months_later: Column) -> Column:
    """Return the same day of the month so many months later, or the last day of a shorter month."""
    month = first + months_later
    begins, following = (it.astype("datetime64[D]").astype(np.int64) for it in (month, month + 1))
    return np.asarray(begins + np.minimum(rank, following - begins - 1))


def _day_of(text: str, year: int) -> int:
    month, day = text.split("-")
    return day_number(date(year, int(month), int(day)))
