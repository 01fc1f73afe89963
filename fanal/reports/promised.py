"""Engagements: what falls due by instalment or debit, notices that run with their legal clock, deposits with interest.

Read-only, for the accounts of a day; amounts are cents. A few queries, whatever the number of accounts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection

from fanal.law.conditions import ch07_interruption, part8_definitions
from fanal.law.conditions.ch07_interruption import Cause, Home, Interruption
from fanal.law.conditions.part8_definitions import Use, in_winter
from fanal.law.decision import Decision
from fanal.law.delays import Holidays, holidays
from fanal.law.in_force import in_force
from fanal.records.elsewhere import deposits as records
from fanal.records.elsewhere.deposits import Held
from fanal.records.elsewhere.promises import Apart, Paid, Promise, apart, going_on, paid
from fanal.reports import dues
from fanal.reports.financial import OPEN_PARTS
from fanal.reports.statements import HOLDER

WINDOW = timedelta(days=400)  # a notice older than that runs no more, whatever is owed
ONE_DAY = timedelta(days=1)
WHO = f"""SELECT a.id, a.number, coalesce(holder.customer, ''), coalesce(run.domestic, true),
    coalesce(run.heating, 'ELECTRIC')
FROM ledger_account a {HOLDER}
LEFT JOIN LATERAL (SELECT s.domestic, p.heating FROM subscriptions_subscription s
    JOIN premises_deliverypoint d ON d.id = s.delivery_point_id JOIN premises_premises p ON p.id = d.premises_id
    WHERE s.account_id = a.id ORDER BY s.ends_on IS NOT NULL, s.ends_on DESC LIMIT 1) run ON true
WHERE a.id = ANY(%(accounts)s)"""
# The last bill of each account that said that what it asks is debited: it asks for what was late before it too, but not
# for what the bank sent back since.
DEBITED_BILLS = """SELECT DISTINCT ON (i.account_id) i.account_id, i.issued_on, i.due_on,
    (SELECT array_agg(d.due_on) FROM payments_debit d
        WHERE (d.account_id, d.kind, d.state) = (i.account_id, 'DEBIT', 'RETURNED') AND d.returned_on >= i.issued_on)
FROM billing_issue i
JOIN billing_paymentmode m ON (m.account_id, m.bill_id) = (i.account_id, i.bill_id)
WHERE i.account_id = ANY(%(accounts)s) AND i.issued_on <= %(on)s AND m.debited AND m.plan <> 'EQUAL_PAYMENTS'
ORDER BY i.account_id, i.issued_on DESC, i.bill_id DESC"""
# Of each account whose cycle is ours, the last notice of each sort that the old system sent: of the others that system
# alone knows what was paid since.
NOTICES = """
SELECT n.account_id, max(n.on_date) FILTER (WHERE n.kind = 'LATE'),
    max(n.on_date) FILTER (WHERE n.kind = 'DISCONNECTION'), max(n.on_date) FILTER (WHERE n.kind = 'CUT'),
    max(n.on_date) FILTER (WHERE n.kind = 'RECONNECTION')
FROM elsewhere_pastnotice n WHERE n.on_date BETWEEN %(since)s AND %(on)s
    AND (%(accounts)s::bigint[] IS NULL OR n.account_id = ANY(%(accounts)s))
    AND NOT EXISTS (SELECT FROM subscriptions_subscription s JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
        JOIN elsewhere_takencycle c ON c.cycle = d.cycle WHERE s.account_id = n.account_id AND NOT c.ours)
GROUP BY n.account_id
"""
# Of each account its balance, and what of each bill is open, in the order in which it is paid.
OWED = f"""{OPEN_PARTS} SELECT account_id, sum(cents)::bigint,
    array_agg(due_on ORDER BY due_on, cents) FILTER (WHERE NOT is_credit AND cents > 0),
    array_agg(cents::bigint ORDER BY due_on, cents) FILTER (WHERE NOT is_credit AND cents > 0)
FROM parts WHERE account_id = ANY(%(accounts)s) GROUP BY account_id"""


@dataclass(frozen=True, slots=True)
class Who:
    """An account as a list names it, and what the law asks of its place."""

    account_id: int
    number: str
    customer: str
    domestic: bool
    heating: str

    @property
    def use(self) -> Use:
        return Use.DOMESTIC if self.domestic else Use.OTHER

    @property
    def is_heated(self) -> bool:
        """Whether winter protects it (7.1.3), as far as is known."""
        return self.domestic and self.heating != "OTHER"


@dataclass(frozen=True, slots=True)
class Coming:
    """Versement ou prélèvement: what falls due on a day, how it is paid, what of it is not received."""

    who: Who
    due_on: date
    kind: str  # EQUAL_PAYMENTS, ARRANGEMENT; DEBIT for a bill that is debited
    cents: int
    left_cents: int
    debit: Promise | None  # the agreement by which it is taken from the bank account
    number: str = ""  # of the plan or the arrangement
    began_on: date | None = None  # of the plan or the arrangement

    @property
    def key(self) -> tuple[int, str, str, date]:
        """What is paid."""
        return self.who.account_id, self.kind, self.number, self.due_on

    @property
    def debited(self) -> bool:
        """Whether it is taken from the bank account."""
        return self.debit is not None

    @property
    def account_ends(self) -> str:
        """Last digits of the bank account, and no more of it."""
        return self.debit.account_ends if self.debit else ""


Sent = tuple[date | None, date | None, date | None, date | None]
Asked = Sequence[tuple[date, int, Any]]  # parts (day, cents, bill) in the order in which they are paid


class Stage(StrEnum):
    """Where a notice stands."""

    LATE_RUNS = "LATE_RUNS"  # its delay is not over
    NOTICE_MAY_LEAVE = "NOTICE_MAY_LEAVE"  # an interruption notice is lawful
    NOTICE_RUNS = "NOTICE_RUNS"  # sent, its delay is not over
    MAY_DISCONNECT = "MAY_DISCONNECT"
    WINTER = "WINTER"  # protected on every day that is left
    LAPSED = "LAPSED"  # good no more
    INCOMPLETE = "INCOMPLETE"  # no day is lawful: the notice before it was not sent, or not in time
    STOPPED = "STOPPED"  # nothing is overdue, or instalments pay it


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderNotice:
    """An account under notice: what is overdue, where the notice stands, and from when until when an act is lawful."""

    who: Who
    late_on: date | None
    notice_on: date | None
    overdue_cents: int
    stage: Stage
    lawful_from: date | None
    lawful_to: date | None
    decision: Decision[Any]

    @property
    def sent_on(self) -> date:
        """The day of the last notice."""
        return max(it for it in (self.late_on, self.notice_on) if it)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Dépôt détenu: its interest of this year and of those before, until when it may be kept, by when it goes back."""

    who: Who
    number: str
    received_on: date
    cents: int
    is_ours: bool  # false while the old system follows it
    ended: bool  # its subscription has ended: it is used, and the rest given back (6.4)
    interest_cents: int
    due_cents: int  # of the years that ended, not paid yet
    pay_by: date | None  # the last day to pay them
    kept_until: date
    refund_by: date | None  # once it may not be kept any more
    years: list[Decision[Any]]
    interest: Decision[Any]
    keeping: Decision[Any]

    @property
    def is_to_return(self) -> bool:
        """Whether the law wants it back on the account now."""
        return self.is_ours and (self.ended or self.refund_by is not None)


def coming(on: date, from_on: date, to_on: date) -> list[Coming]:
    """What falls due in [from_on, to_on) for the accounts whose cycle is ours, as known that day, by day."""
    going = {account_id: [it for it in them if it.since] for account_id, them in going_on(on).items()}
    how = {account_id: paid(them, on) for account_id, them in going.items() if them}
    who = who_of(how)
    found = [
        Coming(who[account_id], it.due_on, promise.kind, it.cents, left, told.debit, promise.number, promise.starts_on)
        for account_id, told in how.items()
        for promise in told.kept
        for it, left in promise.due_within(from_on, to_on)
    ]
    for account_id, due_on, cents in _debited_bills(how, on):
        if from_on <= due_on < to_on:
            told = how[account_id]
            found.append(Coming(who[account_id], due_on, "DEBIT", cents, cents, told.debit))
    return sorted(found, key=lambda it: (it.due_on, it.who.number, it.kind))


def _debited_bills(how: Mapping[int, Paid], on: date) -> Iterator[tuple[int, date, int]]:
    """What is debited by bills: account, day, cents; no more than is owed, nor what instalments pay.

    What was late before a bill that asks for it is debited with it, on its day, as it says.
    """
    whole = [it for it, told in how.items() if told.debit and (told.apart is None or told.apart.cents is not None)]
    asked = {"on": on, "accounts": whole}
    said = {row[0]: row[1:] for row in _rows(DEBITED_BILLS, asked)}
    for account_id, balance, days, cents in _rows(OWED, asked):
        issued_on, debited_on, returned = said.get(account_id, (date.min, date.min, None))
        by_day = defaultdict[date, int](int)
        for due_on, part, _bill in _asked(balance, days, cents, how[account_id].apart):
            by_day[debited_on if due_on < issued_on and due_on not in (returned or ()) else due_on] += part
        yield from ((account_id, day, part) for day, part in by_day.items())


def under_notice(on: date, accounts: Collection[int] | None = None) -> list[UnderNotice]:
    """The accounts of our cycles that a notice of the old system concerns, those of the earliest lawful day first."""
    asked = {"on": on, "since": on - WINDOW, "accounts": None if accounts is None else list(accounts)}
    sent = {row[0]: row[1:] for row in _rows(NOTICES, asked)}
    if not sent:
        return []
    owed = {row[0]: row[1:] for row in _rows(OWED, {"on": on, "accounts": list(sent)})}
    who, going = who_of(sent), going_on(on, list(sent))
    found = []
    for account_id, days in sent.items():
        asked_of = _asked(*owed.get(account_id, (0, None, None)), apart(going.get(account_id, ()), on))
        if it := notice_stands(who[account_id], days, asked_of, on):
            found.append(it)
    return sorted(found, key=lambda it: (it.lawful_from is None, it.lawful_from or on, it.who.number))


def _asked(balance: int, days: list[date] | None, cents: list[int] | None, spread: Apart | None) -> Asked:
    """What an account owes by its due dates, less what instalments that are kept pay: the first parts."""
    parts = dues.left(balance, [(day, part, None) for day, part in zip(days or (), cents or (), strict=True)])
    return dues.after(spread.covers(balance), parts) if spread else parts


def notice_stands(who: Who, sent: Sent, asked: Asked, on: date) -> UnderNotice | None:
    """Where the notices of an account stand, of what it is asked for by its due dates; None where none runs.

    `sent` has the last late notice, interruption notice, cut and reconnection of the last `WINDOW`.
    """
    late = [(due_on, part) for due_on, part, _bill in asked if due_on < on]
    due_on, cents = late[0][0] if late else None, sum(part for _due_on, part in late)
    late_on, notice_on, cut_on, back_on = sent
    since = max(*(it or date.min for it in (cut_on, back_on, due_on)))  # a notice is of what was overdue when it left
    late_on, notice_on = (it if it and it > since else None for it in (late_on, notice_on))
    if late_on and notice_on and notice_on < late_on:
        notice_on = None  # another bill, another notice
    if not (late_on or notice_on):
        return None
    return _stands(who, late_on, notice_on, due_on, cents, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Law:
    """The figures of chapter 7 on a day."""

    terms: ch07_interruption.Terms
    winter: part8_definitions.Terms
    closed: Holidays

    def may_disconnect(self, case: Interruption, on: date) -> Decision[bool]:
        return ch07_interruption.may_disconnect(case, on, self.terms, self.winter, self.closed)


def _law(on: date) -> _Law:
    return _Law(
        terms=in_force(ch07_interruption.Terms, settings.FANAL_BYLAW, "ch07_interruption", on=on),
        winter=in_force(part8_definitions.Terms, settings.FANAL_BYLAW, "part8_definitions", on=on),
        closed=holidays(settings.FANAL_BYLAW),
    )


def _stands(
    who: Who, late_on: date | None, notice_on: date | None, due_on: date | None, cents: int, on: date
) -> UnderNotice:
    """What chapter 7 says of one account that day."""
    law, lived_in = _law(on), who.domestic  # of a home nobody said that it is not the principal one: it is protected
    home = Home(principal_residence=lived_in, occupied_by_customer=lived_in, heated_by_electricity=who.is_heated)
    case = Interruption(
        cause=Cause.DEFAULT, use=who.use, home=home, due_on=due_on, late_notice_sent_on=late_on,
        interruption_notice_sent_on=notice_on, cause_remains=cents > 0,
    )  # fmt: skip
    if notice_on is None:
        decision = ch07_interruption.interruption_notice_may_leave(case, on, law.terms, law.closed)
        stage, days = Stage.NOTICE_MAY_LEAVE if decision.outcome else Stage.LATE_RUNS, [on]
        if not decision.outcome:
            last_on = next(it.facts["last_on"] for it in decision.grounds if it.rule == "late_notice_has_run")
            days = [last_on + ONE_DAY]
    else:
        decision = law.may_disconnect(case, on)
        closes_on = notice_on + law.terms.interruption_notice_valid_days * ONE_DAY
        left = [on + it * ONE_DAY for it in range((closes_on - on).days + 1)] if cents > 0 else []
        days = [day for day in left if law.may_disconnect(case, day).outcome]
        stage = _stage(days, left, on, law.winter if who.is_heated else None)
    if cents <= 0:
        stage, days = Stage.STOPPED, []
    return UnderNotice(
        who=who, late_on=late_on, notice_on=notice_on, overdue_cents=cents, stage=stage, decision=decision,
        lawful_from=days[0] if days else None, lawful_to=days[-1] if days and notice_on else None,
    )  # fmt: skip


def _stage(days: list[date], left: list[date], on: date, winter: part8_definitions.Terms | None) -> Stage:
    """Where an interruption notice stands, by the lawful days among those that it has left."""
    if days:
        return Stage.MAY_DISCONNECT if days[0] == on else Stage.NOTICE_RUNS
    if not left:
        return Stage.LAPSED
    return Stage.WINTER if winter and in_winter(left[-1], winter) else Stage.INCOMPLETE


def deposits(on: date, accounts: Collection[int] | None = None) -> list[Deposit]:
    """The deposits that are held, those to give back first."""
    held = records.held(on, accounts)
    who = who_of({it.account_id for it in held})
    found = [deposit_stands(it, who[it.account_id], on) for it in held]
    return sorted(found, key=lambda it: (it.refund_by is None, it.refund_by or it.kept_until, it.who.number, it.number))


def deposit_stands(it: Held, who: Who, on: date) -> Deposit:
    """What chapter 6 says of one deposit."""
    keeping, until, refund_by = it.keeping(on)
    interest, years = it.interest(on), it.years(on)
    earned = [year.outcome for year in years if year.outcome and year.outcome.amount_cents]
    return Deposit(
        who=who, number=it.number, received_on=it.received_on, cents=it.cents, is_ours=it.since is not None,
        ended=it.ended, interest_cents=records.cents_of([interest]), due_cents=records.cents_of(years),
        pay_by=min((year.pay_by for year in earned), default=None), kept_until=until,
        refund_by=None if keeping.outcome else refund_by, years=years, interest=interest, keeping=keeping,
    )  # fmt: skip


def who_of(accounts: Collection[int]) -> dict[int, Who]:
    """Those accounts, as a list names them."""
    return {row[0]: Who(*row) for row in _rows(WHO, {"accounts": list(accounts)})}


def _rows(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
