"""How much the town uses, day by day: weather, seasons and habits in whole numbers, so that it is the same everywhere.

Energy in Wh, power in W, temperature in tenths of a degree Celsius. No floating point: an index is exact.
"""

import datetime
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

SEED = 20_261_116
FIRST_DAY = datetime.date(2020, 1, 1)  # the weather is one series from here on, whatever the demo's today
DAYS = 366 * 12
NORMALS = (-158, -139, -68, 28, 101, 158, 184, 168, 113, 46, -20, -109)  # tenths, mid-month, plausible and invented
HEATED_BELOW = 160  # tenths
LIGHT_PERMILLE = (1180, 1130, 1060, 980, 920, 900, 900, 920, 970, 1040, 1120, 1200)  # lighting, cooking, evenings


@dataclass(frozen=True)
class Habits:
    """What makes a point's use, one row per point."""

    base_wh_day: Integers
    heating_wh_degree_day: Integers  # Wh per degree below HEATED_BELOW and per day
    weekend_permille: Integers  # use of a week-end day against a week day
    noise_permille: Integers  # how much a day may differ from its neighbours
    load_factor_permille: Integers  # mean power against the day's peak
    power_factor_permille: Integers  # W against VA


@cache
def temperature() -> Integers:
    """Mean temperature of each day from FIRST_DAY, tenths of a degree."""
    random = np.random.default_rng([SEED, 1])
    jolts = random.integers(-42, 43, DAYS) + random.integers(-20, 21, DAYS)
    normal = np.array([_normal(FIRST_DAY + datetime.timedelta(days=day)) for day in range(DAYS)])
    swing = np.zeros(DAYS, dtype=np.int64)
    for day in range(1, DAYS):
        swing[day] = swing[day - 1] * 72 // 100 + jolts[day]
    return normal + swing


def _normal(day: datetime.date) -> int:
    """The season's temperature: straight lines between the middles of the months."""
    position = day.timetuple().tm_yday * 12 * 100 // 366 - 50  # hundredths of a month after mid-January
    month, hundredths = divmod(position, 100)
    here, after = NORMALS[month % 12], NORMALS[(month + 1) % 12]
    return (here * (100 - hundredths) + after * hundredths) // 100


def temperatures(starts_on: datetime.date, days: int) -> Integers:
    """Tenths of a degree for so many days."""
    first = (starts_on - FIRST_DAY).days
    return temperature()[first : first + days]


@cache
def monthly_temperature() -> dict[tuple[int, int], int]:
    """Mean temperature of each (year, month), tenths of a degree: what the bill prints under its bars."""
    of_month: dict[tuple[int, int], list[int]] = {}
    for rank, tenths in enumerate(temperature()):
        day = FIRST_DAY + datetime.timedelta(days=rank)
        of_month.setdefault((day.year, day.month), []).append(int(tenths))
    return {month: sum(tenths) // len(tenths) for month, tenths in of_month.items()}


def daily_use(habits: Habits, starts_on: datetime.date, days: int) -> Integers:
    """Wh of each point (rows) and day (columns)."""
    calendar = [starts_on + datetime.timedelta(days=rank) for rank in range(days)]
    season = np.array([LIGHT_PERMILLE[day.month - 1] for day in calendar])
    weekend = np.array([day.weekday() >= 5 for day in calendar])
    cold = np.maximum(HEATED_BELOW - temperatures(starts_on, days), 0)
    use = habits.base_wh_day[:, None] * season // 1000
    use = np.where(weekend, use * habits.weekend_permille[:, None] // 1000, use)
    use += habits.heating_wh_degree_day[:, None] * cold // 10
    draw = np.random.default_rng([SEED, 2]).integers(-1000, 1001, use.shape, dtype=np.int64)
    return np.maximum(use + use * (draw * habits.noise_permille[:, None] // 1000) // 1000, 0)


def daily_peak(habits: Habits, use: Integers) -> Integers:
    """W of each point and day: the highest quarter of an hour."""
    draw = np.random.default_rng([SEED, 3]).integers(-60, 61, use.shape, dtype=np.int64)
    peak = use * 1000 // (24 * habits.load_factor_permille[:, None])
    return peak + peak * draw // 1000
