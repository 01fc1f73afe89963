"""What a book asks of one subscription, and what is said of it: its meter's registers, its bank of kWh, where it is."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from fanal.reports.who import ADDRESS

# The bank is that of the last live bill that kept one.
SUBSCRIPTION = f"""
SELECT s.id, a.number, d.number, {ADDRESS},
    p.city, s.book, s.domestic, s.starts_on, s.ends_on, m.id, m.serial, coalesce((
        SELECT json_agg(json_build_array(r.kind, r.name, r.dials) ORDER BY r.kind, r.name <> 'total', r.id)
        FROM metering_register r WHERE r.meter_id = m.id), '[]'),
    bank.value, bank.to_on
FROM subscriptions_subscription s
JOIN ledger_account a ON a.id = s.account_id
JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
JOIN premises_premises p ON p.id = d.premises_id
LEFT JOIN metering_installation i ON i.delivery_point_id = d.id AND i.ends_on IS NULL
LEFT JOIN metering_meter m ON m.id = i.meter_id
LEFT JOIN LATERAL (SELECT q.value, b.to_on FROM billing_billeddays b
    JOIN billing_quantity q ON q.account_id = b.account_id AND q.bill_id = b.bill_id AND q.name = 'bank_left'
    WHERE b.delivery_point_id = s.delivery_point_id AND b.subscription_id = s.id
    ORDER BY b.to_on DESC LIMIT 1) bank ON true
WHERE s.id = %s
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One subscription; `registers` as (kind, name, dials) of the meter in place, `bank_kwh` in thousandths."""

    id: int
    account: str
    delivery_point: str
    address: str
    city: str
    book: str
    domestic: bool
    starts_on: date
    ends_on: date | None
    meter_id: int | None
    meter: str | None
    registers: tuple[tuple[int, str, int], ...]
    bank_kwh: int | None
    bank_on: date | None


def subscription(subscription_id: int) -> Told | None:
    """The subscription of that id; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(SUBSCRIPTION, [subscription_id])
        row = cursor.fetchone()
    return Told(*row[:11], _registers(row[11]), *row[12:]) if row else None


def _registers(kept: Any) -> tuple[tuple[int, str, int], ...]:
    listed = json.loads(kept) if isinstance(kept, str) else kept
    return tuple((kind, name, dials) for kind, name, dials in listed)
