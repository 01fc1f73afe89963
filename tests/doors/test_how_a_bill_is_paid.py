"""A bill of an account on equal payments, under an arrangement or on preauthorized debit asks for what is promised."""

from datetime import date
from decimal import Decimal
from typing import Any

import promised
import pytest
from django.db import DatabaseError, connection, transaction

from fanal.doors.bills import document
from fanal.links.print.contract import PrintedBill
from fanal.links.print.render import payload, pictures
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import issued_by_run
from fanal.reports.invariants import verify
from fanal.reports.promised import coming
from fanal.values import wording
from tests.billing import accept, bill_on, compute, holds_of, issue, rows
from tests.records.test_elsewhere import RUN_ON, taken_over

pytestmark = pytest.mark.django_db
BY = "20 avril 2026"


def billed(on: date = RUN_ON) -> PrintedBill:
    """The first bill of the house that was taken over."""
    return document.documents(stories(issued_by_run(bill_on(on))))[0]


def equal_payments(account_id: int, switched_on: str = "2026-03-15", **told: Any) -> None:
    """A plan whose instalments Fanal collects since a few days."""
    rows("UPDATE elsewhere_takencycle SET changed_on = %s RETURNING cycle", switched_on)
    promised.equal_payments(account_id, **told)


def in_dollars(text: str) -> Decimal:
    """« − 63,56 $ » as a number."""
    return Decimal(text.replace("\u00a0", "").replace("$", "").replace("−", "-").replace(",", "."))


def english() -> None:
    connection.cursor().execute("UPDATE customers_customer SET language = 'en'")


def test_equal_payments_ask_for_the_instalment_and_the_bill_goes_to_the_account() -> None:
    _, account_id = taken_over(13_500)
    equal_payments(account_id)
    promised.debit(account_id)

    bill = billed()

    assert bill.plan is not None
    assert (bill.state, bill.slip, bill.due, bill.overdue, bill.instalments) == ("plan", None, "", "", ())
    assert (bill.plan.title, bill.plan.figure) == ("Versements égaux", "62,00\u00a0$")
    assert bill.plan.when == ("par mois, prélevés le 20", f"Prochain prélèvement le {BY}")
    assert "portée en entier à votre compte" in bill.plan.message
    assert "se terminant par 518" in bill.plan.message
    assert "4477518" not in payload(bill)


def test_a_plan_without_a_debit_has_a_slip_of_the_instalment_and_no_more() -> None:
    _, account_id = taken_over(13_500)
    equal_payments(account_id)

    bill = billed()

    assert bill.slip is not None
    assert (bill.slip.amount, bill.slip.due) == ("62,00\u00a0$", BY)
    assert "0000006200" in bill.slip.scan_line


def test_a_debit_says_when_it_is_taken_and_from_which_account_by_its_last_digits() -> None:
    _, account_id = taken_over(13_500)
    promised.debit(account_id)

    bill = billed()

    assert bill.plan is not None
    assert (bill.state, bill.slip, bill.plan.title) == ("due", None, "Sera prélevé")
    assert bill.plan.message.startswith(
        f"Ce montant sera prélevé le {bill.due} du compte bancaire se terminant par 518"
    )


@pytest.mark.parametrize("arranged", [False, True])
def test_what_a_bill_says_will_be_debited_is_what_is_debited_that_day(arranged: bool) -> None:
    _, account_id = taken_over(13_500)  # owes 114,98 $ since February
    rows("UPDATE elsewhere_takencycle SET changed_on = '2026-03-15' RETURNING cycle")
    promised.debit(account_id)
    if arranged:
        promised.arrangement(account_id, cents=3_000, count=3, last_cents=2_000, starts_on=date(2026, 3, 10))

    bill = billed()

    assert bill.plan is not None
    told = [it for it in coming(RUN_ON, date(2026, 1, 1), date(2026, 12, 31)) if it.kind == "DEBIT"]
    assert [(it.due_on, it.cents) for it in told] == [(date(2026, 4, 13), int(in_dollars(bill.plan.figure) * 100))]
    assert f"le {wording.day(told[0].due_on)}" in bill.plan.message


def test_an_arrangement_pays_what_stood_before_and_the_bill_asks_for_its_own_amount() -> None:
    _, account_id = taken_over(13_500)
    promised.arrangement(
        account_id, cents=3_000, count=4, last_cents=2_498, starts_on=date(2026, 2, 20), paid=0
    )  # 114,98 $ was owed

    bill = billed()

    assert bill.plan is not None
    assert bill.slip is not None
    assert bill.overdue == ""
    assert bill.slip.amount == bill.plan.figure == bill.total
    assert [line.label for line in bill.balance][-1] == "Payé par votre entente"
    left = sum((in_dollars(it.amount) for it in bill.balance if not it.strong), Decimal())
    assert left + in_dollars(bill.net) + sum(in_dollars(it.amount) for it in bill.taxes) == in_dollars(bill.total)
    assert "30,00\u00a0$ tous les 30 jours" in bill.plan.message


def test_english_says_the_same() -> None:
    _, account_id = taken_over(13_500)
    equal_payments(account_id)
    promised.debit(account_id)
    english()

    bill = billed()

    assert bill.plan is not None
    assert bill.plan.title == "Equal payments"
    assert bill.plan.when == ("a month, debited on day 20", "Next debit on April 20, 2026")
    assert "charged in full to your account" in bill.plan.message


def test_a_plan_or_an_arrangement_that_is_not_kept_says_nothing_and_the_bill_asks_for_all() -> None:
    _, account_id = taken_over(13_500)
    equal_payments(account_id, "2026-01-15")  # those of January, February and March were not received
    promised.arrangement(account_id, cents=3_000, count=4, last_cents=2_498, starts_on=date(2026, 1, 20))
    promised.debit(account_id)

    bill = billed()

    assert (bill.plan, bill.state) == (None, "due")  # nor is the whole debt debited: nobody agreed to it
    assert bill.slip is not None
    assert bill.slip.amount == bill.total
    assert in_dollars(bill.total) > Decimal("114.98")


def test_a_plan_without_a_day_of_debit_is_paid_on_the_day_on_which_it_began() -> None:
    _, account_id = taken_over(13_500)
    equal_payments(account_id, day=0, starts_on=date(2025, 4, 21))

    bill = billed()

    assert bill.plan is not None
    assert bill.plan.when[0] == "par mois, payables le 21"


def test_what_a_bill_promised_is_printed_again_after_the_plan_moved() -> None:
    _, account_id = taken_over(13_500)
    equal_payments(account_id)
    told = issued_by_run(bill_on(RUN_ON))
    before = document.documents(stories(told))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere_undertaking DISABLE TRIGGER ALL")
        cursor.execute("UPDATE elsewhere_undertaking SET live = false, amount_cents = 1")
        cursor.execute("ALTER TABLE elsewhere_undertaking ENABLE TRIGGER ALL")

    assert document.documents(stories(told)) == before
    with pytest.raises(DatabaseError, match="ne se modifie"), transaction.atomic():
        connection.cursor().execute("UPDATE billing_paymentmode SET instalment_cents = 1")


def test_a_plan_ends_with_its_subscription_and_the_last_bill_waits_for_a_person_then_asks_for_all() -> None:
    subscription_id, account_id = taken_over(13_500)
    equal_payments(account_id)
    connection.cursor().execute("UPDATE subscriptions_subscription SET ends_on = '2026-03-20'")

    run_id = compute(RUN_ON)
    assert holds_of(run_id)[subscription_id] == ["PLAN_ENDS"]
    accept(run_id, subscription_id, RUN_ON)
    issue(run_id, RUN_ON)
    [bill] = document.documents(stories(issued_by_run(run_id)))

    assert (bill.plan, bill.state) == (None, "due")
    assert bill.slip is not None
    assert bill.slip.amount == bill.total


def test_who_promised_nothing_is_asked_as_before() -> None:
    taken_over(13_500)
    bill = billed()
    assert (bill.plan, bill.state) == (None, "due")
    assert bill.slip is not None


def test_the_books_hold_and_the_pages_draw() -> None:
    _, account_id = taken_over(13_500)
    equal_payments(account_id)
    promised.debit(account_id)
    bill = billed()
    assert {it.code: it.violations for it in verify() if it.count} == {}
    assert len(pictures(bill, 40)) == 2
