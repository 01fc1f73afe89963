"""One account: who, where, since when, what is owed and by when, what happened, what was read, what is unusual.

Seven queries whatever the length of its life. Amounts are cents (positive: owed by the customer), quantities are
thousandths, dates half-open. Nothing here is text: the page puts it in words.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from fanal.law.metering.plausibility import roll_over
from fanal.records.billing import shelf
from fanal.records.billing.facts import LAST_REVIEW, READY
from fanal.records.elsewhere import promises
from fanal.records.elsewhere.facts import PAST, Past, PastKind, past_in
from fanal.records.elsewhere.facts import Event as PastEvent
from fanal.records.elsewhere.promises import Apart, Promise, apart
from fanal.records.metering.facts import PHOTOS
from fanal.records.subscriptions.facts import NO_BOOK
from fanal.reports import dues
from fanal.reports.bill_history import Month, Span, months_through, overlap
from fanal.reports.financial import BILL_ASKED_ON, OPENED_ASKED_ON
from fanal.reports.who import ADDRESS, NAME
from fanal.values.dates import add_months
from fanal.values.money import half_up

BILL, CREDIT_NOTE, RECEIPT, RETURNED, OPENING = 1, 2, 3, 4, 5
DEPOSIT_INTEREST, DEPOSIT_RETURN = 6, 7
REAL = 1
KWH = 1
GOES_DOWN = ("decreasing_index", "digit_missing")  # findings on an index lower than the one before
ABOUT_A_YEAR = 20  # days by which the bill of a year ago may end earlier or later
EVENTS_KEPT = 200

SUBSCRIPTIONS = f"""
SELECT a.id, a.number, a.opened_on, s.id, s.delivery_point_id, d.number, s.book, s.domestic, s.starts_on, s.ends_on,
    d.cycle, d.phases, {ADDRESS}, p.city,
    p.postal_code, k.content -> 'title', coalesce((k.content ->> 'flat_rate')::boolean, false), m.serial, m.dials,
    m.multiplier, m.starts_on,
    (SELECT json_agg(json_build_object('id', c.id, 'name', {NAME},
            'kind', c.kind, 'language', c.language, 'contacts', coalesce((
                SELECT json_agg(json_build_array(t.kind, t.value) ORDER BY t.kind, t.gained, t.id)
                FROM customers_contact t WHERE t.customer_id = c.id), '[]'::json)) ORDER BY h.rank)
        FROM subscriptions_subscriptionholder h JOIN customers_customer c ON c.id = h.customer_id
        WHERE h.subscription_id = s.id), coalesce(p.heating, ''), coalesce(taken.ours, true)
FROM ledger_account a LEFT JOIN subscriptions_subscription s ON s.account_id = a.id
LEFT JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
LEFT JOIN premises_premises p ON p.id = d.premises_id
LEFT JOIN elsewhere_takencycle taken ON taken.cycle = d.cycle
LEFT JOIN LATERAL (SELECT content FROM billing_book b WHERE b.code = s.book ORDER BY b.id DESC LIMIT 1) k ON true
LEFT JOIN LATERAL (
    SELECT m.serial, r.dials, i.multiplier, i.starts_on FROM metering_installation i
    JOIN metering_meter m ON m.id = i.meter_id JOIN metering_register r ON r.meter_id = m.id AND r.kind = 1
    WHERE i.delivery_point_id = d.id AND i.starts_on < coalesce(s.ends_on, 'infinity')
    ORDER BY i.starts_on DESC, r.name <> 'total', r.id LIMIT 1) m ON true
WHERE a.number = %(number)s
ORDER BY s.ends_on IS NOT NULL, s.starts_on DESC, s.id
"""
ENTRIES = f"""
SELECT e.on_date, e.kind, e.source, e.cents,
    sum(e.cents) OVER (ORDER BY e.on_date, e.kind, e.source)::bigint,
    i.number, coalesce(i.due_on, o.due_on), coalesce(i.second_due_on, o.due_on), b.subscription_id,
    coalesce(b.from_on, d.from_on), coalesce(b.to_on, d.to_on), b.rated_from_on, b.kwh,
    b.estimates_in_a_row, b.net_cents, b.tax_cents, b.reverses_id, coalesce(b.settles_id, 0), i.issued_on,
    (SELECT channel FROM notices_delivery n WHERE n.account_id = %(account)s AND n.subject_kind = e.kind
        AND n.subject = e.source ORDER BY channel LIMIT 1),
    coalesce((SELECT sum(amount_cents) FROM payments_allocation p
        WHERE p.account_id = %(account)s AND p.bill_id = e.source AND e.kind = 1), 0)::bigint,
    r.received_on, r.channel, coalesce(r.reference, o.number, d.number), t.reason,
    CASE WHEN o.id IS NULL THEN {BILL_ASKED_ON} ELSE {OPENED_ASKED_ON} END
FROM (SELECT on_date, kind, source, sum(debit_cents - credit_cents)::bigint AS cents FROM ledger_posting
    WHERE account_id = %(account)s AND ledger_account_id = 1200 AND on_date <= %(on)s
    GROUP BY on_date, kind, source) e
LEFT JOIN billing_issue i ON e.kind IN (1, 2) AND i.account_id = %(account)s AND i.bill_id = e.source
LEFT JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
LEFT JOIN billing_paymentmode said ON (said.account_id, said.bill_id) = (i.account_id, i.bill_id)
LEFT JOIN elsewhere_opening o ON e.kind = 5 AND o.id = e.source
LEFT JOIN elsewhere_depositentry d ON e.kind IN (6, 7) AND d.id = e.source
LEFT JOIN payments_receipt r ON e.kind IN (3, 4) AND r.id = e.source
LEFT JOIN payments_returnedpayment t ON e.kind = 4 AND t.receipt_id = e.source
ORDER BY e.on_date, e.kind, e.source
"""
# In force: the last of its day. What was read under another customer is not this account's to see.
READINGS = f"""
SELECT l.delivery_point_id, l.register_id, g.kind, g.name, m.serial, l.read_on, l.value, l.source, l.quality,
    l.sequence, i.multiplier, lag(l.read_on) OVER w, lag(l.value) OVER w, g.dials,
    (SELECT json_agg(json_build_object('code', f.code, 'evidence', f.evidence) ORDER BY f.id) FROM metering_finding f
        WHERE f.delivery_point_id = l.delivery_point_id AND f.register_id = l.register_id AND f.read_on = l.read_on
            AND f.sequence = l.sequence),
    {PHOTOS.format(point="l.delivery_point_id", register="l.register_id", day="l.read_on")}
FROM (SELECT DISTINCT ON (r.delivery_point_id, r.register_id, r.read_on) r.* FROM metering_reading r
    JOIN subscriptions_subscription s ON s.account_id = %(account)s AND s.delivery_point_id = r.delivery_point_id
        AND r.read_on >= s.starts_on AND r.read_on <= coalesce(s.ends_on, 'infinity')
    WHERE r.read_on <= %(on)s
    ORDER BY r.delivery_point_id, r.register_id, r.read_on, r.sequence DESC) l
JOIN metering_register g ON g.id = l.register_id JOIN metering_meter m ON m.id = g.meter_id
LEFT JOIN LATERAL (SELECT multiplier FROM metering_installation h WHERE h.meter_id = g.meter_id
    AND h.delivery_point_id = l.delivery_point_id ORDER BY h.starts_on DESC LIMIT 1) i ON true
WINDOW w AS (PARTITION BY l.delivery_point_id, l.register_id ORDER BY l.read_on)
ORDER BY l.read_on DESC, g.kind, g.name <> 'total', l.register_id DESC
"""
ESTIMATES = """
SELECT DISTINCT e.id, i.issued_on, e.from_on, e.to_on, e.method, e.quantity, e.kind, e.name, e.by_whom, e.inputs
FROM billing_issue i JOIN billing_measure m ON m.account_id = i.account_id AND m.bill_id = i.bill_id
JOIN metering_estimate e ON e.id = m.estimate_id
WHERE i.account_id = %(account)s AND m.estimate_id <> 0 AND i.issued_on <= %(on)s ORDER BY e.to_on DESC, e.id
"""
EVENTS = """
SELECT id, on_date, by_whom, act, about, grounds FROM journal_event
WHERE about = ANY(%(abouts)s) AND on_date <= %(on)s ORDER BY on_date DESC, id DESC LIMIT %(limit)s
"""
# Computed, waiting for a person, and not billed since.
HELD = f"""
SELECT b.id >> 33, b.subscription_id, b.from_on, b.to_on, b.total_cents, h.reason, h.evidence
FROM unnest(%(subscriptions)s::bigint[]) s (id)
JOIN LATERAL (SELECT * FROM (SELECT b.* FROM billing_run r
    JOIN billing_bill b ON b.id = (r.id::bigint << 33) | (s.id << 1) AND b.account_id = %(account)s
    WHERE r.state <> 'ABANDONED' AND r.on_date <= %(on)s ORDER BY r.id DESC LIMIT 1) last WHERE last.held) b ON true
{LAST_REVIEW}
JOIN LATERAL (SELECT reason, evidence FROM billing_hold h
    WHERE h.account_id = b.account_id AND h.bill_id = b.id ORDER BY reason LIMIT 1) h ON true
WHERE NOT ({READY})
"""


class UnknownAccount(LookupError):
    """No account has this number."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Abonnement with its place, its meter and those who owe for it; `holders` as {id, name, kind, …}."""

    id: int
    delivery_point_id: int
    delivery_point: str
    book: str
    domestic: bool
    starts_on: date
    ends_on: date | None
    cycle: int
    phases: int
    address: str
    city: str
    postal_code: str
    title: dict[str, str]
    flat_rate: bool
    meter: str | None
    dials: int | None
    multiplier: int | None
    hung_on: date | None
    holders: tuple[dict[str, Any], ...]
    heating: str = ""
    is_ours: bool = True  # false while the old system bills its cycle

    @property
    def who(self) -> str:
        """Names of those who owe for it."""
        return ", ".join(it["name"] for it in self.holders)

    def is_active(self, on: date) -> bool:
        """Whether it runs that day."""
        return self.starts_on <= on and (self.ends_on is None or self.ends_on > on)


@dataclass(frozen=True, slots=True)
class Entry:
    """What moved the account one day: a bill, a credit note, a payment, a return; what is owed after it."""

    on: date
    kind: int
    source: int
    cents: int
    balance_cents: int
    number: int | None
    due_on: date | None
    second_due_on: date | None
    subscription_id: int | None
    from_on: date | None
    to_on: date | None
    rated_from_on: date | None
    kwh: int | None
    estimates_in_a_row: int | None
    net_cents: int | None
    tax_cents: int | None
    reverses_id: int | None
    settles_id: int  # 0 for none, and for what is not a bill
    issued_on: date | None
    sent_by: int | None
    paid_cents: int
    received_on: date | None
    channel: int | None
    reference: str | None
    reason: str | None
    asked_on: date | None  # of what a plan paid until it ended: when the bill that asks for it falls due

    @property
    def days(self) -> int:
        """Rated days of a bill."""
        return (self.to_on - self.rated_from_on).days if self.to_on and self.rated_from_on else 0

    @property
    def mean_tenths(self) -> int:
        """Tenths of kWh a day of a bill."""
        return half_up(self.kwh or 0, self.days * 100) if self.days else 0

    @property
    def dues(self) -> tuple[tuple[date, int], ...]:
        """When each part of a bill is due: two of a late one (4.2.2); what a plan paid, with the bill that asks."""
        if self.asked_on is not None:
            return ((self.asked_on, self.cents),)
        assert self.due_on is not None
        assert self.second_due_on is not None
        return dues.parts(self.due_on, self.second_due_on, self.cents)


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading in force, with the one before it on the same register."""

    delivery_point_id: int
    register_id: int
    kind: int
    name: str
    meter: str
    read_on: date
    value: int
    source: int
    quality: int
    sequence: int
    multiplier: int | None
    previous_on: date | None
    previous: int | None
    dials: int
    findings: tuple[dict[str, Any], ...]
    photos: list[int]

    @property
    def goes_down(self) -> bool:
        """Whether it is lower than the reading before and nobody believes that the dials came round."""
        return any(it["code"] in GOES_DOWN for it in self.findings)

    @property
    def rolled_over(self) -> bool:
        """Whether the dials passed their last figure since the reading before."""
        return bool(self._since()[1]) and not self.goes_down

    @property
    def kwh(self) -> int | None:
        """Thousandths of kWh since the reading before, of a register of energy; None when that is doubtful."""
        if self.previous is None or self.kind != KWH or self.goes_down:
            return None
        return self._since()[0] * (self.multiplier or 1)

    def _since(self) -> tuple[int, bool]:
        """What the index went up by since the reading before, in thousandths, and whether the dials came round."""
        if self.previous is None:
            return 0, False
        columns = (np.array([it], np.int64) for it in (self.previous, self.value, self.dials))
        difference, rolled = roll_over(*columns)
        return int(difference[0]), bool(rolled[0])

    @property
    def days(self) -> int:
        """Days since the reading before."""
        return (self.read_on - self.previous_on).days if self.previous_on else 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A quantity that a bill of this account was given for want of a reading (4.1.2)."""

    id: int
    issued_on: date
    from_on: date
    to_on: date
    method: str
    quantity: int
    kind: int
    name: str
    by: str
    inputs: Any

    @property
    def article(self) -> str:
        """The paragraph of 4.1.2 by which it was made."""
        return f"4.1.2 {self.method})"


@dataclass(frozen=True, slots=True)
class Event:
    """What the journal keeps about the account, its subscriptions, its places or those who owe."""

    id: int
    on: date
    by: str
    act: str
    about: str
    grounds: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """A computed bill that waits for a person, and why."""

    run_id: int
    subscription_id: int
    from_on: date
    to_on: date
    total_cents: int
    reason: int
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holding:
    """An account and its subscriptions, and no more."""

    id: int
    number: str
    opened_on: date
    subscriptions: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class Account(Holding):
    """All of one account on a day; entries and events in their order, readings the latest first."""

    on: date
    entries: tuple[Entry, ...]
    readings: tuple[Reading, ...]
    estimates: tuple[Estimate, ...]
    events: tuple[Event, ...]
    held: tuple[Held, ...]
    past: Past
    going_on: tuple[Promise, ...]  # of what was promised before us

    @property
    def balance_cents(self) -> int:
        """What is owed at the end of the day."""
        return self.entries[-1].balance_cents if self.entries else 0

    @property
    def bills(self) -> list[Entry]:
        """The bills that no credit note took back, the latest first."""
        reversed_ids = {it.reverses_id for it in self.entries if it.kind == CREDIT_NOTE}
        found = [it for it in reversed(self.entries) if it.kind == BILL and it.source not in reversed_ids]
        return sorted(found, key=lambda it: (it.issued_on, it.number), reverse=True)

    @property
    def open_parts(self) -> list[tuple[date, int, Entry]]:
        """What of the balance is of which bill, by its due date, the earliest first: the latest is paid last."""
        asked = [(due_on, cents, bill) for bill in self.bills if bill.cents > 0 for due_on, cents in bill.dues]
        asked += self._opened()
        return dues.left(self.balance_cents, sorted(asked, key=lambda it: (it[0], it[2].source)))

    def _opened(self) -> Iterator[tuple[date, int, Entry]]:
        """What each bill of the old system left open when Fanal took over, less what later exports took back of it."""
        parts: dict[tuple[str | None, date | None], list[Entry]] = {}
        for it in self.entries:
            if it.kind == OPENING:
                parts.setdefault((it.reference, it.due_on), []).append(it)
        for (_, due_on), entries in parts.items():
            if due_on and (cents := sum(it.cents for it in entries)) > 0:
                yield entries[0].asked_on or due_on, cents, entries[0]

    @property
    def _beside(self) -> list[tuple[date, int, Entry]]:
        """What of the balance instalments that are kept do not pay."""
        told = self.apart
        return dues.after(told.covers(self.balance_cents), self.open_parts) if told else self.open_parts

    @property
    def dues(self) -> list[tuple[date, int, Entry]]:
        """What of the balance is due on which day, by which bill; not what instalments that are kept pay."""
        return [it for it in self._beside if it[0] != dues.NOT_ASKED]

    @property
    def not_asked(self) -> list[tuple[date, int, Entry]]:
        """What a plan that ended paid, and that the next bill will ask for."""
        return [it for it in self._beside if it[0] == dues.NOT_ASKED]

    @property
    def apart(self) -> Apart | None:
        """What is paid by instalments: no bill asks for it by its due date."""
        return apart(self.going_on, self.on)

    @property
    def overdue_cents(self) -> int:
        """What was due before the day."""
        return sum(cents for due_on, cents, _ in self.dues if due_on < self.on)

    def bills_of(self, subscription: Subscription) -> list[Entry]:
        """The live bills of a subscription, the latest first."""
        return [it for it in self.bills if it.subscription_id == subscription.id]

    def a_year_before(self, bill: Entry) -> Entry | None:
        """The live bill of the same subscription that ends about a year earlier."""
        assert bill.to_on is not None
        then = add_months(bill.to_on, -12)
        others = [it for it in self.bills if it.subscription_id == bill.subscription_id and it.to_on]
        near = [it for it in others if it.to_on and abs((it.to_on - then).days) <= ABOUT_A_YEAR]
        return min(near, key=lambda it: abs(((it.to_on or then) - then).days), default=None)

    def month(self, subscription: Subscription, first_on: date) -> list[tuple[Entry, int]]:
        """The bills that know a month, the latest first, each with its days of that month."""
        told = [(bill, overlap(first_on, span)) for bill, span in _spans(self.bills_of(subscription))]
        return [(bill, days) for bill, days in told if days]

    def months(self, subscription: Subscription) -> tuple[Month, ...]:
        """The thirteen months that end with its last bill; none for a service that is not measured."""
        spans = [span for _bill, span in _spans(self.bills_of(subscription))]
        spans += [span for _bill, span in self._before(subscription)]
        return () if subscription.flat_rate or not spans else months_through(spans[0].to_on, spans)

    def month_before(self, subscription: Subscription, first_on: date) -> list[tuple[PastEvent, int]]:
        """The bills of another system that know a month, the latest first, each with its days of that month."""
        told = [(bill, overlap(first_on, span)) for bill, span in self._before(subscription)]
        return [(bill, days) for bill, days in told if days]

    def _before(self, subscription: Subscription) -> Iterator[tuple[PastEvent, Span]]:
        """What another system billed of it, the latest first; what a credit note took back says nothing."""
        covered_from = date.max if subscription.id in self.past.handovers else date.min
        bills = [it for it in self.past.events if it.what == "bill" and it.from_on and it.to_on]
        taken_back = {(it.from_on, it.to_on) for it in bills if it.code == PastKind.CREDIT_NOTE}
        for it in sorted(bills, key=lambda it: (it.to_on, it.on), reverse=True):
            stands = it.code == PastKind.AGAIN or (it.from_on, it.to_on) not in taken_back
            if stands and it.from_on and it.to_on and it.from_on < it.to_on <= covered_from:
                yield it, Span(it.from_on, it.to_on, it.kwh or 0, bool(it.estimated))
                covered_from = it.from_on


def holding(number: str) -> Holding:
    """The account of that number and its subscriptions. Raises UnknownAccount."""
    with connection.cursor() as cursor:
        cursor.execute(SUBSCRIPTIONS, {"number": number})
        rows = cursor.fetchall()
    if not rows:
        raise UnknownAccount(f"Aucun compte ne porte le numéro {number}.")
    return Holding(*rows[0][:3], tuple(_subscription(row[3:]) for row in rows if row[3] is not None))


def account(number: str, on: date) -> Account:
    """What is known of the account of that number. Raises UnknownAccount."""
    known = holding(number)
    of = {"account": known.id, "on": on, "subscriptions": [it.id for it in known.subscriptions]}
    of |= {"abouts": _abouts(known.id, known.subscriptions), "limit": EVENTS_KEPT}
    with connection.cursor() as cursor:
        return Account(
            known.id,
            known.number,
            known.opened_on,
            known.subscriptions,
            on,
            tuple(Entry(*row) for row in _rows(cursor, ENTRIES, of)),
            tuple(Reading(*row[:14], tuple(_json(row[14]) or ()), row[15]) for row in _rows(cursor, READINGS, of)),
            tuple(Estimate(*row[:9], _json(row[9])) for row in _rows(cursor, ESTIMATES, of)),
            tuple(Event(*row[:5], _json(row[5])) for row in _rows(cursor, EVENTS, of)),
            *_held_and_past(cursor, of),
        )


def _held_and_past(cursor: Any, of: dict[str, Any]) -> tuple[tuple[Held, ...], Past, tuple[Promise, ...]]:
    """What waits for a person, what another system issued, what it promised that goes on: one query for all."""
    names = "run_id, subscription_id, from_on, to_on, total_cents, reason, evidence"
    asked = of | {"accounts": [of["account"]]}
    cursor.execute(f"SELECT (SELECT json_agg(h) FROM ({HELD}) h ({names})), {PAST}, {promises.TOLD}", asked)
    held, *past, told = cursor.fetchone()
    days = ("from_on", "to_on")
    rows = [row | {name: date.fromisoformat(row[name]) for name in days} for row in _json(held) or ()]
    return tuple(Held(**row) for row in rows), past_in(past), tuple(promises.promises_in(told, of["on"]))


def paid_by(account_id: int, receipt_id: int) -> list[tuple[int, date, int]]:
    """What a receipt paid, as (bill number, day, cents)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.number, min(a.on_date), sum(a.amount_cents)::bigint FROM payments_allocation a "
            "JOIN billing_issue i ON i.account_id = a.account_id AND i.bill_id = a.bill_id "
            "WHERE a.account_id = %s AND a.receipt_id = %s GROUP BY i.number "
            "HAVING sum(a.amount_cents) <> 0 ORDER BY 2, 1",
            [account_id, receipt_id],
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def act_on(subscription_id: int, act: str) -> tuple[str, date] | None:
    """Who did that act on a subscription, alone or with others, and when; None when the journal has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT by_whom, on_date FROM journal_event WHERE act = %(act)s "
            "AND (about = %(about)s OR grounds -> 'ids' @> to_jsonb(%(id)s::bigint)) ORDER BY id DESC LIMIT 1",
            {"act": act, "about": f"subscription:{subscription_id}", "id": subscription_id},
        )
        return cursor.fetchone()


def indexes_of(delivery_point_id: int, register_id: int, read_on: date) -> list[int]:
    """Every index that was entered for a register and a day, in thousandths, the one in force last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value FROM metering_reading WHERE delivery_point_id = %s AND register_id = %s AND read_on = %s "
            "ORDER BY sequence",
            [delivery_point_id, register_id, read_on],
        )
        return [row[0] for row in cursor.fetchall()]


def _spans(bills: list[Entry]) -> Iterator[tuple[Entry, Span]]:
    """Each bill with what it knows, the latest first: a bill that takes estimates back speaks for their days."""
    covered_from = date.max
    for rank, bill in enumerate(bills):
        assert bill.rated_from_on is not None
        assert bill.to_on is not None
        if bill.to_on <= covered_from and bill.days:
            estimated = bool(bill.estimates_in_a_row)
            yield bill, Span(bill.rated_from_on, bill.to_on, bill.kwh or 0, estimated, billed=rank == 0)
            covered_from = bill.rated_from_on


def _subscription(row: tuple[Any, ...]) -> Subscription:
    title, flat_rate = (_json(row[12]), row[13]) if row[12] else _unbilled(row[3])
    return Subscription(*row[:12], title, flat_rate, *row[14:18], tuple(_json(row[18]) or ()), row[19], row[20])


def _unbilled(code: str) -> tuple[dict[str, str], bool]:
    """The title of a book by which nobody was billed yet, and whether it has a flat rate."""
    if code.startswith(NO_BOOK):
        rate = code.removeprefix(NO_BOOK)
        return {"fr": f"{rate}, sans livre", "en": f"{rate}, without a book"}, False
    book = shelf.current(code)
    return ({"fr": book.title.fr, "en": book.title.en}, book.flat_rate) if book else ({"fr": code, "en": code}, False)


def _abouts(account_id: int, found: tuple[Subscription, ...]) -> list[str]:
    """How the journal names what the account is made of."""
    abouts = {f"account:{account_id}"}
    for it in found:
        abouts |= {f"subscription:{it.id}", f"delivery_point:{it.delivery_point_id}"}
        abouts |= {f"customer:{holder['id']}" for holder in it.holders}
    return sorted(abouts)


def _rows(cursor: Any, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    cursor.execute(query, parameters)
    return list(cursor.fetchall())


def _json(found: Any) -> Any:
    return json.loads(found) if isinstance(found, str) else found
