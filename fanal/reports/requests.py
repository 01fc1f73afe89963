"""Requests for a subscription as people read them: the last ones, one of them, and the place that one is about."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from fanal.reports.who import ADDRESS, NAME

SHOWN = 100
REQUESTS = f"""
SELECT r.id, r.applicant, r.received_on, r.channel, r.rate_class, r.book, r.use, r.person, r.occupancy,
    r.provided::text, r.identity_pieces::text, r.information_is_wrong, r.agreed_on, r.owed_cents, r.answer::text,
    r.start::text, r.accepted, r.fee_cents, r.decided_by, r.decided_on, r.customer_id, r.subscription_id, d.number,
    {ADDRESS}, p.city, coalesce(a.number, '')
FROM subscriptions_request r
JOIN premises_deliverypoint d ON d.id = r.delivery_point_id JOIN premises_premises p ON p.id = d.premises_id
LEFT JOIN subscriptions_subscription s ON s.id = r.subscription_id LEFT JOIN ledger_account a ON a.id = s.account_id
"""
# Who is subscribed there that day or later; the first of them when several follow one another.
PLACE = f"""
SELECT d.id, d.number, {ADDRESS}, p.city, coalesce(a.number, ''), s.starts_on, s.ends_on, coalesce((
    SELECT string_agg({NAME}, ', ' ORDER BY h.rank)
    FROM subscriptions_subscriptionholder h JOIN customers_customer c ON c.id = h.customer_id
    WHERE h.subscription_id = s.id), ''), coalesce((
    SELECT book FROM subscriptions_subscription l WHERE l.delivery_point_id = d.id
    ORDER BY l.starts_on DESC LIMIT 1), '')
FROM premises_deliverypoint d JOIN premises_premises p ON p.id = d.premises_id
LEFT JOIN subscriptions_subscription s ON s.delivery_point_id = d.id AND (s.ends_on IS NULL OR s.ends_on > %(on)s)
LEFT JOIN ledger_account a ON a.id = s.account_id
WHERE d.number = %(number)s ORDER BY s.starts_on LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """A request: who asked, for what, what was given by its name, and what was answered with every ground."""

    id: int
    applicant: str
    received_on: date
    channel: str
    rate_class: str
    book: str
    use: str
    person: str
    occupancy: str
    provided: list[str]
    identity_pieces: list[str]
    information_is_wrong: bool
    agreed_on: date | None
    owed_cents: int
    answer: dict[str, Any]
    start: dict[str, Any]
    accepted: bool
    fee_cents: int
    decided_by: str
    decided_on: date
    customer_id: int | None
    subscription_id: int | None
    point: str
    address: str
    city: str
    account: str


@dataclass(frozen=True, slots=True)
class Place:
    """A delivery point, and who is subscribed there now or next."""

    id: int
    number: str
    address: str
    city: str
    account: str
    starts_on: date | None
    ends_on: date | None
    who: str
    book: str  # of the last subscription there; empty when there was none


def listed(limit: int = SHOWN) -> list[KnownRequest]:
    """The last ones, the latest first."""
    return _requests(f"{REQUESTS} ORDER BY r.id DESC LIMIT %(limit)s", {"limit": limit})


def request(request_id: int) -> KnownRequest | None:
    """That request; None when there is none."""
    return next(iter(_requests(f"{REQUESTS} WHERE r.id = %(id)s", {"id": request_id})), None)


def place(number: str, on: date) -> Place | None:
    """The delivery point of that number as it stands that day; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE, {"number": number, "on": on})
        row = cursor.fetchone()
    return Place(*row) if row else None


def _requests(query: str, given: dict[str, Any]) -> list[KnownRequest]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        names = [column.name for column in cursor.description]
        told = {"provided", "identity_pieces", "answer", "start"}
        return [
            KnownRequest(*(json.loads(it) if name in told else it for name, it in zip(names, row, strict=True)))
            for row in cursor.fetchall()
        ]
