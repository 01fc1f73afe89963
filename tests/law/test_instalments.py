"""Instalments are told of the day asked, from their terms alone."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.law import instalments as instalments_module
from fanal.law.delays import holidays
from fanal.law.instalments import Schedule, due_within, instalments, standing, unpaid

CLOSED = holidays("alma")
days = st.dates(date(2020, 1, 1), date(2034, 12, 31))
cents = st.integers(1, 500_000)
plans = st.builds(Schedule, cents=cents, starts_on=days, day=st.integers(1, 31))
agreements = st.builds(
    Schedule, cents=cents, starts_on=days, every_days=st.integers(1, 45), count=st.integers(1, 24), last_cents=cents
)


def test_the_instalment_of_a_labour_day_is_due_the_next_working_day() -> None:
    plan = Schedule(cents=15_200, starts_on=date(2026, 5, 5), day=5)
    assert [it.due_on for it in islice(instalments(plan, CLOSED), 4)] == [
        date(2026, 6, 5), date(2026, 7, 6), date(2026, 8, 5), date(2026, 9, 8),
    ]  # fmt: skip


def test_an_agreement_of_eight_with_six_paid_has_two_left_and_the_last_is_smaller() -> None:
    terms = Schedule(cents=3_179, last_cents=3_177, starts_on=date(2026, 4, 11), every_days=30, count=8, paid_count=6)
    stands = standing(terms, 0, date(2026, 11, 2), CLOSED)
    assert stands.next is not None
    assert (stands.next.due_on, stands.next.cents, stands.left_cents, stands.is_kept) == (
        date(2026, 11, 9), 3_179, 6_356, True,
    )  # fmt: skip


def test_what_is_not_received_is_late_the_day_after_it_was_due() -> None:
    terms = Schedule(cents=3_179, starts_on=date(2026, 4, 11), every_days=30, count=8, paid_count=6)
    due_on = date(2026, 11, 9)  # the 7th is a Saturday
    assert standing(terms, 0, due_on, CLOSED).is_kept
    late = standing(terms, 1_000, due_on + timedelta(days=1), CLOSED)
    assert (late.late_cents, late.late_count, late.late_since) == (2_179, 1, due_on)
    assert standing(terms, 3_179, due_on + timedelta(days=1), CLOSED).is_kept


@given(plans, days)
def test_the_next_instalment_is_never_past_and_within_two_months(plan: Schedule, on: date) -> None:
    coming = standing(plan, 0, on, CLOSED).next
    assert coming is not None
    assert max(on, plan.starts_on) <= coming.due_on <= max(on, plan.starts_on) + timedelta(days=62)


@given(plans, days, st.integers(0, 200), st.integers(0, 200))
def test_days_cut_in_two_hold_the_same_instalments(plan: Schedule, on: date, first: int, second: int) -> None:
    middle, end = on + timedelta(days=first), on + timedelta(days=first + second)
    assert due_within(plan, on, middle, CLOSED) + due_within(plan, middle, end, CLOSED) == due_within(
        plan, on, end, CLOSED
    )


@given(agreements, days)
def test_an_agreement_counted_since_a_day_loses_nothing_and_keeps_its_rhythm(terms: Schedule, since: date) -> None:
    whole = list(instalments(terms, CLOSED))
    counted = list(instalments(replace(terms, counted_from=since), CLOSED))
    assert [it.cents for it in counted] == [it.cents for it in whole]
    assert all(it.on >= since and (it.on - terms.starts_on).days % terms.every_days == 0 for it in counted)


@given(plans, days)
def test_those_counted_since_a_day_are_those_of_all_that_fall_since(terms: Schedule, since: date) -> None:
    to_on = max(since, terms.starts_on) + timedelta(days=200)
    whole = takewhile(lambda it: it.on < to_on, instalments(terms, CLOSED))
    counted = instalments(replace(terms, counted_from=since), CLOSED)
    assert list(takewhile(lambda it: it.on < to_on, counted)) == [it for it in whole if it.on >= since]


def test_the_months_of_a_plan_of_long_ago_are_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    walked, nominal = [], instalments_module._nominal
    monkeypatch.setattr(instalments_module, "_nominal", lambda terms, rank: walked.append(rank) or nominal(terms, rank))
    plan = Schedule(cents=100, starts_on=date(1990, 1, 31), day=30, counted_from=date(2026, 11, 1))
    assert next(instalments(plan, CLOSED)).on == date(2026, 11, 30)
    assert len(walked) <= 2


@given(agreements, st.integers(0, 5_000_000), days)
def test_what_is_late_and_what_is_left_never_pass_what_was_agreed(terms: Schedule, received: int, on: date) -> None:
    whole = terms.cents * (terms.count - 1) + terms.last_cents
    stands = standing(terms, received, on, CLOSED)
    assert stands.left_cents == max(whole - received, 0)
    assert 0 <= stands.late_cents <= stands.left_cents
    assert (stands.next is None) == (stands.left_cents == stands.late_cents)


@given(agreements, days, st.integers(0, 100_000))
def test_more_received_is_never_more_late(terms: Schedule, on: date, received: int) -> None:
    assert standing(terms, received + 1, on, CLOSED).late_cents <= standing(terms, received, on, CLOSED).late_cents


@given(agreements, st.integers(0, 5_000_000), days, st.integers(0, 2_000_000))
def test_no_more_is_asked_than_is_owed_and_the_last_instalments_shrink(
    terms: Schedule, received: int, on: date, owed: int
) -> None:
    rests = [rest for _it, rest in unpaid(terms, received, CLOSED, owed)]
    whole = [rest for _it, rest in unpaid(terms, received, CLOSED)]
    assert sum(rests) == min(owed, sum(whole)) == standing(terms, received, on, CLOSED, owed).left_cents
    kept = next((rank for rank, rest in enumerate(rests) if rest != whole[rank]), len(rests))
    assert rests[:kept] == whole[:kept]
    assert not any(rests[kept + 1 :])
