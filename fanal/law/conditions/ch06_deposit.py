"""Chapitre 6, Dépôt de garantie: when one may be asked, how much, how it is used, kept and given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from fanal.law.conditions.part8_definitions import Use
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.delays import Holidays, last_day
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of chapter 6."""

    look_back_months: int
    billed_ceiling_cents: int
    billed_window_months: int
    provide_days: int
    highest_days: int
    floor_cents_domestic: int
    floor_cents_other: int
    kept_months_domestic: int
    kept_months_other: int
    late_months_other: int
    refund_days: int


@facts
class Billed:
    """What was billed on a day, for all the subscriptions of other uses than domestic."""

    billed_on: date
    amount_cents: int


@facts
class DomesticCustomer:
    """What 6.1.1 looks at; None when it never happened."""

    late_notice_sent_on: date | None = None
    bankrupt_on: date | None = None


@facts
class OtherCustomer:
    """What 6.1.2 looks at."""

    responsible_since: date | None = None  # for another subscription
    late_payments_on: tuple[date, ...] = ()  # due dates of the bills not paid in time
    billed: tuple[Billed, ...] = ()
    public_or_financial: bool = False  # Annex 2
    rental_law_building: bool = False  # M-37


@facts
class Reconnection:
    """What 6.1.3 looks at."""

    interrupted_for_default: bool


@facts
class Expected:
    """The cost expected of each of the next 365 days, in cents."""

    use: Use
    daily_cents: Annotated[tuple[int, ...], Field(min_length=1)]


@facts
class Asked:
    """A written request for a deposit, during the subscription."""

    sent_on: date


@facts
class Held:
    """A deposit that the utility holds, and what is owed."""

    deposit_cents: int
    owed_cents: int
    subscription_ended: bool = False
    interrupted_for_default: bool = False


@facts
class Kept:
    """A deposit in its period of keeping."""

    use: Use
    since: date  # first day of the period of keeping
    late_payments_on: tuple[date, ...] = ()
    still_risky: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a deposit pays and what is given back, in cents."""

    used_cents: int
    returned_cents: int


@rule
def domestic_deposit_may_be_asked(case: DomesticCustomer, on: date, terms: Terms) -> Decision[bool]:
    """6.1.1: after a late notice or a bankruptcy in the last 24 months."""
    grounds = late_notice_is_recent(case, on, terms), bankruptcy_is_recent(case, on, terms)
    return Decision(outcome=any(it.holds for it in grounds), grounds=grounds)


def late_notice_is_recent(case: DomesticCustomer, on: date, terms: Terms) -> Ground:
    """6.1.1: a late notice was sent in the 24 months before the request."""
    since = add_months(on, -terms.look_back_months)
    recent = _recent(case.late_notice_sent_on, since, on)
    figure = terms.figure("look_back_months")
    return ground("6.1.1", "late_notice_is_recent", recent, figure, sent_on=case.late_notice_sent_on, since=since)


def bankruptcy_is_recent(case: DomesticCustomer, on: date, terms: Terms) -> Ground:
    """6.1.1: the act on bankruptcy was called upon in the 24 months before the request."""
    since = add_months(on, -terms.look_back_months)
    recent = _recent(case.bankrupt_on, since, on)
    figure = terms.figure("look_back_months")
    return ground("6.1.1", "bankruptcy_is_recent", recent, figure, bankrupt_on=case.bankrupt_on, since=since)


@rule
def deposit_may_be_asked_at_request(case: OtherCustomer, on: date, terms: Terms) -> Decision[bool]:
    """6.1.2: when another use subscribes, unless known for 24 months and always in time; never from Annex 2."""
    known = customer_is_known(case, on, terms)
    in_time = bills_were_paid_in_time(case, on, terms)
    spared = public_body_is_spared(case), rental_law_spares(case)
    proven = known.holds and in_time.holds
    asked = not proven and not any(it.holds for it in spared)
    obstacles = () if asked else tuple(it for it in (known, in_time, *spared) if it.holds)
    return Decision(outcome=asked, grounds=(known, in_time, *spared), obstacles=obstacles)


def customer_is_known(case: OtherCustomer, on: date, terms: Terms) -> Ground:
    """6.1.2: responsible for another subscription for at least 24 months."""
    since = add_months(on, -terms.look_back_months)
    known = case.responsible_since is not None and case.responsible_since <= since
    figure = terms.figure("look_back_months")
    return ground("6.1.2", "customer_is_known", known, figure, responsible_since=case.responsible_since, since=since)


def bills_were_paid_in_time(case: OtherCustomer, on: date, terms: Terms) -> Ground:
    """6.1.2: every bill of the last 24 months was paid at its due date."""
    since = add_months(on, -terms.look_back_months)
    late = [it for it in case.late_payments_on if _recent(it, since, on)]
    figure = terms.figure("look_back_months")
    return ground("6.1.2", "bills_were_paid_in_time", not late, figure, late_bills=len(late), since=since)


def public_body_is_spared(case: OtherCustomer) -> Ground:
    """6.1.2: no deposit from a public body or a financial institution of Annex 2."""
    return ground("6.1.2", "public_body_is_spared", case.public_or_financial)


def rental_law_spares(case: OtherCustomer) -> Ground:
    """6.1.2: no deposit for a building under the act on payment in certain buildings (M-37)."""
    return ground("6.1.2", "rental_law_spares", case.rental_law_building)


@rule
def deposit_may_be_asked_later(case: OtherCustomer, on: date, terms: Terms) -> Decision[bool]:
    """6.1.2: during the subscription, for a bill paid late, or more than 500,000 $ billed in any 12 months."""
    in_time, much = bills_were_paid_in_time(case, on, terms), much_was_billed(case, on, terms)
    spared = public_body_is_spared(case), rental_law_spares(case)
    cause = not in_time.holds or much.holds
    asked = cause and not any(it.holds for it in spared)
    against = tuple(it for it in spared if it.holds) or ((in_time, much) if not cause else ())
    return Decision(outcome=asked, grounds=(in_time, much, *spared), obstacles=against)


def much_was_billed(case: OtherCustomer, on: date, terms: Terms) -> Ground:
    """6.1.2: more than 500,000 $ were billed in some 12 months in a row of the last 24."""
    since = add_months(on, -terms.look_back_months)
    recent = [it for it in case.billed if _recent(it.billed_on, since, on)]
    most = max((_billed_from(it.billed_on, recent, terms) for it in recent), default=0)
    return ground(
        "6.1.2",
        "much_was_billed",
        most > terms.billed_ceiling_cents,
        terms.figure("billed_ceiling_cents"),
        terms.figure("billed_window_months"),
        most=most,
        ceiling=terms.billed_ceiling_cents,
        months=terms.billed_window_months,
        since=since,
    )


@rule
def deposit_is_due_on(case: Asked, terms: Terms, holidays: Holidays) -> Decision[date]:
    """6.1.2: a deposit asked during the subscription is provided within 9 days of the written request."""
    due_on = last_day(case.sent_on, terms.provide_days, holidays)
    moved = deposit_delay_is_extended(case, due_on, terms)
    return Decision(outcome=due_on, grounds=(moved,))


def deposit_delay_is_extended(case: Asked, due_on: date, terms: Terms) -> Ground:
    """6.1.2: the 9 days would end on a day of rest: they run to the next working day."""
    counted_to = case.sent_on + timedelta(days=terms.provide_days)
    return ground(
        "6.1.2",
        "deposit_delay_is_extended",
        due_on > counted_to,
        terms.figure("provide_days"),
        sent_on=case.sent_on,
        days=terms.provide_days,
        due_on=due_on,
    )


@rule
def deposit_before_reconnection_may_be_asked(case: Reconnection) -> Decision[bool]:
    """6.1.3: after an interruption for default, a deposit may be asked before the service is restored."""
    return permit(when=[default_interrupted_the_service(case)])


def default_interrupted_the_service(case: Reconnection) -> Ground:
    """6.1.3: the service was interrupted for a default of payment."""
    return ground("6.1.3", "default_interrupted_the_service", case.interrupted_for_default)


@rule
def deposit_amount(case: Expected, terms: Terms) -> Decision[int]:
    """6.2: the highest 60 days in a row of the next 12 months, in cents; at least 250 $ domestic, 500 $ other."""
    highest = highest_days_cents(case.daily_cents, terms.highest_days)
    floor = floor_applies(case, highest, terms)
    return Decision(outcome=max(highest, _floor(case, terms)), grounds=(floor,))


def floor_applies(case: Expected, highest: int, terms: Terms) -> Ground:
    """6.2: the highest 60 days cost less than the floor, which is asked instead."""
    return ground(
        "6.2",
        "floor_applies",
        highest < _floor(case, terms),
        terms.figure("highest_days"),
        terms.figure(_floor_name(case)),
        highest=highest,
        days=terms.highest_days,
        floor=_floor(case, terms),
    )


def highest_days_cents(daily_cents: Sequence[int], days: int) -> int:
    """6.2: the most that so many days in a row cost; the whole when there are fewer."""
    sums = [0]
    for cents in daily_cents:
        sums.append(sums[-1] + cents)
    span = min(days, len(daily_cents))
    return max(after - before for before, after in zip(sums, sums[span:], strict=False))


@rule
def deposit_is_used(case: Held) -> Decision[Used | None]:
    """6.4: at the end of the subscription, or once cut for default, it pays what is owed; the rest is returned."""
    grounds = deposit_subscription_has_ended(case), deposit_default_interrupted(case)
    if not any(it.holds for it in grounds):
        return Decision(outcome=None, grounds=grounds, obstacles=grounds)
    used = max(0, min(case.deposit_cents, case.owed_cents))
    return Decision(outcome=Used(used_cents=used, returned_cents=case.deposit_cents - used), grounds=grounds)


def deposit_subscription_has_ended(case: Held) -> Ground:
    """6.4: the subscription of the deposit has ended."""
    return ground("6.4", "deposit_subscription_has_ended", case.subscription_ended)


def deposit_default_interrupted(case: Held) -> Ground:
    """6.4: the service of that subscription is interrupted for default."""
    return ground("6.4", "deposit_default_interrupted", case.interrupted_for_default)


@rule
def deposit_may_be_kept(case: Kept, on: date, terms: Terms) -> Decision[bool]:
    """6.5: for 24 months (48, other uses), and as long again when a bill was paid late, or while risky."""
    grounds = keeping_period_runs(case, on, terms), bill_was_paid_late(case, terms), customer_is_still_risky(case)
    kept = any(it.holds for it in grounds)
    return Decision(outcome=kept, grounds=grounds, obstacles=() if kept else grounds)


def keeping_period_runs(case: Kept, on: date, terms: Terms) -> Ground:
    """6.5: the period of keeping is not over."""
    name = "kept_months_domestic" if case.use is Use.DOMESTIC else "kept_months_other"
    until = _kept_until(case, terms)
    return ground(
        "6.5",
        "keeping_period_runs",
        on <= until,
        terms.figure(name),
        since=case.since,
        until=until,
        months=int(getattr(terms, name)),
        on=on,
    )


def bill_was_paid_late(case: Kept, terms: Terms) -> Ground:
    """6.5: a bill was paid late in the period; for other uses, in its last 24 months."""
    until = _kept_until(case, terms)
    since = case.since if case.use is Use.DOMESTIC else add_months(until, -terms.late_months_other)
    late = [it for it in case.late_payments_on if _recent(it, since, until)]
    figure = terms.figure("late_months_other")
    return ground("6.5", "bill_was_paid_late", bool(late), figure, late_bills=len(late), since=since, until=until)


def customer_is_still_risky(case: Kept) -> Ground:
    """6.5: for other uses, the subscription is still risky or very risky."""
    return ground("6.5", "customer_is_still_risky", case.use is Use.OTHER and case.still_risky)


@rule
def deposit_is_refunded_by(case: Kept, terms: Terms, holidays: Holidays) -> Decision[date]:
    """6.5: within 60 days of the end of the period of keeping, with interest, by a credit or by post on request."""
    until = _kept_until(case, terms)
    refund_by = last_day(until, terms.refund_days, holidays)
    return Decision(outcome=refund_by, grounds=(refund_delay_is_extended(until, refund_by, terms),))


def refund_delay_is_extended(until: date, refund_by: date, terms: Terms) -> Ground:
    """6.5: the 60 days would end on a day of rest: they run to the next working day."""
    return ground(
        "6.5",
        "refund_delay_is_extended",
        refund_by > until + timedelta(days=terms.refund_days),
        terms.figure("refund_days"),
        until=until,
        days=terms.refund_days,
        refund_by=refund_by,
    )


def _recent(happened_on: date | None, since: date, on: date) -> bool:
    return happened_on is not None and since <= happened_on <= on


def _billed_from(first: date, recent: Sequence[Billed], terms: Terms) -> int:
    """What was billed in the months that start on that day."""
    before = add_months(first, terms.billed_window_months)
    return sum(it.amount_cents for it in recent if first <= it.billed_on < before)


def _floor_name(case: Expected) -> str:
    return "floor_cents_domestic" if case.use is Use.DOMESTIC else "floor_cents_other"


def _floor(case: Expected, terms: Terms) -> int:
    return int(getattr(terms, _floor_name(case)))


def _kept_until(case: Kept, terms: Terms) -> date:
    months = terms.kept_months_domestic if case.use is Use.DOMESTIC else terms.kept_months_other
    return add_months(case.since, months)
