"""What was received, what came back, what it paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from fanal.records.payments.models import PaymentChannel

__all__ = ["PaymentChannel"]

RECEIPT_COLUMNS = (
    "r.id, r.account_id, r.received_on, r.amount_cents, r.channel, r.reference, b.returned_on, coalesce(b.reason, '')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReceipt:
    """A receipt, and its return if the bank took it back."""

    id: int
    account_id: int
    received_on: date
    amount_cents: int
    channel: PaymentChannel
    reference: str
    returned_on: date | None
    return_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAllocation:
    """How much of a credit (a receipt, or a bill in our debt) pays a bill, net of what was taken back."""

    receipt_id: int
    credit_bill_id: int
    bill_id: int
    amount_cents: int


def receipts_referenced(references: Iterable[str]) -> dict[str, KnownReceipt]:
    """Those receipts by reference; an unknown reference is absent."""
    return {it.reference: it for it in _receipts("r.reference = ANY(%s)", list(references))}


def receipts_of(account_id: int) -> list[KnownReceipt]:
    """The receipts of an account, oldest first."""
    return _receipts("r.account_id = %s", account_id)


def allocations_of(account_id: int) -> list[KnownAllocation]:
    """What pays what on an account, in the order it was allocated."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receipt_id, credit_bill_id, bill_id, sum(amount_cents)::bigint FROM payments_allocation "
            "WHERE account_id = %s GROUP BY receipt_id, credit_bill_id, bill_id HAVING sum(amount_cents) <> 0 "
            "ORDER BY min(id)",
            [account_id],
        )
        return [
            KnownAllocation(receipt_id=receipt, credit_bill_id=credit, bill_id=bill, amount_cents=amount)
            for receipt, credit, bill, amount in cursor.fetchall()
        ]


def open_cents(bills: Sequence[tuple[int, int]]) -> dict[int, int]:
    """What remains to pay of each issued bill, given as (account id, bill id); a bill in our debt is absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.source, (p.debit_cents - coalesce(paid.cents, 0))::bigint "
            "FROM unnest(%s::bigint[], %s::bigint[]) n (account_id, id) JOIN ledger_posting p "
            "ON p.account_id = n.account_id AND p.source = n.id AND p.kind = 1 AND p.ledger_account_id = 1200 "
            "LEFT JOIN LATERAL (SELECT sum(amount_cents) AS cents FROM payments_allocation a "
            "WHERE a.account_id = n.account_id AND a.bill_id = n.id) paid ON true WHERE p.debit_cents > 0",
            [[account_id for account_id, _ in bills], [bill_id for _, bill_id in bills]],
        )
        return dict(cursor.fetchall())


def accounts_with_credit() -> list[int]:
    """The accounts that hold a credit not wholly allocated."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT r.account_id FROM payments_receipt r
                LEFT JOIN (SELECT receipt_id, sum(amount_cents) AS cents FROM payments_allocation
                    WHERE receipt_id <> 0 GROUP BY receipt_id) used ON used.receipt_id = r.id
                WHERE r.amount_cents > coalesce(used.cents, 0)
                    AND NOT EXISTS (SELECT FROM payments_returnedpayment b WHERE b.receipt_id = r.id)
            UNION
            SELECT p.account_id FROM ledger_posting p
                LEFT JOIN (SELECT credit_bill_id, sum(amount_cents) AS cents FROM payments_allocation
                    WHERE credit_bill_id <> 0 GROUP BY credit_bill_id) used ON used.credit_bill_id = p.source
                WHERE p.ledger_account_id = 1200 AND p.kind IN (1, 2, 5, 6, 7)
                    AND p.credit_cents > coalesce(used.cents, 0)
            ORDER BY 1""")
        return [row[0] for row in cursor.fetchall()]


def _receipts(condition: str, value: object) -> list[KnownReceipt]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {RECEIPT_COLUMNS} FROM payments_receipt r "
            f"LEFT JOIN payments_returnedpayment b ON b.receipt_id = r.id WHERE {condition} "
            "ORDER BY r.received_on, r.id",
            [value],
        )
        return [
            KnownReceipt(
                id=pk,
                account_id=account_id,
                received_on=received_on,
                amount_cents=cents,
                channel=PaymentChannel(channel),
                reference=reference,
                returned_on=returned_on,
                return_reason=reason,
            )
            for pk, account_id, received_on, cents, channel, reference, returned_on, reason in cursor.fetchall()
        ]
