"""What one customer answers for: its subscriptions, wherever they are."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from fanal.reports.who import ADDRESS

SUBSCRIPTIONS = f"""
SELECT s.id, a.number, {ADDRESS}, s.ends_on
FROM subscriptions_subscriptionholder h JOIN subscriptions_subscription s ON s.id = h.subscription_id
JOIN ledger_account a ON a.id = s.account_id
JOIN premises_deliverypoint d ON d.id = s.delivery_point_id JOIN premises_premises p ON p.id = d.premises_id
WHERE h.customer_id = %s ORDER BY s.ends_on IS NOT NULL, s.starts_on DESC, s.id LIMIT %s
"""
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription that a customer holds, alone or with others."""

    subscription_id: int
    number: str
    address: str
    ends_on: date | None


def subscriptions_of(customer_id: int) -> list[Held]:
    """The subscriptions of a customer, those in force first."""
    with connection.cursor() as cursor:
        cursor.execute(SUBSCRIPTIONS, [customer_id, SHOWN])
        return [Held(*row) for row in cursor.fetchall()]
