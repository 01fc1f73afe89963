"""Half-open periods and days in columns."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.values.dates import Period, add_months, from_days, parse_day, to_days

periods = st.tuples(st.dates(), st.dates()).map(lambda it: Period(min(it), max(it)))


def test_the_last_day_is_not_in_the_period() -> None:
    period = Period(date(2026, 1, 1), date(2026, 3, 1))

    assert period.days == 59
    assert period.contains(date(2026, 2, 28))
    assert not period.contains(date(2026, 3, 1))


def test_a_period_never_ends_before_it_starts() -> None:
    with pytest.raises(ValueError, match="avant de commencer"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


def test_periods_that_only_touch_do_not_overlap() -> None:
    january = Period(date(2026, 1, 1), date(2026, 2, 1))

    assert january.overlap(Period(date(2026, 2, 1), date(2026, 3, 1))) is None


@given(periods, periods, st.dates())
def test_an_overlap_holds_the_days_of_both(one: Period, other: Period, day: date) -> None:
    common = one.overlap(other)

    assert (common is not None and common.contains(day)) == (one.contains(day) and other.contains(day))
    assert common == other.overlap(one)


@given(st.dates())
def test_a_day_survives_its_column(day: date) -> None:
    assert from_days(to_days(day)) == day
    assert to_days(date(1970, 1, 2)) == 1


def test_months_keep_the_date_or_end_with_the_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 11, 15), 3) == date(2027, 2, 15)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)


@pytest.mark.parametrize("text", ["20260112", "2026-02-30", "2026-W03-1", "12/01/2026", "", "2026-01-12 "])
def test_a_day_that_is_not_one_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="n’est pas un jour du calendrier"):
        parse_day(text)
    assert parse_day("2026-01-12") == date(2026, 1, 12)
