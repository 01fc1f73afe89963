"""What billing knows: runs and their progress, computed and issued bills."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from fanal.records.billing import after_plan
from fanal.records.billing.gather import LAST_SEQUENCE
from fanal.records.billing.models import Bill, BilledDays, Chunk, Hold, Review, Run, RunState
from fanal.records.billing.shelf import codes
from fanal.records.columns import Columns, read
from fanal.records.elsewhere import promises
from fanal.records.ledger.facts import Chart
from fanal.values import person

# A bill is ready when its last review accepts it, or when it is not held and nobody postponed it.
LAST_REVIEW = """
LEFT JOIN LATERAL (SELECT v.act FROM billing_review v WHERE v.bill_id = b.id ORDER BY v.id DESC LIMIT 1) review ON true
"""
READY = "coalesce(nullif(review.act, 'RESET'), CASE WHEN b.held THEN 'HOLD' ELSE 'ACCEPT' END) = 'ACCEPT'"
READY_BILLS = f"""
SELECT b.account_id, b.id, b.kind, b.reverses_id, b.delivery_point_id, b.subscription_id, b.from_on, b.to_on,
    b.total_cents, b.kw > 0, b.book_id = ANY(ARRAY(SELECT id FROM billing_book WHERE content ->> 'flat_rate' = 'true')),
    coalesce(previous.issued_on, h.issued_on, s.starts_on),
    EXISTS (SELECT FROM subscriptions_subscriptionholder h
        JOIN customers_contact c ON c.customer_id = h.customer_id AND c.kind = 'EMAIL' AND c.consented_on <= %(on)s
        WHERE h.subscription_id = b.subscription_id AND h.rank = 1)
FROM billing_bill b
JOIN subscriptions_subscription s ON s.id = b.subscription_id
LEFT JOIN elsewhere_handover h ON b.previous_id = 0 AND h.subscription_id = s.id
LEFT JOIN billing_issue previous ON previous.account_id = b.account_id AND previous.bill_id = b.previous_id
{LAST_REVIEW}
WHERE b.id BETWEEN %(low)s AND %(high)s AND {READY}
ORDER BY b.id
"""
READY_KINDS = {
    "account_id": "int64", "bill_id": "int64", "kind": "int16", "reverses_id": "int64",
    "delivery_point_id": "int64", "subscription_id": "int64", "from_on": "datetime64[D]", "to_on": "datetime64[D]",
    "total_cents": "int64", "power": "bool", "flat_rate": "bool", "previous_on": "datetime64[D]", "by_email": "bool",
}  # fmt: skip
LINES = "SELECT bill_id, charge_id, amount_cents FROM billing_line WHERE bill_id BETWEEN %(low)s AND %(high)s"
LINE_KINDS = {"bill_id": "int64", "charge_id": "int32", "amount_cents": "int64"}
REVERSE_BILL = """
INSERT INTO billing_bill (account_id, id, run_id, subscription_id, delivery_point_id, book_id, kind, from_on, to_on,
    rated_from_on, estimates_in_a_row, held, kwh, kw, kva, past_kw, billing_kw, multiplier, phases, units,
    rated_cents, net_cents, tax_cents, total_cents, previous_id, settles_id, reverses_id)
SELECT account_id, (%(run)s::bigint << 33) | (subscription_id << 1) | 1, %(run)s, subscription_id, delivery_point_id,
    book_id, 1, from_on, to_on, rated_from_on, estimates_in_a_row, false, -kwh, kw, kva, past_kw, billing_kw,
    multiplier, phases, units, -rated_cents, -net_cents, -tax_cents, -total_cents, 0, 0, id
FROM billing_bill WHERE account_id = %(account)s AND id = %(bill)s
"""
REVERSE_LINES = """
INSERT INTO billing_line (account_id, bill_id, line, charge_id, from_on, to_on, days, quantity, amount_cents)
SELECT l.account_id, (%(run)s::bigint << 33) | (b.subscription_id << 1) | 1, l.line, l.charge_id, l.from_on, l.to_on,
    l.days, -l.quantity, -l.amount_cents
FROM billing_line l JOIN billing_bill b ON b.account_id = l.account_id AND b.id = l.bill_id
WHERE l.account_id = %(account)s AND l.bill_id = %(bill)s
"""
REVERSE_QUANTITIES = """
INSERT INTO billing_quantity (account_id, bill_id, name, value)
SELECT q.account_id, (%(run)s::bigint << 33) | (b.subscription_id << 1) | 1, q.name, q.value
FROM billing_quantity q JOIN billing_bill b ON b.account_id = q.account_id AND b.id = q.bill_id
WHERE q.account_id = %(account)s AND q.bill_id = %(bill)s
"""


def _overdue(**plan: bool) -> str:
    """SQL: what is owed on an account, less what is asked and not due yet; the latest bills are the last to be paid."""
    bill = after_plan.asked_on("i", "m", **plan)
    return f"""
SELECT of.account_id, greatest(0, coalesce((SELECT sum(p.debit_cents - p.credit_cents) FROM ledger_posting p
        WHERE p.account_id = of.account_id AND p.ledger_account_id = {Chart.RECEIVABLE.value}
            AND p.on_date <= %(on)s), 0)
    - coalesce((
        SELECT sum(CASE WHEN coalesce(plan.asked_on, i.due_on) < %(on)s
            THEN b.total_cents - b.total_cents / 2 ELSE b.total_cents END)
        FROM billing_issue i JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
        LEFT JOIN billing_paymentmode m ON (m.account_id, m.bill_id) = (i.account_id, i.bill_id)
        CROSS JOIN LATERAL (SELECT {bill} AS asked_on) plan
        WHERE i.account_id = of.account_id AND i.issued_on <= %(on)s
            AND coalesce(plan.asked_on, i.second_due_on) >= %(on)s
            AND b.total_cents > 0 AND NOT EXISTS (SELECT FROM billing_issue n
                JOIN billing_bill note ON note.account_id = n.account_id AND note.id = n.bill_id
                WHERE n.account_id = i.account_id AND note.reverses_id = b.id)), 0)
    - coalesce((SELECT sum(opened.cents) FROM (SELECT sum(o.cents) AS cents FROM elsewhere_opening o
        WHERE o.account_id = of.account_id AND o.ledger_account_id = {Chart.RECEIVABLE.value} AND o.on_date <= %(on)s
            AND coalesce({after_plan.opened_asked_on("o", **plan)}, o.due_on) >= %(on)s
        GROUP BY o.number HAVING sum(o.cents) > 0) opened), 0))::bigint
FROM unnest(%(accounts)s::bigint[]) AS of(account_id)
"""


OVERDUE = _overdue()
OVERDUE_WITHOUT_PLAN = _overdue(whatever_plan=True)
# What changed under a bill since it was computed: the bill before it, the end of the subscription, a reading it rests
# on, or a claim on its days.
STALE_BILLS = f"""
SELECT b.account_id, b.id AS bill_id FROM billing_bill b
JOIN subscriptions_subscription s ON s.id = b.subscription_id
{LAST_REVIEW}
WHERE b.id >= %(run)s::bigint << 33 AND b.id < (%(run)s::bigint + 1) << 33 AND b.kind = 0 AND {READY} AND (
    coalesce((SELECT d.bill_id FROM billing_billeddays d WHERE d.delivery_point_id = b.delivery_point_id
        AND d.to_on > s.starts_on AND d.subscription_id = b.subscription_id
        ORDER BY d.to_on DESC LIMIT 1), 0) <> b.previous_id
    OR s.ends_on < b.to_on
    OR EXISTS (SELECT FROM billing_billeddays d WHERE d.delivery_point_id = b.delivery_point_id
        AND d.to_on > b.from_on AND d.from_on < b.to_on)
    OR EXISTS (SELECT FROM billing_measure m WHERE m.bill_id = b.id AND m.kind IN (1, 4) AND (
        m.to_sequence < {LAST_SEQUENCE.format(point="b.delivery_point_id", day="to_on")}
        OR m.from_sequence < {LAST_SEQUENCE.format(point="b.delivery_point_id", day="from_on")})))
"""
# Computed with a book whose prices of these days were changed since by the activation of another.
BEHIND = """
EXISTS (SELECT FROM billing_book k JOIN billing_proposal p ON p.code = k.code AND p.state = 'ACTIVATED'
    WHERE k.id = b.book_id AND b.kind = 0 AND p.changes_from_on < b.to_on AND p.id > coalesce((
        SELECT max(own.id) FROM billing_proposal own
        WHERE own.code = k.code AND own.digest = k.digest AND own.state = 'ACTIVATED'), 0))
"""
BEHIND_BILLS = f"""
SELECT count(*) FROM billing_bill b {LAST_REVIEW}
WHERE b.id >= %(run)s::bigint << 33 AND b.id < (%(run)s::bigint + 1) << 33 AND {READY} AND {BEHIND}
"""
CHUNKS_TO_COMPUTE = f"""
SELECT c.position, c.subscriptions FROM billing_chunk c
WHERE c.run_id = %(run)s AND (NOT c.computed OR EXISTS (SELECT FROM billing_bill b
    WHERE b.id BETWEEN (c.run_id::bigint << 33) | (c.first_subscription_id << 1)
        AND (c.run_id::bigint << 33) | (c.last_subscription_id << 1) | 1 AND {BEHIND}))
ORDER BY c.position
"""
READY_COUNTS = f"""
SELECT c.position, (
    SELECT count(*) FROM billing_bill b {LAST_REVIEW} WHERE b.id BETWEEN c.low AND c.high AND {READY})
FROM unnest(%(position)s::int[], %(low)s::bigint[], %(high)s::bigint[]) AS c(position, low, high) ORDER BY c.position
"""
# A bill of the subscription that a run under way will issue: it was computed from the bills that stand now.
LEAVING_IN = f"""
SELECT r.id FROM billing_run r
JOIN billing_bill b ON b.id = (r.id::bigint << 33) | (%s::bigint << 1)
{LAST_REVIEW}
WHERE r.state NOT IN ('ISSUED', 'ABANDONED') AND {READY} LIMIT 1
"""
# The bill that those made again would not follow: it closes on another index than the one that they open on.
NOT_FOLLOWED = """
SELECT i.number FROM billing_bill b
JOIN billing_billeddays d ON d.delivery_point_id = b.delivery_point_id AND d.subscription_id = b.subscription_id
    AND d.to_on = b.rated_from_on
JOIN billing_issue i ON i.account_id = d.account_id AND i.bill_id = d.bill_id
JOIN billing_measure m ON m.account_id = b.account_id AND m.bill_id = b.id AND m.kind IN (1, 4)
JOIN billing_measure before ON before.account_id = d.account_id AND before.bill_id = d.bill_id
    AND before.register_id = m.register_id AND before.to_on = m.from_on
WHERE b.id = ANY(%s) AND before.to_value <> m.from_value LIMIT 1
"""
# Issued bills beside those that were made for the same days; none where nothing is left to bill.
BILLS_AGAIN = """
SELECT old.id, i.number, old.from_on, old.to_on, old.kwh, old.total_cents,
    coalesce(new.kwh, 0), coalesce(new.total_cents, 0), new.id IS NOT NULL,
    greatest(old.kw, new.kw) > 0,
    EXISTS (SELECT FROM billing_measure m WHERE m.account_id = old.account_id AND m.bill_id = old.id AND m.kind = 2),
    old.estimates_in_a_row > 0 AND coalesce(new.estimates_in_a_row = 0, false),
    coalesce((SELECT jsonb_agg(jsonb_build_array(h.reason, h.evidence) ORDER BY h.reason)
        FROM billing_hold h WHERE h.account_id = new.account_id AND h.bill_id = new.id), '[]')::text
FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS again(old_id, new_id, place)
JOIN billing_bill old ON old.id = again.old_id
JOIN billing_issue i ON i.account_id = old.account_id AND i.bill_id = old.id
LEFT JOIN billing_bill new ON new.account_id = old.account_id AND new.id = again.new_id
ORDER BY again.place
"""
RUN_TOTALS = f"""
SELECT count(*), count(*) FILTER (WHERE NOT ({READY})), coalesce(sum(total_cents) FILTER (WHERE {READY}), 0)::bigint,
    coalesce(sum(kwh) FILTER (WHERE {READY}), 0)::bigint
FROM billing_bill b {LAST_REVIEW} WHERE b.id >= %(run)s::bigint << 33 AND b.id < (%(run)s::bigint + 1) << 33
"""
ISSUED = """
SELECT i.account_id, i.bill_id, i.number, i.due_on, b.total_cents
FROM billing_bill b JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
WHERE b.id BETWEEN %(low)s AND %(high)s ORDER BY i.number
"""
ISSUED_KINDS = {
    "account_id": "int64", "bill_id": "int64", "number": "int64", "due_on": "datetime64[D]", "total_cents": "int64",
}  # fmt: skip
BILL_SPAN_BITS = 33


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRun:
    """A run as its list and its page show it."""

    id: int
    on: date
    cycle: int
    state: str
    paused: bool
    opened_by: str
    reviewed_by: str
    approved_by: str
    chunks: int
    chunks_computed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBill:
    """A held bill of a run: why, with what proves it."""

    account_id: int
    bill_id: int
    subscription_id: int
    reason: int
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillAgain:
    """A bill taken back beside the one that would replace it: what a person is shown before a correction."""

    bill_id: int
    number: int
    from_on: date
    to_on: date
    kwh: int  # thousandths
    cents: int
    new_kwh: int
    new_cents: int
    is_made: bool  # False: nothing is left to bill for these days
    power_billed: bool
    power_measured: bool
    adjusts_estimate: bool = False  # it was estimated, and is now closed by a real reading
    holds: list[Any]  # [HoldReason, evidence] of the new bill

    @property
    def difference_cents(self) -> int:
        """What the customer owes more, or less below zero."""
        return self.new_cents - self.cents

    @property
    def changes(self) -> bool:
        """Whether the customer's energy or amount would be another."""
        return (self.kwh, self.cents) != (self.new_kwh, self.new_cents)

    def as_dict(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        return asdict(self) | {"from_on": self.from_on.isoformat(), "to_on": self.to_on.isoformat()}

    @classmethod
    def kept(cls, row: dict[str, Any]) -> "BillAgain":
        """What a proposal kept."""
        days = {name: date.fromisoformat(row[name]) for name in ("from_on", "to_on")}
        return cls(**row | days)


def run(run_id: int) -> KnownRun | None:
    """The run of that id with its progress; None when there is none."""
    found = Run.objects.filter(pk=run_id).first()
    if found is None:
        return None
    chunks = list(found.chunks.values_list("computed", flat=True))
    return KnownRun(
        id=found.pk, on=found.on, cycle=found.cycle, state=found.state, paused=found.paused,
        opened_by=found.opened_by, reviewed_by=found.reviewed_by, approved_by=found.approved_by,
        chunks=len(chunks), chunks_computed=sum(chunks),
    )  # fmt: skip


def runs() -> list[int]:
    """Ids of the regular runs, oldest first."""
    return list(Run.objects.filter(corrects_subscription_id=0).order_by("pk").values_list("pk", flat=True))


def open_run_on(on: date, cycle: int) -> int | None:
    """The regular run of that day and cycle that is not ended; None when there is none."""
    ended = (RunState.ISSUED, RunState.ABANDONED)
    found = Run.objects.filter(on=on, cycle=cycle, corrects_subscription_id=0).exclude(state__in=ended).first()
    return found.pk if found else None


def is_paused(run_id: int) -> bool:
    """Whether somebody suspended the run."""
    return Run.objects.filter(pk=run_id, paused=True).exists()


def chunks_to_compute(run_id: int) -> list[tuple[int, int]]:
    """Chunks that are not computed, or with a book replaced since: positions, numbers of subscriptions."""
    with connection.cursor() as cursor:
        cursor.execute(CHUNKS_TO_COMPUTE, {"run": run_id})
        return [(position, subscriptions) for position, subscriptions in cursor.fetchall()]


def bills_behind(run_id: int) -> int:
    """How many of the bills that would leave were computed with a book replaced since for their days."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND_BILLS, {"run": run_id})
        return int(cursor.fetchone()[0])


def chunks_to_issue(run_id: int) -> list[tuple[int, int]]:
    """Positions of the chunks that are not issued, with their numbers of bills."""
    return list(Chunk.objects.filter(run_id=run_id, issued=False).order_by("position").values_list("position", "bills"))


def cycle_exists(cycle: int) -> bool:
    """Whether some delivery point is read in that cycle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM premises_deliverypoint WHERE cycle = %s)", [cycle])
        return bool(cursor.fetchone()[0])


def subscription_ids(cycle: int, on: date) -> list[int]:
    """Subscriptions of a cycle (0: all) that began before that day and are not wholly billed, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id FROM subscriptions_subscription s JOIN premises_deliverypoint p ON p.id = s.delivery_point_id "
            "WHERE (%(cycle)s = 0 OR p.cycle = %(cycle)s) AND s.starts_on < %(on)s AND (s.ends_on IS NULL "
            "OR NOT EXISTS (SELECT FROM billing_billeddays d WHERE d.delivery_point_id = s.delivery_point_id "
            "AND d.to_on = s.ends_on AND d.subscription_id = s.id)) "
            "AND NOT EXISTS (SELECT FROM elsewhere_handover h WHERE h.subscription_id = s.id AND h.to_on >= s.ends_on) "
            "ORDER BY s.id",
            {"cycle": cycle, "on": on},
        )
        return [row[0] for row in cursor.fetchall()]


def book_codes(first: int, last: int) -> list[str]:
    """Codes of the books that those subscriptions use and that are on the shelf; an unknown one holds its bills."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT book FROM subscriptions_subscription WHERE id BETWEEN %s AND %s", [first, last])
        return sorted({row[0] for row in cursor.fetchall()} & set(codes()))


def run_totals(run_id: int) -> dict[str, int]:
    """Bills of a run: how many, how many wait, and cents and kWh (thousandths) of the others."""
    with connection.cursor() as cursor:
        cursor.execute(RUN_TOTALS, {"run": run_id})
        return dict(zip(("bills", "held", "total_cents", "kwh"), cursor.fetchone(), strict=True))


def bill_id(run_id: int, subscription_id: int) -> int:
    """The id of the bill of a subscription in a run, whether it was computed or not."""
    return (run_id << BILL_SPAN_BITS) | (subscription_id << 1)


def run_and_subscription(bill_id: int) -> tuple[int, int]:
    """Of which run, and of which subscription, a bill of that id is or was."""
    return bill_id >> BILL_SPAN_BITS, bill_id % (1 << BILL_SPAN_BITS) >> 1


def computed_bill(run_id: int, subscription_id: int) -> Bill | None:
    """The bill that a run computed for a subscription; None when there is none."""
    return Bill.objects.filter(id=bill_id(run_id, subscription_id)).first()


def hold_reasons(account_id: int, bill_id: int) -> list[int]:
    """Codes of the reasons to hold a bill."""
    return list(Hold.objects.filter(account_id=account_id, bill_id=bill_id).values_list("reason", flat=True))


def held_bills(run_id: int) -> list[HeldBill]:
    """The bills of a run that wait for a person, in order: a worklist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.account_id, h.bill_id, b.subscription_id, h.reason, h.evidence::text FROM billing_hold h "
            "JOIN billing_bill b ON b.account_id = h.account_id AND b.id = h.bill_id "
            f"{LAST_REVIEW} WHERE b.id >= %(run)s::bigint << 33 AND b.id < (%(run)s::bigint + 1) << 33 "
            f"AND NOT ({READY}) ORDER BY h.bill_id, h.reason",
            {"run": run_id},
        )
        names = ("account_id", "bill_id", "subscription_id", "reason", "evidence")
        return [HeldBill(**dict(zip(names, (*rest, json.loads(evidence)), strict=True))) for *rest, evidence in cursor]


def reviewers(run_id: int) -> set[str]:
    """Who decided of a bill of the run, by the key of a person."""
    span = (run_id << BILL_SPAN_BITS, (run_id + 1 << BILL_SPAN_BITS) - 1)
    names = Review.objects.filter(bill_id__range=span).exclude(act="RESET").values_list("by", flat=True)
    return {person.key(name) for name in names}


def stale_bills(run_id: int) -> list[dict[str, int]]:
    """Ready bills whose subscription was billed or corrected since they were computed."""
    with connection.cursor() as cursor:
        cursor.execute(STALE_BILLS, {"run": run_id})
        return [{"account_id": account, "bill_id": bill} for account, bill in cursor.fetchall()]


def ready_counts(run_id: int, ranges: Sequence[tuple[int, int]]) -> list[int]:
    """How many bills are ready in each range of subscriptions."""
    base = run_id << BILL_SPAN_BITS
    with connection.cursor() as cursor:
        cursor.execute(READY_COUNTS, {
            "position": list(range(len(ranges))),
            "low": [base | (first << 1) for first, _ in ranges],
            "high": [base | (last << 1) | 1 for _, last in ranges],
        })  # fmt: skip
        return [count for _, count in cursor.fetchall()]


def ready_bills(cursor: Any, run_id: int, first: int, last: int, on: date) -> Columns:
    """The ready bills of a range of subscriptions, with what dates their payment and what they claim."""
    return read(cursor, READY_BILLS, READY_KINDS, _range(run_id, first, last) | {"on": on})


def lines(cursor: Any, run_id: int, first: int, last: int) -> Columns:
    """The lines of the bills of a range of subscriptions: bill, amount, and the ledger account of their charge."""
    found = read(cursor, LINES, LINE_KINDS, _range(run_id, first, last))
    cursor.execute("SELECT id, ledger_account_id FROM billing_charge")
    ids, accounts = np.array(cursor.fetchall(), np.int64).T
    account_of = np.zeros(ids.max() + 1, np.int64)
    account_of[ids] = accounts
    return found | {"ledger_account_id": account_of[found["charge_id"]]}


def _range(run_id: int, first: int, last: int) -> dict[str, int]:
    base = run_id << BILL_SPAN_BITS
    return {"low": base | (first << 1), "high": base | (last << 1) | 1}


def issued_bills(run_id: int) -> Columns:
    """What a run issued, in the order of the numbers (see ISSUED_KINDS)."""
    span = {"low": run_id << BILL_SPAN_BITS, "high": (run_id + 1 << BILL_SPAN_BITS) - 1}
    with connection.cursor() as cursor:
        return read(cursor, ISSUED, ISSUED_KINDS, span)


def live_bills_from(subscription_id: int, bill_id: int) -> list[BilledDays]:
    """The live bills of a subscription from that one on, in order; empty when that one is not live."""
    first = BilledDays.objects.filter(bill_id=bill_id, subscription_id=subscription_id).first()
    if first is None:
        return []
    later = BilledDays.objects.filter(delivery_point_id=first.delivery_point_id, to_on__gte=first.to_on)
    return list(later.filter(subscription_id=subscription_id).order_by("to_on"))


def overdue(account_ids: Sequence[int], on: date) -> dict[int, int]:
    """What each of those accounts should have paid by then (4.3.1, 4.2.2), in cents: what is not due yet apart.

    What instalments that are kept pay is not due by the bills.
    """
    owed = due(account_ids, on)
    spread = promises.covered({it: cents for it, cents in owed.items() if cents}, on)
    return {it: cents - spread.get(it, 0) for it, cents in owed.items()}


def due(account_ids: Sequence[int], on: date, *, whatever_plan: bool = False) -> dict[int, int]:
    """What each of those accounts should have paid by then by its bills alone, in cents; maybe as if no plan held."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE_WITHOUT_PLAN if whatever_plan else OVERDUE, {"accounts": list(account_ids), "on": on})
        return dict(cursor.fetchall())


def last_billed_on(account_id: int) -> date | None:
    """The day of the last bill that was issued to an account: what it says is said."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(i.issued_on) FROM billing_issue i "
            "JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id AND b.kind = 0 "
            "WHERE i.account_id = %s", [account_id],
        )  # fmt: skip
        row = cursor.fetchone()
        return row[0] if row else None


def billed_to(subscription_id: int, delivery_point_id: int) -> date | None:
    """The first day that no live bill of the subscription counts; None before the first."""
    found = BilledDays.objects.filter(delivery_point_id=delivery_point_id, subscription_id=subscription_id)
    return found.order_by("-to_on").values_list("to_on", flat=True).first()


def leaving_in(subscription_id: int) -> int | None:
    """The run under way that will issue a bill of that subscription; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVING_IN, [subscription_id])
        row = cursor.fetchone()
        return row[0] if row else None


def not_followed(made: Sequence[int]) -> int | None:
    """The number of the bill that closes on another index than those made again open on; None when none does."""
    with connection.cursor() as cursor:
        cursor.execute(NOT_FOLLOWED, [list(made)])
        row = cursor.fetchone()
        return row[0] if row else None


def bills_again(old: Sequence[int], new: Sequence[int]) -> list[BillAgain]:
    """Each old bill beside the new one for its days, in order; a new id of 0 is none."""
    with connection.cursor() as cursor:
        cursor.execute(BILLS_AGAIN, [list(old), list(new)])
        names = [it.name for it in fields(BillAgain)]
        return [
            BillAgain(**dict(zip(names, (*rest, json.loads(holds)), strict=True))) for *rest, holds in cursor.fetchall()
        ]


def bill_number(number: int) -> str:
    """« 2026-000318 » of a stored number."""
    return f"{number // 10**9}-{number % 10**9:06d}"


def numbered(text: str) -> int | None:
    """The stored number of « 2026-000318 »; None when it has another form."""
    year, _, rank = text.strip().partition("-")
    if not (year.isascii() and year.isdigit() and rank.isascii() and rank.isdigit() and len(year) == 4):
        return None
    return int(year) * 10**9 + int(rank)
