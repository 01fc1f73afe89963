"""Chapitre 5, Fin de l’abonnement: when it ends, who follows, and what an owner may ask."""

from dataclasses import dataclass
from datetime import date, timedelta

from fanal.law.conditions import ch18_fees
from fanal.law.conditions.ch07_interruption import Cause, cause_word
from fanal.law.conditions.part8_definitions import RATE_WORDS, RateClass
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.delays import Holidays, last_clear_day, last_day
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of chapter 5; days."""

    end_at_once_rate_classes: tuple[str, ...]
    end_notice_days: int
    interrupted_days: int
    owner_refusal_clear_days: int


@facts
class EndRequest:
    """A request to end a subscription."""

    rate_class: RateClass
    received_on: date
    wanted_on: date | None = None
    temporary: bool = False
    owed_cents: int = 0
    still_served: bool = False  # the customer goes on benefiting at that place
    only_escapes_a_condition: bool = False


@facts
class InterruptedSubscription:
    """A subscription whose service is interrupted: since when, and why."""

    interrupted_on: date
    cause: Cause
    winter_protected: bool = False  # 7.1.3 applies


@facts
class Succession:
    """What follows the end of a subscription; days are the first without it and the first of the next one."""

    ended_on: date
    next_starts_on: date | None = None


@facts
class OwnerOnFile:
    """What is known of the owner when a tenant ends a subscription."""

    tenant_ended_on: date
    addresses_given: bool
    contact_given: bool
    next_starts_on: date | None = None
    refused_validly: bool = False  # see refusal_is_valid


@facts
class OwnerRefusal:
    """An owner's refusal that the service be kept on."""

    notice_sent_on: date
    received_on: date
    in_writing: bool
    fee_paid: bool


@facts
class FormerOwner:
    """Someone who became the customer by 5.2.1, and owned the place no longer."""

    owned_until: date  # the last day of ownership
    agreed_on: date | None = None


@facts
class OwnerRequest:
    """A request to interrupt the service of a place."""

    is_owner: bool
    is_responsible: bool


@rule
def subscription_may_end(case: EndRequest) -> Decision[bool]:
    """5.1.1: a request to end may be refused when sums are due while still served, or to escape a condition only."""
    return permit(when=[], unless=[sums_are_due_while_served(case), request_only_escapes_a_condition(case)])


def sums_are_due_while_served(case: EndRequest) -> Ground:
    """5.1.1: the customer owes the utility and goes on benefiting from the service."""
    return ground("5.1.1", "sums_are_due_while_served", case.owed_cents > 0 and case.still_served, owed=case.owed_cents)


def request_only_escapes_a_condition(case: EndRequest) -> Ground:
    """5.1.1: the only aim of the request is to escape a rate or a condition."""
    return ground("5.1.1", "request_only_escapes_a_condition", case.only_escapes_a_condition)


@rule
def subscription_ends_on(case: EndRequest, terms: Terms, holidays: Holidays) -> Decision[date]:
    """5.1.1: the day of the request or a later one agreed; other rates give 30 days' notice."""
    at_once = request_ends_at_once(case, terms)
    first = case.received_on if at_once.holds else last_day(case.received_on, terms.end_notice_days, holidays)
    later = later_day_is_wanted(case, first)
    outcome = case.wanted_on if later.holds and case.wanted_on else first
    return Decision(outcome=outcome, grounds=(at_once, later))


def request_ends_at_once(case: EndRequest, terms: Terms) -> Ground:
    """5.1.1: domestic, small power and temporary subscriptions need no notice."""
    at_once = case.temporary or case.rate_class in terms.end_at_once_rate_classes
    return ground(
        "5.1.1",
        "request_ends_at_once",
        at_once,
        terms.figure("end_at_once_rate_classes"),
        terms.figure("end_notice_days"),
        rate=RATE_WORDS[case.rate_class],
        notice_days=terms.end_notice_days,
    )


def later_day_is_wanted(case: EndRequest, first: date) -> Ground:
    """5.1.1: the customer asks for a day after the first possible one."""
    later = case.wanted_on is not None and case.wanted_on > first
    return ground(
        "5.1.1", "later_day_is_wanted", later, received_on=case.received_on, wanted_on=case.wanted_on, first=first
    )


@rule
def utility_may_end(case: InterruptedSubscription, on: date, terms: Terms, holidays: Holidays) -> Decision[bool]:
    """5.1.2: past 30 days of interruption, but for danger, an order of an authority, or winter; told in writing."""
    return permit(
        when=[interruption_has_lasted(case, on, terms, holidays), cause_allows_the_end(case)],
        unless=[winter_keeps_the_subscription(case)],
    )


def interruption_has_lasted(case: InterruptedSubscription, on: date, terms: Terms, holidays: Holidays) -> Ground:
    """5.1.2: the service has been interrupted for more than 30 days."""
    last_on = last_day(case.interrupted_on, terms.interrupted_days, holidays)
    return ground(
        "5.1.2",
        "interruption_has_lasted",
        on > last_on,
        terms.figure("interrupted_days"),
        interrupted_on=case.interrupted_on,
        last_on=last_on,
        on=on,
        days=terms.interrupted_days,
    )


def cause_allows_the_end(case: InterruptedSubscription) -> Ground:
    """5.1.2: the interruption comes neither from danger nor from an order of an authority (7.1.1 c, d)."""
    allowed = case.cause not in (Cause.DANGER, Cause.AUTHORITY)
    return ground("5.1.2", "cause_allows_the_end", allowed, cause=cause_word(case.cause))


def winter_keeps_the_subscription(case: InterruptedSubscription) -> Ground:
    """5.1.2: 7.1.3 protects the place in winter."""
    return ground("5.1.2", "winter_keeps_the_subscription", case.winter_protected)


@rule
def service_is_kept_on(case: Succession) -> Decision[bool]:
    """5.2: the service goes on when a new subscription follows at once; else it may stop without notice."""
    return permit(when=[subscription_follows_at_once(case)])


def subscription_follows_at_once(case: Succession) -> Ground:
    """5.2: the next subscription starts on the first day without one, or before."""
    follows = case.next_starts_on is not None and case.next_starts_on <= case.ended_on
    return ground(
        "5.2",
        "subscription_follows_at_once",
        follows,
        ended_on=case.ended_on,
        next_starts_on=case.next_starts_on,
    )


@rule
def owner_becomes_customer(case: OwnerOnFile, fees: ch18_fees.Terms) -> Decision[bool]:
    """5.2.1: the owner on file becomes the customer when the tenant leaves, without subscription fee."""
    return permit(
        when=[owner_is_on_file(case), nobody_follows_the_tenant(case)],
        unless=[owner_has_refused(case)],
        besides=[owner_pays_no_subscription_fee(fees)],
    )


def owner_is_on_file(case: OwnerOnFile) -> Ground:
    """5.2.1: the owner gave the addresses of the places and how to be reached."""
    known = case.addresses_given and case.contact_given
    return ground("5.2.1", "owner_is_on_file", known, tenant_ended_on=case.tenant_ended_on)


def nobody_follows_the_tenant(case: OwnerOnFile) -> Ground:
    """5.2.1: no new subscription follows the tenant's at once."""
    follows = case.next_starts_on is not None and case.next_starts_on <= case.tenant_ended_on
    return ground(
        "5.2.1",
        "nobody_follows_the_tenant",
        not follows,
        tenant_ended_on=case.tenant_ended_on,
        next_starts_on=case.next_starts_on,
    )


def owner_has_refused(case: OwnerOnFile) -> Ground:
    """5.2.1: the owner validly refused that the service be kept on."""
    return ground("5.2.1", "owner_has_refused", case.refused_validly)


def owner_pays_no_subscription_fee(fees: ch18_fees.Terms) -> Ground:
    """5.2.1: no subscription fee is billed to an owner who becomes the customer so; a written confirmation is sent."""
    figure = fees.figure("subscription_fee_cents")
    return ground("5.2.1", "owner_pays_no_subscription_fee", True, figure, fee=fees.subscription_fee_cents)


@rule
def refusal_is_valid(case: OwnerRefusal, terms: Terms, fees: ch18_fees.Terms, holidays: Holidays) -> Decision[bool]:
    """5.2.1: an owner refuses in writing, within 7 clear days of the notice, and pays the energizing fee."""
    return permit(
        when=[refusal_is_written(case), refusal_is_in_time(case, terms, holidays), refusal_fee_is_paid(case, fees)]
    )


def refusal_is_written(case: OwnerRefusal) -> Ground:
    """5.2.1: the refusal is in writing."""
    return ground("5.2.1", "refusal_is_written", case.in_writing)


def refusal_is_in_time(case: OwnerRefusal, terms: Terms, holidays: Holidays) -> Ground:
    """5.2.1: it came within 7 clear days: neither the day of the notice nor the last one counts."""
    last_on = last_clear_day(case.notice_sent_on, terms.owner_refusal_clear_days, holidays)
    return ground(
        "5.2.1",
        "refusal_is_in_time",
        case.received_on <= last_on,
        terms.figure("owner_refusal_clear_days"),
        notice_sent_on=case.notice_sent_on,
        received_on=case.received_on,
        last_on=last_on,
        days=terms.owner_refusal_clear_days,
    )


def refusal_fee_is_paid(case: OwnerRefusal, fees: ch18_fees.Terms) -> Ground:
    """5.2.1: the energizing fee of an owner is paid (I-A, line 10)."""
    figure = fees.figure("owner_energizing_fee_cents")
    return ground("5.2.1", "refusal_fee_is_paid", case.fee_paid, figure, fee=fees.owner_energizing_fee_cents)


@rule
def former_owner_ends_on(case: FormerOwner) -> Decision[date]:
    """5.2.1: who owns the place no longer ends on the agreed day, else on the last day of ownership."""
    agreed = end_was_agreed_with_the_owner(case)
    return Decision(outcome=case.agreed_on or case.owned_until, grounds=(agreed,))


def end_was_agreed_with_the_owner(case: FormerOwner) -> Ground:
    """5.2.1: a day was agreed; the new owner answers for the service from the next day."""
    ends_on = case.agreed_on or case.owned_until
    return ground(
        "5.2.1",
        "end_was_agreed_with_the_owner",
        case.agreed_on is not None,
        ends_on=ends_on,
        new_owner_from=ends_on + ONE_DAY,
    )


@rule
def owner_may_interrupt(case: OwnerRequest) -> Decision[bool]:
    """5.3: only the owner, who is responsible for the service then, may ask to interrupt it."""
    return permit(when=[owner_asks(case), owner_is_responsible(case)])


def owner_asks(case: OwnerRequest) -> Ground:
    """5.3: the request comes from the owner of the place."""
    return ground("5.3", "owner_asks", case.is_owner)


def owner_is_responsible(case: OwnerRequest) -> Ground:
    """5.3: the owner is responsible for the service at the time of the request."""
    return ground("5.3", "owner_is_responsible", case.is_responsible)


@rule
def owner_reconnection_fee(fees: ch18_fees.Terms) -> Decision[int]:
    """5.3: to restore the service after the owner's interruption, in cents: the intervention and a new subscription."""
    outcome = fees.owner_intervention_fee_cents + fees.subscription_fee_cents
    return Decision(outcome=outcome, grounds=(two_fees_are_charged(fees),))


def two_fees_are_charged(fees: ch18_fees.Terms) -> Ground:
    """5.3: the fee of line 3 of table I-A, and that of the new request."""
    return ground(
        "5.3",
        "two_fees_are_charged",
        True,
        fees.figure("owner_intervention_fee_cents"),
        fees.figure("subscription_fee_cents"),
        intervention=fees.owner_intervention_fee_cents,
        subscription=fees.subscription_fee_cents,
    )
