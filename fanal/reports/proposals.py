"""The issued bills that a retroactive book touches, to be corrected one by one."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from fanal.records.billing.proposal_facts import BEFORE
from fanal.reports.who import NAME

LISTED = f"""
SELECT i.number, b.subscription_id, a.number, b.rated_from_on, b.to_on, b.kwh, b.total_cents,
    coalesce((SELECT {NAME} FROM subscriptions_subscriptionholder h
        JOIN customers_customer c ON c.id = h.customer_id
        WHERE h.subscription_id = b.subscription_id AND h.rank = 1), '')
FROM billing_bill b
JOIN billing_billeddays d ON d.account_id = b.account_id AND d.bill_id = b.id
JOIN billing_book k ON k.id = b.book_id
JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
JOIN ledger_account a ON a.id = b.account_id
WHERE b.id >= (SELECT min(id)::bigint << 33 FROM billing_run WHERE on_date > %(since)s)
    AND k.code = %(code)s AND b.to_on > %(since)s AND {BEFORE}
ORDER BY i.number DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class TouchedBill:
    """An issued bill with days at prices that a book changes."""

    number: int
    subscription_id: int
    account: str
    from_on: date
    to_on: date
    kwh: int
    total_cents: int
    customer: str


def touched_bills(proposal_id: int, code: str, since: date | None, limit: int) -> list[TouchedBill]:
    """The last issued of them; none when no amount changes."""
    if since is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(LISTED, {"proposal": proposal_id, "code": code, "since": since, "limit": limit})
        return [TouchedBill(*row) for row in cursor.fetchall()]
