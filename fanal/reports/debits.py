"""Prélèvements: what falls due and is debited, with the bank account and since when it was told; batches, in words.

Read-only; amounts are cents. A few queries, whatever the number of accounts. Of a bank account only the last digits are
told: the whole one goes to the file alone.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from fanal.law import debits as law
from fanal.law.debits import Asked, Hold, Window
from fanal.law.delays import holidays, last_day
from fanal.records.elsewhere.promises import Promise, going_on
from fanal.records.payments import debit_facts
from fanal.records.payments.debit_facts import (
    BankAccount,
    BatchState,
    DebitState,
    Due,
    Key,
    KnownBatch,
    KnownDebit,
    batch,
    batches,
    file_of,
    released,
    sent,
    waiting,
)
from fanal.reports.promised import OWED, Who, coming, who_of

__all__ = [
    "BatchState", "DebitState", "Hold", "KnownBatch", "KnownDebit", "Window", "batch", "batches", "file_of", "released",
    "sent", "waiting",
]  # fmt: skip

# Of each account and day, since when its customer knows: the bill that says so was issued then. A bill of ours that did
# not say that it is debited told nothing; one of the old system said it as long as its agreement went on.
TOLD = """
SELECT account_id, due_on, CASE WHEN count(told_on) = count(*) THEN max(told_on) END FROM (
    SELECT i.account_id, day.due_on, CASE WHEN m.debited THEN i.issued_on END AS told_on
    FROM billing_issue i JOIN billing_bill b ON (b.account_id, b.id) = (i.account_id, i.bill_id) AND b.total_cents > 0
    LEFT JOIN billing_paymentmode m ON (m.account_id, m.bill_id) = (i.account_id, i.bill_id)
    CROSS JOIN LATERAL (SELECT i.due_on UNION SELECT i.second_due_on) day
    WHERE i.account_id = ANY(%(accounts)s)
    UNION ALL
    SELECT o.account_id, o.due_on, p.issued_on FROM elsewhere_opening o
    LEFT JOIN elsewhere_pastbill p ON (p.account_id, p.number) = (o.account_id, o.number)
    WHERE o.account_id = ANY(%(accounts)s) AND o.cents > 0 AND o.ledger_account_id = 1200
) told GROUP BY account_id, due_on
"""
BILL = "DEBIT"  # of what falls due, a bill; else an instalment
ONE_DAY = timedelta(days=1)
WHOLE = {"institution": r"[0-9]{3}", "transit": r"[0-9]{5}", "bank_account": r"[0-9]{1,12}", "holder": r".*\S.*"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What falls due and would be debited, by which agreement."""

    who: Who
    kind: str
    number: str
    due_on: date
    debited_on: date
    told_on: date | None
    attempt: int
    cents: int
    debit: Promise

    @property
    def key(self) -> Key:
        return self.who.account_id, self.kind, self.number, self.due_on


@dataclass(frozen=True, slots=True)
class Row:
    """A debit, and whose account it is of."""

    who: Who
    it: KnownDebit


@dataclass(frozen=True, slots=True)
class Held:
    """Retenu: what falls due and is not in the batch, whose, and why."""

    who: Who
    kind: str
    due_on: date
    cents: int
    hold: str
    told_on: date | None


def due(on: date, from_on: date, to_on: date, *, again: bool, window: Window, batch_id: int = 0) -> list[Due]:
    """What falls due in [from_on, to_on) and is debited, as known that day; with `again`, what came back unfunded.

    Each says by `hold` why it may not be debited now; what that batch holds already is no reason.
    """
    once_more = _again(on, from_on, to_on, window, batch_id) if again else []
    keys = {it.key for it in once_more}
    found = [*(it for it in _first_time(on, from_on, to_on, batch_id) if it.key not in keys), *once_more]
    last = debit_facts.presented({it.who.account_id for it in found}, but=batch_id)
    found.sort(key=lambda it: (it.debited_on, it.who.number, it.kind))
    return [_due(it, _hold(it, last.get(it.key), window, on)) for it in found]


def rows(known: KnownBatch) -> tuple[list[Row], list[Held]]:
    """What a batch holds, and what it held back."""
    debits = debit_facts.debits_of(known.id)
    who = who_of({it.account_id for it in debits} | {it["account"] for it in known.held})
    held = [
        Held(who[it["account"]], it["kind"], date.fromisoformat(it["due_on"]), it["cents"], it["hold"],
             date.fromisoformat(it["told_on"]) if it["told_on"] else None)
        for it in known.held
    ]  # fmt: skip
    return [Row(who[it.account_id], it) for it in debits], held


def row(known: KnownBatch, debit_id: int) -> Row | None:
    """One debit of a batch; None when it holds none of that number."""
    it = debit_facts.debits([debit_id]).get(debit_id)
    return Row(who_of([it.account_id])[it.account_id], it) if it and it.batch_id == known.id else None


def returned(since_on: date) -> list[Row]:
    """What the bank sent back that day or since, the last first."""
    found = debit_facts.returned(since_on)
    who = who_of({it.account_id for it in found})
    return [Row(who[it.account_id], it) for it in found]


def presented(accounts: Collection[int]) -> dict[Key, KnownDebit]:
    """Of what those accounts owe, the last debit that stands in a batch."""
    return debit_facts.presented(accounts)


def _first_time(on: date, from_on: date, to_on: date, batch_id: int) -> Iterator[_Asked]:
    """What falls due and is debited; what is presented again is not asked once more with the bill that asks for it."""
    under_way = debit_facts.under_way(but=batch_id)
    since = min([from_on, *(it.due_on for it in under_way)])
    found = [(it, it.debit) for it in coming(on, since, to_on) if it.debit and it.left_cents > 0]
    keys, taken = {it.key for it, _debit in found}, defaultdict[int, int](int)
    for one in under_way:
        taken[one.account_id] += 0 if one.key in keys else one.cents
    accounts = sorted({it.who.account_id for it, _debit in found})
    told = {(row[0], row[1]): row[2] for row in _rows(TOLD, {"accounts": accounts})}
    for it, debit in reversed(found):
        less = min(taken[it.who.account_id], it.left_cents) if it.kind == BILL else 0
        taken[it.who.account_id] -= less
        if it.due_on < from_on or it.left_cents == less:
            continue
        told_on = told.get((it.who.account_id, it.due_on)) if it.kind == BILL else it.began_on
        told_on = max(told_on, debit.starts_on) if told_on else None  # of a new agreement, its own notice too
        yield _Asked(it.who, it.kind, it.number, it.due_on, it.due_on, told_on, 1, it.left_cents - less, debit)


def _again(on: date, from_on: date, to_on: date, window: Window, batch_id: int) -> list[_Asked]:
    """Rule H1: for want of funds, once, the same amount if still owed, on the first working day that the bank takes."""
    rule, closed = law.terms(on), holidays(settings.FANAL_BYLAW)
    first = max(from_on, on + timedelta(days=window.days_ahead))
    again_on = last_day(first, 0, closed) if closed.covers.contains(first) else first
    back = debit_facts.returned_once(rule.again_codes, again_on - timedelta(days=rule.again_days), but=batch_id)
    if again_on >= to_on or not back:
        return []
    accounts = sorted({it.account_id for it in back})
    who, going = who_of(accounts), going_on(on, accounts)
    owed = {row[0]: row[1:] for row in _rows(OWED, {"on": on, "accounts": accounts})}
    asked = {it.key for it in coming(on, min(it.due_on for it in back), on + ONE_DAY)}
    found = []
    for it in back:
        promised = [promise for promise in going.get(it.account_id, ()) if promise.since]
        debit = next((promise for promise in promised if promise.kind == "DEBIT"), None)
        moved = it.kind == BILL and it.key not in asked  # a later bill asks for it, and is debited with it
        if debit and not moved and _still_owed(it, promised, owed.get(it.account_id), on) >= it.cents:
            found.append(_Asked(who[it.account_id], it.kind, it.number, it.due_on, again_on, it.told_on, 2, it.cents,
                                debit))  # fmt: skip
    return found


def _still_owed(it: KnownDebit, promised: Sequence[Promise], owed: tuple[Any, ...] | None, on: date) -> int:
    """Of what a debit was to pay, what is late: of a plan, by its instalments; else what is open and due."""
    if it.kind == "EQUAL_PAYMENTS":
        plan = next((promise.standing(on) for promise in promised if promise.number == it.number), None)
        return plan.late_cents if plan else 0
    balance, days, cents = owed or (0, None, None)
    late = sum(part for day, part in zip(days or (), cents or (), strict=True) if day <= on)
    return min(balance, late)


def _hold(it: _Asked, last: KnownDebit | None, window: Window, on: date) -> str:
    if last is not None and last.attempt >= it.attempt:
        return Hold.SENT_BACK if last.state == DebitState.RETURNED else Hold.IN_A_FILE
    asked = Asked(debited_on=it.debited_on, told_on=it.told_on, agreed_until=it.debit.ends_on,
                  account_is_whole=_is_whole(it.debit))  # fmt: skip
    return law.why_held(asked, window, law.terms(on), on) or ""


def _is_whole(debit: Promise) -> bool:
    return all(re.fullmatch(form, str(debit.terms.get(name, ""))) for name, form in WHOLE.items())


def _due(it: _Asked, hold: str) -> Due:
    terms = it.debit.terms
    bank = BankAccount(institution=str(terms.get("institution", "")), transit=str(terms.get("transit", "")),
                       account=str(terms.get("bank_account", "")), holder=str(terms.get("holder", "")))  # fmt: skip
    return Due(
        account_id=it.who.account_id, kind=it.kind, number=it.number, due_on=it.due_on, debited_on=it.debited_on,
        told_on=it.told_on, attempt=it.attempt, cents=it.cents, domestic=it.who.domestic, bank=bank,
        account_ends=it.debit.account_ends, hold=hold,
    )  # fmt: skip


def _rows(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
