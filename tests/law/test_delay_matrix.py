"""Every start day of 2024–2036 by every delay of the bylaw, against a calendar walked day by day."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from calendar_oracle import same_date, walk, walk_clear, walk_months

from fanal.law.delays import holidays, last_clear_day, last_day, last_day_of_months, last_days
from fanal.values.dates import add_months, to_days

HOLIDAYS = holidays("alma")
FIRST, LAST = date(2024, 1, 1), date(2036, 12, 31)
STARTS = [FIRST + timedelta(days=it) for it in range((LAST - FIRST).days + 1)]

# 7 (16.3.2), 8 (16.3.1, 16.3.3), 9 (6.1.2, 7.2.1, 7.2.2), 10 (4.4), 16 (7.2.1), 21 (4.2.2, 4.3.1), 30 (5.1), 60 (6.5).
DAYS = (7, 8, 9, 10, 16, 21, 30, 60)
MONTHS_BACK = (6, 12, 36)  # 4.5
Delay = Callable[[date], date]
DELAYS: dict[str, tuple[Delay, Delay]] = {
    **{f"{days} days": (lambda it, n=days: last_day(it, n, HOLIDAYS), lambda it, n=days: walk(it, n)) for days in DAYS},
    "21 days, then 21 days (4.2.2)": (
        lambda it: last_day(last_day(it, 21, HOLIDAYS), 21, HOLIDAYS),
        lambda it: walk(walk(it, 21), 21),
    ),
    "16 days, the next day, then 9 days (7.2)": (
        lambda it: last_day(last_day(it, 16, HOLIDAYS) + timedelta(days=1), 9, HOLIDAYS),
        lambda it: walk(walk(it, 16) + timedelta(days=1), 9),
    ),
    "7 clear days (5.2.1)": (lambda it: last_clear_day(it, 7, HOLIDAYS), lambda it: walk_clear(it, 7)),
    **{
        f"{months} months (6.5)": (
            lambda it, n=months: last_day_of_months(it, n, HOLIDAYS),
            lambda it, n=months: walk_months(it, n),
        )
        for months in (24, 48)
    },
    "24 months, then 60 days (6.5)": (
        lambda it: last_day(add_months(it, 24), 60, HOLIDAYS),
        lambda it: walk(same_date(it, 24), 60),
    ),
    **{
        f"{months} months back (4.5)": (lambda it, n=months: add_months(it, -n), lambda it, n=months: same_date(it, -n))
        for months in MONTHS_BACK
    },
}


@pytest.fixture(params=["UTC", "America/Toronto", "Pacific/Auckland"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine stands in that time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_the_matrix_has_every_day_of_thirteen_years_and_every_delay() -> None:
    assert (len(STARTS), len(DELAYS)) == (4749, 17)


@pytest.mark.parametrize("name", DELAYS)
def test_every_delay_ends_where_the_walk_ends(name: str) -> None:
    counted, walked = DELAYS[name]

    assert [(it, counted(it)) for it in STARTS] == [(it, walked(it)) for it in STARTS]


def test_the_same_days_come_whatever_the_zone_of_the_server(server_zone: str) -> None:
    starts = np.array([to_days(it) for it in STARTS], dtype=np.int32)

    for days in DAYS:
        assert last_days(starts, days, HOLIDAYS).tolist() == [to_days(walk(it, days)) for it in STARTS], server_zone


def test_an_oracle_without_holidays_would_be_caught() -> None:
    naive = [it + timedelta(days=21) for it in STARTS]

    assert naive != [last_day(it, 21, HOLIDAYS) for it in STARTS]
