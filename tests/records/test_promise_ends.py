"""A promise taken over ends: the customer asks, breaks it, or the bank refuses; what is asked follows from that day."""

import json
from datetime import date, timedelta
from typing import Any

import promised
import pytest
from django.db import DatabaseError, connection, transaction
from factories import make_receipt, new_receipt

from fanal.doors.bills import document
from fanal.law.conditions.part8_definitions import RateClass
from fanal.links.print.contract import PrintedBill
from fanal.records.billing import facts as billing
from fanal.records.billing.endings import EndAsked, preview_ending
from fanal.records.billing.promise_ends import EndOfPromise, end_promise, preview_end
from fanal.records.elsewhere import acts, facts, promises
from fanal.records.journal import facts as journal
from fanal.records.payments import acts as payments
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import issued_by_run
from fanal.reports.invariants import verify
from fanal.reports.promised import coming
from fanal.values import wording
from fanal.values.refusal import Refused
from tests.billing import bill_on, compute, holds_of, rows
from tests.records.test_elsewhere import RUN_ON, taken_over

pytestmark = pytest.mark.django_db
OWED, ON = 11_498, date(2026, 2, 16)
STARTED = {"EQUAL_PAYMENTS": "EQUAL_PAYMENTS-2025-04-21", "DEBIT": "DEBIT-2025-04-21"}


def of(account_id: int, kind: str, **told: Any) -> EndOfPromise:
    known: dict[str, Any] = {"number": STARTED.get(kind, ""), "ended_on": ON, "asked_on": ON, "reason": "ASKED"}
    return EndOfPromise(account_id=account_id, kind=kind, **(known | told))


def end(account_id: int, kind: str, *, on: date = ON, **told: Any) -> Any:
    return end_promise(asked=of(account_id, kind, **told), by="rose", on=on)


def billed(on: date = RUN_ON) -> PrintedBill:
    return document.documents(stories(issued_by_run(bill_on(on))))[0]


def kinds(account_id: int, on: date) -> list[str]:
    return [it.kind for it in promises.going_on(on).get(account_id, ())]


def test_after_the_end_of_a_plan_the_next_bill_asks_for_the_whole_balance_and_says_why() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id)

    shown = end(account_id, "EQUAL_PAYMENTS", note="au téléphone")
    bill = billed()

    assert (shown.balance_cents, shown.late_before_cents, shown.late_after_cents) == (OWED, 0, 0)
    assert (bill.plan, bill.state) == (None, "due")
    assert bill.slip is not None
    assert bill.slip.amount == bill.total
    assert bill.balance  # what stood before is in it
    assert "Vos versements égaux ont pris fin le 16 février 2026" in bill.messages[0]
    assert "tout le solde" in bill.messages[0]
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_the_bill_after_a_plan_does_not_call_late_what_was_said_to_be_paid_by_instalments() -> None:
    _, account_id = taken_over(13_500)
    rows("UPDATE elsewhere_takencycle SET changed_on = '2026-03-15' RETURNING cycle")
    promised.equal_payments(account_id)
    before = billed().plan  # of a bill due on 13 April, were it not for the plan
    assert before is not None
    assert "Rien d’autre n’est à payer" in before.message
    end(account_id, "EQUAL_PAYMENTS", on=(day := date(2026, 5, 4)), ended_on=day, asked_on=day)

    bill = billed(date(2026, 5, 25))

    assert "Vos versements égaux ont pris fin" in bill.messages[0]
    assert (bill.plan, bill.overdue, bill.overdue_since) == (None, "", "")
    assert not [it.label for it in bill.balance if "en retard" in it.label]


def test_the_end_is_kept_with_its_reason_and_the_answer_of_the_bylaw() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id)

    end(account_id, "EQUAL_PAYMENTS", note="au téléphone")

    [kept] = facts.undertakings_of(account_id)
    assert (kept.ended_on, kept.reason, kept.note) == (ON, "ASKED", "au téléphone")
    [event] = [it for it in journal.events_about(f"account:{account_id}") if it.act == "end_promise"]
    assert (event.by, event.grounds["ended_on"], event.grounds["answer"]["outcome"]) == ("rose", "2026-02-16", True)


def test_a_promise_goes_on_until_the_day_before_its_end() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id)

    end(account_id, "EQUAL_PAYMENTS")

    assert kinds(account_id, ON - timedelta(days=1)) == ["EQUAL_PAYMENTS"]
    assert kinds(account_id, ON) == []


def test_a_revoked_debit_gives_the_next_bill_its_slip_again() -> None:
    _, account_id = taken_over(13_500)
    promised.debit(account_id)

    end(account_id, "DEBIT")
    bill = billed()

    assert (bill.plan, bill.state) == (None, "due")
    assert bill.slip is not None
    assert bill.messages[0].startswith("Vos prélèvements ont pris fin le 16 février 2026")


def test_an_arrangement_that_the_customer_gives_up_is_in_arrears_on_its_day() -> None:
    _, account_id = taken_over(13_500)
    promised.arrangement(account_id, cents=3_000, count=4, last_cents=2_498, starts_on=date(2026, 2, 10))
    assert billing.overdue([account_id], ON) == {account_id: 0}

    end(account_id, "ARRANGEMENT", number="ARRANGEMENT-2026-02-10")

    assert billing.overdue([account_id], ON) == {account_id: OWED}
    bill = billed()
    assert [it.label for it in bill.balance if "entente" in it.label] == []
    assert bill.slip is not None
    assert bill.slip.amount == bill.total
    assert "Votre entente a pris fin" in bill.messages[0]


def test_an_arrangement_that_is_kept_is_not_ended_for_want_of_instalments() -> None:
    _, account_id = taken_over(13_500)
    promised.arrangement(account_id, cents=3_000, count=4, last_cents=2_498, starts_on=date(2026, 1, 20))
    number = "ARRANGEMENT-2026-01-20"

    with pytest.raises(Refused, match="Aucun versement échu"):
        end(account_id, "ARRANGEMENT", number=number, reason="UNPAID")
    missed = date(2026, 2, 26)  # the first fell due on the 19th
    end(account_id, "ARRANGEMENT", number=number, reason="UNPAID", on=missed, asked_on=missed, ended_on=missed)

    assert kinds(account_id, missed) == []


def test_a_plan_with_a_debit_is_left_ten_days_before_its_next_withdrawal_or_after_it() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id)
    promised.debit(account_id)
    late = date(2026, 2, 15)  # the withdrawal is on the 20th
    asked = of(account_id, "EQUAL_PAYMENTS", ended_on=late, asked_on=late)

    answer = preview_end(asked=asked, on=late).answer
    assert answer is not None
    assert answer.outcome is False
    with pytest.raises(Refused, match="pour le prélèvement du 20 février 2026"):
        end_promise(asked=asked, by="rose", on=late)
    after = date(2026, 2, 21)
    end(account_id, "EQUAL_PAYMENTS", on=late, asked_on=late, ended_on=after)

    assert kinds(account_id, late) == ["DEBIT", "EQUAL_PAYMENTS"]
    assert kinds(account_id, after) == ["DEBIT"]


def test_a_plan_does_not_go_on_for_weeks_after_its_last_instalment_while_a_bill_would_ask_for_all() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id)
    asked_on = date(2026, 2, 18)  # the next instalments are on 20 February and 20 March

    for day in (date(2026, 3, 15), date(2026, 3, 20)):
        with pytest.raises(Refused, match="entre le 21 février 2026 et cette fin : le plan finit le 7 mars 2026"):
            end(account_id, "EQUAL_PAYMENTS", on=asked_on, asked_on=asked_on, ended_on=day)
    for day in (date(2026, 3, 7), date(2026, 3, 21), date(2026, 4, 4)):
        preview_end(asked=of(account_id, "EQUAL_PAYMENTS", ended_on=day, asked_on=asked_on), on=asked_on)


def test_what_is_announced_as_debited_after_the_last_instalment_of_a_plan_is_in_the_list() -> None:
    _, account_id = taken_over(13_500)
    rows("UPDATE elsewhere_takencycle SET changed_on = '2026-02-12' RETURNING cycle")
    promised.equal_payments(account_id)
    promised.debit(account_id)
    new = new_receipt(account_id, 6_200, received_on=(paid_on := date(2026, 2, 20)), reference="the one of February")
    payments.record_receipts(receipts=[new], by="paul", on=paid_on)
    ended_on = date(2026, 4, 4)  # the last instalment is on 20 March, the bill is issued the day after
    end(account_id, "EQUAL_PAYMENTS", on=(on := date(2026, 3, 2)), asked_on=on, ended_on=ended_on)

    bill = billed()

    assert bill.plan is not None
    assert bill.plan.title == "Sera prélevé"
    [due] = [it for it in coming(ended_on, RUN_ON, date(2026, 6, 1)) if it.kind == "DEBIT"]
    assert due.due_on >= ended_on + timedelta(days=7)  # time enough to tell the bank
    assert bill.plan.figure == wording.money(due.cents)


def test_one_missed_instalment_does_not_end_a_plan_and_two_do() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id)
    switched_on = rows("SELECT changed_on FROM elsewhere_takencycle")[0].changed_on
    one, two = switched_on + timedelta(days=30), switched_on + timedelta(days=75)

    with pytest.raises(Refused, match="mensualité"):
        end(account_id, "EQUAL_PAYMENTS", reason="UNPAID", on=one, ended_on=one, asked_on=one)
    end(account_id, "EQUAL_PAYMENTS", reason="UNPAID", on=two, ended_on=two, asked_on=two)

    assert kinds(account_id, two) == []


def test_a_bill_says_what_it_said_and_a_promise_does_not_end_before_it() -> None:
    _, account_id = taken_over(13_500)
    connection.cursor().execute("UPDATE elsewhere_takencycle SET changed_on = '2026-03-15'")
    promised.equal_payments(account_id)
    told = issued_by_run(bill_on(RUN_ON))
    before = document.documents(stories(told))

    with pytest.raises(Refused, match="22 mars 2026 au plus tôt"):
        end(account_id, "EQUAL_PAYMENTS", ended_on=RUN_ON, on=RUN_ON)
    end(account_id, "EQUAL_PAYMENTS", ended_on=RUN_ON + timedelta(days=1), on=RUN_ON)

    assert document.documents(stories(told)) == before
    assert before[0].state == "plan"


def test_the_last_bill_tells_the_instalment_of_the_newest_plan_alone() -> None:
    subscription_id, account_id = taken_over(13_500)
    promised.equal_payments(account_id, 9_000, starts_on=date(2025, 4, 21))
    promised.equal_payments(account_id, 6_200, starts_on=date(2025, 10, 21))
    connection.cursor().execute("UPDATE subscriptions_subscription SET ends_on = '2026-03-20'")

    compute(RUN_ON)

    [hold] = rows("SELECT evidence FROM billing_hold WHERE account_id = %s", account_id)
    assert json.loads(hold.evidence)["instalment"] == 6_200
    asked = EndAsked(subscription_id=subscription_id, received_on=ON, rate_class=RateClass.DOMESTIC)
    assert preview_ending(asked=asked, on=ON).plan_cents == 6_200


def test_a_plan_that_was_ended_before_does_not_hold_the_last_bill() -> None:
    subscription_id, account_id = taken_over(13_500)
    promised.equal_payments(account_id)
    end(account_id, "EQUAL_PAYMENTS")
    connection.cursor().execute("UPDATE subscriptions_subscription SET ends_on = '2026-03-20'")

    assert "PLAN_ENDS" not in holds_of(compute(RUN_ON)).get(subscription_id, [])


@pytest.mark.parametrize(("kind", "told", "said"), [
    ("DEPOSIT", {"number": "D1"}, "se rend au client"),
    ("DEBIT", {"reason": "UNPAID"}, "pour cette raison"),
    ("DEBIT", {"number": "autre"}, "pas en cours"),
    ("DEBIT", {"asked_on": ON + timedelta(days=1)}, "après aujourd’hui"),
    ("DEBIT", {"ended_on": ON + timedelta(days=1)}, "au plus tard"),
    ("DEBIT", {"ended_on": date(2026, 1, 1)}, "au plus tôt"),
])  # fmt: skip
def test_what_may_not_end_so_is_refused_with_a_sentence(kind: str, told: dict[str, Any], said: str) -> None:
    _, account_id = taken_over(13_500)
    promised.debit(account_id)
    promised.promise(account_id, "DEPOSIT", 25_000, number="D1")

    with pytest.raises(Refused, match=said):
        end(account_id, kind, **told)
    assert kinds(account_id, ON) == ["DEBIT", "DEPOSIT"]


def test_a_promise_ends_once() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id)
    end(account_id, "EQUAL_PAYMENTS", ended_on=ON + timedelta(days=10))

    with pytest.raises(Refused, match="déjà inscrite"):
        end(account_id, "EQUAL_PAYMENTS")


def test_what_the_old_system_follows_ends_in_its_export_and_a_cycle_with_an_end_stays_here() -> None:
    _, account_id = taken_over(13_500)
    promised.debit(account_id)
    acts.give_back_cycles(cycles=[1], reason="essai", by="paul", on=ON)

    with pytest.raises(Refused, match="ancien système suit encore"):
        end(account_id, "DEBIT")
    with pytest.raises(DatabaseError, match="ancien système suit encore"), transaction.atomic():
        insert(account_id, "DEBIT")
    acts.switch_cycles(cycles=[1], by="paul", on=ON)
    end(account_id, "DEBIT")
    with pytest.raises(Refused, match="ne revient plus"):
        acts.give_back_cycles(cycles=[1], reason="essai", by="paul", on=ON)


INSERT = """INSERT INTO elsewhere_promiseend
    (account_id, kind, number, ended_on, asked_on, reason, ended_by, recorded_on)
VALUES (%s, %s, %s, %s, %s, %s, 'rose', %s)"""


def insert(account_id: int, kind: str, *, ended_on: date = ON, asked_on: date = ON, reason: str = "ASKED",
           number: str = "") -> None:  # fmt: skip
    given = [account_id, kind, number or STARTED[kind], ended_on, asked_on, reason, ON]
    connection.cursor().execute(INSERT, given)


@pytest.mark.parametrize(("told", "said"), [
    ({"number": "autre"}, "Aucun engagement autre"),
    ({"ended_on": date(2025, 4, 20)}, "ne finit pas avant"),
    ({"reason": "UNPAID"}, "promise_end_fits_its_kind"),
    ({"reason": "CAPRICE"}, "promise_end"),
    ({"asked_on": ON + timedelta(days=1)}, "promise_end_was_asked"),
])  # fmt: skip
def test_the_database_refuses_an_end_that_cannot_be(told: dict[str, Any], said: str) -> None:
    _, account_id = taken_over(13_500)
    promised.debit(account_id)

    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        insert(account_id, "DEBIT", **told)
    insert(account_id, "DEBIT")
    with pytest.raises(DatabaseError, match="promiseend_pkey"), transaction.atomic():
        insert(account_id, "DEBIT", ended_on=ON + timedelta(days=1))


@pytest.mark.parametrize("change", ["UPDATE elsewhere_promiseend SET ended_on = '2026-04-01'",
                                    "DELETE FROM elsewhere_promiseend"])  # fmt: skip
def test_an_end_neither_moves_nor_goes_away(change: str) -> None:
    _, account_id = taken_over(13_500)
    promised.debit(account_id)
    insert(account_id, "DEBIT")

    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        connection.cursor().execute(change)


def test_what_was_received_before_the_end_counts() -> None:
    _, account_id = taken_over(13_500)
    promised.arrangement(account_id, cents=3_000, count=4, last_cents=2_498, starts_on=date(2026, 2, 10))
    make_receipt(account_id, 6_200)

    assert end(account_id, "ARRANGEMENT", number="ARRANGEMENT-2026-02-10").late_after_cents == OWED - 6_200
