"""What tests of bills say of a run: carry it through its life, and look at what it wrote."""

from datetime import date
from typing import Any

from django.db import connection

from fanal.doors.jobs import bill_run
from fanal.law.conditions.ch04_corrections import Cause
from fanal.records.billing import acts, facts
from fanal.records.subscriptions import acts as subscriptions

BILL_COLUMNS = (
    "id, account_id, from_on, to_on, rated_from_on, estimates_in_a_row, held, kwh, kw, past_kw, billing_kw, "
    "rated_cents, net_cents, tax_cents, total_cents, previous_id, settles_id, reverses_id"
)


def compute(on: date, cycle: int = 1) -> int:
    """Open a run and compute it; its id."""
    run_id = acts.open_run(on=on, cycle=cycle, by="paul")
    bill_run.compute_run(run_id=run_id, by="paul", on=on)
    return run_id


def issue(run_id: int, on: date) -> None:
    """Review, approve by a second person, issue."""
    acts.finish_review(run_id=run_id, by="paul", on=on)
    acts.approve_run(run_id=run_id, by="marie", on=on)
    bill_run.issue_run(run_id=run_id, by="paul", on=on)


def bill_on(on: date, cycle: int = 1) -> int:
    """A whole run of that day; its id."""
    run_id = compute(on, cycle)
    issue(run_id, on)
    return run_id


def why_wrong(on: date, reason: str = "relève corrigée", **told: Any) -> acts.WhyWrong:
    """A misread reading, found that day, unless told otherwise."""
    return acts.WhyWrong(**{"cause": Cause.READING, "reason": reason, "reported_on": on} | told)


def propose(subscription_id: int, bill_id: int, on: date, by: str = "paul", **told: Any) -> int:
    """A correction proposed; its id."""
    why = why_wrong(on, **told)
    return acts.propose_correction(subscription_id=subscription_id, from_bill_id=bill_id, why=why, by=by, on=on)


def correct(subscription_id: int, bill_id: int, on: date, **told: Any) -> list[int]:
    """A correction proposed by one, approved by another: the ids of the new bills."""
    return acts.approve_correction(correction_id=propose(subscription_id, bill_id, on, **told), by="marie", on=on)


def accept(run_id: int, subscription_id: int, on: date) -> None:
    """Accept a held bill as it is."""
    acts.review_bill(run_id=run_id, subscription_id=subscription_id, act="ACCEPT", reason="vérifié", by="paul", on=on)


def rows(query: str, *parameters: Any) -> list[Any]:
    """Rows of a query as objects with its columns for names."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        names = [column.name for column in cursor.description]
        return [type("Row", (), dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def bill_of(run_id: int, subscription_id: int) -> Any:
    """The computed bill of a subscription in a run."""
    bill_id = (run_id << facts.BILL_SPAN_BITS) | (subscription_id << 1)
    [bill] = rows(f"SELECT {BILL_COLUMNS} FROM billing_bill WHERE id = %s", bill_id)
    return bill


def refused_by_the_kernel(subscription_id: int, on: date) -> Any:
    """What is told, in both languages, of the bill that a run of that day holds for it and issues nothing of."""
    run_id = compute(on)
    issue(run_id, on)
    assert holds_of(run_id) == {subscription_id: ["REFUSED_BY_KERNEL"]}
    assert rows("SELECT bill_id FROM billing_issue") == []
    [told] = rows("SELECT evidence -> 'message' ->> 'fr' AS fr, evidence -> 'message' ->> 'en' AS en FROM billing_hold")
    return told


def leave_on_an_estimate(subscription_id: int, on: date) -> None:
    """The subscription ends without a reading: its last bill, estimated and accepted, is issued."""
    subscriptions.end_subscriptions(endings={subscription_id: on}, by="commis", on=on)
    run_id = compute(on)
    accept(run_id, subscription_id, on)
    issue(run_id, on)


def lines_of(bill: Any) -> dict[str, int]:
    """Amounts of a bill's lines by code of charge, added up."""
    found: dict[str, int] = {}
    for line in rows(
        "SELECT c.code, l.amount_cents FROM billing_line l JOIN billing_charge c ON c.id = l.charge_id "
        "WHERE l.bill_id = %s ORDER BY l.line", bill.id,
    ):  # fmt: skip
        found[line.code] = found.get(line.code, 0) + line.amount_cents
    return found


def holds_of(run_id: int) -> dict[int, list[str]]:
    """Reasons of the held bills of a run, by subscription."""
    from fanal.law.metering.plausibility import HoldReason

    found: dict[int, list[str]] = {}
    for held in facts.held_bills(run_id):
        found.setdefault(held.subscription_id, []).append(HoldReason(held.reason).name)
    return found
