"""Aujourd’hui: what stands in the office on a day: runs under way, bills that wait, the last run, the last check."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from fanal.records.billing.facts import READY
from fanal.records.ledger.facts import Chart
from fanal.reports.bill_runs import RunTotals, recent
from fanal.reports.journal import last_verification
from fanal.reports.who import ADDRESS, NAME

HELD_SHOWN = 8
RECENT_RUNS = 6

# Bills that no run took with it, one a subscription: those of runs under way, and what the last one of each cycle left.
# Not those postponed in a run under way, which is decided; nor those whose days were billed since.
HELD = f"""
WITH standing AS (
    SELECT r.id, r.state, r.cycle FROM billing_run r
    WHERE r.corrects_subscription_id = 0 AND r.state <> 'ABANDONED' AND r.on_date <= %(on)s
        AND (r.state <> 'ISSUED' OR NOT EXISTS (SELECT FROM billing_run n
            WHERE n.corrects_subscription_id = 0 AND n.state = 'ISSUED' AND n.cycle IN (0, r.cycle)
                AND n.id > r.id AND n.on_date >= r.on_date))
), waiting AS (
    SELECT r.id AS run_id, b.id FROM standing r
    JOIN billing_bill b ON b.id >= r.id::bigint << 33 AND b.id < (r.id::bigint + 1) << 33 AND b.held
    UNION SELECT r.id, v.bill_id FROM standing r
    JOIN billing_review v ON v.bill_id >= r.id::bigint << 33 AND v.bill_id < (r.id::bigint + 1) << 33
        AND v.act = 'POSTPONE'
)
SELECT r.id, r.state, coalesce((SELECT max(n.id) FROM standing n WHERE n.state <> 'ISSUED' AND n.cycle IN (0, d.cycle)),
        0), d.cycle, b.subscription_id, a.number, {NAME}, {ADDRESS},
    b.total_cents, coalesce(h.reason, 0), coalesce(h.evidence, '{{}}')::text, coalesce(review.reason, ''),
    count(*) OVER (), count(*) FILTER (WHERE r.state IN ('OPEN', 'COMPUTED')) OVER ()
FROM waiting w JOIN standing r ON r.id = w.run_id JOIN billing_bill b ON b.id = w.id
LEFT JOIN LATERAL (SELECT v.act, v.reason FROM billing_review v
    WHERE v.bill_id = b.id ORDER BY v.id DESC LIMIT 1) review ON true
JOIN ledger_account a ON a.id = b.account_id
JOIN premises_deliverypoint d ON d.id = b.delivery_point_id
JOIN premises_premises p ON p.id = d.premises_id
JOIN subscriptions_subscriptionholder sh ON sh.subscription_id = b.subscription_id AND sh.rank = 1
JOIN customers_customer c ON c.id = sh.customer_id
LEFT JOIN LATERAL (SELECT reason, evidence FROM billing_hold h
    WHERE h.account_id = b.account_id AND h.bill_id = b.id ORDER BY reason LIMIT 1) h ON true
WHERE NOT ({READY}) AND (r.state = 'ISSUED' OR review.act IS DISTINCT FROM 'POSTPONE')
    AND NOT EXISTS (SELECT FROM standing n JOIN billing_bill later
        ON later.id = (n.id::bigint << 33) | (b.subscription_id << 1) WHERE n.id > r.id)
    AND NOT EXISTS (SELECT FROM billing_billeddays y
        WHERE y.delivery_point_id = b.delivery_point_id AND y.to_on >= b.to_on
            AND y.subscription_id = b.subscription_id)
ORDER BY r.state NOT IN ('OPEN', 'COMPUTED'), abs(b.total_cents) DESC, b.id LIMIT %(limit)s
"""
MONEY = """
SELECT coalesce(sum(debit_cents - credit_cents), 0)::bigint,
    (SELECT coalesce(sum(amount_cents), 0)::bigint FROM payments_receipt
        WHERE received_on > %(since)s AND received_on <= %(on)s),
    (SELECT count(*) FROM payments_receipt WHERE received_on > %(since)s AND received_on <= %(on)s)
FROM ledger_posting WHERE ledger_account_id = %(receivable)s AND on_date <= %(on)s
"""


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A bill that waits for a person: whose, where, how much, why, and in which run."""

    run_id: int
    run_state: str
    next_run_id: int  # the run of its cycle that is under way; 0 when the next one is to be opened
    cycle: int
    subscription_id: int
    account: str
    customer: str
    address: str
    total_cents: int
    reason: int  # 0: postponed by a person, without a reason of its own
    evidence: dict[str, Any]
    decision_reason: str  # what a person, or the issue, last wrote of it


@dataclass(frozen=True, slots=True)
class Check:
    """The last check of the invariants that was kept: when, how many, and which were broken."""

    on: date
    at: datetime
    count: int
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """What stands."""

    open_runs: list[RunTotals]
    issued_runs: list[RunTotals]
    held: list[HeldLine]
    held_count: int
    to_decide: int  # of those held, in a run whose review is open; the others wait for the next run of their cycle
    check: Check | None


@dataclass(frozen=True, slots=True)
class Money:
    """What all accounts owe at the end of a day, and what was received in the seven days to it."""

    receivable_cents: int
    received_cents: int
    receipts: int


def money(on: date) -> Money:
    """Every posting of the receivable account is summed: a door keeps the answer while nothing is written."""
    with connection.cursor() as cursor:
        cursor.execute(MONEY, {"on": on, "since": on - timedelta(days=7), "receivable": Chart.RECEIVABLE.value})
        return Money(*cursor.fetchone())


def today(on: date) -> Today:
    """Aujourd’hui: three queries, whatever the size of the town."""
    runs = recent(on, RECENT_RUNS)
    issued = [it for it in runs if it.state == "ISSUED"]
    opened = [it for it in runs if it.state != "ISSUED"]
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"on": on, "limit": HELD_SHOWN})
        rows = cursor.fetchall()
    held = [HeldLine(*row[:10], json.loads(row[10]), row[11]) for row in rows]
    return Today(opened, issued, held, *(rows[0][12:] if rows else (0, 0)), last_check())


def last_check() -> Check | None:
    """The last check of the invariants that the journal kept."""
    if (event := last_verification()) is None:
        return None
    results = event.grounds.get("invariants", [])
    broken = tuple(code for code, _, count in results if count)
    return Check(event.on, event.recorded_at, len(results), broken)
