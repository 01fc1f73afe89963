"""What is left to pay of bills: the odd cent of two instalments comes second, and the latest is paid last."""

from datetime import date

import pytest

from fanal.law.conditions import ch04_billing
from fanal.law.delays import holidays
from fanal.law.in_force import in_force
from fanal.reports.dues import left, parts

MAY, JULY = date(2026, 5, 4), date(2026, 7, 2)


def test_a_late_bill_is_due_in_the_halves_that_the_bylaw_gives():
    terms = in_force(ch04_billing.Terms, "alma", "ch04_billing", on=MAY)
    case = ch04_billing.BillCase(
        measured=ch04_billing.Measured.ENERGY, power_billed=False, started_on=date(2025, 12, 1), amount_cents=10_001
    )
    told = ch04_billing.late_bill(case, MAY, terms, holidays("alma")).outcome
    first, second = told
    assert parts(first.due_on, second.due_on, 10_001) == tuple((it.due_on, it.amount_cents) for it in told)


def test_a_bill_in_time_is_due_once():
    assert parts(MAY, MAY, 10_001) == ((MAY, 10_001),)


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (0, []),
        (-500, []),
        (300, [(JULY, 300, "b")]),
        (1_300, [(MAY, 300, "a"), (JULY, 1_000, "b")]),
        (9_999, [(MAY, 700, "a"), (JULY, 1_000, "b")]),
    ],
)
def test_what_is_due_first_is_paid_first(balance, expected):
    assert left(balance, [(MAY, 700, "a"), (JULY, 1_000, "b")]) == expected
