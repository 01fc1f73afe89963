"""What was promised elsewhere and goes on, as of a day: plans, arrangements, debits, deposits. Read-only.

Of the terms nothing is computed once and kept: the next day, what is late and what is left are told of the day asked.
"""

import heapq
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from fanal.law.conditions import ch04_equal_payments
from fanal.law.delays import holidays
from fanal.law.in_force import in_force
from fanal.law.instalments import Instalment, Schedule, Standing, due_within, instalments, standing, unpaid
from fanal.records.elsewhere.models import UndertakingKind

DIGITS_SHOWN = 3
ONE_DAY, NO_DAY = timedelta(days=1), timedelta(0)
SHORT_WHILE = timedelta(days=14)  # longer than any run of days of rest
# Whether a newer plan or debit took the place of the one before it that day: for good, its own end or not. None takes
# the place of a plan that ended before it was to begin.
REPLACED = """EXISTS (SELECT FROM elsewhere_undertaking newer
        WHERE newer.account_id = u.account_id AND newer.kind = u.kind AND newer.live AND newer.starts_on <= {on}
            AND (newer.starts_on, newer.number) > (u.starts_on, u.number)
            AND NOT EXISTS (SELECT FROM elsewhere_promiseend before WHERE before.account_id = newer.account_id
                AND before.kind = newer.kind AND before.number = newer.terms ->> 'replaces'))"""
# What goes on that day, until the day of its end where it was ended here. Equal payments end with the subscription
# (4.4); an arrangement, once all of it is received.
# Owed: the balance of the account. Received since Fanal collects: its payments less those that the bank sent back; of
# a plan that was reviewed here, since its first day: what came before paid the plan that it replaces, whose end is its.
GOING_ON = f"""
SELECT u.account_id, u.kind, u.number, u.starts_on, least(u.ends_on, e.ended_on, review.from_on), u.amount_cents,
    u.terms, begun.since, run.ours, coalesce(moved.got_cents, 0)::bigint, coalesce(moved.owed_cents, 0)::bigint
FROM elsewhere_undertaking u
LEFT JOIN LATERAL (
    SELECT c.ours, c.changed_on AS since, s.ends_on FROM subscriptions_subscription s
    JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
    LEFT JOIN elsewhere_takencycle c ON c.cycle = d.cycle
    WHERE s.account_id = u.account_id ORDER BY s.ends_on IS NOT NULL, s.ends_on DESC LIMIT 1) run ON true
LEFT JOIN LATERAL (SELECT greatest(run.since, CASE WHEN jsonb_exists(u.terms, 'replaces') THEN u.starts_on END) AS since
    ) begun ON true
LEFT JOIN LATERAL (
    SELECT sum(p.debit_cents - p.credit_cents) AS owed_cents,
        sum(p.credit_cents - p.debit_cents) FILTER (WHERE p.kind IN (3, 4) AND p.on_date >= begun.since) AS got_cents
    FROM ledger_posting p
    WHERE p.account_id = u.account_id AND p.ledger_account_id = 1200 AND p.on_date <= %(on)s) moved ON true
LEFT JOIN LATERAL (SELECT min(e.ended_on) AS ended_on FROM elsewhere_promiseend e
    WHERE (e.account_id, e.kind) = (u.account_id, u.kind) AND e.number IN (u.number, u.terms ->> 'replaces')) e ON true
LEFT JOIN elsewhere_planreview review
    ON (review.account_id, review.number) = (u.account_id, u.number) AND u.kind = 'EQUAL_PAYMENTS'
WHERE u.live AND u.starts_on <= %(on)s AND (e.ended_on IS NULL OR e.ended_on > %(on)s)
    AND (u.kind = 'ARRANGEMENT' OR u.ends_on IS NULL OR u.ends_on > %(on)s)
    AND (u.kind NOT IN ('EQUAL_PAYMENTS', 'DEBIT') OR NOT {REPLACED.format(on="%(on)s")})
    AND (u.kind <> 'EQUAL_PAYMENTS' OR run.ends_on IS NULL OR run.ends_on > %(on)s)
    AND (%(accounts)s::bigint[] IS NULL OR u.account_id = ANY(%(accounts)s))
ORDER BY u.account_id, u.kind, u.starts_on DESC, u.number
"""
# The same as one column, that a query about %(accounts)s beside others may ask; `promises_in` reads it.
TOLD = f"""(SELECT json_agg(g) FROM ({GOING_ON}) g
    (account_id, kind, number, starts_on, ends_on, cents, terms, since, ours, received_cents, owed_cents))"""


@dataclass(frozen=True, slots=True)
class Promise:
    """An undertaking that goes on: its terms, since when Fanal collects (None: not yet), what was received since.

    Of an arrangement told beside the others of its account (`each_once`), what it is given of what was received, and
    what it still pays of what is owed.
    """

    account_id: int
    kind: str
    number: str
    starts_on: date
    ends_on: date | None
    cents: int
    terms: dict[str, Any]
    since: date | None
    received_cents: int
    owed_cents: int | None  # None: whatever is owed, as of a plan

    @property
    def schedule(self) -> Schedule | None:
        """Its instalments; None of what has none. Those of before the switch are the old system's (see README)."""
        if self.cents <= 0:
            return None
        if self.kind == UndertakingKind.ARRANGEMENT and self.terms.get("count"):
            return Schedule(
                cents=self.cents, starts_on=self.starts_on, every_days=self.terms.get("every_days") or 30,
                count=self.terms["count"], last_cents=self.terms.get("last_cents", 0),
                paid_count=self.terms.get("paid_count", 0), counted_from=self.since or date.min,
            )  # fmt: skip
        if self.kind == UndertakingKind.EQUAL_PAYMENTS:
            day = self.terms.get("debit_day", 0) or self.terms.get(
                "day", 0
            )  # paid by hand: on the day on which it began
            before = ONE_DAY if "replaces" in self.terms else NO_DAY  # its first day may be one of instalment
            return Schedule(
                cents=self.cents, starts_on=self.starts_on - before, day=day if 1 <= day <= 31 else self.starts_on.day,
                ends_on=self.ends_on, counted_from=self.since or date.min,
            )  # fmt: skip
        return None

    @property
    def account_ends(self) -> str:
        """The last digits of the bank account of a debit, and no more of it."""
        return str(self.terms.get("bank_account", ""))[-DIGITS_SHOWN:]

    def standing(self, on: date) -> Standing | None:
        """Where its instalments stand that day; nothing is late of what the old system still collects."""
        terms = self.schedule
        if terms is None:
            return None
        closed = holidays(settings.FANAL_BYLAW)
        if self.since is not None or terms.count:
            found = standing(terms, self.received_cents, on, closed, self.owed_cents)
            return found if self.since is not None else Standing(found.next, 0, 0, None, found.left_cents)
        coming = due_within(_from(terms, on), on, on + timedelta(days=62), closed)
        return Standing(coming[0] if coming else None, 0, 0, None, None)

    def due_within(self, from_on: date, to_on: date) -> list[tuple[Instalment, int]]:
        """Its instalments due in [from_on, to_on), with what is not received of each; none collected elsewhere."""
        terms, found = self.schedule, []
        if terms is None or self.since is None:
            return []
        for it, rest in unpaid(terms, self.received_cents, holidays(settings.FANAL_BYLAW), self.owed_cents):
            if it.on >= to_on:
                break
            if from_on <= it.due_on < to_on:
                found.append((it, rest))
        return found


@dataclass(frozen=True, slots=True)
class Apart:
    """What instalments that are kept pay of what an account owes: all of it on a plan, so much under an arrangement."""

    promise: Promise
    standing: Standing
    cents: int | None  # None: all

    def covers(self, owed_cents: int) -> int:
        """Of what is owed, what is not asked for otherwise."""
        return max(owed_cents, 0) if self.cents is None else max(min(self.cents, owed_cents), 0)


@dataclass(frozen=True, slots=True)
class Paid:
    """How an account is paid that day, the one rule that the bill, the arrears and the list of instalments ask."""

    kept: tuple[Promise, ...]  # those whose instalments are kept
    apart: Apart | None
    debit: Promise | None  # what takes from the bank what is asked


def paid(promised: Iterable[Promise], on: date) -> Paid:
    """How an account is paid that day; what is owed under instalments that are not kept is in default.

    A plan is kept until the utility may end it (4.4); an arrangement, until one instalment is missed (Part VIII).
    """
    promised = list(promised)
    stands = [(it, found) for it in promised if (found := it.standing(on))]
    kept = [(it, found) for it, found in stands if _is_kept(it, found, on)]
    told = _apart(kept)
    debit = next((it for it in promised if it.kind == UndertakingKind.DEBIT), None)
    if len(kept) < len(stands) and (told is None or told.cents is not None):
        debit = None  # nobody agreed that the whole debt be debited at once
    return Paid(tuple(it for it, _found in kept), told, debit)


def apart(promised: Iterable[Promise], on: date) -> Apart | None:
    """What is paid by instalments that day; None where there are none, or none that are kept."""
    return paid(promised, on).apart


def _is_kept(it: Promise, stands: Standing, on: date) -> bool:
    if it.kind != UndertakingKind.EQUAL_PAYMENTS:
        return stands.is_kept
    terms = _terms(settings.FANAL_BYLAW, on)
    unpaid = ch04_equal_payments.Leaving(unpaid_instalments=stands.late_count)
    return not ch04_equal_payments.instalments_are_unpaid(unpaid, terms).holds


def _apart(kept: Iterable[tuple[Promise, Standing]]) -> Apart | None:
    """Of a plan, all; of arrangements, what is left of each, told by the next one due."""
    left = []
    for it, stands in kept:
        if it.kind == UndertakingKind.EQUAL_PAYMENTS:
            return Apart(it, stands, None)
        if stands.left_cents:
            left.append((it, stands))
    if not left:
        return None
    promise, stands = min(left, key=lambda told: told[1].next.due_on if told[1].next else date.max)
    return Apart(promise, stands, sum(stands.left_cents or 0 for _it, stands in left))


def covered(owed: Mapping[int, int], on: date) -> dict[int, int]:
    """Of what each account owes, what its instalments pay; accounts without any are absent. One query."""
    found = {account_id: apart(them, on) for account_id, them in going_on(on, list(owed)).items()}
    return {account_id: it.covers(owed[account_id]) for account_id, it in found.items() if it}


def going_on(on: date, accounts: Collection[int] | None = None) -> dict[int, list[Promise]]:
    """What goes on that day, by account; of all accounts, or of those given. One query."""
    found: dict[int, list[Promise]] = {}
    with connection.cursor() as cursor:
        cursor.execute(GOING_ON, {"on": on, "accounts": None if accounts is None else list(accounts)})
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(_promise(*row))
    return {account_id: each_once(them, on) for account_id, them in found.items()}


def each_once(promised: list[Promise], on: date) -> list[Promise]:
    """The same promises of one account, where each cent is received once and owed once.

    A payment pays the instalments that fell due, the oldest first, then the bills that stand beside them, then the
    instalments to come; what is owed no more, the last ones do not ask. Beside a plan stands no bill, and it asks its
    instalments whatever is owed.
    """
    schedules = {rank: terms for rank, it in enumerate(promised) if (terms := it.schedule)}
    on_plan = any(it.kind == UndertakingKind.EQUAL_PAYMENTS for it in promised)
    if not schedules:
        return promised
    shares = _shares(schedules, promised[next(iter(schedules))], on_plan, on) if len(schedules) > on_plan else {}
    found = []
    for rank, it in enumerate(promised):
        received, owed = shares.get(rank, (it.received_cents, it.owed_cents))
        found.append(replace(it, received_cents=received, owed_cents=None if on_plan else owed))
    return found


def _shares(schedules: Mapping[int, Schedule], of: Promise, on_plan: bool, on: date) -> dict[int, tuple[int, int]]:
    """Of what the account of a promise paid and owes, what each schedule is given and what it still pays."""
    closed = holidays(settings.FANAL_BYLAW)
    received, owed, beside = of.received_cents, 0, 0
    if not on_plan:
        agreed = sum(it.cents for terms in schedules.values() for it in instalments(terms, closed))
        owed, beside = max(of.owed_cents or 0, 0), max((of.owed_cents or 0) + received - agreed, 0)
    given, left = dict.fromkeys(schedules, 0), dict.fromkeys(schedules, 0)
    in_order = heapq.merge(*(map(_ranked(rank), instalments(terms, closed)) for rank, terms in schedules.items()))
    for due_on, rank, cents in in_order:
        if due_on >= on:
            received, beside = received - beside, 0
        paid = min(cents, max(received, 0))
        if on_plan and not paid:
            break
        pays = min(cents - paid, owed)
        given[rank], left[rank] = given[rank] + paid, left[rank] + pays
        received, owed = received - paid, owed - pays
    return {rank: (given[rank], left[rank]) for rank in schedules}


def _ranked(rank: int) -> Callable[[Instalment], tuple[date, int, int]]:
    return lambda it: (it.due_on, rank, it.cents)


def promises_in(column: Any, on: date) -> list[Promise]:
    """What the column `TOLD` says of one account, of that day."""
    rows = json.loads(column) if isinstance(column, str) else column or ()
    days = ("starts_on", "ends_on", "since")
    dated = (row | {it: date.fromisoformat(row[it]) for it in days if row[it]} for row in rows)
    return each_once([_promise(*row.values()) for row in dated], on)


def _promise(*row: Any) -> Promise:
    """A row of `GOING_ON`; nobody collects here before the cycle is ours."""
    terms = json.loads(row[6]) if isinstance(row[6], str) else row[6]
    return Promise(*row[:6], terms, row[7] if row[8] else None, row[9], row[10])


@lru_cache(maxsize=8)
def _terms(bylaw: str, on: date) -> ch04_equal_payments.Terms:
    """The terms of that day, read once for all the accounts of a list."""
    return in_force(ch04_equal_payments.Terms, bylaw, "ch04_equal_payments", on=on)


def _from(terms: Schedule, on: date) -> Schedule:
    """The same without those long gone: the days of rest of years past need not be known."""
    counted_from = max(terms.counted_from, on - SHORT_WHILE)
    return replace(terms, counted_from=counted_from)
