"""Winter, its peaks, and the demand that is billed."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanal.law.tariffs.demand import HYDRO_QUEBEC_WINTER, stretches, winter_peak

EPOCH = date(1970, 1, 1)
MONTHS = [date(2024 + (month - 1) // 12, (month - 1) % 12 + 1, 1) for month in range(1, 38)]


def number(day: date) -> int:
    return (day - EPOCH).days


def peak(*history: tuple[date, date, int]) -> int:
    start, end = (np.array([number(period[side]) for period in history], np.int64) for side in (0, 1))
    kw = np.array([period[2] for period in history], np.int64)
    return int(winter_peak(1, kw * 0, start, end, kw)[0])


def month(place: int, kw: int) -> tuple[date, date, int]:
    return MONTHS[place], MONTHS[place + 1], kw


def test_only_periods_wholly_in_winter_count() -> None:
    assert peak(month(0, 5), month(3, 99)) == 5
    assert peak((date(2024, 11, 30), date(2024, 12, 31), 99), (date(2024, 12, 1), date(2025, 1, 1), 7)) == 7
    assert peak((date(2025, 3, 1), date(2025, 4, 2), 99)) == 0
    assert peak((date(2025, 3, 1), date(2025, 4, 1), 99)) == 99


def test_a_period_over_a_whole_year_is_not_in_winter() -> None:
    assert peak((date(2024, 1, 1), date(2025, 3, 1), 99)) == 0


def test_eleven_past_periods_and_this_one_make_twelve() -> None:
    year = [month(0, 99), *[month(place, 1) for place in range(1, 12)]]
    assert peak(*year) == 1
    assert peak(*year[:11]) == 99


def test_a_period_too_old_does_not_count_however_few_came_since() -> None:
    columns = (np.array([0]), np.array([number(MONTHS[0])]), np.array([number(MONTHS[1])]), np.array([99]))
    for place, expected in ((12, 99), (13, 0)):
        assert winter_peak(1, *columns, ending=np.array([number(MONTHS[place])])).tolist() == [expected]


def test_no_history_is_no_peak() -> None:
    assert peak() == 0


def test_each_bill_has_its_own_history_in_any_order() -> None:
    rows = [(2, *month(0, 30)), (0, *month(1, 10)), (2, *month(1, 40)), (0, *month(0, 20))]
    row, start, end, kw = (
        np.array([value if isinstance(value, int) else number(value) for value in column])
        for column in zip(*rows, strict=True)
    )
    assert winter_peak(3, row, start, end, kw).tolist() == [20, 0, 40]


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 1000))
def test_seasons_share_out_every_day_once(start: date, count: int) -> None:
    first, last = number(start), number(start) + count
    seen = []
    for season in ("winter", "summer"):
        for begin, end in stretches(HYDRO_QUEBEC_WINTER, season, first, last):
            for day in range(max(begin, first), min(end, last)):
                seen.append(day)
                assert ((EPOCH + timedelta(days=day)).month in (12, 1, 2, 3)) == (season == "winter")
    assert sorted(seen) == list(range(first, last))
