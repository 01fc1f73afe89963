"""Winter, its peaks, and the demand that is billed."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.demand import past_peak, past_peaks
from fanal.law.tariffs.rules import Lookback
from fanal.law.tariffs.shelf import load
from fanal.law.tariffs.stretches import months, stretches

EPOCH = date(1970, 1, 1)
MONTHS = [date(2024 + (month - 1) // 12, (month - 1) % 12 + 1, 1) for month in range(1, 38)]


BOOK = load("hydro_quebec/DP")
WINTER = Lookback.model_validate({"percent": "65", "season": "winter"})


def number(day: date) -> int:
    return (day - EPOCH).days


def peak(*history: tuple[date, date, int], lookback: Lookback = WINTER) -> int:
    start, end = (np.array([number(period[side]) for period in history], np.int64) for side in (0, 1))
    kw = np.array([period[2] for period in history], np.int64)
    return int(past_peak(BOOK, lookback, 1, kw * 0, start, end, kw)[0])


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
        assert past_peak(BOOK, WINTER, 1, *columns, ending=np.array([number(MONTHS[place])])).tolist() == [expected]


def test_no_history_is_no_peak() -> None:
    assert peak() == 0


def test_each_bill_has_its_own_history_in_any_order() -> None:
    rows = [(2, *month(0, 30)), (0, *month(1, 10)), (2, *month(1, 40)), (0, *month(0, 20))]
    row, start, end, kw = (
        np.array([value if isinstance(value, int) else number(value) for value in column])
        for column in zip(*rows, strict=True)
    )
    assert past_peak(BOOK, WINTER, 3, row, start, end, kw).tolist() == [20, 0, 40]


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 1000))
def test_seasons_share_out_every_day_once(start: date, count: int) -> None:
    first, last = number(start), number(start) + count
    seen = []
    for season in ("winter", "summer"):
        for begin, end in stretches(BOOK.season(season), first, last):
            for day in range(max(begin, first), min(end, last)):
                seen.append(day)
                assert ((EPOCH + timedelta(days=day)).month in (12, 1, 2, 3)) == (season == "winter")
    assert sorted(seen) == list(range(first, last))


def test_a_range_of_months_looks_at_the_last_periods_whatever_their_season() -> None:
    last_six = Lookback.model_validate({"percent": "75", "periods": 6})
    year = [month(place, 10 * (12 - place)) for place in range(12)]
    assert peak(*year, lookback=last_six) == 60


def test_a_list_of_months_looks_at_the_periods_that_end_in_them() -> None:
    summer = Lookback.model_validate({"percent": "50", "periods": 12, "months": [6, 7, 8]})
    assert peak(*[month(place, place + 1) for place in range(12)], lookback=summer) == 8
    assert peak((date(2024, 5, 20), date(2024, 6, 1), 99), lookback=summer) == 0


def counted(start: date, end: date) -> Fraction:
    whole, length = months(*(np.array([number(day)]) for day in (start, end)))
    return Fraction(int(whole[0]), int(length[0]))


def test_calendar_months_are_whole_then_a_part_of_the_month_begun() -> None:
    assert counted(date(2025, 4, 5), date(2025, 5, 5)) == 1
    assert counted(date(2025, 2, 1), date(2025, 3, 1)) == 1
    assert counted(date(2025, 4, 5), date(2025, 5, 20)) == 1 + Fraction(15, 31)
    assert counted(date(2025, 1, 31), date(2025, 2, 28)) == 1
    assert counted(date(2025, 1, 20), date(2025, 2, 5)) == Fraction(16, 31)
    assert counted(date(2024, 1, 1), date(2025, 1, 1)) == 12


TWO_LOOKBACKS = """
[[version]]
from = 2020-04-01
to = 2025-04-01
confidence = "invented"
source = "Essai"
billing_demand = { power_factor_percent = "90", lookback = { percent = "50", periods = 12, months = [7] } }
charges = [ { code = "demand", kind = "demand", per_days = 30, price = "10" } ]
[[version]]
from = 2025-04-01
confidence = "invented"
source = "Essai"
billing_demand = { winter_ratchet_percent = "65" }
charges = [ { code = "demand", kind = "demand", per_days = 30, price = "10" } ]
"""


@pytest.fixture
def changing(write: Callable[..., Book]) -> Book:
    """A book that looks back at July, then at winter."""
    power = (('needs = ["kwh"]', 'needs = ["kw"]'), ("energy = {", "demand = {"))
    return write(*power, versions=TWO_LOOKBACKS)


def test_each_bill_looks_back_as_the_version_of_its_last_day_says(changing: Book) -> None:
    july, january = (month(place, kw) for place, kw in ((6, 40), (12, 90)))  # 2024, then 2025
    ending = np.array([number(date(2025, 4, 1)), number(date(2025, 5, 1)), number(date(2025, 5, 1))])
    history = [(bill, *past) for bill in (0, 1) for past in (july, january)]
    told = [(bill, number(begin), number(finish), peak * 1000) for bill, begin, finish, peak in history]
    row, start, end, kw = np.array(told).T
    kva = np.where(kw == 40_000, 100_000, 0)

    assert past_peaks(changing, ending, row, start, end, kw, kva).tolist() == [90_000, 90_000, 0]
    assert past_peaks(changing, ending[:1], row[:1], start[:1], end[:1], kw[:1], kva[:1]).tolist() == [90_000]
    without = past_peaks(changing, ending, row, start, end, kw, kva * 0)
    assert without.tolist() == [40_000, 90_000, 0]


def test_a_version_without_a_look_back_keeps_what_it_is_told_to() -> None:
    book = load("hydro_quebec/D")
    columns = (np.array([it]) for it in (0, number(date(2026, 1, 1)), number(date(2026, 2, 1)), 70_000, 0))
    row, start, end, kw, kva = columns
    ending = np.array([number(date(2026, 6, 1))])
    assert past_peaks(book, ending, row, start, end, kw, kva).tolist() == [0]
    assert past_peaks(book, ending, row, start, end, kw, kva, otherwise=WINTER).tolist() == [70_000]
