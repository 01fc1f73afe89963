"""What another system issued, as it came. Read-only."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from fanal.records.elsewhere.models import EndReason, Handover, PastKind, UndertakingKind

__all__ = ["EndReason", "PastKind", "UndertakingKind"]

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
    """An undertaking that was taken over, as it was told; where it stands is told by `promises`."""

    kind: str
    number: str
    starts_on: date
    ends_on: date | None
    live: bool
    cents: int
    terms: dict[str, Any]
    ended_on: date | None = None  # its end was entered here: first day without
    reason: str = ""
    note: str = ""


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


@dataclass(frozen=True, slots=True)
class PastLine:
    """A line of a past bill; quantity in thousandths, price in millionths of a dollar."""

    component: str
    from_on: date
    to_on: date
    quantity: int
    price: int
    cents: int


@dataclass(frozen=True, slots=True)
class Past:
    """All that came before Fanal on an account: nothing where no other system billed it."""

    handovers: dict[int, KnownHandover]  # by subscription
    events: tuple[Event, ...] = ()
    promises: tuple[Promise, ...] = ()


EVENTS = """
SELECT what, on_date AS "on", number, code, cents, note, from_on, to_on, due_on, kwh, estimated FROM (
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
) events WHERE account_id = %(account)s ORDER BY on_date, what <> 'bill', what, number
"""
UNDERTAKINGS = """
SELECT u.kind, u.number, u.starts_on, u.ends_on, u.live, u.amount_cents AS cents, u.terms, e.ended_on,
    coalesce(e.reason, '') AS reason, coalesce(e.note, '') AS note
FROM elsewhere_undertaking u LEFT JOIN elsewhere_promiseend e USING (account_id, kind, number)
WHERE u.account_id = %(account)s ORDER BY NOT u.live, u.kind, u.starts_on DESC, u.number
"""
HANDOVERS = """
SELECT subscription_id, account_id, number, last_bill, to_on, issued_on, estimated FROM elsewhere_handover
WHERE subscription_id = ANY(%(subscriptions)s)
"""
# Three columns that a query about %(account)s and its %(subscriptions)s may ask beside its own; `past_in` reads them.
PAST = f"""(SELECT json_agg(h) FROM ({HANDOVERS}) h), (SELECT json_agg(e) FROM ({EVENTS}) e),
    (SELECT json_agg(u) FROM ({UNDERTAKINGS}) u)"""
DAYS = ("on", "from_on", "to_on", "due_on", "issued_on", "starts_on", "ends_on", "ended_on")


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
    return list(past_of(account_id, []).events)


def undertakings_of(account_id: int) -> list[Promise]:
    """What was promised before and goes on, what is live first."""
    return list(past_of(account_id, []).promises)


def past_of(account_id: int, subscription_ids: Sequence[int]) -> Past:
    """All that came before Fanal on an account and its subscriptions."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {PAST}", {"account": account_id, "subscriptions": list(subscription_ids)})
        return past_in(cursor.fetchone())


def past_in(columns: Sequence[Any]) -> Past:
    """What the columns of `PAST` say."""
    handed, events, promised = (json.loads(it) if isinstance(it, str) else it or () for it in columns)
    known = [KnownHandover(**_dated(row)) for row in handed]
    return Past(
        {it.subscription_id: it for it in known},
        tuple(Event(**_dated(row)) for row in events),
        tuple(Promise(**_dated(row)) for row in promised),
    )


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its days, which JSON gives as text."""
    days = {name: date.fromisoformat(text) for name, text in row.items() if text and name in DAYS}
    return row | days


def lines_of(account_id: int, number: str) -> list[PastLine]:
    """The lines of a past bill, in their order; none where the old system kept none."""
    query = (
        "SELECT component, from_on, to_on, quantity, price, amount_cents FROM elsewhere_pastline "
        "WHERE account_id = %s AND number = %s ORDER BY line"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [account_id, number])
        return [PastLine(*row) for row in cursor.fetchall()]


def taxes_of(account_id: int, number: str) -> tuple[int, int, int]:
    """The GST, the QST and the total of a past bill, in cents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gst_cents, qst_cents, total_cents FROM elsewhere_pastbill WHERE account_id = %s AND number = %s",
            [account_id, number],
        )
        gst, qst, total = cursor.fetchone()
        return gst, qst, total
