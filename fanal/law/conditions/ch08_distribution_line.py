"""Chapitre 8, sections 8.3 et 8.4, Ligne de distribution: when extending or changing one is in the base service."""

from datetime import date
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
from fanal.law.decision import Decision, Ground, ground, listed, permit
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months
from fanal.values.money import QUANTITY_SCALE


class CivilCondition(StrEnum):
    """What 8.3.2 a) asks of the customer's civil works."""

    BUILT = "BUILT"
    AT_THE_PLACE_SHOWN = "AT_THE_PLACE_SHOWN"
    FOR_TWO_LINES = "FOR_TWO_LINES"


CIVIL_WORDS = {
    CivilCondition.BUILT: {
        "fr": "ouvrages de basse et de moyenne tension et socles réalisés",
        "en": "low and medium voltage works and pads built",
    },
    CivilCondition.AT_THE_PLACE_SHOWN: {
        "fr": "moyenne tension à l'endroit indiqué dans l'emprise publique",
        "en": "medium voltage at the place shown in the public right-of-way",
    },
    CivilCondition.FOR_TWO_LINES: {
        "fr": "moyenne tension prévue pour deux lignes",
        "en": "medium voltage meant for two lines",
    },
}


@facts
class LineWorks(Supply):
    """A request that needs works on a line: apparent powers in VA, foreseen and installed already."""

    line: Laying
    projected_va: Annotated[int, Field(ge=0)]
    installed_va: Annotated[int, Field(ge=0)] = 0
    on_public_way: bool = False  # emprise publique


@facts
class Extension(LineWorks):
    """Prolongement d’une ligne de distribution."""

    utility_chose_underground: bool = False  # for technical reasons, rather than overhead
    choice_included: bool = False  # a judgement of 8.3.1: « pourrait être inclus »
    civil_works: tuple[CivilCondition, ...] = ()
    cable_provided: bool = False  # low voltage, with its connectors


@facts
class Energized:
    """Apparent power that was energized on a day, in VA."""

    energized_on: date
    va: Annotated[int, Field(ge=0)]


@facts
class Modification(LineWorks):
    """Modification d’une ligne de distribution."""

    requested_on: date
    voltage_available: bool = False  # the right one, single-phase or three-phase
    three_phase_added: bool = False
    service_box: ServiceBox = ServiceBox()
    energized: tuple[Energized, ...] = ()
    density_reached: bool = False  # a judgement of 8.4.2 f)


@rule
def extension_is_in_base_service(case: Extension, base: ch08_base_service.Terms) -> Decision[bool]:
    """8.3: below 5 MVA: overhead, along a public right-of-way; underground, once the customer has done a) and b)."""
    if case.line is Laying.OVERHEAD:
        conditions = [line_is_on_public_way(case), underground_choice_is_included(case)]
    else:
        conditions = [civil_works_are_ready(case), cable_is_provided(case)]
    return permit(when=[extended_power_is_below_limit(case, base), *conditions], unless=_left_out(case, base))


def extended_power_is_below_limit(case: LineWorks, base: ch08_base_service.Terms) -> Ground:
    """8.3: the apparent power foreseen, what is installed included, is below 5 MVA."""
    power, limit = case.projected_va + case.installed_va, base.base_power_below_kva * QUANTITY_SCALE
    figure = base.figure("base_power_below_kva")
    return ground("8.3", "extended_power_is_below_limit", power < limit, figure, power=power, limit=limit)


def line_is_on_public_way(case: LineWorks) -> Ground:
    """8.3.1: the overhead line is extended in a public right-of-way, as many metres as it takes."""
    return ground("8.3.1", "line_is_on_public_way", case.on_public_way)


def underground_choice_is_included(case: Extension) -> Ground:
    """8.3.1: where the utility prefers underground for technical reasons, it says what is included."""
    included = case.choice_included or not case.utility_chose_underground
    return ground("8.3.1", "underground_choice_is_included", included)


def civil_works_are_ready(case: Extension) -> Ground:
    """8.3.2: a) the customer has built all the civil works, where and as the utility shows."""
    missing = [it for it in CivilCondition if it not in case.civil_works]
    listing = listed(CIVIL_WORDS[it] for it in missing)
    return ground("8.3.2", "civil_works_are_ready", not missing, missing=listing)


def cable_is_provided(case: Extension) -> Ground:
    """8.3.2: b) the customer provides the connectors and the low voltage cable up to the transformer."""
    return ground("8.3.2", "cable_is_provided", case.cable_provided)


@rule
def modification_is_in_base_service(case: Modification, base: ch08_base_service.Terms) -> Decision[bool]:
    """8.4: below 5 MVA, under conditions a) to e), and f) underground; adding three-phase overhead is an extension."""
    added = three_phase_is_added(case)
    if added.holds:
        when = [extended_power_is_below_limit(case, base), line_is_on_public_way(case)]
        return permit(when=when, unless=_left_out(case, base), besides=[added])
    conditions = [
        modified_power_is_below_limit(case, base),
        voltage_is_available(case),
        change_follows_the_service_box(case),
        modified_supply_lasts(case),
        modified_power_is_enough(case, base),
        recent_power_is_below_limit(case, base),
    ]
    if case.line is Laying.UNDERGROUND:
        conditions.append(density_is_reached(case))
    return permit(when=conditions, besides=[added])


def three_phase_is_added(case: Modification) -> Ground:
    """8.4.1: replacing single-phase by three-phase overhead, or adding it, is treated as an extension."""
    return ground("8.4.1", "three_phase_is_added", case.line is Laying.OVERHEAD and case.three_phase_added)


def modified_power_is_below_limit(case: Modification, base: ch08_base_service.Terms) -> Ground:
    """8.4: the apparent power foreseen, what is installed included, is below 5 MVA."""
    power, limit = case.projected_va + case.installed_va, base.base_power_below_kva * QUANTITY_SCALE
    figure = base.figure("base_power_below_kva")
    return ground("8.4", "modified_power_is_below_limit", power < limit, figure, power=power, limit=limit)


def voltage_is_available(case: Modification) -> Ground:
    """8.4: a) the right voltage is available on the line."""
    return ground("8.4", "voltage_is_available", case.voltage_available)


def change_follows_the_service_box(case: Modification) -> Ground:
    """8.4: b) a main box or a substation is added, or the nominal current of the box rises."""
    box = case.service_box
    return ground("8.4", "change_follows_the_service_box", box.grows, change=box.change)


def modified_supply_lasts(case: Modification) -> Ground:
    """8.4: c) the supply is not temporary."""
    return ground("8.4", "modified_supply_lasts", not case.temporary)


def modified_power_is_enough(case: Modification, base: ch08_base_service.Terms) -> Ground:
    """8.4: d) the demand foreseen is 2 kW or more."""
    limit = base.base_power_min_kw * QUANTITY_SCALE
    figure = base.figure("base_power_min_kw")
    enough = case.projected_w >= limit
    return ground("8.4", "modified_power_is_enough", enough, figure, power=case.projected_w, limit=limit)


def recent_power_is_below_limit(case: Modification, base: ch08_base_service.Terms) -> Ground:
    """8.4: e) the increase, with what was energized less than 5 years before the request, is below 5 MVA."""
    since = add_months(case.requested_on, -12 * base.base_power_years)
    recent = sum(it.va for it in case.energized if since < it.energized_on <= case.requested_on)
    power, limit = case.projected_va + recent, base.base_power_below_kva * QUANTITY_SCALE
    return ground(
        "8.4",
        "recent_power_is_below_limit",
        power < limit,
        base.figure("base_power_below_kva"),
        base.figure("base_power_years"),
        power=power,
        recent=recent,
        since=since,
        limit=limit,
    )


def density_is_reached(case: Modification) -> Ground:
    """8.4.2: f) underground, the minimum electrical density is reached."""
    return ground("8.4.2", "density_is_reached", case.density_reached)


def _left_out(case: LineWorks, base: ch08_base_service.Terms) -> list[Ground]:
    return [small_power_is_left_out(case, base), temporary_supply_is_left_out(case)]
