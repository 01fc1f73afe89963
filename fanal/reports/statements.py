"""Âge des comptes et relevés: the sub-ledger account by account, at the end of any day. Amounts are cents."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import connection

from fanal.reports.financial import AGED

Bucket = Literal["all", "not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "credit"]
BUCKETS = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "credit")
# Who holds an account: the first holder of its last subscription.
HOLDER = """
LEFT JOIN LATERAL (
    SELECT concat_ws(' ', nullif(c.given_name, ''), c.name) AS customer FROM subscriptions_subscription s
    JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id AND h.rank = 1
    JOIN customers_customer c ON c.id = h.customer_id
    WHERE s.account_id = a.id ORDER BY s.starts_on DESC LIMIT 1) holder ON true
"""
AGED_LINES = f"""
WITH aged AS MATERIALIZED ({AGED}), page AS (
    SELECT * FROM aged WHERE {{column}} <> 0
    ORDER BY {{column}} DESC, account_id LIMIT %(limit)s OFFSET %(offset)s
), whole AS (
    SELECT count(*) AS accounts, count(*) FILTER (WHERE {{column}} <> 0) AS listed,
        {", ".join(f"coalesce(sum({it}_cents), 0)::bigint AS {it}_sum, count(*) FILTER (WHERE {it}_cents <> 0) AS {it}_n" for it in BUCKETS)},
        coalesce(sum(balance_cents), 0)::bigint AS balance_sum
    FROM aged
)
SELECT whole.*, a.number, coalesce(holder.customer, ''), {", ".join(f"page.{it}_cents" for it in BUCKETS)}, page.balance_cents
FROM whole LEFT JOIN page ON true LEFT JOIN ledger_account a ON a.id = page.account_id {HOLDER}
ORDER BY page.{{column}} DESC, page.account_id
"""  # noqa: E501
# Each entry of an account on the receivable side, with what names it: a bill's number, a payment's reference.
ENTRIES = """
SELECT e.on_date, e.kind, e.amount, sum(e.amount) OVER (ORDER BY e.on_date, e.kind, e.source)::bigint,
    i.number, i.due_on, b.from_on, b.to_on, coalesce(r.reference, ''), r.received_on
FROM (
    SELECT on_date, kind, source, sum(debit_cents - credit_cents)::bigint AS amount FROM ledger_posting
    WHERE account_id = %(account)s AND ledger_account_id = 1200 AND on_date <= %(on)s GROUP BY on_date, kind, source
) e
LEFT JOIN billing_issue i ON e.kind IN (1, 2) AND i.account_id = %(account)s AND i.bill_id = e.source
LEFT JOIN billing_bill b ON e.kind IN (1, 2) AND b.account_id = %(account)s AND b.id = e.source
LEFT JOIN payments_receipt r ON e.kind IN (3, 4) AND r.id = e.source
ORDER BY e.on_date, e.kind, e.source
"""
HOLDER_OF = f"SELECT coalesce(holder.customer, '') FROM ledger_account a {HOLDER} WHERE a.id = %(account)s"


@dataclass(frozen=True, slots=True)
class Part:
    """What one bucket holds, over how many accounts."""

    name: str
    cents: int
    accounts: int


@dataclass(frozen=True, slots=True)
class AgedLine:
    """One account by days past due."""

    number: str
    customer: str
    parts: tuple[int, ...]  # in the order of BUCKETS
    balance_cents: int


@dataclass(frozen=True, slots=True)
class Aged:
    """All the accounts by days past due, and a page of them: the largest of the bucket first."""

    accounts: int
    listed: int
    parts: list[Part]
    balance_cents: int
    lines: list[AgedLine]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of an account, what names it, and what is owed after it."""

    on: date
    kind: int  # ledger.EntryKind
    amount_cents: int
    balance_cents: int
    bill_number: int | None
    due_on: date | None
    from_on: date | None
    to_on: date | None
    reference: str
    received_on: date | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Relevé de compte at the end of a day."""

    customer: str
    lines: list[EntryLine]

    @property
    def balance_cents(self) -> int:
        """What is owed at the end of that day."""
        return self.lines[-1].balance_cents if self.lines else 0


def aged(on: date, *, bucket: Bucket = "all", offset: int = 0, limit: int | None = None) -> Aged:
    """Âge des comptes at the end of that day."""
    column = "balance_cents" if bucket == "all" else f"{bucket}_cents"
    with connection.cursor() as cursor:
        cursor.execute(AGED_LINES.format(column=column), {"on": on, "offset": offset, "limit": limit})
        rows = cursor.fetchall()
    first, sums = rows[0], len(BUCKETS)
    parts = [Part(name, *first[2 + 2 * at : 4 + 2 * at]) for at, name in enumerate(BUCKETS)]
    at = 3 + 2 * sums
    lines = [AgedLine(row[at], row[at + 1], tuple(row[at + 2 : at + 2 + sums]), row[-1]) for row in rows if row[at]]
    return Aged(first[0], first[1], parts, first[at - 1], lines)


def statement(account_id: int, on: date) -> Statement:
    """The entries of an account through that day, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDER_OF, {"account": account_id})
        customer = (cursor.fetchone() or ("",))[0]
        cursor.execute(ENTRIES, {"account": account_id, "on": on})
        return Statement(customer, [EntryLine(*row) for row in cursor.fetchall()])
