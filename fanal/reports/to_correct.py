"""Factures à corriger: issued bills that rest on a reading corrected since, or on an estimate that was read at last."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from fanal.reports.bill_runs import PEOPLE, WHO

SHOWN = 8

# Of each subscription the first such bill: a correction begins there and does again all after it. The bill of the day
# of a reading and the one that follows it are enough: what a later one rests on, the first one does. A demand is the
# highest of the days of the bill, another reading may have shown it.
LISTED = f"""
WITH corrected AS (
    SELECT DISTINCT ON (delivery_point_id, register_id, read_on) delivery_point_id, register_id, read_on, sequence,
        value, recorded_on
    FROM metering_reading WHERE sequence > 1 ORDER BY delivery_point_id, register_id, read_on, sequence DESC
), resting AS (
    SELECT d.subscription_id, d.account_id, d.bill_id, d.from_on, m.register_id, c.read_on, named.value AS billed,
        c.value, c.recorded_on
    FROM corrected c
    JOIN LATERAL (SELECT * FROM billing_billeddays d WHERE d.delivery_point_id = c.delivery_point_id
        AND d.to_on >= c.read_on ORDER BY d.to_on LIMIT 2) d ON true
    JOIN billing_measure m ON m.account_id = d.account_id AND m.bill_id = d.bill_id AND m.register_id = c.register_id
        AND (m.to_on = c.read_on OR m.from_on = c.read_on AND m.kind IN (1, 4))
    JOIN metering_reading named ON named.delivery_point_id = c.delivery_point_id
        AND named.register_id = c.register_id AND named.read_on = c.read_on
        AND named.sequence = CASE WHEN m.to_on = c.read_on THEN m.to_sequence ELSE m.from_sequence END
    WHERE named.sequence < c.sequence AND named.value <> c.value
        AND (m.kind IN (1, 4) OR m.to_value = named.value OR m.to_value < c.value)
    UNION ALL
    SELECT d.subscription_id, d.account_id, d.bill_id, d.from_on, m.register_id, r.read_on, m.to_value, r.value,
        r.recorded_on
    FROM subscriptions_subscription s
    JOIN billing_billeddays d ON d.delivery_point_id = s.delivery_point_id AND d.subscription_id = s.id
        AND d.to_on = s.ends_on
    JOIN billing_bill f ON f.account_id = d.account_id AND f.id = d.bill_id AND f.estimates_in_a_row > 0
    JOIN billing_measure m ON m.account_id = d.account_id AND m.bill_id = d.bill_id AND m.to_on = d.to_on
        AND m.to_sequence = 0 AND m.kind IN (1, 4)
    JOIN metering_reading r ON r.delivery_point_id = d.delivery_point_id AND r.register_id = m.register_id
        AND r.read_on = d.to_on AND r.quality = 1
), first AS (
    SELECT DISTINCT ON (subscription_id) * FROM resting ORDER BY subscription_id, from_on, read_on, register_id
)
SELECT i.number, {WHO}, b.total_cents, f.read_on, f.billed, f.value, f.recorded_on, coalesce(x.id, 0),
    count(*) OVER ()
FROM first f JOIN billing_bill b ON b.account_id = f.account_id AND b.id = f.bill_id
JOIN billing_issue i ON i.account_id = f.account_id AND i.bill_id = f.bill_id
LEFT JOIN billing_correction x ON x.subscription_id = f.subscription_id AND x.verdict = ''
{PEOPLE}
WHERE f.recorded_on <= %(on)s
ORDER BY x.id IS NOT NULL, f.recorded_on, i.number LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """A bill to correct: whose, which reading it rests on, the index billed and the one read since (thousandths)."""

    number: int
    account: str
    customer: str
    address: str
    total_cents: int
    read_on: date
    billed: int
    read: int
    recorded_on: date
    correction_id: int  # the one that waits for a second person; 0 when none is proposed


def to_correct(on: date, limit: int = SHOWN) -> tuple[list[ToCorrect], int]:
    """The first bill to correct of each subscription, those that nobody proposed first; and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED, {"on": on, "limit": limit})
        rows = cursor.fetchall()
    return [ToCorrect(*row[:-1]) for row in rows], rows[0][-1] if rows else 0
