"""Chapitre 4, article 4.4, Mode de versements égaux: who may enrol, how much a month, how a year is settled."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions.part8_definitions import RATE_WORDS, RateClass
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months
from fanal.values.money import shared


class SettledBy(StrEnum):
    """How the balance of the annual review is settled."""

    NOTHING = "NOTHING"
    SPREAD = "SPREAD"
    CHEQUE = "CHEQUE"
    ARRANGEMENT = "ARRANGEMENT"


class Wish(StrEnum):
    """What the customer asks for the balance of the review."""

    SPREAD = "SPREAD"
    CHEQUE = "CHEQUE"
    ARRANGEMENT = "ARRANGEMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of 4.4. Days of the year are written MM-DD."""

    history_months: int
    history_about_days: int
    enrolment_from: str
    enrolment_to: str
    year_months: int
    review_gap_percent: int
    cheque_from_cents: int
    arrangement_months: int
    withdrawal_notice_days: int
    unpaid_instalments_allowed: int


@facts
class Enrolment:
    """A request to pay by equal instalments."""

    rate_class: RateClass
    history_since: date  # first day of the unbroken history of the place
    balance_cents: int
    preauthorized: bool


@facts
class YearEstimate:
    """What the months until the next annual review are expected to cost."""

    estimated_cents: Annotated[int, Field(ge=0)]
    months: Annotated[int, Field(ge=1, le=12)] = 12


@facts
class Instalments:
    """What is paid each month, what would be needed, and what the customer asks; cents."""

    monthly_cents: Annotated[int, Field(gt=0)]
    needed_cents: int
    asked_cents: int | None = None


@facts
class Review:
    """The balance after a year: below zero, the utility owes the customer."""

    balance_cents: int
    wish: Wish = Wish.SPREAD
    months_asked: Annotated[int, Field(ge=1)] = 12


@facts
class Leaving:
    """What is known when equal payments may end."""

    asked_on: date | None = None
    next_withdrawal_on: date | None = None
    subscription_ended: bool = False
    unpaid_instalments: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How the balance of a review is settled: by what, and what each month adds (below zero: takes off), in cents."""

    by: SettledBy
    monthly_cents: tuple[int, ...] = ()


@rule
def may_enrol(case: Enrolment, on: date, terms: Terms) -> Decision[bool]:
    """4.4: any subscription but large power, with a history, nothing owed, pre-authorized debit, in the season."""
    return permit(
        when=[
            power_is_not_large(case),
            history_is_long_enough(case, on, terms),
            balance_is_nil(case),
            debit_is_preauthorized(case),
            enrolment_is_open(on, terms),
        ]
    )


def power_is_not_large(case: Enrolment) -> Ground:
    """4.4: large power subscriptions are left out."""
    fits = case.rate_class is not RateClass.LARGE_POWER
    return ground("4.4", "power_is_not_large", fits, rate=RATE_WORDS[case.rate_class])


def history_is_long_enough(case: Enrolment, on: date, terms: Terms) -> Ground:
    """4.4: the place has about 11 months of history in a row."""
    enough_on = add_months(case.history_since, terms.history_months) - timedelta(days=terms.history_about_days)
    return ground(
        "4.4",
        "history_is_long_enough",
        on >= enough_on,
        terms.figure("history_months"),
        terms.figure("history_about_days"),
        since=case.history_since,
        months=terms.history_months,
        enough_on=enough_on,
    )


def balance_is_nil(case: Enrolment) -> Ground:
    """4.4: the balance of the account is 0 $."""
    return ground("4.4", "balance_is_nil", case.balance_cents == 0, balance=case.balance_cents)


def debit_is_preauthorized(case: Enrolment) -> Ground:
    """4.4: the customer pays by pre-authorized debit."""
    return ground("4.4", "debit_is_preauthorized", case.preauthorized)


def enrolment_is_open(on: date, terms: Terms) -> Ground:
    """4.4: one enrols from 1 April to 31 October, both included."""
    return ground(
        "4.4",
        "enrolment_is_open",
        terms.enrolment_from <= on.strftime("%m-%d") <= terms.enrolment_to,
        terms.figure("enrolment_from"),
        terms.figure("enrolment_to"),
        on=on,
        first=terms.enrolment_from,
        last=terms.enrolment_to,
    )


@rule
def monthly_instalments(case: YearEstimate, terms: Terms) -> Decision[tuple[int, ...]]:
    """4.4: the expected cost in equal instalments, in cents: 12 at the annual review, else the months left."""
    instalments = shared(case.estimated_cents, case.months)
    return Decision(outcome=instalments, grounds=(whole_year_is_spread(case, instalments, terms),))


def whole_year_is_spread(case: YearEstimate, instalments: tuple[int, ...], terms: Terms) -> Ground:
    """4.4: the cost of 12 months makes 12 instalments; between two reviews, the months left."""
    return ground(
        "4.4",
        "whole_year_is_spread",
        case.months == terms.year_months,
        terms.figure("year_months"),
        estimated=case.estimated_cents,
        months=case.months,
        least=instalments[0],
        most=instalments[-1],
    )


@rule
def may_review_early(case: Instalments, terms: Terms) -> Decision[bool]:
    """4.4: the utility may review between two annual reviews when the gap is large."""
    return permit(when=[gap_is_large(case, terms)])


def gap_is_large(case: Instalments, terms: Terms) -> Ground:
    """4.4: what is needed each month is far from what is paid, by the threshold of the edition."""
    gap = abs(case.needed_cents - case.monthly_cents)
    return ground(
        "4.4",
        "gap_is_large",
        gap * 100 >= case.monthly_cents * terms.review_gap_percent,
        terms.figure("review_gap_percent"),
        paid=case.monthly_cents,
        needed=case.needed_cents,
        percent=terms.review_gap_percent,
    )


@rule
def may_raise_instalment(case: Instalments) -> Decision[bool]:
    """4.4: the customer may ask, by telephone, to pay more each month."""
    return permit(when=[more_is_asked(case)])


def more_is_asked(case: Instalments) -> Ground:
    """4.4: the instalment asked is above the one paid now."""
    more = case.asked_cents is not None and case.asked_cents > case.monthly_cents
    return ground("4.4", "more_is_asked", more, paid=case.monthly_cents, asked=case.asked_cents)


@rule
def review_is_settled(case: Review, terms: Terms) -> Decision[Settlement]:
    """4.4: a balance is spread over 12 months without fee; or a cheque, or an agreement of at most 6 months."""
    cheque, arrangement, spread = (
        cheque_is_possible(case, terms),
        arrangement_is_possible(case, terms),
        balance_is_left(case),
    )
    grounds = (spread, cheque, arrangement)
    if not spread.holds:
        return Decision(outcome=Settlement(by=SettledBy.NOTHING), grounds=grounds)
    if cheque.holds:
        return Decision(outcome=Settlement(by=SettledBy.CHEQUE), grounds=grounds)
    if arrangement.holds:
        monthly = shared(case.balance_cents, case.months_asked)
        return Decision(outcome=Settlement(by=SettledBy.ARRANGEMENT, monthly_cents=monthly), grounds=grounds)
    monthly = shared(case.balance_cents, terms.year_months)
    return Decision(outcome=Settlement(by=SettledBy.SPREAD, monthly_cents=monthly), grounds=grounds)


def balance_is_left(case: Review) -> Ground:
    """4.4: the annual review leaves a balance, for the customer or for the utility."""
    return ground("4.4", "balance_is_left", case.balance_cents != 0, balance=case.balance_cents)


def cheque_is_possible(case: Review, terms: Terms) -> Ground:
    """4.4: a credit of 250 $ or more may be paid back by cheque, when asked."""
    enough = -case.balance_cents >= terms.cheque_from_cents
    return ground(
        "4.4",
        "cheque_is_possible",
        enough and case.wish is Wish.CHEQUE,
        terms.figure("cheque_from_cents"),
        credit=max(0, -case.balance_cents),
        least=terms.cheque_from_cents,
    )


def arrangement_is_possible(case: Review, terms: Terms) -> Ground:
    """4.4: a debit may be paid by an agreement of at most 6 months, when asked."""
    fits = case.balance_cents > 0 and case.wish is Wish.ARRANGEMENT and case.months_asked <= terms.arrangement_months
    return ground(
        "4.4",
        "arrangement_is_possible",
        fits,
        terms.figure("arrangement_months"),
        debit=max(0, case.balance_cents),
        months=terms.arrangement_months,
    )


@rule
def equal_payments_end(case: Leaving, terms: Terms) -> Decision[bool]:
    """4.4: they end at a request in time, with the subscription, or by the utility past one unpaid instalment."""
    grounds = leaving_is_asked_in_time(case, terms), subscription_has_ended(case), instalments_are_unpaid(case, terms)
    return Decision(outcome=any(it.holds for it in grounds), grounds=grounds)


def leaving_is_asked_in_time(case: Leaving, terms: Terms) -> Ground:
    """4.4: asked at least 10 days before the next withdrawal; counted backwards, never extended."""
    last_on = None
    if case.next_withdrawal_on is not None:
        last_on = case.next_withdrawal_on - timedelta(days=terms.withdrawal_notice_days)
    in_time = case.asked_on is not None and (last_on is None or case.asked_on <= last_on)
    return ground(
        "4.4",
        "leaving_is_asked_in_time",
        in_time,
        terms.figure("withdrawal_notice_days"),
        asked_on=case.asked_on,
        last_on=last_on,
        withdrawal_on=case.next_withdrawal_on,
    )


def subscription_has_ended(case: Leaving) -> Ground:
    """4.4: equal payments end with the subscription."""
    return ground("4.4", "subscription_has_ended", case.subscription_ended)


def instalments_are_unpaid(case: Leaving, terms: Terms) -> Ground:
    """4.4: the utility may end them when more than one instalment is unpaid."""
    return ground(
        "4.4",
        "instalments_are_unpaid",
        case.unpaid_instalments > terms.unpaid_instalments_allowed,
        terms.figure("unpaid_instalments_allowed"),
        unpaid=case.unpaid_instalments,
    )
