"""What another system issued, as it came. Read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from fanal.records.elsewhere.models import Handover, PastKind, UndertakingKind

__all__ = ["PastKind", "UndertakingKind"]

# A bill stands while no credit note took it back; a credit note by itself bills no day.
STANDS = """{bill}.kind <> 'CREDIT_NOTE' AND NOT EXISTS (SELECT FROM elsewhere_pastbill note
    WHERE note.account_id = {bill}.account_id AND note.corrects = {bill}.number AND note.kind = 'CREDIT_NOTE')"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHandover:
    """Until when another system billed a subscription, and under which number."""

    subscription_id: int
    account_id: int
    number: str
    last_bill: str
    to_on: date
    issued_on: date
    estimated: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One thing of an account's past: a bill, a payment, an entry or a notice, by its number and its code."""

    what: str  # bill, payment, entry, notice
    on: date
    number: str
    code: str
    cents: int
    note: str
    from_on: date | None
    to_on: date | None
    due_on: date | None
    kwh: int | None
    estimated: bool | None


@dataclass(frozen=True, slots=True)
class Promise:
    """An undertaking that was taken over: its terms and its next day."""

    kind: str
    number: str
    starts_on: date
    ends_on: date | None
    live: bool
    cents: int
    next_on: date | None
    terms: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KnownCycle:
    """A cycle that was taken over: how many subscriptions run in it, who bills it, since when."""

    cycle: int
    subscriptions: int
    ours: bool
    changed_by: str
    changed_on: date


CYCLES = """
SELECT c.cycle, count(s.id), c.ours, c.changed_by, c.changed_on FROM elsewhere_takencycle c
LEFT JOIN premises_deliverypoint d ON d.cycle = c.cycle
LEFT JOIN subscriptions_subscription s ON s.delivery_point_id = d.id AND s.ends_on IS NULL
GROUP BY c.cycle ORDER BY c.cycle
"""
EVENTS = """
SELECT what, on_date, number, code, cents, note, from_on, to_on, due_on, kwh, estimated FROM (
    SELECT 'bill' AS what, issued_on AS on_date, number, kind AS code, total_cents AS cents, tariff AS note,
        from_on, to_on, due_on, kwh, estimated, account_id FROM elsewhere_pastbill
    UNION ALL
    SELECT 'payment', received_on, number, channel, -amount_cents, note, NULL, NULL, NULL, NULL, NULL, account_id
    FROM elsewhere_pastpayment
    UNION ALL
    SELECT 'entry', on_date, number, code, amount_cents, label, NULL, NULL, NULL, NULL, NULL, account_id
    FROM elsewhere_pastentry
    UNION ALL
    SELECT 'notice', on_date, number, kind, amount_cents, note, NULL, NULL, NULL, NULL, NULL, account_id
    FROM elsewhere_pastnotice
) events WHERE account_id = %s ORDER BY on_date, what <> 'bill', what, number
"""
UNDERTAKINGS = """
SELECT kind, number, starts_on, ends_on, live, amount_cents, next_on, terms FROM elsewhere_undertaking
WHERE account_id = %s ORDER BY NOT live, kind, starts_on DESC, number
"""


def handovers(subscription_ids: Sequence[int]) -> dict[int, KnownHandover]:
    """Of those subscriptions, the ones that another system billed before."""
    names = tuple(KnownHandover.__dataclass_fields__)
    found = Handover.objects.filter(pk__in=list(subscription_ids)).values(*names)
    return {row["subscription_id"]: KnownHandover(**row) for row in found}


def cycles() -> list[KnownCycle]:
    """The cycles that were taken over, in order; none where there was no old system."""
    with connection.cursor() as cursor:
        cursor.execute(CYCLES)
        return [KnownCycle(*row) for row in cursor.fetchall()]


def events_of(account_id: int) -> list[Event]:
    """All that another system issued to an account, the oldest first."""
    return [Event(*row) for row in _rows(EVENTS, account_id)]


def undertakings_of(account_id: int) -> list[Promise]:
    """What was promised before and goes on, what is live first."""
    return [Promise(*row[:7], row[7] if isinstance(row[7], dict) else {}) for row in _rows(UNDERTAKINGS, account_id)]


def _rows(query: str, account_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [account_id])
        return list(cursor.fetchall())
