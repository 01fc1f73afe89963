"""Chapitre 8, section 8.2, Branchement du distributeur: what is included, how long, and when there is none."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions import ch08_base_service
from fanal.law.conditions.ch08_base_service import (
    ServiceBox,
    Supply,
    small_power_is_left_out,
    temporary_supply_is_left_out,
)
from fanal.law.conditions.part8_supply import Laying
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import QUANTITY_SCALE


class DropEnd(StrEnum):
    """Where a customer’s own drop ends."""

    LINE = "LINE"
    OWN_POLE = "OWN_POLE"
    NETWORK_POLE = "NETWORK_POLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """How long a service drop of the base service may be, in metres."""

    base_drop_m_overhead: int
    base_drop_m_underground: int


@facts
class DropWorks(Supply):
    """Why a service drop is built or changed."""

    new_installation: bool = False
    service_box: ServiceBox = ServiceBox()


@facts
class DropRoute:
    """Tracé of a service drop, in mm, as the utility draws it, up to the connection point."""

    laying: Laying
    medium_voltage: bool = False  # underground, between pad-mounted transformers
    from_limit_mm: Annotated[int, Field(ge=0)]  # from the lot line along a public road, or from a line
    from_branch_point_mm: Annotated[int, Field(ge=0)]  # from the branch point on the line


@facts
class DropWanted(Supply):
    """A service drop that is asked for."""

    line: Laying  # at the branch point
    wanted: Laying
    reached_from_line: bool = True  # the connection point, directly
    on_other_property: bool = False  # whole or part, on a private property of someone else
    easement_provided: bool = False
    customer_drop_chosen: bool = False


@facts
class CustomerDrop:
    """Branchement du client, and the line that it reaches."""

    line: Laying
    laying: Laying
    network_pole_authorized: bool = False


@facts
class PoleChange:
    """What happens to a pole of the network."""

    bears_customer_drop: bool
    replaced_moved_or_removed: bool = False
    equipment_added: bool = False


@rule
def drop_is_in_base_service(case: DropWorks, base: ch08_base_service.Terms) -> Decision[bool]:
    """8.2.1: for a new installation, or because a service box grows or is added; never temporary, nor below 2 kW."""
    causes = installation_is_new(case), service_box_grows(case)
    left_out = small_power_is_left_out(case, base), temporary_supply_is_left_out(case)
    served = any(it.holds for it in causes)
    obstacles = (*(() if served else causes), *(it for it in left_out if it.holds))
    return Decision(outcome=not obstacles, grounds=(*causes, *left_out), obstacles=obstacles)


def installation_is_new(case: DropWorks) -> Ground:
    """8.2.1: a) the installation is new."""
    return ground("8.2.1", "installation_is_new", case.new_installation)


def service_box_grows(case: DropWorks) -> Ground:
    """8.2.1: b) the nominal current of the main service box rises, or a box or a substation is added."""
    box = case.service_box
    return ground("8.2.1", "service_box_grows", box.grows, change=box.change)


@rule
def drop_length(case: DropRoute) -> Decision[int]:
    """8.2.3: the length to bill, in mm: of two distances, the better for the customer."""
    return Decision(outcome=_length(case), grounds=(length_runs_from_the_limit(case),))


def length_runs_from_the_limit(case: DropRoute) -> Ground:
    """8.2.3: counted a) from the lot line or the line, it is shorter than b) from the branch point."""
    limit, branch_point = case.from_limit_mm, case.from_branch_point_mm
    shorter = limit < branch_point
    return ground("8.2.3", "length_runs_from_the_limit", shorter, limit=limit, branch_point=branch_point)


@rule
def drop_beyond_base(case: DropRoute, terms: Terms) -> Decision[int]:
    """8.2.2: what exceeds the 30 m of the base service, in mm; underground medium voltage has no limit."""
    linking, within = drop_links_transformers(case), drop_is_within_base(case, terms)
    measured = () if linking.holds else (within,)
    grounds = (length_runs_from_the_limit(case), linking, *measured, customer_lays_the_cable(case))
    beyond = 0 if linking.holds or within.holds else _length(case) - _base_mm(case, terms)
    return Decision(outcome=beyond, grounds=grounds)


def drop_is_within_base(case: DropRoute, terms: Terms) -> Ground:
    """8.2.2: the drop is no longer than 30 m, with its equipment and supports."""
    return ground(
        "8.2.2",
        "drop_is_within_base",
        _length(case) <= _base_mm(case, terms),
        terms.figure(_base_name(case)),
        length=_length(case),
        base=_base_mm(case, terms),
        beyond=max(0, _length(case) - _base_mm(case, terms)),
    )


def drop_links_transformers(case: DropRoute) -> Ground:
    """8.2.2: in underground medium voltage, the drop that links pad-mounted transformers, whatever its length."""
    linking = case.laying is Laying.UNDERGROUND and case.medium_voltage
    return ground("8.2.2", "drop_links_transformers", linking, length=_length(case))


def customer_lays_the_cable(case: DropRoute) -> Ground:
    """8.2.2: underground, the customer builds the civil works and provides the low voltage cable and connectors."""
    return ground("8.2.2", "customer_lays_the_cable", case.laying is Laying.UNDERGROUND)


@rule
def drop_is_provided(case: DropWanted, base: ch08_base_service.Terms) -> Decision[bool]:
    """8.2.4: the utility builds the drop, but in cases a) to e), where the customer builds one."""
    asked = permit(
        when=[connection_point_is_reached(case)],
        unless=[
            easement_is_missing(case),
            temporary_drop_is_overhead(case),
            small_drop_is_overhead(case, base),
            underground_leaves_an_overhead_line(case),
            customer_drop_is_chosen(case),
        ],
    )
    after = drop_is_overhead(case), customer_provides_the_drop(provided=asked.outcome)
    return Decision(outcome=asked.outcome, grounds=(*asked.grounds, *after), obstacles=asked.obstacles)


def connection_point_is_reached(case: DropWanted) -> Ground:
    """8.2.2: the connection point is at a place directly reached from the line."""
    return ground("8.2.2", "connection_point_is_reached", case.reached_from_line)


def easement_is_missing(case: DropWanted) -> Ground:
    """8.2.4: a) the drop goes over another's private property, without the easement."""
    missing = case.on_other_property and not case.easement_provided
    return ground("8.2.4", "easement_is_missing", missing)


def temporary_drop_is_overhead(case: DropWanted) -> Ground:
    """8.2.4: b) the supply is temporary and takes an overhead drop."""
    return ground("8.2.4", "temporary_drop_is_overhead", case.temporary and _is_overhead(case))


def small_drop_is_overhead(case: DropWanted, base: ch08_base_service.Terms) -> Ground:
    """8.2.4: c) the demand is below 2 kW and takes an overhead drop."""
    limit = base.base_power_min_kw * QUANTITY_SCALE
    return ground(
        "8.2.4",
        "small_drop_is_overhead",
        case.projected_w < limit and _is_overhead(case),
        base.figure("base_power_min_kw"),
        power=case.projected_w,
        limit=limit,
    )


def underground_leaves_an_overhead_line(case: DropWanted) -> Ground:
    """8.2.4: d) the line is overhead, and an underground drop is asked for."""
    leaves = case.line is Laying.OVERHEAD and case.wanted is Laying.UNDERGROUND
    return ground("8.2.4", "underground_leaves_an_overhead_line", leaves)


def customer_drop_is_chosen(case: DropWanted) -> Ground:
    """8.2.4: e) the customer chooses to provide a drop up to the line."""
    return ground("8.2.4", "customer_drop_is_chosen", case.customer_drop_chosen)


def drop_is_overhead(case: DropWanted) -> Ground:
    """8.2.2: the drop that the utility provides is laid as the line is at the branch point."""
    return ground("8.2.2", "drop_is_overhead", case.line is Laying.OVERHEAD)


def customer_provides_the_drop(*, provided: bool) -> Ground:
    """8.2.5: where the utility provides no drop, the customer provides one up to the line, and pays for it."""
    return ground("8.2.5", "customer_provides_the_drop", not provided)


@rule
def customer_drop_ends_at(case: CustomerDrop) -> Decision[DropEnd]:
    """8.2.5: on the line; underground from an overhead line, in the customer's pole, or the network's if authorized."""
    buried, authorized = buried_drop_climbs_a_pole(case), network_pole_is_authorized(case)
    end = DropEnd.LINE
    if buried.holds:
        end = DropEnd.NETWORK_POLE if authorized.holds else DropEnd.OWN_POLE
    return Decision(outcome=end, grounds=(buried, authorized))


def buried_drop_climbs_a_pole(case: CustomerDrop) -> Ground:
    """8.2.5: the customer's drop is underground while the line is overhead."""
    climbs = case.laying is Laying.UNDERGROUND and case.line is Laying.OVERHEAD
    return ground("8.2.5", "buried_drop_climbs_a_pole", climbs)


def network_pole_is_authorized(case: CustomerDrop) -> Ground:
    """8.2.5: by agreement, the drop may end on a pole of the network."""
    return ground("8.2.5", "network_pole_is_authorized", case.network_pole_authorized)


@rule
def owner_adapts_the_drop(case: PoleChange) -> Decision[bool]:
    """8.2.5: when the pole that bears a customer's drop changes, its owner adapts the installation, and pays for it."""
    return permit(when=[pole_bears_a_customer_drop(case), pole_changes(case)])


def pole_bears_a_customer_drop(case: PoleChange) -> Ground:
    """8.2.5: a customer's own drop is connected on that pole."""
    return ground("8.2.5", "pole_bears_a_customer_drop", case.bears_customer_drop)


def pole_changes(case: PoleChange) -> Ground:
    """8.2.5: the utility replaces, moves or removes the pole, or adds equipment to it."""
    return ground("8.2.5", "pole_changes", case.replaced_moved_or_removed or case.equipment_added)


def _length(case: DropRoute) -> int:
    return min(case.from_limit_mm, case.from_branch_point_mm)


def _base_name(case: DropRoute) -> str:
    return "base_drop_m_overhead" if case.laying is Laying.OVERHEAD else "base_drop_m_underground"


def _base_mm(case: DropRoute, terms: Terms) -> int:
    return int(getattr(terms, _base_name(case))) * QUANTITY_SCALE


def _is_overhead(case: DropWanted) -> bool:
    return case.line is Laying.OVERHEAD and case.wanted is Laying.OVERHEAD
