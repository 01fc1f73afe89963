"""Chapitre 16, Niveau de risque des clients de grande puissance: the level, and the terms of those at risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions.ch06_deposit import highest_days_cents
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.delays import Holidays, last_day
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months


class Risk(StrEnum):
    """Niveau de risque. The words are kept in columns and never change."""

    VERY_LOW = "VERY_LOW"
    LOW = "LOW"
    RISKY = "RISKY"
    VERY_RISKY = "VERY_RISKY"


RISK_WORDS: Mapping[Risk, Mapping[str, str]] = {
    Risk.VERY_LOW: {"fr": "très peu risqué", "en": "very low risk"},
    Risk.LOW: {"fr": "peu risqué", "en": "low risk"},
    Risk.RISKY: {"fr": "risqué", "en": "risky"},
    Risk.VERY_RISKY: {"fr": "très risqué", "en": "very risky"},
}


class Sector(StrEnum):
    """What 16.2.2 looks at."""

    BLOCKCHAIN = "BLOCKCHAIN"
    COMPUTING_CENTRE = "COMPUTING_CENTRE"
    CLOUD_SERVICE = "CLOUD_SERVICE"
    OTHER = "OTHER"


class Rating(StrEnum):
    """Cotes of the rating agencies, from the best."""

    AAA = "AAA"
    AA_PLUS = "AA+"
    AA = "AA"
    AA_MINUS = "AA-"
    A_PLUS = "A+"
    A = "A"
    A_MINUS = "A-"
    BBB_PLUS = "BBB+"
    BBB = "BBB"
    BBB_MINUS = "BBB-"
    BB_PLUS = "BB+"
    BB = "BB"
    BB_MINUS = "BB-"
    B_PLUS = "B+"
    B = "B"
    B_MINUS = "B-"
    CCC_PLUS = "CCC+"
    CCC = "CCC"
    CCC_MINUS = "CCC-"
    CC = "CC"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of chapter 16: the last rating of each level, days and months."""

    very_low_down_to: str
    low_down_to: str
    risky_down_to: str
    rating_months: int
    terms_start_days: int
    risky_payment_days: int
    risky_deposit_window_days: int
    risky_deposit_days: int
    consumed_payment_days: int
    without_risk_months: int


@facts
class Credit:
    """What is known of the credit of a large power customer."""

    in_default: bool = False
    rating: Rating | None = None
    rated_on: date | None = None
    sector: Sector = Sector.OTHER


@facts
class TermsNotice:
    """A notice that special terms will apply."""

    sent_on: date
    agreed_on: date | None = None


@facts
class RiskyBill:
    """A bill of a risky subscription."""

    billed_on: date
    preauthorized: bool


@facts
class ExpectedBilling:
    """The billing expected of each of the next 365 days, power and energy, taxes included; cents."""

    daily_cents: Annotated[tuple[int, ...], Field(min_length=1)]


@facts
class Sent:
    """Something that the utility sent: a request for a deposit, an estimate."""

    sent_on: date


@facts
class Month:
    """A month of weekly instalments, and the bill on the real reads; cents."""

    billed_cents: int
    paid_cents: int
    next_instalment_cents: int


@facts
class Recovery:
    """A subscription that is at risk no longer."""

    without_risk_since: date
    notice_sent_on: date
    period_ends_on: date  # of the monthly consumption period under way


@rule
def risk_level(case: Credit, on: date, terms: Terms) -> Decision[Risk]:
    """16.2: very risky in default, without a rating of the last 12 months or in some sectors; else by the rating."""
    default, rated = default_makes_it_very_risky(case), rating_is_recent(case, on, terms)
    sector = sector_is_very_risky(case)
    level = Risk.VERY_RISKY
    grounds: tuple[Ground, ...] = (default, rated, sector)
    if rated.holds and case.rating is not None:
        by_rating = _level(case.rating, terms)
        grounds = (*grounds, rating_shows_risk(case.rating, by_rating, terms))
        level = by_rating if not default.holds and not sector.holds else level
    return Decision(outcome=level, grounds=grounds)


def default_makes_it_very_risky(case: Credit) -> Ground:
    """16.2: in default, all the large power subscriptions of the customer are very risky."""
    return ground("16.2", "default_makes_it_very_risky", case.in_default)


def rating_is_recent(case: Credit, on: date, terms: Terms) -> Ground:
    """16.2.2: an agency rated the customer in the last 12 months."""
    since = add_months(on, -terms.rating_months)
    recent = case.rating is not None and case.rated_on is not None and since <= case.rated_on <= on
    return ground(
        "16.2.2",
        "rating_is_recent",
        recent,
        terms.figure("rating_months"),
        rated_on=case.rated_on,
        months=terms.rating_months,
        since=since,
    )


def sector_is_very_risky(case: Credit) -> Ground:
    """16.2.2: blockchain, computing centres, cloud services and the like are very risky."""
    return ground("16.2.2", "sector_is_very_risky", case.sector is not Sector.OTHER)


def rating_shows_risk(rating: Rating, level: Risk, terms: Terms) -> Ground:
    """16.2.1: the scale from AAA to D; from B+ down, the subscription is risky or very risky."""
    return ground(
        "16.2.1",
        "rating_shows_risk",
        level in (Risk.RISKY, Risk.VERY_RISKY),
        terms.figure("very_low_down_to"),
        terms.figure("low_down_to"),
        terms.figure("risky_down_to"),
        rating=rating.value,
        level=RISK_WORDS[level],
    )


@rule
def special_terms_start_on(case: TermsNotice, terms: Terms, holidays: Holidays) -> Decision[date]:
    """16.3.1: special terms start on the agreed day, else 8 days after the notice."""
    agreed = terms_start_was_agreed(case, terms)
    by_notice = last_day(case.sent_on, terms.terms_start_days, holidays)
    return Decision(outcome=case.agreed_on or by_notice, grounds=(agreed,))


def terms_start_was_agreed(case: TermsNotice, terms: Terms) -> Ground:
    """16.3.1: the customer and the utility agreed on a day."""
    return ground(
        "16.3.1",
        "terms_start_was_agreed",
        case.agreed_on is not None,
        terms.figure("terms_start_days"),
        sent_on=case.sent_on,
        agreed_on=case.agreed_on,
        days=terms.terms_start_days,
    )


@rule
def risky_bill_is_due_on(case: RiskyBill, terms: Terms, holidays: Holidays) -> Decision[date]:
    """16.3.2: a bill of a risky subscription is paid by pre-authorized debit within 7 days."""
    due_on = last_day(case.billed_on, terms.risky_payment_days, holidays)
    return Decision(outcome=due_on, grounds=(risky_bill_is_debited(case, due_on, terms),))


def risky_bill_is_debited(case: RiskyBill, due_on: date, terms: Terms) -> Ground:
    """16.3.2: the bill is paid by pre-authorized debit, as it must be."""
    return ground(
        "16.3.2",
        "risky_bill_is_debited",
        case.preauthorized,
        terms.figure("risky_payment_days"),
        billed_on=case.billed_on,
        days=terms.risky_payment_days,
        due_on=due_on,
    )


@rule
def very_risky_deposit_ceiling(case: ExpectedBilling, terms: Terms) -> Decision[int]:
    """16.3.3: a deposit or guarantee is at most the highest 14 days in a row of the next 12 months, in cents."""
    highest = highest_days_cents(case.daily_cents, terms.risky_deposit_window_days)
    return Decision(outcome=highest, grounds=(whole_window_is_expected(case, highest, terms),))


def whole_window_is_expected(case: ExpectedBilling, highest: int, terms: Terms) -> Ground:
    """16.3.3: the estimate covers at least 14 days in a row."""
    days = terms.risky_deposit_window_days
    figure = terms.figure("risky_deposit_window_days")
    return ground(
        "16.3.3", "whole_window_is_expected", len(case.daily_cents) >= days, figure, days=days, highest=highest
    )


@rule
def very_risky_deposit_is_due_on(case: Sent, terms: Terms, holidays: Holidays) -> Decision[date]:
    """16.3.3: the deposit or guarantee is due within 8 days of the request."""
    due_on = last_day(case.sent_on, terms.risky_deposit_days, holidays)
    return Decision(outcome=due_on, grounds=(risky_deposit_is_asked(case, due_on, terms),))


def risky_deposit_is_asked(case: Sent, due_on: date, terms: Terms) -> Ground:
    """16.3.3: the request was sent; the 8 days run from it."""
    return ground(
        "16.3.3",
        "risky_deposit_is_asked",
        True,
        terms.figure("risky_deposit_days"),
        sent_on=case.sent_on,
        days=terms.risky_deposit_days,
        due_on=due_on,
    )


@rule
def consumed_part_is_due_on(case: Sent, terms: Terms, holidays: Holidays) -> Decision[date]:
    """16.3.4: what is consumed already is paid within 7 days of the estimate; weekly instalments follow."""
    due_on = last_day(case.sent_on, terms.consumed_payment_days, holidays)
    return Decision(outcome=due_on, grounds=(estimate_was_sent(case, due_on, terms),))


def estimate_was_sent(case: Sent, due_on: date, terms: Terms) -> Ground:
    """16.3.4: the estimate of the coming bill was sent; the 7 days run from it."""
    return ground(
        "16.3.4",
        "estimate_was_sent",
        True,
        terms.figure("consumed_payment_days"),
        sent_on=case.sent_on,
        days=terms.consumed_payment_days,
        due_on=due_on,
    )


@rule
def next_instalment(case: Month) -> Decision[int]:
    """16.3.4: the next weekly instalment, in cents: the planned one, and the difference with the monthly bill."""
    difference = case.billed_cents - case.paid_cents
    return Decision(outcome=case.next_instalment_cents + difference, grounds=(more_was_billed_than_paid(case),))


def more_was_billed_than_paid(case: Month) -> Ground:
    """16.3.4: the bill on the real reads is above the weekly instalments paid; if below, a credit is applied."""
    return ground(
        "16.3.4",
        "more_was_billed_than_paid",
        case.billed_cents > case.paid_cents,
        billed=case.billed_cents,
        paid=case.paid_cents,
        difference=abs(case.billed_cents - case.paid_cents),
    )


@rule
def special_terms_end_on(case: Recovery, terms: Terms) -> Decision[date | None]:
    """16.3.5: after two quarters in a row without risk, they end with the consumption period of the notice."""
    quiet = two_quarters_without_risk(case, terms)
    allowed = permit(when=[quiet])
    outcome = case.period_ends_on if allowed.outcome else None
    return Decision(outcome=outcome, grounds=allowed.grounds, obstacles=allowed.obstacles)


def two_quarters_without_risk(case: Recovery, terms: Terms) -> Ground:
    """16.3.5: the subscription has been without risk for at least two quarters in a row."""
    enough_on = add_months(case.without_risk_since, terms.without_risk_months)
    return ground(
        "16.3.5",
        "two_quarters_without_risk",
        case.notice_sent_on >= enough_on,
        terms.figure("without_risk_months"),
        since=case.without_risk_since,
        months=terms.without_risk_months,
        enough_on=enough_on,
        notice_sent_on=case.notice_sent_on,
        period_ends_on=case.period_ends_on,
    )


def _level(rating: Rating, terms: Terms) -> Risk:
    """The first level whose last rating is not better than this one."""
    scale = [it.value for it in Rating]
    lasts = {
        Risk.VERY_LOW: terms.very_low_down_to,
        Risk.LOW: terms.low_down_to,
        Risk.RISKY: terms.risky_down_to,
    }
    place = scale.index(rating.value)
    return next((level for level, last in lasts.items() if place <= scale.index(last)), Risk.VERY_RISKY)
