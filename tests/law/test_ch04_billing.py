"""Chapter 4: when a bill is due to leave, when it is to be paid, and what a late one allows."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.law import cases, delays, explain
from fanal.law.conditions import ch04_billing as ch04
from fanal.law.conditions.ch04_billing import BillCase, Measured, ReadCase
from fanal.law.in_force import in_force
from fanal.values.dates import to_days

TERMS = in_force(ch04.Terms, "alma", "ch04_billing", on=date(2026, 1, 12))
HOLIDAYS = delays.holidays("alma")
JANUARY_12 = date(2026, 1, 12)


def a_bill_case(days_ago: int, measured: Measured = Measured.ENERGY, power_billed: bool = False) -> BillCase:
    return BillCase(
        measured=measured,
        power_billed=power_billed,
        started_on=date(2020, 5, 1),
        last_billed_on=JANUARY_12 - timedelta(days=days_ago),
    )


@pytest.mark.parametrize(
    ("measured", "days_ago", "due"),
    [
        (Measured.ENERGY, 54, False),
        (Measured.ENERGY, 55, True),
        (Measured.ENERGY, 62, True),
        (Measured.POWER, 24, False),
        (Measured.POWER, 25, True),
        (Measured.FLAT_RATE, 24, False),
        (Measured.FLAT_RATE, 30, True),
    ],
)
def test_a_bill_leaves_every_30_or_60_days_about(measured: Measured, days_ago: int, due: bool) -> None:
    assert ch04.bill_is_due(a_bill_case(days_ago, measured), JANUARY_12, TERMS).outcome is due


def test_a_first_bill_is_counted_from_the_start_of_the_subscription() -> None:
    case = BillCase(measured=Measured.ENERGY, power_billed=False, started_on=date(2025, 11, 13))

    assert ch04.bill_is_due(case, JANUARY_12, TERMS).outcome is True
    assert ch04.bill_is_due(case, date(2026, 1, 6), TERMS).outcome is False


def test_a_bill_that_is_not_due_says_the_first_day_it_can_leave() -> None:
    decision = ch04.bill_is_due(a_bill_case(40), JANUARY_12, TERMS)

    assert [it.rule for it in decision.obstacles] == ["billing_interval_has_elapsed"]
    assert "Premier jour possible\u00a0: le 27 janvier 2026" in explain.sentences(decision, "fr")[0]


def test_the_due_date_is_21_days_later_and_shows_its_calendar() -> None:
    decision = ch04.due_date(date(2019, 3, 29), TERMS, HOLIDAYS)

    assert decision.outcome == date(2019, 4, 23)
    assert [(it.article, it.holds) for it in decision.grounds] == [("4.3.1", True), ("Partie VIII", True)]
    assert decision.grounds[0].figures[0].value == 21
    assert decision.grounds[0].figures[0].since == date(2019, 4, 1)


@pytest.mark.parametrize(
    ("power_billed", "measured", "days_ago", "late"),
    [
        (False, Measured.ENERGY, 90, False),
        (False, Measured.ENERGY, 91, True),
        (True, Measured.POWER, 35, False),
        (True, Measured.POWER, 36, True),
        (False, Measured.POWER, 36, False),
        (False, Measured.FLAT_RATE, 36, True),
    ],
)
def test_a_bill_is_late_past_90_days_or_35_where_power_is_billed(
    power_billed: bool, measured: Measured, days_ago: int, late: bool
) -> None:
    case = a_bill_case(days_ago, measured, power_billed)

    assert ch04.bill_is_late(case, JANUARY_12, TERMS).holds is late


def test_a_late_bill_is_paid_in_two_halves_at_21_days_from_each_other() -> None:
    decision = ch04.late_bill(replace(a_bill_case(91), amount_cents=10001), JANUARY_12, TERMS, HOLIDAYS)

    assert [(it.due_on, it.amount_cents) for it in decision.outcome] == [
        (date(2026, 2, 2), 5000),
        (date(2026, 2, 23), 5001),
    ]
    assert any("sans frais d’administration" in it for it in explain.sentences(decision, "fr"))


def test_a_bill_in_time_or_with_nothing_to_pay_has_no_instalments_and_says_all_the_reasons() -> None:
    decision = ch04.late_bill(replace(a_bill_case(60), amount_cents=0), JANUARY_12, TERMS, HOLIDAYS)

    assert decision.outcome == ()
    assert [it.rule for it in decision.obstacles] == ["bill_is_late", "something_is_owed"]


@given(st.integers(1, 10**9))
def test_instalments_lose_no_cent(amount_cents: int) -> None:
    decision = ch04.late_bill(replace(a_bill_case(91), amount_cents=amount_cents), JANUARY_12, TERMS, HOLIDAYS)

    assert sum(it.amount_cents for it in decision.outcome) == amount_cents


def test_a_bill_is_estimated_only_without_a_real_read() -> None:
    read = ReadCase(measured=Measured.ENERGY, last_staff_read_on=date(2025, 6, 1), real_read_available=True)
    missing = ReadCase(measured=Measured.ENERGY, last_staff_read_on=date(2025, 6, 1), accessible=False)

    assert ch04.may_estimate(read).outcome is False
    assert ch04.may_estimate(missing).outcome is True
    assert [it.rule for it in ch04.may_estimate(missing).grounds] == [
        "real_read_is_missing",
        "meter_is_out_of_reach",
    ]


@pytest.mark.parametrize(
    ("measured", "remote", "accessible", "on", "due"),
    [
        (Measured.ENERGY, False, True, date(2026, 5, 31), False),
        (Measured.ENERGY, False, True, date(2026, 6, 1), True),
        (Measured.ENERGY, False, False, date(2026, 6, 1), False),
        (Measured.POWER, False, True, date(2025, 7, 1), True),
        (Measured.POWER, True, True, date(2025, 7, 1), False),
    ],
)
def test_staff_reads_once_a_year_or_every_30_days_with_power(
    measured: Measured, remote: bool, accessible: bool, on: date, due: bool
) -> None:
    case = ReadCase(measured=measured, last_staff_read_on=date(2025, 6, 1), remote=remote, accessible=accessible)

    assert ch04.read_is_due(case, on, TERMS).outcome is due


def test_a_customer_reads_the_meter_only_where_energy_alone_is_billed() -> None:
    case = ReadCase(measured=Measured.POWER, last_staff_read_on=date(2025, 6, 1), energy_only_billed=False)

    assert ch04.own_read_is_accepted(case, JANUARY_12, TERMS).outcome is False


def test_columns_decide_like_each_of_their_cases() -> None:
    rows = [(kind, billed, days) for kind in Measured for billed in (False, True) for days in range(121)]
    cases = [a_bill_case(days_ago, measured, billed) for measured, billed, days_ago in rows]
    previous = np.array([to_days(it.previous_on) for it in cases], dtype=np.int32)
    measured = np.array([it.measured for it in cases], dtype=np.int16)
    billed = np.array([it.power_billed for it in cases])
    billed_on = np.full(len(cases), to_days(JANUARY_12), dtype=np.int32)

    due = ch04.bills_due(previous, measured, JANUARY_12, TERMS)
    late = ch04.late_bills(billed_on, previous, measured, billed, TERMS)

    assert due.tolist() == [ch04.bill_is_due(it, JANUARY_12, TERMS).outcome for it in cases]
    assert late.tolist() == [ch04.bill_is_late(it, JANUARY_12, TERMS).holds for it in cases]
    due_on = ch04.due_date(JANUARY_12, TERMS, HOLIDAYS).outcome
    assert set(ch04.due_dates(billed_on, TERMS, HOLIDAYS).tolist()) == {to_days(due_on)}


def test_a_fee_that_is_not_charged_names_what_stands_against_it() -> None:
    overdue = {"due_on": "2026-02-02", "net_cents": 10000, "total_cents": 11498, "unpaid_cents": 11498}
    returned = {"amount_cents": 11498, "due_on": "2026-02-02"}
    told = [
        cases.answer({"id": 1, "rule": f"ch04.{rule}", "on": "2026-02-10", "facts": facts}, municipality="alma")
        for rule, facts in (
            ("administration_fee", overdue),
            ("administration_fee", overdue | {"unpaid_cents": 0}),
            ("administration_fee", overdue | {"free_of_fee": True}),
            ("returned_payment_fee", returned | {"insufficient_funds": True}),
            ("returned_payment_fee", returned | {"insufficient_funds": False}),
        )
    ]
    assert [(it["outcome"], it["obstacles"]) for it in told] == [
        (120, []), (0, ["bill_is_overdue"]), (0, ["agreement_is_free_of_fee"]),
        (2500, []), (0, ["funds_are_insufficient"]),
    ]  # fmt: skip
