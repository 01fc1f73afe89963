"""Corrections as a person looks at them: those that wait for a second person, those decided, and what they made."""

import json
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import connection

from fanal.law.conditions.ch04_corrections import Cause
from fanal.records.billing.facts import BillAgain
from fanal.reports.bill_runs import PEOPLE, WHO

SHOWN = 100
CORRECTIONS = f"""
SELECT x.id, x.account_id, {WHO}, x.subscription_id, x.cause, x.reason, x.reported_on, x.shown::text,
    x.difference_cents, x.period::text, x.proposed_by, x.proposed_on, x.verdict, x.decided_by, x.decided_on,
    x.refused_because
FROM billing_correction x JOIN billing_bill b ON b.account_id = x.account_id AND b.id = x.bill_id {PEOPLE}
"""
LISTED = f"{CORRECTIONS} ORDER BY x.verdict <> '', CASE WHEN x.verdict = '' THEN x.id ELSE -x.id END LIMIT %(limit)s"
ONE = f"{CORRECTIONS} WHERE x.id = %(id)s"
# What a correction issued, by the first of the days that each document takes back or bills again.
ISSUED = """
SELECT b.kind, b.from_on, i.number
FROM journal_event e
JOIN billing_issue i ON i.account_id = %(account)s
JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
    AND (e.grounds -> 'made' @> to_jsonb(b.id) OR e.grounds -> 'reversed' @> to_jsonb(nullif(b.reverses_id, 0)))
WHERE e.about = %(about)s AND e.act = 'billing.correct_bills' AND (e.grounds ->> 'correction')::bigint = %(id)s
"""
# The bills of a subscription that stand: those that may be corrected, the latest first.
LIVE = """
SELECT d.bill_id, i.number, d.from_on, d.to_on, b.total_cents FROM subscriptions_subscription s
JOIN billing_billeddays d ON d.delivery_point_id = s.delivery_point_id AND d.subscription_id = s.id
JOIN billing_issue i ON i.account_id = d.account_id AND i.bill_id = d.bill_id
JOIN billing_bill b ON b.account_id = d.account_id AND b.id = d.bill_id
WHERE s.id = %(subscription)s ORDER BY d.to_on DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCorrection:
    """A proposed correction: whose, why, what was shown, and what was decided of it."""

    id: int
    account_id: int
    account: str
    customer: str
    address: str
    subscription_id: int
    cause: Cause
    reason: str
    reported_on: date
    bills: tuple[BillAgain, ...]
    difference_cents: int
    period: dict[str, Any]  # the decision of 4.5 with its sentences
    proposed_by: str
    proposed_on: date
    verdict: str  # APPROVED, REFUSED, or empty while it waits
    decided_by: str
    decided_on: date | None
    refused_because: str


@dataclass(frozen=True, slots=True)
class LiveBill:
    """A bill that stands, by its number."""

    id: int
    number: int
    from_on: date
    to_on: date
    total_cents: int


def listed(limit: int = SHOWN) -> list[KnownCorrection]:
    """Those that wait, the oldest first; then those decided, the latest first."""
    return [_known(row) for row in _rows(LISTED, {"limit": limit})]


def correction(correction_id: int) -> KnownCorrection | None:
    """The correction of that id; None when there is none."""
    return next((_known(row) for row in _rows(ONE, {"id": correction_id})), None)


def waiting() -> int:
    """How many wait for a second person."""
    return int(_rows("SELECT count(*) FROM billing_correction WHERE verdict = ''", {})[0][0])


def issued(known: KnownCorrection) -> dict[int, tuple[int, int]]:
    """By each bill taken back: the numbers of its credit note and of its new bill, 0 where there is none."""
    of = {"id": known.id, "account": known.account_id, "about": f"subscription:{known.subscription_id}"}
    made = {(kind, from_on): number for kind, from_on, number in _rows(ISSUED, of)}
    return {it.bill_id: (made.get((1, it.from_on), 0), made.get((0, it.from_on), 0)) for it in known.bills}


def live_bills(subscription_id: int) -> list[LiveBill]:
    """The bills of a subscription that stand, the latest first."""
    return [LiveBill(*row) for row in _rows(LIVE, {"subscription": subscription_id})]


def _known(row: tuple[Any, ...]) -> KnownCorrection:
    names = [it.name for it in fields(KnownCorrection)]
    known = dict(zip(names, row, strict=True))
    bills = tuple(BillAgain.kept(it) for it in json.loads(known["bills"]))
    return KnownCorrection(
        **known | {"bills": bills, "period": json.loads(known["period"]), "cause": Cause(known["cause"])}
    )


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
