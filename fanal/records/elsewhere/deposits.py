"""Dépôts: the interest of each one (6.3.1), until when it may be kept (6.5), and its way back to the account.

A deposit goes back whole, as a credit of the account (6.5), which the allocation of credits gives to what is owed: so
is it used too when its subscription has ended (6.4).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from fanal.law import explain
from fanal.law.conditions import ch06_deposit, ch06_interest
from fanal.law.conditions.part8_definitions import Use
from fanal.law.decision import Decision
from fanal.law.delays import holidays
from fanal.law.in_force import in_force
from fanal.records.elsewhere.models import DepositEntry, DepositEntryKind, EndReason, PromiseEnd, UndertakingKind
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.ledger import acts as ledger
from fanal.records.ledger.acts import Chart, EntryKind
from fanal.values.dates import add_months
from fanal.values.refusal import Phrase, Problem, refuse_any

ONE_DAY = timedelta(days=1)
NOT_HELD = Phrase("Aucun dépôt {number} n’est détenu à ce compte.")
FOLLOWED_ELSEWHERE = Phrase(
    "L’ancien système suit encore le dépôt {number} : ce qu’il en fait viendra de son exportation."
)
KEPT_STILL = Phrase("Le dépôt {number} peut être gardé jusqu’au {until} (art. 6.5) : dire pourquoi il est rendu avant.")
TOO_EARLY = Phrase("Le dépôt {number} est au compte depuis le {since} : il ne se rend pas le {on}.")
# Each deposit that is held that day, with what chapter 6 looks at: a late notice tells of a bill not paid in time.
# The interest that the old system paid is an entry of its own; ours are those of `elsewhere_depositentry`.
HELD = """
SELECT u.account_id, u.number, u.starts_on, u.amount_cents, coalesce(run.domestic, true), run.ends_on <= %(on)s,
    CASE WHEN run.ours THEN run.since END,
    (SELECT max(e.to_on) FROM elsewhere_depositentry e WHERE (e.account_id, e.number) = (u.account_id, u.number)),
    (SELECT max(p.on_date) FROM elsewhere_pastentry p WHERE p.account_id = u.account_id AND p.code = 'INTEREST'),
    (SELECT array_agg(n.on_date ORDER BY n.on_date) FROM elsewhere_pastnotice n
        WHERE n.account_id = u.account_id AND n.kind = 'LATE' AND n.on_date <= %(on)s)
FROM elsewhere_undertaking u
LEFT JOIN LATERAL (
    SELECT c.ours, c.changed_on AS since, s.ends_on, s.domestic FROM subscriptions_subscription s
    JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
    LEFT JOIN elsewhere_takencycle c ON c.cycle = d.cycle
    WHERE s.account_id = u.account_id ORDER BY s.ends_on IS NOT NULL, s.ends_on DESC LIMIT 1) run ON true
WHERE u.kind = 'DEPOSIT' AND u.live AND u.amount_cents > 0 AND u.starts_on <= %(on)s
    AND (u.ends_on IS NULL OR u.ends_on > %(on)s)
    AND NOT EXISTS (SELECT FROM elsewhere_promiseend e WHERE (e.account_id, e.kind, e.number)
        = (u.account_id, u.kind, u.number) AND e.ended_on <= %(on)s)
    AND (%(accounts)s::bigint[] IS NULL OR u.account_id = ANY(%(accounts)s))
ORDER BY u.account_id, u.number
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A deposit that is held on a day; `since` is the day of its switch (None: the old system follows it)."""

    account_id: int
    number: str
    received_on: date
    cents: int
    domestic: bool
    ended: bool  # its subscription has ended
    since: date | None
    entered_to: date | None  # its interest is on the account until that day
    paid_elsewhere_on: date | None  # the last time that the old system paid interest to the account
    late: tuple[date, ...]

    @property
    def use(self) -> Use:
        return Use.DOMESTIC if self.domestic else Use.OTHER

    def unpaid_from(self, on: date) -> date:
        """The first day whose interest was not paid: ours by our entries, before the switch by what is told of it.

        Of the year that ended before the switch, the old system had until the last day to pay it: what it did not.
        """
        if self.entered_to:
            return self.entered_to
        met_on = self.since or on
        began_on, pay_by = _year(met_on)
        told = self.paid_elsewhere_on is not None and self.paid_elsewhere_on >= began_on
        if met_on <= pay_by and not told:
            began_on = add_months(began_on, -12)
        return max(began_on, self.received_on)

    def years(self, on: date) -> list[Decision[Any]]:
        """6.3.1: the interest of each year that ended, not paid yet."""
        return interest_of(self.cents, self.unpaid_from(on), _year(on)[0])

    def interest(self, on: date, *, refunded: bool = False) -> Decision[Any]:
        """6.3.1: the interest of the days since the last 1 April, or since it was received."""
        first = max(self.unpaid_from(on), _year(on)[0])
        return _reckoned(self.cents, min(first, on), on, refunded=refunded)

    def keeping(self, on: date) -> tuple[Decision[bool], date, date]:
        """6.5: whether it may be kept; until when, renewed where a bill was paid late; by when it then goes back."""
        terms = in_force(ch06_deposit.Terms, settings.FANAL_BYLAW, "ch06_deposit", on=on)
        kept = ch06_deposit.Kept(use=self.use, since=self.received_on, late_payments_on=self.late)
        while True:
            runs = ch06_deposit.keeping_period_runs(kept, on, terms)
            if runs.holds or not ch06_deposit.bill_was_paid_late(kept, terms).holds:
                break
            kept = ch06_deposit.Kept(use=self.use, since=runs.facts["until"], late_payments_on=self.late)
        until = ch06_deposit.keeping_period_runs(kept, on, terms).facts["until"]
        by = ch06_deposit.deposit_is_refunded_by(kept, terms, holidays(settings.FANAL_BYLAW)).outcome
        return ch06_deposit.deposit_may_be_kept(kept, on, terms), until, by


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Dépôt à rendre: which one, and why where the law lets it be kept still."""

    account_id: int
    number: str
    note: str = ""


def held(on: date, accounts: Collection[int] | None = None) -> list[Held]:
    """The deposits that are held that day; of all accounts, or of those given. One query."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"on": on, "accounts": None if accounts is None else list(accounts)})
        return [Held(*row[:5], bool(row[5]), *row[6:9], tuple(row[9] or ())) for row in cursor.fetchall()]


def entries_of(account_id: int) -> list[DepositEntry]:
    """What was entered of the deposits of an account, in its order."""
    return list(DepositEntry.objects.filter(account_id=account_id).order_by("id"))


@transaction.atomic
def pay_interest(*, by: str, on: date, accounts: Collection[int] | None = None) -> list[int]:
    """Porter au compte les intérêts des années finies (6.3.1): the accounts credited. What is paid is paid once."""
    wanted = {it.account_id for it in held(on, accounts) if it.since}
    ledger.lock_accounts(wanted)
    rows = [(it, years) for it in held(on, wanted) if it.since and cents_of(years := it.years(on))]
    _enter(
        [_entry(it, DepositEntryKind.INTEREST, cents_of(years), _year(on)[0], by, on) for it, years in rows],
        EntryKind.DEPOSIT_INTEREST,
    )
    told = [{"account": it.account_id, "number": it.number, "cents": cents_of(years),
             "years": [explain.as_dict(year) for year in years]} for it, years in rows]  # fmt: skip
    if rows:
        about = f"account:{rows[0][0].account_id}" if len(rows) == 1 else f"deposits:×{len(rows)}"
        journal.record("pay_deposit_interest", about=about, by=by, on=on, grounds={"deposits": told})
    return [it.account_id for it, _years in rows]


@transaction.atomic
def return_deposits(*, asked: Sequence[Return], by: str, on: date) -> list[int]:
    """Rendre des dépôts au compte, en entier et avec leurs intérêts à ce jour (6.4, 6.5): the accounts credited.

    Refused when one is not held, or held elsewhere; and before its time without saying why.
    """
    ledger.lock_accounts(it.account_id for it in asked)
    known = {(it.account_id, it.number): it for it in held(on, [it.account_id for it in asked])}
    refuse_any(
        problem
        for row, it in enumerate(asked, 1)
        for problem in _wrong(row if len(asked) > 1 else 0, it, known.get((it.account_id, it.number)), on)
    )
    found = [(it, known[it.account_id, it.number]) for it in asked]
    rows = [_entry(it, DepositEntryKind.RETURN, cents_of(_to_pay(it, on)), on, by, on) for _asked, it in found]
    _enter(rows, EntryKind.DEPOSIT_RETURN)
    with saying({}):
        PromiseEnd.objects.bulk_create(
            PromiseEnd(account_id=it.account_id, kind=UndertakingKind.DEPOSIT, number=it.number, ended_on=on,
                       asked_on=on, reason=EndReason.RETURNED, note=asked_of.note, ended_by=by, recorded_on=on)
            for asked_of, it in found
        )  # fmt: skip
    for asked_of, it in found:
        journal.record("return_deposit", about=f"account:{it.account_id}", by=by, on=on,
                       grounds=_told(asked_of, it, on))  # fmt: skip
    return [it.account_id for it in asked]


def cents_of(years: Iterable[Decision[Any]]) -> int:
    """What those decisions of 6.3.1 come to."""
    return sum(it.outcome.amount_cents for it in years if it.outcome)


def _wrong(row: int, asked: Return, it: Held | None, on: date) -> Iterator[Problem]:
    if it is None:
        yield Problem(row, "number", NOT_HELD, number=asked.number)
        return
    if it.since is None:
        yield Problem(row, "number", FOLLOWED_ELSEWHERE, number=asked.number)
        return
    if it.unpaid_from(on) > on or it.since > on:
        yield Problem(row, "number", TOO_EARLY, number=it.number, since=max(it.unpaid_from(on), it.since), on=on)
    keeping, until, _by = it.keeping(on)
    if keeping.outcome and not it.ended and not asked.note.strip():
        yield Problem(row, "note", KEPT_STILL, number=it.number, until=until)


def _to_pay(it: Held, on: date) -> list[Decision[Any]]:
    """The interest that goes back with the deposit: of the years that ended, and of this one until that day."""
    return [*it.years(on), it.interest(on, refunded=True)]


def _told(asked: Return, it: Held, on: date) -> dict[str, Any]:
    """Why it goes back: with its subscription (6.4), its time being over (6.5), or before by what was said."""
    used = ch06_deposit.deposit_subscription_has_ended(
        ch06_deposit.Held(deposit_cents=it.cents, owed_cents=0, subscription_ended=it.ended)
    )
    keeping, _until, _by = it.keeping(on)
    grounds = Decision(outcome=True, grounds=(used, *keeping.grounds))
    years = _to_pay(it, on)
    return {
        "number": it.number, "cents": it.cents, "interest_cents": cents_of(years), "note": asked.note,
        "years": [explain.as_dict(year) for year in years], "answer": explain.as_dict(grounds),
    }  # fmt: skip


def _entry(it: Held, what: DepositEntryKind, interest: int, to_on: date, by: str, on: date) -> DepositEntry:
    return DepositEntry(
        account_id=it.account_id, number=it.number, what=what, on=on, from_on=min(it.unpaid_from(on), to_on),
        to_on=to_on, deposit_cents=it.cents if what == DepositEntryKind.RETURN else 0, interest_cents=interest,
        entered_by=by,
    )  # fmt: skip


def _enter(rows: list[DepositEntry], kind: EntryKind) -> None:
    """Keep them, then post each: the deposit and the interest are debited, the account is credited."""
    with saying({}):
        DepositEntry.objects.bulk_create(rows)
    sides = [
        (it, line, code, debit, credit)
        for it in rows
        for line, (code, debit, credit) in enumerate(
            (side for side in (
                (Chart.DEPOSITS, it.deposit_cents, 0), (Chart.DEPOSIT_INTEREST, it.interest_cents, 0),
                (Chart.RECEIVABLE, 0, it.deposit_cents + it.interest_cents),
            ) if side[1] or side[2]), 1)
    ]  # fmt: skip
    with saying({}):
        ledger.post_entries(postings={
            "account_id": np.array([it.account_id for it, *_ in sides], np.int64),
            "kind": np.full(len(sides), kind, np.int16),
            "source": np.array([it.id for it, *_ in sides], np.int64),
            "line": np.array([line for _, line, *_ in sides], np.int16),
            "on_date": np.array([it.on for it, *_ in sides], "datetime64[D]"),
            "ledger_account_id": np.array([code for *_, code, _debit, _credit in sides], np.int16),
            "debit_cents": np.array([debit for *_, debit, _credit in sides], np.int64),
            "credit_cents": np.array([credit for *_, credit in sides], np.int64),
        })  # fmt: skip


def interest_of(cents: int, from_on: date, to_on: date) -> list[Decision[Any]]:
    """6.3.1: the interest of those days, each year of rates apart."""
    found = []
    while from_on < to_on:
        ends_on = min(add_months(_year(from_on)[0], 12), to_on)
        found.append(_reckoned(cents, from_on, ends_on, refunded=False))
        from_on = ends_on
    return found


def _reckoned(cents: int, from_on: date, to_on: date, *, refunded: bool) -> Decision[Any]:
    terms = in_force(ch06_interest.Terms, settings.FANAL_BYLAW, "ch06_interest", on=from_on)
    case = ch06_interest.HeldFor(deposit_cents=cents, from_on=from_on, to_on=to_on, refunded=refunded)
    return ch06_interest.deposit_interest(case, terms)


def _year(on: date) -> tuple[date, date]:
    """The 1 April that begins the year of rates of that day, and the last day to pay interest of the year before."""
    terms = in_force(ch06_interest.Terms, settings.FANAL_BYLAW, "ch06_interest", on=on)
    first = date.fromisoformat(f"{on.year:04}-{terms.rate_year_from}")
    first = first if first <= on else add_months(first, -12)
    return first, date.fromisoformat(f"{first.year:04}-{terms.pay_before}") - ONE_DAY
