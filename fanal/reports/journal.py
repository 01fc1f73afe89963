"""The journal as people look through it: who, what, about what, when, why; with the object that each act is about."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from fanal.records.billing.facts import bill_number, run_and_subscription
from fanal.reports.who import ADDRESS, NAME

# Newest first, from below an id: a page further on costs what the first one does.
EVENTS = """
SELECT id, recorded_at, on_date, by_whom, act, about, grounds FROM journal_event
WHERE (%(below)s::bigint IS NULL OR id < %(below)s) AND (%(by)s = '' OR by_whom ILIKE %(like)s)
    AND (%(acts)s::text[] IS NULL OR act = ANY(%(acts)s))
    AND (%(about)s = '' OR about = %(about)s OR about LIKE %(many)s AND grounds -> 'ids' @> %(id)s::jsonb)
    AND (%(since)s::date IS NULL OR on_date >= %(since)s) AND (%(until)s::date IS NULL OR on_date <= %(until)s)
ORDER BY id DESC LIMIT %(limit)s
"""
# The number that people know of each object named.
NAMES = f"""
SELECT 'bill', b.id, coalesce(i.number::text, concat(b.run_id, ':', b.subscription_id)), '' FROM billing_bill b
    LEFT JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id WHERE b.id = ANY(%(bill)s)
UNION ALL SELECT 'account', a.id, a.number, a.number FROM ledger_account a WHERE a.id = ANY(%(account)s)
UNION ALL SELECT 'subscription', s.id, a.number, a.number FROM subscriptions_subscription s
    JOIN ledger_account a ON a.id = s.account_id WHERE s.id = ANY(%(subscription)s)
UNION ALL SELECT 'receipt', r.id, r.reference, a.number FROM payments_receipt r
    JOIN ledger_account a ON a.id = r.account_id WHERE r.id = ANY(%(receipt)s)
UNION ALL SELECT 'meter', m.id, m.serial, '' FROM metering_meter m WHERE m.id = ANY(%(meter)s)
UNION ALL SELECT 'register', g.id, m.serial, '' FROM metering_register g
    JOIN metering_meter m ON m.id = g.meter_id WHERE g.id = ANY(%(register)s)
UNION ALL SELECT 'installation', n.id, m.serial, '' FROM metering_installation n
    JOIN metering_meter m ON m.id = n.meter_id WHERE n.id = ANY(%(installation)s)
UNION ALL SELECT 'premises', p.id, {ADDRESS}, ''
    FROM premises_premises p WHERE p.id = ANY(%(premises)s)
UNION ALL SELECT 'delivery_point', d.id, d.number, coalesce((SELECT a.number FROM subscriptions_subscription s
        JOIN ledger_account a ON a.id = s.account_id WHERE s.delivery_point_id = d.id
        ORDER BY s.starts_on DESC LIMIT 1), '')
    FROM premises_deliverypoint d WHERE d.id = ANY(%(delivery_point)s)
UNION ALL SELECT 'customer', c.id, {NAME},
        coalesce((SELECT a.number FROM subscriptions_subscriptionholder h
        JOIN subscriptions_subscription s ON s.id = h.subscription_id JOIN ledger_account a ON a.id = s.account_id
        WHERE h.customer_id = c.id ORDER BY s.starts_on DESC LIMIT 1), '')
    FROM customers_customer c WHERE c.id = ANY(%(customer)s)
"""
NOUNS = ("bill", "account", "subscription", "receipt", "meter", "register", "installation", "premises",
         "delivery_point", "customer")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """An object by the number that people know, and what its page is asked by."""

    word: str
    key: str


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """One act; `noun` and `identifier` tell what it is about, `many` how many of them there are (0 for one)."""

    id: int
    recorded_at: datetime
    on: date
    by: str
    act: str
    about: str
    grounds: dict[str, Any]

    @property
    def noun(self) -> str:
        """« run » of « run:12 »."""
        return self.about.partition(":")[0]

    @property
    def identifier(self) -> int:
        """12 of « run:12 »; 0 when it is about several, or about something that has no number."""
        said = self.about.partition(":")[2]
        return int(said) if said.isdecimal() and len(said) < 19 else 0

    @property
    def many(self) -> int:
        """300 of « premises:×300 », else 0."""
        said = self.about.partition(":×")[2]
        return int(said) if said.isdecimal() else 0


def events(
    *,
    by: str = "",
    acts: Sequence[str] | None = None,
    about: str = "",
    since: date | None = None,
    until: date | None = None,
    below: int | None = None,
    limit: int,
) -> list[JournalEvent]:
    """What was done, the latest first; `about` « noun:id » finds it among many too."""
    noun, _, identifier = about.partition(":")
    escaped = by.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    wanted = {
        "by": by, "like": f"%{escaped}%", "acts": list(acts) if acts else None, "about": about,
        "many": f"{noun}:×%" if identifier.isdecimal() else "", "id": identifier if identifier.isdecimal() else "[]",
        "since": since, "until": until, "below": below, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, wanted)
        return [JournalEvent(*row[:6], _read(row[6])) for row in cursor.fetchall()]


def names(objects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Named]:
    """What those objects, (noun, id), are called; one without a number is absent.

    A bill that was discarded is called by its run and its subscription, and has no page.
    """
    asked = set(objects)
    ids = {noun: [key for it, key in asked if it == noun and key] for noun in NOUNS}
    gone = {("bill", key): Named("{}:{}".format(*run_and_subscription(key)), "") for key in ids["bill"]}
    with connection.cursor() as cursor:
        cursor.execute(NAMES, ids)
        return gone | {(noun, key): _named(noun, word, page) for noun, key, word, page in cursor.fetchall()}


def _named(noun: str, word: str, page: str) -> Named:
    if noun == "bill":
        word = page = bill_number(int(word)) if word.isdecimal() else word
    return Named(word, page)


def last_verification() -> JournalEvent | None:
    """The last check of the invariants that the journal kept."""
    found = events(acts=["invariants.verified", "demo.finished"], limit=1)
    return found[0] if found else None


def _read(grounds: Any) -> dict[str, Any]:
    return dict(json.loads(grounds)) if isinstance(grounds, str) else dict(grounds)
