"""Âge des comptes et relevés: the sub-ledger account by account, at the end of any day. Amounts are cents."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import connection

from fanal.reports.financial import AgedAccount
from fanal.reports.who import NAME

Bucket = Literal["all", "not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "spread", "credit"]
BUCKETS = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "spread", "credit")
# Who holds an account: the first holder of its last subscription.
HOLDER = f"""
LEFT JOIN LATERAL (
    SELECT {NAME} AS customer FROM subscriptions_subscription s
    JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id AND h.rank = 1
    JOIN customers_customer c ON c.id = h.customer_id
    WHERE s.account_id = a.id ORDER BY s.starts_on DESC LIMIT 1) holder ON true
"""
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
HOLDERS = f"SELECT a.id, coalesce(holder.customer, '') FROM ledger_account a {HOLDER} WHERE a.id = ANY(%(accounts)s)"


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


def aged(accounts: list[AgedAccount], *, bucket: Bucket = "all", offset: int = 0, limit: int | None = None) -> Aged:
    """Âge des comptes, of what `financial.aged_balance` found at the end of a day."""
    column = "balance_cents" if bucket == "all" else f"{bucket}_cents"
    listed = [it for it in accounts if getattr(it, column)]
    listed.sort(key=lambda it: (-getattr(it, column), it.account_id))
    shown = listed[offset:][:limit]
    names = _holders([it.account_id for it in shown])
    columns = list(zip(*map(_buckets, accounts), strict=True)) or [()] * len(BUCKETS)
    return Aged(
        accounts=len(accounts),
        listed=len(listed),
        parts=[Part(it, sum(cents), sum(map(bool, cents))) for it, cents in zip(BUCKETS, columns, strict=True)],
        balance_cents=sum(it.balance_cents for it in accounts),
        lines=[AgedLine(it.number, names[it.account_id], _buckets(it), it.balance_cents) for it in shown],
    )


def _buckets(account: AgedAccount) -> tuple[int, ...]:
    return (account.not_due_cents, account.days_1_30_cents, account.days_31_60_cents, account.days_61_90_cents,
            account.days_over_90_cents, account.spread_cents, account.credit_cents)  # fmt: skip


def _holders(accounts: list[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS, {"accounts": accounts})
        return dict(cursor.fetchall())


def statement(account_id: int, on: date) -> Statement:
    """The entries of an account through that day, oldest first."""
    customer = _holders([account_id]).get(account_id, "")
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, {"account": account_id, "on": on})
        return Statement(customer, [EntryLine(*row) for row in cursor.fetchall()])
