"""Chapitre 18, Frais et prix: the figures of table I-A, and those of its fees that no other chapter applies."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Ground, ground
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import half_up

MONTHS_IN_A_YEAR, DAYS_IN_A_YEAR = 12, 365


class Fee(StrEnum):
    """Table I-A, its lines in their order; the administration fee is a rate, see ch04.administration_fee."""

    SUBSCRIPTION = "SUBSCRIPTION"
    INTERVENTION_METER = "INTERVENTION_METER"
    INTERVENTION_NETWORK = "INTERVENTION_NETWORK"
    OWNER_INTERVENTION = "OWNER_INTERVENTION"
    USELESS_TRIP = "USELESS_TRIP"
    INACCESSIBLE_METER = "INACCESSIBLE_METER"
    READING = "READING"
    INSTALLATION = "INSTALLATION"
    INSPECTION = "INSPECTION"
    RETURNED_PAYMENT = "RETURNED_PAYMENT"
    OWNER_ENERGIZING = "OWNER_ENERGIZING"
    METER_INSPECTION = "METER_INSPECTION"


FIGURE_OF = {
    Fee.SUBSCRIPTION: "subscription_fee_cents",
    Fee.INTERVENTION_METER: "intervention_fee_meter_cents",
    Fee.INTERVENTION_NETWORK: "intervention_fee_network_cents",
    Fee.OWNER_INTERVENTION: "owner_intervention_fee_cents",
    Fee.USELESS_TRIP: "useless_trip_fee_cents",
    Fee.INACCESSIBLE_METER: "inaccessible_meter_fee_cents",
    Fee.READING: "reading_fee_cents",
    Fee.INSTALLATION: "installation_fee_cents",
    Fee.INSPECTION: "inspection_fee_cents",
    Fee.RETURNED_PAYMENT: "returned_payment_fee_cents",
    Fee.OWNER_ENERGIZING: "owner_energizing_fee_cents",
    Fee.METER_INSPECTION: "meter_inspection_fee_cents",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """Table I-A, line by line; cents. The administration fee's rate is in millionths: 12000 is 1.20 %."""

    subscription_fee_cents: int
    intervention_fee_meter_cents: int
    intervention_fee_network_cents: int
    owner_intervention_fee_cents: int
    useless_trip_fee_cents: int
    inaccessible_meter_fee_cents: int
    reading_fee_cents: int
    installation_fee_cents: int
    inspection_fee_cents: int
    returned_payment_fee_cents: int
    owner_energizing_fee_cents: int
    meter_inspection_fee_cents: int
    administration_fee_millionths: int
    administration_fee_charged: str  # once | monthly


@facts
class Asked:
    """A line of table I-A."""

    fee: Fee


@facts
class ReadByHand:
    """A meter without radio emission, which somebody must go and read, and the days of a bill."""

    chosen_by_customer: bool
    days: Annotated[int, Field(ge=1)]


@facts
class Installed:
    """A meter without radio emission that is put in."""

    chosen_by_customer: bool


@facts
class Inspected:
    """A meter that was inspected: who asked, and whether it was found to be right."""

    asked_by_customer: bool
    meter_is_right: bool


@rule
def general_fee(case: Asked, terms: Terms) -> Decision[int]:
    """18.1, table I-A: the fee of a line, in cents, a request or an intervention; of lines 5 and 6, a month."""
    return Decision(outcome=_cents(case, terms), grounds=(fee_is_in_the_table(case, terms),))


def fee_is_in_the_table(case: Asked, terms: Terms) -> Ground:
    """18.1, table I-A: the line gives an amount."""
    cents = _cents(case, terms)
    return ground("18.1", "fee_is_in_the_table", cents > 0, terms.figure(FIGURE_OF[case.fee]), fee=cents)


@rule
def reading_fee(case: ReadByHand, terms: Terms) -> Decision[int]:
    """18.1, table I-A, line 6: the monthly reading fee, shared by the billing cycle; cents for the days of a bill."""
    chosen = meter_without_radio_is_chosen(case)
    whole = terms.reading_fee_cents * MONTHS_IN_A_YEAR * case.days
    cents = half_up(whole, DAYS_IN_A_YEAR) if chosen.holds else 0
    return Decision(outcome=cents, grounds=(chosen, reading_fee_follows_the_days(case, cents, terms)))


def meter_without_radio_is_chosen(case: ReadByHand | Installed) -> Ground:
    """18.1: the customer asked for a meter without radio emission; one of the base offer costs nothing more."""
    return ground("18.1", "meter_without_radio_is_chosen", case.chosen_by_customer)


def reading_fee_follows_the_days(case: ReadByHand, cents: int, terms: Terms) -> Ground:
    """18.1, table I-A, line 6: twelve months make a year of 365 days, of which the bill takes its days."""
    figure = terms.figure("reading_fee_cents")
    fee, days = terms.reading_fee_cents, case.days
    return ground("18.1", "reading_fee_follows_the_days", cents > 0, figure, fee=fee, days=days, cents=cents)


@rule
def installation_fee(case: Installed, terms: Terms) -> Decision[int]:
    """18.1, table I-A, line 7: the initial fee for a meter without radio emission; cents."""
    chosen = meter_without_radio_is_chosen(case)
    cents = terms.installation_fee_cents if chosen.holds else 0
    return Decision(outcome=cents, grounds=(chosen, installation_is_charged(cents, terms)))


def installation_is_charged(cents: int, terms: Terms) -> Ground:
    """18.1, table I-A, line 7: the fee is due once, when the meter is put in."""
    figure = terms.figure("installation_fee_cents")
    return ground("18.1", "installation_is_charged", cents > 0, figure, fee=terms.installation_fee_cents)


@rule
def meter_inspection_fee(case: Inspected, terms: Terms) -> Decision[int]:
    """18.1, table I-A, line 11: the fee to inspect a meter at the customer's request, when it is right; cents."""
    asked, right = inspection_is_asked(case, terms), inspected_meter_is_right(case)
    cents = terms.meter_inspection_fee_cents if asked.holds and right.holds else 0
    return Decision(outcome=cents, grounds=(asked, right))


def inspection_is_asked(case: Inspected, terms: Terms) -> Ground:
    """18.1, table I-A: a fee is due a request: the customer asked that the meter be inspected."""
    figure = terms.figure("meter_inspection_fee_cents")
    fee = terms.meter_inspection_fee_cents
    return ground("18.1", "inspection_is_asked", case.asked_by_customer, figure, fee=fee)


def inspected_meter_is_right(case: Inspected) -> Ground:
    """18.1: the meter was found to be right; nobody pays to have a fault of the utility found."""
    return ground("18.1", "inspected_meter_is_right", case.meter_is_right)


def _cents(case: Asked, terms: Terms) -> int:
    return int(getattr(terms, FIGURE_OF[case.fee]))
