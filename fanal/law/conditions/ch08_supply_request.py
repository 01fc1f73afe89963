"""Chapitre 8, article 8.1, Demande d’alimentation: who may ask, what it gives, what it costs in the base service."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions import ch02_subscription, ch18_fees
from fanal.law.conditions.ch02_subscription import INFORMATION_WORDS, Applicant, Information, missing_information
from fanal.law.decision import Decision, Ground, ground, listed, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule


class Asker(StrEnum):
    """Who asks, before the installation to be supplied."""

    OWNER = "OWNER"
    MANDATED = "MANDATED"  # mandated or authorized by the owner
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """What a supply request gives besides, by its name in Annex 1."""

    required_of_supply_request: tuple[str, ...]


@facts
class SupplyRequest(Applicant):
    """Demande d’alimentation: who asks, and what is given."""

    asker: Asker
    works_needed: bool = True


@facts
class BaseWorks:
    """The works that answer a request, before the criteria of 8.2 to 8.4."""

    in_base_service: bool
    outside_hours: bool = False  # as part8.working_hours_run tells
    inaccessible_site: bool = False  # a judgement: Part VIII, « site inaccessible »


@facts
class Option:
    """A solution that the customer prefers to the cheapest one, in cents."""

    cheapest_cents: Annotated[int, Field(ge=0)]
    wanted_cents: Annotated[int, Field(ge=0)]
    accepted: bool  # by the utility


@facts
class Trip:
    """What is found on the spot."""

    already_connected: bool


@facts
class Route:
    """Where the line that must be extended goes."""

    on_private_property: bool = False
    easement_provided: bool = False


@facts
class CivilWorks:
    """Ouvrages civils, and where they are."""

    underground: bool
    on_property: bool = False  # the one that is or will be served
    needed_for_request: bool = False
    electrical_equipment: bool = False  # of the utility: no civil works


@rule
def supply_may_be_asked(case: SupplyRequest, terms: Terms, annex: ch02_subscription.Terms) -> Decision[bool]:
    """8.1: by the owner or who speaks for the owner, with all of Annex 1; else, it may be refused."""
    return permit(
        when=[asker_is_entitled(case), supply_information_is_complete(case, terms, annex)],
        besides=[supply_takes_works(case)],
    )


def asker_is_entitled(case: SupplyRequest) -> Ground:
    """8.1: the owner of the installation asks, or a person that the owner mandates or authorizes."""
    return ground("8.1", "asker_is_entitled", case.asker is not Asker.OTHER)


def supply_information_is_complete(case: SupplyRequest, terms: Terms, annex: ch02_subscription.Terms) -> Ground:
    """8.1: all the mandatory information of Annex 1 is given; what is missing is listed."""
    besides = [Information(it) for it in terms.required_of_supply_request if it not in case.provided]
    missing = (*missing_information(case, annex, new_installation=True), *besides)
    return ground(
        "8.1",
        "supply_information_is_complete",
        not missing,
        terms.figure("required_of_supply_request"),
        annex.figure("required_of_new_installation"),
        missing=listed(INFORMATION_WORDS[it] for it in missing),
    )


def supply_takes_works(case: SupplyRequest) -> Ground:
    """8.1: the installation, new or not, cannot be supplied without works."""
    return ground("8.1", "supply_takes_works", case.works_needed)


@rule
def base_service_fee(case: BaseWorks, fees: ch18_fees.Terms) -> Decision[int | None]:
    """8.1: the intervention fee on the network, in cents; none when the works are paid by their detailed cost."""
    grounds = (
        works_are_in_base_service(case, fees),
        works_are_in_normal_hours(case),
        site_is_accessible(case),
    )
    obstacles = tuple(it for it in grounds if not it.holds)
    return Decision(
        outcome=None if obstacles else fees.intervention_fee_network_cents, grounds=grounds, obstacles=obstacles
    )


def works_are_in_base_service(case: BaseWorks, fees: ch18_fees.Terms) -> Ground:
    """8.1: the works are in the base service by the criteria of 8.2 to 8.4."""
    figure, fee = fees.figure("intervention_fee_network_cents"), fees.intervention_fee_network_cents
    return ground("8.1", "works_are_in_base_service", case.in_base_service, figure, fee=fee)


def works_are_in_normal_hours(case: BaseWorks) -> Ground:
    """8.1: the works are done in normal hours."""
    return ground("8.1", "works_are_in_normal_hours", not case.outside_hours)


def site_is_accessible(case: BaseWorks) -> Ground:
    """8.1: the utility reaches the site with its own equipment."""
    return ground("8.1", "site_is_accessible", not case.inaccessible_site)


@rule
def option_cost(case: Option) -> Decision[int | None]:
    """8.1: what the solution preferred to the cheapest one costs more, in cents; none when it is refused."""
    accepted, dearer = option_is_accepted(case), option_is_dearer(case)
    more = max(0, case.wanted_cents - case.cheapest_cents) if accepted.holds else None
    return Decision(outcome=more, grounds=(accepted, dearer), obstacles=() if accepted.holds else (accepted,))


def option_is_accepted(case: Option) -> Ground:
    """8.1: the utility accepts the option."""
    return ground("8.1", "option_is_accepted", case.accepted)


def option_is_dearer(case: Option) -> Ground:
    """8.1: the option costs more than the cheapest technical solution; the customer pays the difference."""
    cheapest, wanted = case.cheapest_cents, case.wanted_cents
    more = max(0, wanted - cheapest)
    return ground("8.1", "option_is_dearer", more > 0, cheapest=cheapest, wanted=wanted, more=more)


@rule
def useless_trip_fee(case: Trip, fees: ch18_fees.Terms) -> Decision[int]:
    """8.1: what is billed when the installation turns out to be connected already, in cents."""
    useless = installation_was_connected(case, fees)
    return Decision(outcome=fees.useless_trip_fee_cents if useless.holds else 0, grounds=(useless,))


def installation_was_connected(case: Trip, fees: ch18_fees.Terms) -> Ground:
    """8.1: on the spot, the installation is connected already."""
    figure, fee = fees.figure("useless_trip_fee_cents"), fees.useless_trip_fee_cents
    return ground("8.1", "installation_was_connected", case.already_connected, figure, fee=fee)


@rule
def line_may_be_extended(case: Route) -> Decision[bool]:
    """8.1: on a private property, once the customer has obtained the easement; else, only a connection point."""
    return permit(when=[easement_is_obtained(case)], besides=[line_crosses_private_property(case)])


def easement_is_obtained(case: Route) -> Ground:
    """8.1: the easement is provided before the works, at the customer's expense, wherever one is needed."""
    return ground("8.1", "easement_is_obtained", case.easement_provided or not case.on_private_property)


def line_crosses_private_property(case: Route) -> Ground:
    """8.1: the line to extend goes over a private property."""
    return ground("8.1", "line_crosses_private_property", case.on_private_property)


@rule
def customer_pays_civil_works(case: CivilWorks) -> Decision[bool]:
    """8.1: those of an underground supply, on the property, first laid or replaced, or needed for the request."""
    return permit(
        when=[supply_is_underground(case), civil_works_serve_the_customer(case)],
        unless=[equipment_is_the_utilitys(case)],
        besides=[customer_must_build(case)],
    )


def supply_is_underground(case: CivilWorks) -> Ground:
    """8.1: the supply is underground."""
    return ground("8.1", "supply_is_underground", case.underground)


def civil_works_serve_the_customer(case: CivilWorks) -> Ground:
    """8.1: the civil works are on the property to serve, or needed for the request."""
    return ground("8.1", "civil_works_serve_the_customer", case.on_property or case.needed_for_request)


def equipment_is_the_utilitys(case: CivilWorks) -> Ground:
    """8.1: electrical equipment of the utility is left out of what the customer maintains."""
    return ground("8.1", "equipment_is_the_utilitys", case.electrical_equipment)


def customer_must_build(case: CivilWorks) -> Ground:
    """8.1: on the property, the customer builds the civil works, or has them built; for the line, may do so."""
    own = case.underground and case.on_property and not case.electrical_equipment
    return ground("8.1", "customer_must_build", own)
