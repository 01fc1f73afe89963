"""When equal payments are reviewed (4.4), what a year of bills costs, what the next instalment is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.law.yearly_review import Billed, last_year, month_due, next_instalment

STARTED, OURS = date(2025, 4, 21), date(2025, 11, 3)


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2025, 12, 31), None),  # since it began, no April came
        (date(2026, 3, 31), None),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2027, 3, 31), date(2026, 4, 1)),  # nobody did it: it waits
        (date(2027, 4, 1), date(2027, 4, 1)),
    ],
)
def test_a_review_is_due_from_the_first_day_of_its_month(on: date, due: date | None) -> None:
    assert month_due(STARTED, 4, OURS, on) == due


@pytest.mark.parametrize(("since", "is_due"), [(date(2026, 4, 30), True), (date(2026, 5, 1), False)])
def test_what_was_another_s_to_review_is_not_due_here(since: date, is_due: bool) -> None:
    assert (month_due(STARTED, 4, since, date(2026, 6, 1)) is not None) == is_due


def test_a_plan_that_says_no_month_is_reviewed_in_the_month_in_which_it_began() -> None:
    assert month_due(STARTED, 0, OURS, date(2026, 4, 5)) == date(2026, 4, 1)


def test_bills_of_less_than_a_year_are_carried_to_all_of_its_days() -> None:
    year = last_year([Billed(from_on=date(2025, 3, 1), to_on=date(2025, 5, 1), cents=10_000)], 12)

    assert year is not None
    assert (year.from_on, year.days, year.is_whole) == (date(2024, 5, 1), 61, False)
    assert year.cost_cents == 59_836  # 100,00 $ × 365 ÷ 61


def test_the_days_before_the_year_count_for_nothing() -> None:
    bills = [
        Billed(from_on=date(2023, 11, 1), to_on=date(2024, 1, 1), cents=99_999),
        Billed(from_on=date(2024, 1, 1), to_on=date(2024, 7, 1), cents=18_200),  # 61 of its 182 days
        Billed(from_on=date(2024, 7, 1), to_on=date(2025, 5, 1), cents=50_000),
    ]

    year = last_year(bills, 12)

    assert year is not None
    assert (year.is_whole, year.cost_cents) == (True, 50_000 + 6_100)
    assert last_year([], 12) is None


@given(st.integers(0, 10**8), st.integers(-(10**8), 10**8))
def test_twelve_instalments_cover_the_year_and_its_balance_and_no_more_than_twelve_cents_above(
    cost: int, balance: int
) -> None:
    paid = 12 * next_instalment(cost, balance, 12)

    if cost + balance <= -12:
        assert paid == 0
    else:
        assert 0 <= paid - max(cost + balance, 0) < 12
