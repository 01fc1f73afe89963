"""Lots de facturation as a person looks at them: totals, what they are compared with, largest swings, held bills."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.db import connection

from fanal.law.metering.plausibility import HoldReason
from fanal.records.billing.facts import LAST_REVIEW, READY, STALE_BILLS
from fanal.records.metering.facts import PHOTOS
from fanal.reports.who import ADDRESS, NAME

SWINGS_SHOWN = 20
ABOUT_A_YEAR = 20  # days by which the run or the bill of a year ago may be earlier or later
HELD_READ = 1_000  # more bills held than that: something else is wrong, and the page says how many more wait

TOTALS = f"""
SELECT r.id, r.on_date, r.cycle, r.state, r.paused, r.opened_by, r.reviewed_by, r.approved_by, c.subscriptions, t.*
FROM wanted w JOIN billing_run r ON r.id = w.id, LATERAL (
    SELECT coalesce(sum(subscriptions), 0)::bigint AS subscriptions FROM billing_chunk WHERE run_id = r.id
) c, LATERAL (
    SELECT count(*), count(*) FILTER (WHERE NOT ({READY})),
        count(*) FILTER (WHERE ({READY}) AND b.estimates_in_a_row > 0),
        coalesce(sum(b.kwh) FILTER (WHERE {READY}), 0)::bigint,
        coalesce(sum(b.net_cents) FILTER (WHERE {READY}), 0)::bigint,
        coalesce(sum(b.tax_cents) FILTER (WHERE {READY}), 0)::bigint,
        coalesce(sum(b.total_cents) FILTER (WHERE {READY}), 0)::bigint
    FROM billing_bill b {LAST_REVIEW}
    WHERE b.id >= r.id::bigint << 33 AND b.id < (r.id::bigint + 1) << 33
) t
"""
LISTED = f"""
WITH wanted AS (
    SELECT id FROM billing_run WHERE corrects_subscription_id = 0 AND (%(cycle)s < 0 OR cycle = %(cycle)s)
        AND id < %(before)s
    ORDER BY id DESC LIMIT %(limit)s
)
{TOTALS} ORDER BY r.state IN ('ISSUED', 'ABANDONED'), r.id DESC
"""
# Those under way, then the last ones issued.
RECENT = f"""
WITH wanted AS (
    SELECT id FROM billing_run WHERE corrects_subscription_id = 0 AND state <> 'ABANDONED' AND on_date <= %(on)s
    ORDER BY state IN ('ISSUED'), id DESC LIMIT %(limit)s
)
{TOTALS} ORDER BY r.state IN ('ISSUED'), r.id DESC
"""
# The run, the last one issued before it for the same cycle, of the same day too, and the one of a year ago, each named
# by its part.
COMPARED = f"""
WITH this AS (SELECT * FROM billing_run WHERE id = %(run)s), issued AS (
    SELECT r.id, r.on_date FROM billing_run r, this
    WHERE r.cycle = this.cycle AND r.corrects_subscription_id = 0 AND r.state = 'ISSUED' AND r.id <> this.id
        AND (r.on_date, r.id) < (this.on_date, this.id)
), wanted AS (
    SELECT 0 AS part, id FROM this
    UNION ALL (SELECT 1, id FROM issued ORDER BY on_date DESC, id DESC LIMIT 1)
    UNION ALL (SELECT 2, issued.id FROM issued, this
        WHERE issued.on_date BETWEEN (this.on_date - interval '1 year')::date - %(days)s
            AND (this.on_date - interval '1 year')::date + %(days)s
        ORDER BY abs(issued.on_date - (this.on_date - interval '1 year')::date) LIMIT 1)
)
{TOTALS.replace("t.*", "t.*, w.part")} ORDER BY w.part
"""
PEOPLE = """
JOIN ledger_account a ON a.id = b.account_id
JOIN premises_deliverypoint d ON d.id = b.delivery_point_id
JOIN premises_premises p ON p.id = d.premises_id
LEFT JOIN subscriptions_subscriptionholder sh ON sh.subscription_id = b.subscription_id AND sh.rank = 1
LEFT JOIN customers_customer c ON c.id = sh.customer_id
"""
WHO = f"a.number, {NAME}, {ADDRESS}"
# Each bill beside that of a year ago, else beside the one before it, for as many days, before taxes.
SWINGS = f"""
WITH swung AS (
    SELECT b.*, o.to_on AS then_on, o.rated_cents AS then_cents, o.to_on - o.rated_from_on AS then_days,
        o.kwh AS then_kwh, o.a_year_ago,
        round(o.rated_cents::numeric * (b.to_on - b.rated_from_on) / (o.to_on - o.rated_from_on))::bigint AS expected
    FROM billing_bill b, LATERAL (
        (SELECT o.*, true AS a_year_ago FROM billing_billeddays y
            JOIN billing_bill o ON o.account_id = y.account_id AND o.id = y.bill_id
            WHERE y.delivery_point_id = b.delivery_point_id AND y.subscription_id = b.subscription_id
                AND y.to_on BETWEEN (b.to_on - interval '1 year')::date - %(days)s
                    AND (b.to_on - interval '1 year')::date + %(days)s
            ORDER BY abs(y.to_on - (b.to_on - interval '1 year')::date) LIMIT 1)
        UNION ALL
        (SELECT o.*, false FROM billing_bill o WHERE o.account_id = b.account_id AND o.id = b.previous_id)
        LIMIT 1
    ) o
    WHERE b.id >= %(run)s::bigint << 33 AND b.id < (%(run)s::bigint + 1) << 33 AND b.kind = 0
    ORDER BY abs(b.rated_cents - round(o.rated_cents::numeric * (b.to_on - b.rated_from_on)
        / (o.to_on - o.rated_from_on))) DESC, b.id LIMIT %(limit)s
)
SELECT b.id, b.subscription_id, {WHO}, b.to_on - b.rated_from_on, b.kwh, b.rated_cents, b.expected,
    b.then_on, b.then_kwh, b.then_days, b.a_year_ago, coalesce(i.number, 0), NOT ({READY})
FROM swung b {LAST_REVIEW} {PEOPLE}
LEFT JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
ORDER BY abs(b.rated_cents - b.expected) DESC, b.id
"""
# What will be left out when the run is issued: whose, and what the totals count of it.
STALE = f"""
SELECT b.id, b.subscription_id, {WHO}, b.estimates_in_a_row > 0, b.kwh, b.net_cents, b.tax_cents, b.total_cents
FROM ({STALE_BILLS}) stale JOIN billing_bill b ON b.account_id = stale.account_id AND b.id = stale.bill_id {PEOPLE}
ORDER BY b.id
"""
WAITS = "(coalesce(review.act, '') NOT IN ('ACCEPT', 'POSTPONE'))"
# Bills that a person must decide of, then those decided: the largest first, with every reason.
HELD = f"""
SELECT b.id, b.subscription_id, {WHO}, b.total_cents, coalesce(h.reasons, '[]')::text, coalesce(review.act, ''),
    coalesce(review.reason, ''), coalesce(review.by_whom, ''), review.on_date, d.cycle, d.id,
    coalesce(m.register_id, 0), coalesce(m.to_on, b.to_on), coalesce(before.number, 0), coalesce(meter.serial, ''),
    {PHOTOS.format(point="b.delivery_point_id", register="m.register_id", day="m.to_on")},
    count(*) FILTER (WHERE {WAITS}) OVER ()
FROM billing_bill b
LEFT JOIN LATERAL (SELECT v.act, v.reason, v.by_whom, v.on_date FROM billing_review v
    WHERE v.bill_id = b.id ORDER BY v.id DESC LIMIT 1) review ON true
LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(reason, evidence) ORDER BY reason) AS reasons
    FROM billing_hold h WHERE h.account_id = b.account_id AND h.bill_id = b.id) h ON true
LEFT JOIN LATERAL (SELECT m.register_id, m.to_on FROM billing_measure m
    WHERE m.account_id = b.account_id AND m.bill_id = b.id ORDER BY m.position DESC LIMIT 1) m ON true
LEFT JOIN billing_issue before ON before.account_id = b.account_id AND before.bill_id = b.previous_id
LEFT JOIN metering_register g ON g.id = m.register_id LEFT JOIN metering_meter meter ON meter.id = g.meter_id
{PEOPLE}
WHERE b.id >= %(run)s::bigint << 33 AND b.id < (%(run)s::bigint + 1) << 33
    AND (b.held OR review.act = 'POSTPONE')
ORDER BY {WAITS} DESC, abs(b.total_cents) DESC, b.id LIMIT %(limit)s
"""
CYCLES = """
SELECT cycle, count(*), (SELECT max(on_date) FROM billing_run r WHERE r.cycle = d.cycle AND r.state = 'ISSUED'
    AND r.corrects_subscription_id = 0)
FROM premises_deliverypoint d GROUP BY cycle ORDER BY cycle
"""


@dataclass(frozen=True, slots=True)
class RunTotals:
    """A run and its totals: cents, thousandths of kWh; sums are of the bills that leave, not of those that wait."""

    id: int
    on: date
    cycle: int
    state: str
    paused: bool
    opened_by: str
    reviewed_by: str
    approved_by: str
    subscriptions: int
    bills: int
    held: int
    estimated: int
    kwh: int
    net_cents: int
    tax_cents: int
    total_cents: int

    @property
    def leaving(self) -> int:
        """How many of its bills leave, or left."""
        return self.bills - self.held

    def without(self, left: "list[StaleBill]") -> "RunTotals":
        """The totals of what will leave once those bills are left out."""
        return replace(
            self, held=self.held + len(left), estimated=self.estimated - sum(it.estimated for it in left),
            kwh=self.kwh - sum(it.kwh for it in left), net_cents=self.net_cents - sum(it.net_cents for it in left),
            tax_cents=self.tax_cents - sum(it.tax_cents for it in left),
            total_cents=self.total_cents - sum(it.total_cents for it in left),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StaleBill:
    """A bill whose days or readings changed since it was computed: it will not leave as it is."""

    bill_id: int
    subscription_id: int
    account: str
    customer: str
    address: str
    estimated: bool
    kwh: int
    net_cents: int
    tax_cents: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A run, the last one of its cycle and the one of a year ago, where there are."""

    run: RunTotals
    last: RunTotals | None
    year: RunTotals | None


@dataclass(frozen=True, slots=True)
class Swing:
    """A bill far from what the same days cost before: cents before taxes; `expected` is for as many days."""

    bill_id: int
    subscription_id: int
    account: str
    customer: str
    address: str
    days: int
    kwh: int
    cents: int
    expected_cents: int
    then_on: date
    then_kwh: int
    then_days: int
    a_year_ago: bool
    number: int
    held: bool

    @property
    def difference_cents(self) -> int:
        """More than before, or less."""
        return self.cents - self.expected_cents


@dataclass(frozen=True, slots=True)
class HeldBill:
    """A held bill: whose, why (each reason with its evidence), and what was decided of it, if anything."""

    bill_id: int
    subscription_id: int
    account: str
    customer: str
    address: str
    total_cents: int
    reasons: tuple[tuple[HoldReason, dict[str, Any]], ...]
    decision: str  # ACCEPT, POSTPONE, or empty
    decision_reason: str
    decided_by: str
    decided_on: date | None
    cycle: int
    delivery_point_id: int
    register_id: int  # that closes the bill; 0 when nothing was measured
    read_on: date
    previous: int  # number of the bill before it; 0 for the first
    meter: str
    photos: list[int]  # of the reading that closes the bill

    @property
    def codes(self) -> set[HoldReason]:
        """Its reasons, without their evidence."""
        return {code for code, _evidence in self.reasons}


@dataclass(frozen=True, slots=True)
class Cycle:
    """A billing cycle: delivery points, and the day of its last issued run."""

    number: int
    points: int
    last_on: date | None


def listed(*, cycle: int | None = None, before: int | None = None, limit: int = 24) -> list[RunTotals]:
    """Regular runs, those under way first, then the latest; those whose id is below `before`."""
    given = {"cycle": -1 if cycle is None else cycle, "before": 2**31 - 1 if before is None else before, "limit": limit}
    return [RunTotals(*row) for row in _rows(LISTED, given)]


def recent(on: date, limit: int) -> list[RunTotals]:
    """Regular runs dated that day or before and not abandoned, those under way first, then the last ones issued."""
    return [RunTotals(*row) for row in _rows(RECENT, {"on": on, "limit": limit})]


def compared(run_id: int) -> Compared | None:
    """A run beside the last of its cycle and that of a year ago; None when there is no such run."""
    rows = _rows(COMPARED, {"run": run_id, "days": ABOUT_A_YEAR})
    found = {row[-1]: RunTotals(*row[:-1]) for row in rows}
    return Compared(found[0], found.get(1), found.get(2)) if found else None


def stale(run_id: int) -> list[StaleBill]:
    """The ready bills of a run that its issue will leave out, because what they rest on has changed."""
    return [StaleBill(*row) for row in _rows(STALE, {"run": run_id})]


def swings(run_id: int, limit: int = SWINGS_SHOWN) -> list[Swing]:
    """The bills of a run that differ most from a year ago, else from the bill before; the largest first."""
    return [Swing(*row) for row in _rows(SWINGS, {"run": run_id, "days": ABOUT_A_YEAR, "limit": limit})]


def held(run_id: int) -> tuple[list[HeldBill], int]:
    """What waits for a person in a run, then what was decided, the largest amounts first; and how many wait in all."""
    rows = _rows(HELD, {"run": run_id, "limit": HELD_READ})
    return [_held(row[:-1]) for row in rows], rows[0][-1] if rows else 0


def cycles() -> list[Cycle]:
    """The cycles in which delivery points are read."""
    return [Cycle(*row) for row in _rows(CYCLES, {})]


def _held(row: tuple[Any, ...]) -> HeldBill:
    bill = dict(zip((it.name for it in fields(HeldBill)), row, strict=True))
    reasons = tuple((HoldReason(code), evidence) for code, evidence in json.loads(bill["reasons"]))
    decision = "" if bill["decision"] == "RESET" else bill["decision"]
    return HeldBill(**bill | {"reasons": reasons, "decision": decision})


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def by_reason(bills: Iterable[HeldBill]) -> dict[HoldReason, int]:
    """How many bills each reason holds, the most frequent first."""
    counts: dict[HoldReason, int] = {}
    for bill in bills:
        for reason, _ in bill.reasons:
            counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda it: (-it[1], it[0])))
