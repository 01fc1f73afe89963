"""The first bill of a customer taken over is compared with the bills of the old system, and says so."""

from datetime import date

import pytest

from fanal.doors.bills.document import documents
from fanal.reports import bill_history
from fanal.reports.account import account
from fanal.reports.bill_shelf import stories
from tests.billing import bill_of, bill_on, rows
from tests.records.test_elsewhere import ENDED_ON, RUN_ON, keep, taken_over

pytestmark = pytest.mark.django_db
# 59 days and 1,500 kWh of rate D at the prices of 2024: 26.44 $ and 100.56 $.
A_YEAR_AGO = {
    "number": "252000001", "kind": "BILL", "issued_on": date(2025, 3, 22), "due_on": date(2025, 4, 14),
    "from_on": date(2025, 1, 20), "to_on": date(2025, 3, 20), "tariff": "DOM", "kwh": 1_500_000, "billing_kw": 0,
    "kw": 0, "kva": 0, "estimated": False, "net_cents": 12_700, "gst_cents": 635, "qst_cents": 1_267,
    "total_cents": 14_602, "corrects": "",
}  # fmt: skip


def keep_a_year_ago(**told: object) -> tuple[int, int]:
    subscription_id, account_id = taken_over(13_600)
    keep("bills", account_id=account_id, subscription_id=subscription_id, **(A_YEAR_AGO | told))
    return subscription_id, account_id


def test_a_year_ago_at_the_old_system_is_a_year_ago_and_splits_to_the_cent() -> None:
    subscription_id, _ = keep_a_year_ago()
    bill = bill_of(bill_on(RUN_ON), subscription_id)

    [told] = stories([bill.id])
    [change] = bill_history.changes([told])

    assert change is not None
    assert (change.since, change.then.elsewhere, change.then.total_cents, change.split) == ("year", True, 14_602, True)
    assert change.use_cents + change.price_cents == change.cents == bill.total_cents - 14_602
    assert change.use_cents > 0 < change.price_cents  # 100 kWh more, and two rises of April


def test_what_our_prices_would_not_have_made_is_compared_without_saying_why() -> None:
    subscription_id, _ = keep_a_year_ago(total_cents=14_603)
    [change] = bill_history.changes(stories([bill_of(bill_on(RUN_ON), subscription_id).id]))

    assert change is not None
    assert (change.split, change.cents) == (False, change.cents)
    assert change.then.total_cents == 14_603


def test_without_a_year_ago_the_last_bill_of_the_old_system_is_the_one_before() -> None:
    subscription_id, _ = taken_over(13_500)
    [change] = bill_history.changes(stories([bill_of(bill_on(RUN_ON), subscription_id).id]))

    assert change is not None
    assert (change.since, change.then.to_on, change.then.elsewhere) == ("bill", ENDED_ON, True)


def test_a_bill_that_a_credit_note_took_back_there_compares_with_nothing() -> None:
    subscription_id, account_id = keep_a_year_ago()
    note = A_YEAR_AGO | {"number": "252000002", "kind": "CREDIT_NOTE", "corrects": A_YEAR_AGO["number"]}
    keep("bills", account_id=account_id, subscription_id=subscription_id, **note)
    [change] = bill_history.changes(stories([bill_of(bill_on(RUN_ON), subscription_id).id]))

    assert change is not None
    assert change.since == "bill"


def test_the_chart_draws_the_months_of_the_old_system_and_the_bill_says_so() -> None:
    subscription_id, _ = keep_a_year_ago()
    bill = bill_of(bill_on(RUN_ON), subscription_id)

    [printed] = documents(stories([bill.id]))

    known = {it.label: (it.tenths, it.year_ago_tenths, it.billed) for it in printed.months}
    assert known["déc."] == (200, None, False)  # 1,220 kWh in 61 days, there
    assert known["févr."] == (271, 254, True)  # 1,600 kWh in 59 days here, 1,500 in 59 there
    assert printed.change is not None
    [said] = [it.replace("\N{NO-BREAK SPACE}", " ") for it in printed.messages]
    assert said.startswith("Jusqu’au 19 janvier 2026, notre ancien système vous facturait")


def test_an_index_that_the_old_system_estimated_is_not_printed_as_read() -> None:
    subscription_id, _ = keep_a_year_ago()
    [printed] = documents(stories([bill_of(bill_on(RUN_ON), subscription_id).id]))

    [meter] = printed.meters
    assert [(it.quality, it.estimated) for it in meter.reads] == [("Réelle", False), ("Estimée", True)]


@pytest.mark.parametrize("billed", [False, True])
def test_the_page_of_an_account_draws_them_too_before_and_after_the_first_bill(billed: bool) -> None:
    _, account_id = keep_a_year_ago()
    if billed:
        bill_on(RUN_ON)
    [row] = rows("SELECT number FROM ledger_account WHERE id = %s", account_id)
    known = account(row.number, RUN_ON)

    months = {it.first_on: it for it in known.months(known.subscriptions[0])}

    assert months[date(2025, 12, 1)].tenths == 200
    assert months[date(2025, 2, 1)].tenths == 254 if not billed else months[date(2026, 2, 1)].year_ago_tenths == 254
    assert any(it.billed for it in months.values()) is billed
