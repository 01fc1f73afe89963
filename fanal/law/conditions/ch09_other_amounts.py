"""Chapitre 9, articles 9.3.1 à 9.3.4, Autres montants: metering, options, small and temporary installations."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from fanal.law.conditions import ch08_base_service, ch09_works_cost
from fanal.law.conditions.ch08_base_service import Supply, small_power_is_left_out, temporary_supply_is_left_out
from fanal.law.conditions.ch09_works_cost import Cents, Estimate, works_cost
from fanal.law.decision import Decision, Ground, ground
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of 9.3."""

    medium_voltage_metering_up_to_a: int


@facts
class MediumVoltageMetering(Estimate):
    """What a metering in medium voltage takes, what it is for, and the maximum current of each building, in A."""

    used_in_low_voltage: bool
    building_amperes: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]


@facts
class OptionalEquipment(Estimate):
    """What some equipment takes, whether the request needs it, and whether it is a ligne de relève."""

    needed: bool
    standby_line: bool = False


@facts
class SmallInstallation(Estimate):
    """What an installation takes, and its demand foreseen, in W."""

    projected_w: Annotated[int, Field(ge=0)]


@facts
class TemporarySupply(Estimate):
    """What a supply and its metering take, and the value of what will be recovered to be used again, in cents."""

    temporary: bool  # as part8.supply_is_temporary tells
    recoverable_cents: Cents = 0


@rule
def medium_voltage_metering_cost(
    case: MediumVoltageMetering, terms: Terms, grid: ch09_works_cost.Terms
) -> Decision[int]:
    """9.3.1: metering in medium voltage what is used in low voltage, up to 500 A a building; its cost, in cents."""
    both = electricity_is_used_in_low_voltage(case), current_calls_for_no_metering(case, terms)
    due, cost = all(it.holds for it in both), works_cost(case, grid)
    return Decision(outcome=cost.outcome.total_cents if due else 0, grounds=(*both, *(cost.grounds if due else ())))


def electricity_is_used_in_low_voltage(case: MediumVoltageMetering) -> Ground:
    """9.3.1: a) the electricity delivered is used in low voltage."""
    return ground("9.3.1", "electricity_is_used_in_low_voltage", case.used_in_low_voltage)


def current_calls_for_no_metering(case: MediumVoltageMetering, terms: Terms) -> Ground:
    """9.3.1: b) the maximum current of each building does not exceed 500 A."""
    most, limit = max(case.building_amperes), terms.medium_voltage_metering_up_to_a
    figure = terms.figure("medium_voltage_metering_up_to_a")
    return ground("9.3.1", "current_calls_for_no_metering", most <= limit, figure, most=most, limit=limit)


@rule
def optional_equipment_cost(case: OptionalEquipment, grid: ch09_works_cost.Terms) -> Decision[int]:
    """9.3.2: what the request does not need is paid by its detailed cost, in cents; no allowance, no refund."""
    option, standby = equipment_is_an_option(case), standby_line_promises_nothing(case)
    cost = works_cost(case, grid)
    cents = cost.outcome.total_cents if option.holds else 0
    return Decision(outcome=cents, grounds=(option, standby, *(cost.grounds if option.holds else ())))


def equipment_is_an_option(case: OptionalEquipment) -> Ground:
    """9.3.2: the request can be answered without the equipment."""
    return ground("9.3.2", "equipment_is_an_option", not case.needed)


def standby_line_promises_nothing(case: OptionalEquipment) -> Ground:
    """9.3.2: a standby line, whose terms are told in writing, promises neither exclusivity nor continuity."""
    return ground("9.3.2", "standby_line_promises_nothing", case.standby_line)


@rule
def small_installation_cost(
    case: SmallInstallation, base: ch08_base_service.Terms, grid: ch09_works_cost.Terms
) -> Decision[int | None]:
    """9.3.3: below 2 kW, the works are paid by their detailed cost, in cents; none from 2 kW."""
    small, cost = small_power_is_left_out(Supply(projected_w=case.projected_w), base), works_cost(case, grid)
    if not small.holds:
        return Decision(outcome=None, grounds=(small,), obstacles=(small,))
    return Decision(outcome=cost.outcome.total_cents, grounds=(small, *cost.grounds))


@rule
def temporary_supply_cost(case: TemporarySupply, grid: ch09_works_cost.Terms) -> Decision[int | None]:
    """9.3.4: a temporary supply and its metering, by their detailed cost less what is recovered, in cents."""
    temporary, cost = (
        temporary_supply_is_left_out(Supply(projected_w=0, temporary=case.temporary)),
        works_cost(case, grid),
    )
    if not temporary.holds:
        return Decision(outcome=None, grounds=(temporary,), obstacles=(temporary,))
    left = max(0, cost.outcome.total_cents - case.recoverable_cents)
    deducted = recovered_value_is_deducted(case, cost.outcome.total_cents, left)
    return Decision(outcome=left, grounds=(temporary, *cost.grounds, deducted))


def recovered_value_is_deducted(case: TemporarySupply, cost: int, left: int) -> Ground:
    """9.3.4: the value of what the utility foresees to recover and use again is deducted from the cost."""
    value = case.recoverable_cents
    return ground("9.3.4", "recovered_value_is_deducted", value > 0, value=value, cost=cost, left=left)
