"""Equal payments are reviewed once a year (4.4): what the year cost and what is left of it make the next ones."""

from datetime import date, timedelta
from typing import Any

import promised
import pytest
from django.db import DatabaseError, connection, transaction
from factories import new_receipt

from fanal.doors.bills import document
from fanal.doors.plan_reviews import review
from fanal.records.billing import facts as billing
from fanal.records.billing.plan_reviews import Review, review_of, reviews
from fanal.records.billing.promise_ends import EndOfPromise, end_promise
from fanal.records.elsewhere import facts, promises
from fanal.records.elsewhere.promises import Promise
from fanal.records.journal import facts as journal
from fanal.records.ledger import facts as ledger
from fanal.records.payments import acts as payments
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import issued_by_run
from fanal.reports.invariants import verify
from fanal.reports.promised import coming
from fanal.values.refusal import Refused
from tests.billing import bill_on, rows
from tests.records.test_elsewhere import RUN_ON, keep, taken_over

pytestmark = pytest.mark.django_db
OWED, ON = 11_498, date(2026, 4, 7)
NUMBER, NEW = "EQUAL_PAYMENTS-2025-04-21", "R-2026-04-21"
ONE_DAY = timedelta(days=1)


def on_a_plan(**told: Any) -> int:
    """An account on equal payments of 62 $, debited on the 20th, reviewed in April; 114,98 $ stand on it."""
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id, **told)
    return account_id


def reviewed(
    account_id: int, on: date = ON, cents: int = 6_900, reason: str = "d’après l’année", **told: Any
) -> Review:
    return review(**({"account_id": account_id, "number": NUMBER, "cents": cents, "reason": reason,
                      "by": "rose", "on": on} | told))  # fmt: skip


def received(account_id: int, cents: int, on: date) -> None:
    """Money received that day."""
    new = new_receipt(account_id, cents, received_on=on, reference=f"R{on}")
    payments.record_receipts(receipts=[new], by="marie", on=on)


def plan_on(account_id: int, on: date) -> Promise:
    [found] = [it for it in promises.going_on(on)[account_id] if it.kind == "EQUAL_PAYMENTS"]
    return found


def awaited(account_id: int, on: date = ON) -> Review:
    found = review_of(account_id, on)
    assert found is not None
    return found


def test_a_plan_waits_for_its_review_from_the_first_day_of_its_month_until_somebody_does_it() -> None:
    account_id = on_a_plan()

    waits = [bool(reviews(on)) for on in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30), date(2026, 9, 2))]
    reviewed(account_id)

    assert waits == [False, True, True, True]
    assert [reviews(on) for on in (ON, date(2026, 4, 21), date(2027, 3, 31))] == [[], [], []]
    assert [it.plan.number for it in reviews(date(2027, 4, 1))] == [NEW]


def test_a_review_that_was_for_the_old_system_to_do_is_not_asked_here() -> None:
    on_a_plan()
    rows("UPDATE elsewhere_takencycle SET changed_on = '2026-05-04' RETURNING cycle")

    assert reviews(date(2026, 6, 1)) == []
    assert len(reviews(date(2027, 4, 1))) == 1


def test_the_plan_of_a_cycle_that_the_old_system_bills_is_its_own_to_review() -> None:
    account_id = on_a_plan()
    rows("UPDATE elsewhere_takencycle SET ours = false RETURNING cycle")

    assert reviews(ON) == []
    with pytest.raises(Refused, match="n’attendent pas de révision"):
        reviewed(account_id)


def test_the_new_instalment_is_the_cost_of_twelve_months_and_the_balance_in_twelve_parts_up_to_the_cent() -> None:
    account_id = on_a_plan()
    received(account_id, 2_000, date(2026, 3, 2))

    it = awaited(account_id)

    assert it.year is not None
    assert (it.year.days, it.year.billed_cents) == (61, OWED)  # one bill, of 61 days
    assert it.year.cost_cents == 68_800  # 114,98 $ × 365 ÷ 61, to the cent
    assert (it.billed_cents, it.received_cents, it.other_cents) == (OWED, 2_000, 0)
    assert (it.balance_cents, it.coming_cents, it.spread_cents) == (9_498, 6_200, 3_298)
    assert it.proposed_cents == -(-(68_800 + 3_298) // 12)
    assert it.settled.outcome.by == "SPREAD"


def test_of_the_bill_that_began_before_the_year_its_share_by_days_counts() -> None:
    account_id = on_a_plan()
    [found] = rows("SELECT id FROM subscriptions_subscription")
    for rank, (from_on, to_on) in enumerate([
        (date(2024, 12, 21), date(2025, 3, 1)), (date(2025, 3, 1), date(2025, 11, 20)),
    ]):  # fmt: skip
        keep("bills", account_id=account_id, subscription_id=found.id, number=f"26200001{rank}", kind="BILL",
             issued_on=to_on, due_on=to_on, from_on=from_on, to_on=to_on, tariff="DOM", kwh=0, billing_kw=0, kw=0,
             kva=0, estimated=False, net_cents=70_000, gst_cents=0, qst_cents=0, total_cents=70_000,
             corrects="")  # fmt: skip

    it = awaited(account_id)

    assert it.year is not None
    assert it.year.is_whole
    assert it.year.cost_cents == OWED + 70_000 + 40_000  # 40 days of 70


def test_from_the_day_after_its_next_instalment_the_plan_is_of_the_new_amount() -> None:
    account_id = on_a_plan()
    received(account_id, 12_400, date(2026, 3, 20))

    found = reviewed(account_id)

    assert found.from_on == date(2026, 4, 21)
    due = [(it.due_on, it.kind, it.cents) for it in coming(ON, ON, date(2026, 4, 30))]
    assert due == [(date(2026, 4, 20), "EQUAL_PAYMENTS", 6_200)]  # as the customer was told
    later = [(it.due_on, it.cents) for it in coming(date(2026, 4, 21), date(2026, 4, 1), date(2026, 7, 1))]
    assert later == [(date(2026, 5, 20), 6_900), (date(2026, 6, 22), 6_900)]
    assert ledger.balance(account_id) == OWED - 12_400  # the balance stays on the account: its instalments pay it


def test_what_was_received_for_the_plan_before_pays_nothing_of_the_new_one() -> None:
    account_id = on_a_plan()
    for on in (date(2026, 2, 20), date(2026, 3, 20), date(2026, 4, 20)):
        received(account_id, 6_200, on)
    reviewed(account_id)

    before, missed = (
        plan_on(account_id, date(2026, 5, 20)).standing(on) for on in (date(2026, 5, 20), date(2026, 5, 21))
    )
    received(account_id, 6_900, date(2026, 5, 20))
    paid = plan_on(account_id, date(2026, 5, 21)).standing(date(2026, 5, 21))

    assert before is not None
    assert missed is not None
    assert paid is not None
    assert (before.late_cents, missed.late_cents, paid.late_cents) == (0, 6_900, 0)


def test_instalments_missed_before_the_review_are_settled_by_it_and_make_nothing_late() -> None:
    account_id = on_a_plan()  # none of those of February and March was received: the plan is not kept any more
    assert billing.overdue([account_id], ON) == {account_id: OWED}

    reviewed(account_id)

    assert billing.overdue([account_id], date(2026, 4, 21)) == {account_id: 0}


def test_the_next_bill_asks_for_the_new_instalment_and_calls_nothing_late() -> None:
    account_id = on_a_plan()
    promised.debit(account_id)
    received(account_id, 12_400, date(2026, 3, 20))
    reviewed(account_id)

    bill = document.documents(stories(issued_by_run(bill_on(date(2026, 4, 27)))))[0]

    assert bill.plan is not None
    assert bill.plan.figure == "69,00\u00a0$"
    assert "20 mai 2026" in " ".join(bill.plan.when)
    assert (bill.overdue, bill.overdue_since) == ("", "")
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_a_bill_issued_before_the_new_plan_begins_tells_the_instalment_that_was_promised() -> None:
    account_id = on_a_plan()
    received(account_id, 12_400, date(2026, 3, 20))
    reviewed(account_id)

    bill = document.documents(stories(issued_by_run(bill_on(date(2026, 4, 13)))))[0]

    assert bill.plan is not None
    assert bill.plan.figure == "62,00\u00a0$"


def test_a_review_is_kept_with_what_it_rested_on_and_the_answer_of_the_bylaw() -> None:
    account_id = on_a_plan()

    found = reviewed(account_id, reason="le client chauffe au bois")

    [event] = [it for it in journal.events_about(f"account:{account_id}") if it.act == "review_plan"]
    assert (event.by, event.grounds["reason"]) == ("rose", "le client chauffe au bois")
    assert (event.grounds["before_cents"], event.grounds["after_cents"]) == (6_200, 6_900)
    assert event.grounds["balance_cents"] == found.spread_cents
    assert event.grounds["settled"]["outcome"]["by"] == "SPREAD"
    assert {it.number for it in facts.undertakings_of(account_id)} == {NUMBER, NEW}


def test_a_customer_who_leaves_before_the_new_plan_begins_has_none() -> None:
    account_id = on_a_plan()
    reviewed(account_id)
    end_promise(
        asked=EndOfPromise(account_id=account_id, kind="EQUAL_PAYMENTS", number=NUMBER, ended_on=date(2026, 4, 14),
                           asked_on=ON, reason="ASKED"), by="rose", on=ON)  # fmt: skip

    assert promises.going_on(date(2026, 4, 21)) == {}


def test_a_plan_paid_by_hand_keeps_its_day() -> None:
    account_id = on_a_plan(day=0)
    reviewed(account_id)

    standing = plan_on(account_id, date(2026, 4, 23)).standing(date(2026, 4, 23))

    assert standing is not None
    assert standing.next is not None
    assert standing.next.due_on == date(2026, 5, 21)  # it began on a 21st


def test_beside_an_arrangement_the_review_waits_for_its_end() -> None:
    account_id = on_a_plan()
    promised.arrangement(account_id, cents=3_000, count=4, last_cents=2_498, starts_on=date(2026, 2, 10))

    with pytest.raises(Refused, match="Une entente court à ce compte"):
        reviewed(account_id)


@pytest.mark.parametrize(
    ("told", "said"),
    [({"cents": 0}, "d’un cent"), ({"reason": " "}, "dire pourquoi"), ({"number": "R-2025"}, "n’attendent pas")],
)
def test_a_review_needs_an_amount_and_a_reason_and_its_plan(told: dict[str, Any], said: str) -> None:
    account_id = on_a_plan()

    with pytest.raises(Refused, match=said):
        reviewed(account_id, **told)


def test_a_plan_is_reviewed_once() -> None:
    account_id = on_a_plan()
    reviewed(account_id)

    with pytest.raises(Refused, match="n’attendent pas"):
        reviewed(account_id)


def _told(account_id: int, **other: Any) -> None:
    """A review written in the database without asking the act."""
    row = {"account_id": account_id, "number": NUMBER, "replaced_by": NEW, "month_on": date(2026, 4, 1),
           "from_on": date(2026, 4, 21), "year_cents": 0, "balance_cents": 0, "instalment_cents": 6_900, "reason": "x",
           "reviewed_by": "x", "recorded_on": ON} | other  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO elsewhere_planreview ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, "planreview_pkey"),
        ({"number": "EQUAL_PAYMENTS-2019"}, "ne sont pas en cours"),
        ({"number": NEW, "replaced_by": "R-2027", "from_on": date(2027, 4, 21)}, "ne dit pas ceux"),
        ({"number": NEW, "from_on": date(2026, 4, 21)}, "ne sont pas en cours"),
    ],
)
def test_the_database_refuses_a_second_review_and_one_of_no_plan(other: dict[str, Any], said: str) -> None:
    account_id = on_a_plan()
    reviewed(account_id)

    with pytest.raises(DatabaseError, match=said):
        _told(account_id, **other)


def test_the_database_keeps_a_review_and_its_cycle() -> None:
    account_id = on_a_plan()
    reviewed(account_id)

    for statement in (
        "UPDATE elsewhere_planreview SET reason = 'y'", "DELETE FROM elsewhere_planreview",
        "UPDATE elsewhere_undertaking SET amount_cents = 1", "UPDATE elsewhere_takencycle SET ours = false",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert plan_on(account_id, date(2026, 4, 21)).cents == 6_900
    assert RUN_ON < ON
