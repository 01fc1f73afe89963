"""What Fanal received for cycles since it has them: what the old system does not know, if they go back to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection

RECEIVED = """
SELECT a.number, r.received_on, r.amount_cents, r.reference
FROM elsewhere_takencycle c
JOIN premises_deliverypoint d ON d.cycle = c.cycle
JOIN subscriptions_subscription s ON s.delivery_point_id = d.id
JOIN payments_receipt r ON r.account_id = s.account_id AND r.received_on >= c.changed_on
JOIN ledger_account a ON a.id = r.account_id
WHERE c.ours AND c.cycle = ANY(%s) AND NOT EXISTS (SELECT FROM payments_returnedpayment b WHERE b.receipt_id = r.id)
GROUP BY r.id, a.number ORDER BY a.number, r.received_on, r.id
"""


@dataclass(frozen=True, slots=True)
class ReceivedHere:
    """A payment: account number, the day it was received, cents, its own reference."""

    account: str
    received_on: date
    cents: int
    reference: str


def received_here(cycles: Collection[int]) -> list[ReceivedHere]:
    """Paiements reçus depuis la bascule, of the accounts of those cycles that are ours; what came back left out."""
    with connection.cursor() as cursor:
        cursor.execute(RECEIVED, [list(cycles)])
        return [ReceivedHere(*row) for row in cursor.fetchall()]
