"""Chapitre 12, Utilisation de l’électricité: resale, harm, tampering, and what is authorized beforehand."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions import ch18_fees
from fanal.law.conditions.part8_supply import Voltage
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule

Amount = Annotated[int, Field(ge=0)]


class Purpose(StrEnum):
    """What a customer's equipment upstream of the metering is for."""

    PROTECTION = "PROTECTION"
    VOLTAGE_DISPLAY = "VOLTAGE_DISPLAY"  # of the installation
    DATA_DISPLAY = "DATA_DISPLAY"  # of the customer's own measures
    LOAD_CONTROL = "LOAD_CONTROL"  # signals
    METERING = "METERING"


class Action(StrEnum):
    """What a customer is about to do."""

    CHANGE_SERVICE_DROP = "CHANGE_SERVICE_DROP"  # the customer's own
    CHANGE_USE = "CHANGE_USE"
    CONTROL_LOAD_UPSTREAM = "CONTROL_LOAD_UPSTREAM"
    OTHER = "OTHER"


ALWAYS_ALLOWED = (Purpose.PROTECTION, Purpose.VOLTAGE_DISPLAY)
ALLOWED_AT_MEDIUM = (*ALWAYS_ALLOWED, Purpose.DATA_DISPLAY, Purpose.LOAD_CONTROL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figure of 12.8: transformers of each kind, a phase."""

    transformers_per_phase: int


@facts
class PassedOn:
    """Electricity that a customer would resell, lease, lend, exchange or give."""

    by_distributor: bool = False  # under the act on municipal and private electric power systems (S-41)
    in_rent: bool = False  # the rent of the place includes it


@facts
class Harm:
    """A use of electricity, and whether it harmed somebody; 1/1000 kW."""

    harmed: bool  # other customers, or the utility
    breaks_conditions: bool = False
    available_kw: Amount | None = None
    drawn_kw: Amount = 0


@facts
class Meddling:
    """What somebody would do with the utility's equipment."""

    hinders: bool
    authorized: bool = False


@facts
class Tampering:
    """Tampering that the utility finds, and what replacing the metering costs; cents."""

    altered: bool = False  # so as to change what is measured
    hindered: bool = False
    customer_did_not_know: bool = False  # and shows it
    equipment_cents: Amount = 0
    installing_cents: Amount = 0


@facts
class Circuit:
    """A customer's telecommunication circuit that the utility would use."""

    for_metering_or_control: bool
    needed_by_customer: bool = False


@facts
class Transformers:
    """Who puts the utility's measuring transformers in."""

    voltage: Voltage
    in_switchgear: bool = False  # poste blindé


@facts
class Added:
    """Equipment that a customer adds to the utility's metering."""

    accepted: bool
    cost_cents: Amount = 0


@facts
class Upstream:
    """A customer's equipment upstream of the metering."""

    voltage: Voltage
    purpose: Purpose
    authorized: bool = False
    voltage_transformers_per_phase: Amount = 0
    current_transformers_per_phase: Amount = 0
    sealable: bool = False  # the box can take a seal


@facts
class Plan:
    """Something that a customer is about to do."""

    action: Action
    authorized: bool = False


@rule
def electricity_may_be_passed_on(case: PassedOn) -> Decision[bool]:
    """12.1: reselling, leasing, lending, exchanging or giving is forbidden, but to a distributor or within a rent."""
    grounds = distributor_passes_it_on(case), rent_includes_it(case)
    allowed = any(it.holds for it in grounds)
    return Decision(outcome=allowed, grounds=grounds, obstacles=() if allowed else grounds)


def distributor_passes_it_on(case: PassedOn) -> Ground:
    """12.1: an enterprise that distributes electricity under the act S-41 passes it on."""
    return ground("12.1", "distributor_passes_it_on", case.by_distributor)


def rent_includes_it(case: PassedOn) -> Ground:
    """12.1: the place is let, and its rent includes electricity."""
    return ground("12.1", "rent_includes_it", case.in_rent)


@rule
def customer_answers_for_harm(case: Harm) -> Decision[bool]:
    """12.2: a customer answers for the harm of a use against the conditions, or above the available power."""
    harmed, against, above = somebody_is_harmed(case), use_breaks_the_conditions(case), use_is_above_the_power(case)
    wrong = against.holds or above.holds
    obstacles = (() if harmed.holds else (harmed,)) + (() if wrong else (against, above))
    return Decision(outcome=not obstacles, grounds=(harmed, against, above), obstacles=obstacles)


def somebody_is_harmed(case: Harm) -> Ground:
    """12.2: other customers or the utility suffer harm."""
    return ground("12.2", "somebody_is_harmed", case.harmed)


def use_breaks_the_conditions(case: Harm) -> Ground:
    """12.2: the use goes against the conditions of service."""
    return ground("12.2", "use_breaks_the_conditions", case.breaks_conditions)


def use_is_above_the_power(case: Harm) -> Ground:
    """12.2: the power used is above the available power."""
    above = case.available_kw is not None and case.drawn_kw > case.available_kw
    return ground("12.2", "use_is_above_the_power", above, drawn=case.drawn_kw, available=case.available_kw)


@rule
def equipment_may_be_touched(case: Meddling) -> Decision[bool]:
    """12.3: nobody uses, operates or works on the utility's equipment without authorization, nor ever hinders it."""
    return permit(when=[touching_is_authorized(case)], unless=[equipment_is_hindered(case)])


def touching_is_authorized(case: Meddling) -> Ground:
    """12.3: the utility authorized it."""
    return ground("12.3", "touching_is_authorized", case.authorized)


def equipment_is_hindered(case: Meddling) -> Ground:
    """12.3: it would hinder the working of the utility's equipment."""
    return ground("12.3", "equipment_is_hindered", case.hinders)


@rule
def tampering_charge(case: Tampering, fees: ch18_fees.Terms) -> Decision[int]:
    """12.4: the inspection fee and the price of new metering, in cents, unless the customer shows not to have known."""
    altered, unaware = metering_is_altered(case, fees), customer_did_not_know(case)
    charged = altered.holds and not unaware.holds
    cents = fees.inspection_fee_cents + case.equipment_cents + case.installing_cents if charged else 0
    return Decision(outcome=cents, grounds=(altered, unaware))


def metering_is_altered(case: Tampering, fees: ch18_fees.Terms) -> Ground:
    """12.4: the installation or the metering was altered so as to change what is measured, or measuring is hindered."""
    return ground(
        "12.4",
        "metering_is_altered",
        case.altered or case.hindered,
        fees.figure("inspection_fee_cents"),
        fee=fees.inspection_fee_cents,
        replacing=case.equipment_cents + case.installing_cents,
    )


def customer_did_not_know(case: Tampering) -> Ground:
    """12.4: the customer shows that it happened without being known."""
    return ground("12.4", "customer_did_not_know", case.customer_did_not_know)


@rule
def circuit_may_be_used(case: Circuit) -> Decision[bool]:
    """12.5: the utility uses a customer's circuit free, to measure and control electricity; its owner comes first."""
    return permit(when=[circuit_serves_metering(case)], unless=[customer_needs_the_circuit(case)])


def circuit_serves_metering(case: Circuit) -> Ground:
    """12.5: it serves to measure or to control electricity."""
    return ground("12.5", "circuit_serves_metering", case.for_metering_or_control)


def customer_needs_the_circuit(case: Circuit) -> Ground:
    """12.5: the customer needs the circuit at that time."""
    return ground("12.5", "customer_needs_the_circuit", case.needed_by_customer)


@rule
def customer_installs_transformers(case: Transformers) -> Decision[bool]:
    """12.7: a customer puts in and connects the utility's transformers in switchgear, or at medium voltage."""
    grounds = transformers_go_in_switchgear(case), metering_is_at_medium_voltage(case)
    installs = any(it.holds for it in grounds)
    return Decision(outcome=installs, grounds=grounds, obstacles=() if installs else grounds)


def transformers_go_in_switchgear(case: Transformers) -> Ground:
    """12.7: at low voltage, the current transformers go in the customer's switchgear (poste blindé)."""
    return ground("12.7", "transformers_go_in_switchgear", case.voltage is Voltage.LOW and case.in_switchgear)


def metering_is_at_medium_voltage(case: Transformers) -> Ground:
    """12.7: electricity is measured at medium voltage."""
    return ground("12.7", "metering_is_at_medium_voltage", case.voltage is Voltage.MEDIUM)


@rule
def added_equipment_charge(case: Added) -> Decision[int | None]:
    """12.7: equipment added to the metering is wholly at the customer's expense; the utility may refuse it; cents."""
    accepted = added_equipment_is_accepted(case)
    outcome = case.cost_cents if accepted.holds else None
    return Decision(outcome=outcome, grounds=(accepted,), obstacles=() if accepted.holds else (accepted,))


def added_equipment_is_accepted(case: Added) -> Ground:
    """12.7: the utility does not refuse it."""
    return ground("12.7", "added_equipment_is_accepted", case.accepted, cost=case.cost_cents)


@rule
def upstream_equipment_is_allowed(case: Upstream, terms: Terms) -> Decision[bool]:
    """12.8: upstream of the metering: authorized, to protect or to display, one transformer of each kind a phase."""
    needed = [upstream_is_authorized(case), upstream_purpose_is_allowed(case), transformers_are_few(case, terms)]
    return permit(when=[*needed, box_can_be_sealed(case)] if case.voltage is Voltage.LOW else needed)


def upstream_is_authorized(case: Upstream) -> Ground:
    """12.8: the utility authorized it beforehand."""
    return ground("12.8", "upstream_is_authorized", case.authorized)


def upstream_purpose_is_allowed(case: Upstream) -> Ground:
    """12.8: to protect or to show the voltage; at medium voltage, to show measures and control loads too."""
    allowed = ALWAYS_ALLOWED if case.voltage is Voltage.LOW else ALLOWED_AT_MEDIUM
    return ground("12.8", "upstream_purpose_is_allowed", case.purpose in allowed)


def transformers_are_few(case: Upstream, terms: Terms) -> Ground:
    """12.8: one voltage transformer and one current transformer a phase, at most."""
    most = max(case.voltage_transformers_per_phase, case.current_transformers_per_phase)
    limit, figure = terms.transformers_per_phase, terms.figure("transformers_per_phase")
    return ground("12.8", "transformers_are_few", most <= limit, figure, most=most, limit=limit)


def box_can_be_sealed(case: Upstream) -> Ground:
    """12.8: at low voltage, the box that holds them can take a seal."""
    return ground("12.8", "box_can_be_sealed", case.sealable)


@rule
def plan_may_go_ahead(case: Plan) -> Decision[bool]:
    """12.9: changing one's service drop or one's use, or controlling load upstream, is authorized beforehand."""
    needed, authorized = authorization_is_needed(case), plan_is_authorized(case)
    allowed = not needed.holds or authorized.holds
    return Decision(outcome=allowed, grounds=(needed, authorized), obstacles=() if allowed else (authorized,))


def authorization_is_needed(case: Plan) -> Ground:
    """12.9: the act is one of the three that need an authorization."""
    return ground("12.9", "authorization_is_needed", case.action is not Action.OTHER)


def plan_is_authorized(case: Plan) -> Ground:
    """12.9: the utility authorized it before."""
    return ground("12.9", "plan_is_authorized", case.authorized)
