"""The day after equal payments end: what they paid is asked by the next bill, and is late after its date alone."""

from datetime import date, timedelta
from typing import Any

import promised
import pytest
from factories import make_issued_bill, new_receipt

from fanal.records.billing import facts as billing
from fanal.records.billing.promise_ends import Ending, EndOfPromise, end_promise, preview_end
from fanal.records.payments import acts as payments
from fanal.reports.account import Account, account
from fanal.reports.financial import AgedAccount, aged_balance
from fanal.reports.invariants import verify
from fanal.reports.promised import Stage, coming, under_notice
from tests.billing import bill_on, rows
from tests.records.test_elsewhere import RUN_ON, taken_over

pytestmark = pytest.mark.django_db
OWED, ENDED_ON, NEXT_RUN_ON = 11_498, date(2026, 5, 4), date(2026, 5, 25)
ONE_DAY = timedelta(days=1)


def on_plan(**told: Any) -> int:
    """A house on equal payments since before its last bill of the old system, billed once by us under them."""
    _, account_id = taken_over(13_500)
    rows("UPDATE elsewhere_takencycle SET changed_on = '2026-03-15' RETURNING cycle")
    promised.equal_payments(account_id, **told)
    bill_on(RUN_ON)
    new = new_receipt(account_id, 6_200, received_on=RUN_ON, reference="the instalment of March")
    payments.record_receipts(receipts=[new], by="paul", on=RUN_ON)
    return account_id


def ending(account_id: int, on: date = ENDED_ON, reason: str = "ASKED") -> EndOfPromise:
    return EndOfPromise(account_id=account_id, kind="EQUAL_PAYMENTS", number="EQUAL_PAYMENTS-2025-04-21", ended_on=on,
                        asked_on=on, reason=reason)  # fmt: skip


def end(account_id: int, on: date = ENDED_ON, reason: str = "ASKED") -> Ending:
    return end_promise(asked=ending(account_id, on, reason), by="rose", on=on)


def shown(account_id: int, on: date) -> Account:
    [it] = rows("SELECT number FROM ledger_account WHERE id = %s", account_id)
    return account(it.number, on)


def late(account_id: int, on: date) -> tuple[int, int, int]:
    """What is late that day: as the acts ask it, on the page of the account, in the aged balance."""
    [aged] = aged_balance(on)
    return billing.overdue([account_id], on)[account_id], shown(account_id, on).overdue_cents, _past(aged)


def _past(aged: AgedAccount) -> int:
    past = aged.days_1_30_cents + aged.days_31_60_cents + aged.days_61_90_cents + aged.days_over_90_cents
    return max(past + aged.credit_cents, 0)  # what is received pays what is due, allocated yet or not


def balance(account_id: int, on: date) -> int:
    return shown(account_id, on).balance_cents


def test_nothing_is_late_the_day_after_a_plan_ends_until_a_bill_asks_for_it() -> None:
    account_id = on_plan()
    assert late(account_id, ENDED_ON) == (0, 0, 0)

    told = end(account_id)

    assert (told.late_before_cents, told.late_after_cents) == (0, 0)
    for day in (ENDED_ON, ENDED_ON + ONE_DAY, ENDED_ON + timedelta(days=200)):
        assert late(account_id, day) == (0, 0, 0)
    known = shown(account_id, ENDED_ON)
    assert known.balance_cents > OWED - 6_200
    assert (known.dues, sum(cents for _day, cents, _it in known.not_asked)) == ([], known.balance_cents)


def test_what_the_plan_paid_falls_due_with_the_bill_that_asks_for_it() -> None:
    account_id = on_plan()
    end(account_id)
    bill_on(NEXT_RUN_ON)
    [asking] = rows("SELECT due_on FROM billing_issue WHERE issued_on = %s", NEXT_RUN_ON)

    assert late(account_id, asking.due_on) == (0, 0, 0)
    after, owed = asking.due_on + ONE_DAY, balance(account_id, asking.due_on)
    assert late(account_id, after) == (owed, owed, owed)
    known = shown(account_id, asking.due_on)
    assert {day for day, _cents, _it in known.dues} == {asking.due_on}
    assert (known.not_asked, sum(cents for _day, cents, _it in known.dues)) == ([], owed)
    [aged] = aged_balance(asking.due_on)
    assert aged.not_due_cents + aged.credit_cents == owed
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_a_plan_that_ends_by_its_terms_or_with_its_subscription_leaves_nothing_late_either() -> None:
    account_id = on_plan(ends_on=ENDED_ON)
    assert late(account_id, ENDED_ON + ONE_DAY) == (0, 0, 0)

    rows("UPDATE subscriptions_subscription SET ends_on = '2026-04-15' RETURNING id")
    assert late(account_id, date(2026, 4, 20)) == (0, 0, 0)


def test_a_plan_that_was_not_kept_is_in_arrears_before_its_end_and_after() -> None:
    account_id = on_plan()
    broken_on = date(2026, 6, 10)  # the instalments of April and May were not received
    owed = balance(account_id, broken_on)
    assert late(account_id, broken_on) == (owed, owed, owed)

    told = end(account_id, broken_on, "UNPAID")

    assert (told.late_before_cents, told.late_after_cents) == (owed, owed)
    assert late(account_id, broken_on + ONE_DAY) == (owed, owed, owed)


def test_what_was_owed_before_the_plan_began_keeps_its_own_date() -> None:
    account_id = on_plan(starts_on=date(2026, 2, 20))  # the old bill was due on the 12th
    end_promise(asked=EndOfPromise(
        account_id=account_id, kind="EQUAL_PAYMENTS", number="EQUAL_PAYMENTS-2026-02-20", ended_on=ENDED_ON,
        asked_on=ENDED_ON, reason="ASKED"), by="rose", on=ENDED_ON)  # fmt: skip

    left = OWED - 6_200
    assert late(account_id, ENDED_ON) == (left, left, left)


def test_an_older_plan_that_was_replaced_does_not_hold_the_account_late() -> None:
    account_id = on_plan()
    promised.equal_payments(account_id, starts_on=date(2025, 3, 1), number="the first")
    end(account_id)

    assert late(account_id, ENDED_ON) == (0, 0, 0)


def test_a_bill_that_was_taken_back_asks_for_nothing() -> None:
    account_id = on_plan()
    end(account_id)
    bill_on(NEXT_RUN_ON)
    [asking] = rows(
        "SELECT i.bill_id, i.due_on, b.total_cents FROM billing_issue i JOIN billing_bill b ON b.id = i.bill_id "
        "WHERE i.issued_on = %s", NEXT_RUN_ON,
    )  # fmt: skip
    make_issued_bill(account_id, -asking.total_cents, reverses_id=asking.bill_id)

    assert late(account_id, asking.due_on + ONE_DAY)[:2] == (0, 0)


def test_no_notice_of_the_old_system_runs_on_what_no_bill_has_asked_for() -> None:
    account_id = on_plan()
    end(account_id)
    promised.notice(account_id, "LATE", date(2026, 5, 6))

    assert [it.stage for it in under_notice(date(2026, 5, 28))] in ([], [Stage.STOPPED])


def test_a_debit_takes_it_with_the_bill_that_says_so_and_not_before() -> None:
    account_id = on_plan()
    promised.debit(account_id)
    shows = preview_end(asked=ending(account_id), on=ENDED_ON)
    assert shows.debited
    end(account_id)
    year = (date(2026, 1, 1), date(2027, 1, 1))
    assert coming(ENDED_ON, *year) == []

    bill_on(NEXT_RUN_ON)

    [asking] = rows("SELECT due_on FROM billing_issue WHERE issued_on = %s", NEXT_RUN_ON)
    owed = balance(account_id, NEXT_RUN_ON)
    assert [(it.due_on, it.cents) for it in coming(NEXT_RUN_ON, *year)] == [(asking.due_on, owed)]
