"""Aujourd’hui: what stands in the office on a day: runs under way, bills that wait, the last run, the last check."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from fanal.records.billing.facts import LAST_REVIEW, READY
from fanal.records.journal.facts import last_event
from fanal.records.ledger.facts import Chart
from fanal.reports.bill_runs import RunTotals, recent

HELD_SHOWN = 8
RECENT_RUNS = 6
CHECKED = ("invariants.verified", "demo.finished")  # events whose grounds hold [[code, title, violations], …]

# Of the runs named: the bills that wait, the largest first, each with who, where, and its first reason.
HELD = f"""
SELECT b.id >> 33, b.subscription_id, a.number, concat_ws(' ', nullif(c.given_name, ''), c.name),
    concat_ws(', ', nullif(p.civic_number, ''), p.street, 'app. ' || nullif(p.unit, '')),
    b.total_cents, h.reason, h.evidence::text, count(*) OVER ()
FROM unnest(%(runs)s::bigint[]) r (id)
JOIN billing_bill b ON b.id >= r.id << 33 AND b.id < (r.id + 1) << 33 AND b.held {LAST_REVIEW}
JOIN ledger_account a ON a.id = b.account_id
JOIN premises_deliverypoint d ON d.id = b.delivery_point_id
JOIN premises_premises p ON p.id = d.premises_id
JOIN subscriptions_subscriptionholder sh ON sh.subscription_id = b.subscription_id AND sh.rank = 1
JOIN customers_customer c ON c.id = sh.customer_id
JOIN LATERAL (SELECT reason, evidence FROM billing_hold h
    WHERE h.account_id = b.account_id AND h.bill_id = b.id ORDER BY reason LIMIT 1) h ON true
WHERE NOT ({READY}) ORDER BY abs(b.total_cents) DESC, b.id LIMIT %(limit)s
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
    """A bill that waits for a person: whose, where, how much, and why."""

    run_id: int
    subscription_id: int
    account: str
    customer: str
    address: str
    total_cents: int
    reason: int
    evidence: dict[str, Any]


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
    check: Check | None


@dataclass(frozen=True, slots=True)
class Money:
    """What all accounts owe at the end of a day, and what was received in the seven days to it."""

    receivable_cents: int
    received_cents: int
    receipts: int


def money(on: date) -> Money:
    """Every posting of the receivable account is summed: a door keeps the answer until the journal goes on."""
    with connection.cursor() as cursor:
        cursor.execute(MONEY, {"on": on, "since": on - timedelta(days=7), "receivable": Chart.RECEIVABLE.value})
        return Money(*cursor.fetchone())


def today(on: date) -> Today:
    """Aujourd’hui: three queries, whatever the size of the town."""
    runs = recent(on, RECENT_RUNS)
    issued = [it for it in runs if it.state == "ISSUED"]
    opened = [it for it in runs if it.state != "ISSUED"]
    waiting = [it.id for it in (*opened, *_last_of_each_cycle(issued)) if it.held]
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"runs": waiting, "limit": HELD_SHOWN})
        rows = cursor.fetchall()
        held = [HeldLine(*row[:7], json.loads(row[7])) for row in rows]
    return Today(opened, issued, held, rows[0][8] if rows else 0, last_check())


def _last_of_each_cycle(issued: list[RunTotals]) -> list[RunTotals]:
    """What an older run held was billed or held again by the next one of its cycle."""
    last: dict[int, RunTotals] = {}
    for run in issued:
        last.setdefault(run.cycle, run)
    return list(last.values())


def last_check() -> Check | None:
    """The last check of the invariants that the journal kept."""
    if (event := last_event(CHECKED)) is None:
        return None
    results = event.grounds.get("invariants", [])
    broken = tuple(code for code, _, count in results if count)
    return Check(event.on, event.recorded_at, len(results), broken)
