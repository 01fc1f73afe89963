"""Chapitre 12, Points de mesurage: one subscription and one metering a delivery point, and in buildings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule

Count = Annotated[int, Field(ge=0)]


class Building(StrEnum):
    """Immeuble collectif d’habitation, résidence communautaire, maison de chambres à louer."""

    APARTMENTS = "APARTMENTS"
    COMMUNITY_RESIDENCE = "COMMUNITY_RESIDENCE"
    ROOMING_HOUSE = "ROOMING_HOUSE"


class Metering(StrEnum):
    """Mesurage individuel, of each dwelling, or collectif, by one meter."""

    INDIVIDUAL = "INDIVIDUAL"
    COLLECTIVE = "COLLECTIVE"


METERING_WORDS: Mapping[Metering | None, Mapping[str, str]] = {
    Metering.INDIVIDUAL: {"fr": "individuel", "en": "individual"},
    Metering.COLLECTIVE: {"fr": "collectif", "en": "collective"},
    None: {"fr": "aucun choix", "en": "no choice"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The days since which the two old situations of 12.6.1 have gone on."""

    one_subscription_since: date
    one_meter_since: date


@facts
class DeliveryPoint:
    """What 12.6.1 looks at of a delivery point."""

    on_relief_line: bool = False  # a) ligne de relève
    lines_lack_capacity: bool = False  # b) several lines, for the capacity of each is limited
    public_lighting: bool = False  # c)
    one_subscription_since: date | None = None  # d) for a dwelling, without a break, by several meters
    installation_changed: bool = False
    one_meter_since: date | None = None  # e) for the delivery points of a property, without a break
    service_drop_changed: bool = False  # the customer's
    agreed: bool = False  # f) under 1.2


@facts
class MeteredBuilding:
    """A building whose owner is asked to let the whole be measured."""

    meters: Count
    to_analyse_use: bool


@facts
class Housing:
    """A building where people live, and what its owners choose."""

    building: Building
    dwellings: Count
    choice: Metering | None = None
    every_owner_agrees: bool = True
    common_services: bool = False  # espaces communs et services collectifs


@rule
def separate_metering_is_needed(case: DeliveryPoint, terms: Terms) -> Decision[bool]:
    """12.6.1: each delivery point has a subscription and a metering of its own, but in the cases a) to f)."""
    exceptions = (
        relief_line_serves(case),
        lines_lack_capacity(case),
        lighting_is_public(case),
        one_subscription_goes_on(case, terms),
        one_meter_goes_on(case, terms),
        agreement_says_otherwise(case),
    )
    return permit(when=[], unless=exceptions)


def relief_line_serves(case: DeliveryPoint) -> Ground:
    """12.6.1 a): electricity may also come to a delivery point on a relief line."""
    return ground("12.6.1", "relief_line_serves", case.on_relief_line)


def lines_lack_capacity(case: DeliveryPoint) -> Ground:
    """12.6.1 b): several lines deliver it, because each has a limited capacity."""
    return ground("12.6.1", "lines_lack_capacity", case.lines_lack_capacity)


def lighting_is_public(case: DeliveryPoint) -> Ground:
    """12.6.1 c): it is sold for public lighting."""
    return ground("12.6.1", "lighting_is_public", case.public_lighting)


def one_subscription_goes_on(case: DeliveryPoint, terms: Terms) -> Ground:
    """12.6.1 d): a dwelling has had one subscription since 1 February 1984, its installation unchanged."""
    since, day = case.one_subscription_since, terms.one_subscription_since
    goes_on = since is not None and since <= day and not case.installation_changed
    figure = terms.figure("one_subscription_since")
    return ground("12.6.1", "one_subscription_goes_on", goes_on, figure, since=since, day=day)


def one_meter_goes_on(case: DeliveryPoint, terms: Terms) -> Ground:
    """12.6.1 e): a property has had one meter since 15 April 1987, the customer's service drop unchanged."""
    since, day = case.one_meter_since, terms.one_meter_since
    goes_on = since is not None and since <= day and not case.service_drop_changed
    figure = terms.figure("one_meter_since")
    return ground("12.6.1", "one_meter_goes_on", goes_on, figure, since=since, day=day)


def agreement_says_otherwise(case: DeliveryPoint) -> Ground:
    """12.6.1 f): an agreement of 1.2 says so."""
    return ground("12.6.1", "agreement_says_otherwise", case.agreed)


@rule
def whole_building_may_be_measured(case: MeteredBuilding) -> Decision[bool]:
    """12.6.2: the owner of a building of several meters lets the whole be measured, to analyse its use."""
    return permit(when=[building_has_several_meters(case), measuring_serves_analysis(case)])


def building_has_several_meters(case: MeteredBuilding) -> Ground:
    """12.6.2: several meters are installed in the building."""
    return ground("12.6.2", "building_has_several_meters", case.meters > 1, meters=case.meters)


def measuring_serves_analysis(case: MeteredBuilding) -> Ground:
    """12.6.2: the measuring serves to analyse the use of electricity."""
    return ground("12.6.2", "measuring_serves_analysis", case.to_analyse_use)


@rule
def housing_metering(case: Housing) -> Decision[Metering | None]:
    """12.6.3: the owners choose where there are dwellings; rooms alone are measured by one meter."""
    choosable, chosen, apart = owners_may_choose(case), owners_have_chosen(case), common_services_may_be_apart(case)
    grounds = (choosable, chosen, apart)
    if not choosable.holds:
        return Decision(outcome=Metering.COLLECTIVE, grounds=grounds)
    if not chosen.holds:
        return Decision(outcome=None, grounds=grounds, obstacles=(chosen,))
    return Decision(outcome=case.choice, grounds=grounds)


def owners_may_choose(case: Housing) -> Ground:
    """12.6.3: the building has dwellings and is no rooming house."""
    choosable = case.building is not Building.ROOMING_HOUSE and case.dwellings > 0
    return ground("12.6.3", "owners_may_choose", choosable, dwellings=case.dwellings)


def owners_have_chosen(case: Housing) -> Ground:
    """12.6.3: the owner, or all the co-owners together, chose."""
    chosen = case.choice is not None and case.every_owner_agrees
    return ground("12.6.3", "owners_have_chosen", chosen, choice=METERING_WORDS[case.choice])


def common_services_may_be_apart(case: Housing) -> Ground:
    """12.6.3: the common spaces and collective services may have a meter of their own."""
    return ground("12.6.3", "common_services_may_be_apart", case.common_services)
