"""What an account should have paid by a day: not what is asked of it and not due yet."""

from datetime import timedelta

import pytest
from django.db import connection
from factories import TODAY, make_account, make_issued_bill, make_receipt

from fanal.records.billing.facts import overdue

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_bill_is_past_due_on_the_day_after_its_last_day():
    account = make_account()
    make_issued_bill(account, 10_000, due_on=TODAY)
    assert overdue([account], TODAY) == {account: 0}
    assert overdue([account], TODAY + DAY) == {account: 10_000}


def test_what_was_paid_goes_to_what_was_due_first():
    account = make_account()
    make_issued_bill(account, 10_000, due_on=TODAY - DAY)
    make_issued_bill(account, 4_000, due_on=TODAY + DAY)
    make_receipt(account, 7_000)
    assert overdue([account], TODAY) == {account: 3_000}
    make_receipt(account, 5_000)
    assert overdue([account], TODAY) == {account: 0}


def test_the_second_instalment_of_a_late_bill_waits_for_its_own_day():
    account = make_account()
    make_issued_bill(account, 10_001, due_on=TODAY - DAY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_issue SET second_due_on = %s", [TODAY + DAY])
    assert overdue([account], TODAY) == {account: 5_000}
    assert overdue([account], TODAY + 2 * DAY) == {account: 10_001}


def test_a_bill_that_was_taken_back_hides_nothing_of_what_is_due():
    account = make_account()
    wrong = make_issued_bill(account, 9_000, due_on=TODAY + DAY)
    make_issued_bill(account, -9_000, reverses_id=wrong)
    make_issued_bill(account, 2_000, due_on=TODAY - DAY)
    assert overdue([account], TODAY) == {account: 2_000}


def test_an_account_in_credit_or_without_a_bill_owes_nothing():
    account, other = make_account(), make_account()
    make_receipt(account, 500)
    assert overdue([account, other], TODAY) == {account: 0, other: 0}
