"""Chapitre 13, Propriété, droits et accès: what belongs to whom, when the utility may come, and what bars its way."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions import ch18_fees
from fanal.law.conditions.part8_definitions import NEVER
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.delays import SATURDAY, Holidays
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months

Amount = Annotated[int, Field(ge=0)]


class Right(StrEnum):
    """What the utility has free on the property served (13.2)."""

    INSTALL = "INSTALL"  # its equipment, before the first energizing or after
    SEAL = "SEAL"  # what allows a connection upstream of the metering
    SUBSOIL = "SUBSOIL"  # tréfonds


class Visit(StrEnum):
    """Why the utility comes: 13.3 a) to d), then anything else."""

    EQUIPMENT = "EQUIPMENT"
    READING = "READING"
    CHECKING = "CHECKING"
    INTERRUPTING_OR_RESTORING = "INTERRUPTING_OR_RESTORING"
    OTHER = "OTHER"


class Equipment(StrEnum):
    """What of the utility's is on the property served."""

    METERING = "METERING"
    POLE = "POLE"
    OVERHEAD_WIRE = "OVERHEAD_WIRE"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of chapter 13; hours HH:MM, and meters."""

    access_from: str
    access_to: str
    keys_above_meters: int


@facts
class Part:
    """A part of what brings electricity to a place."""

    upstream: bool  # of the connection point (point de raccordement)
    metering_of_utility: bool = False
    paid_by_customer: bool = False  # in whole or in part


@facts
class RightAsked:
    """A right that the utility asks for on the property served."""

    right: Right
    serves: bool  # service, control, metering; a connection upstream; the network underground
    place_is_agreed: bool = True  # easy of access, safe, agreed with the customer or the owner


@facts
class Meter:
    """Whether the utility can reach its metering."""

    within_reach: bool


@facts
class Coming:
    """A visit of the utility: why, at what hour, and whether it can wait."""

    visit: Visit
    at: datetime
    cannot_wait: bool = False  # continuity of the service or safety requires it


@facts
class Keys:
    """The keys or codes asked from an owner: refused when, received when."""

    meters_inside: Amount  # or in a shelter
    refused_on: date | None = None
    received_on: date | None = None


@facts
class Alteration:
    """Works on the property served or on the installation."""

    hinders_access: bool
    authorized: bool = False


@facts
class Clearance:
    """A building or an installation near a line or the metering, and what moving the line costs; cents."""

    broke_standards_when_built: bool  # or when it was altered
    line_works_cents: Amount = 0


@facts
class Kept:
    """Equipment of the utility on a property."""

    equipment: Equipment
    on_property: bool
    held_by_third_party: bool = False  # in a place that a third party controls


@facts
class Trees:
    """Trees near the network."""

    in_right_of_way: bool  # of an overhead line (emprise)
    threatens: bool  # the safety of the network, of the public, of the staff, or the continuity of the service
    harms_network: bool = False


@rule
def utility_owns(case: Part) -> Decision[bool]:
    """13.1: the utility owns what is upstream of the connection point, and its metering wherever it is."""
    grounds = part_is_upstream(case), part_is_metering(case)
    owns = any(it.holds for it in grounds)
    obstacles = () if owns else grounds
    return Decision(outcome=owns, grounds=(*grounds, contribution_buys_nothing(case)), obstacles=obstacles)


def part_is_upstream(case: Part) -> Ground:
    """13.1: the part is upstream of the connection point."""
    return ground("13.1", "part_is_upstream", case.upstream)


def part_is_metering(case: Part) -> Ground:
    """13.1: it is the utility's meter or measuring transformer, which may be downstream."""
    return ground("13.1", "part_is_metering", case.metering_of_utility)


def contribution_buys_nothing(case: Part) -> Ground:
    """13.1: the customer paid for the works, which makes no owner of what is upstream."""
    return ground("13.1", "contribution_buys_nothing", case.upstream and case.paid_by_customer)


@rule
def right_is_free(case: RightAsked) -> Decision[bool]:
    """13.2: the utility installs at an agreed place, seals and uses the subsoil free, for what serves electricity."""
    return permit(when=[right_serves_electricity(case), place_is_agreed(case)])


def right_serves_electricity(case: RightAsked) -> Ground:
    """13.2: the right is for what the article says: the service, a connection upstream, the network underground."""
    return ground("13.2", "right_serves_electricity", case.serves)


def place_is_agreed(case: RightAsked) -> Ground:
    """13.2: equipment goes where it is agreed, easy of access and safe; seals and the subsoil need no such place."""
    return ground("13.2", "place_is_agreed", case.right is not Right.INSTALL or case.place_is_agreed)


@rule
def electricity_may_be_delivered(case: Meter) -> Decision[bool]:
    """13.3: access to the metering comes before electricity is delivered."""
    return permit(when=[metering_is_within_reach(case)])


def metering_is_within_reach(case: Meter) -> Ground:
    """13.3: the utility can reach its metering."""
    return ground("13.3", "metering_is_within_reach", case.within_reach)


@rule
def utility_may_come_in(case: Coming, terms: Terms, holidays: Holidays) -> Decision[bool]:
    """13.3: at any time when it cannot wait; else from 8:00 to 21:00, Sundays and holidays left out."""
    reason, urgent = visit_has_a_reason(case), visit_cannot_wait(case)
    when = day_allows_a_visit(case, holidays), hour_allows_a_visit(case, terms)
    late = () if urgent.holds else tuple(it for it in when if not it.holds)
    obstacles = ((reason,) if not reason.holds else ()) + late
    return Decision(outcome=not obstacles, grounds=(reason, urgent, *when), obstacles=obstacles)


def visit_has_a_reason(case: Coming) -> Ground:
    """13.3: it is for the utility's equipment, to read, to check the use, to interrupt or to restore."""
    return ground("13.3", "visit_has_a_reason", case.visit is not Visit.OTHER)


def visit_cannot_wait(case: Coming) -> Ground:
    """13.3: the continuity of the service or safety requires it."""
    return ground("13.3", "visit_cannot_wait", case.cannot_wait)


def day_allows_a_visit(case: Coming, holidays: Holidays) -> Ground:
    """13.3: the day is neither a Sunday nor a holiday; a Saturday is good."""
    on = case.at.date()
    because = holidays.closed_because(on)
    if on.weekday() == SATURDAY and on not in holidays.names:
        because = None
    return ground("13.3", "day_allows_a_visit", because is None, on=on, because=because or NEVER)


def hour_allows_a_visit(case: Coming, terms: Terms) -> Ground:
    """13.3: the hour is from 8:00 to 21:00, its last minute left out."""
    allowed = time.fromisoformat(terms.access_from) <= case.at.time() < time.fromisoformat(terms.access_to)
    return ground(
        "13.3",
        "hour_allows_a_visit",
        allowed,
        terms.figure("access_from"),
        terms.figure("access_to"),
        hour=case.at.strftime("%H:%M"),
        first=terms.access_from,
        last=terms.access_to,
    )


@rule
def inaccessible_meter_fee(case: Keys, on: date, terms: Terms, fees: ch18_fees.Terms) -> Decision[int]:
    """13.3: an owner who refuses keys or codes owes a fee each month begun, until they are received; cents to date."""
    needed, refused = keys_are_needed(case, terms), keys_are_refused(case)
    months = _months_begun(case.refused_on, case.received_on, on) if needed.holds and case.refused_on else 0
    missing = keys_are_missing(case, on, months, fees)
    return Decision(outcome=months * fees.inaccessible_meter_fee_cents, grounds=(needed, refused, missing))


def keys_are_needed(case: Keys, terms: Terms) -> Ground:
    """13.3: more than one meter is inside or in a shelter: the owner gives the keys or codes."""
    limit, figure = terms.keys_above_meters, terms.figure("keys_above_meters")
    needed = case.meters_inside > limit
    return ground("13.3", "keys_are_needed", needed, figure, meters=case.meters_inside, limit=limit)


def keys_are_refused(case: Keys) -> Ground:
    """13.3: the owner refuses to give them."""
    return ground("13.3", "keys_are_refused", case.refused_on is not None, refused_on=case.refused_on)


def keys_are_missing(case: Keys, on: date, months: int, fees: ch18_fees.Terms) -> Ground:
    """13.3: the keys or codes are not received; the fee stops the day they are."""
    figure = fees.figure("inaccessible_meter_fee_cents")
    received = case.received_on is not None and case.received_on <= on
    return ground(
        "13.3",
        "keys_are_missing",
        not received,
        figure,
        received_on=case.received_on,
        on=on,
        months=months,
        fee=fees.inaccessible_meter_fee_cents,
    )


@rule
def property_may_be_altered(case: Alteration) -> Decision[bool]:
    """13.3: works that would bar the utility's access need its authorization first."""
    hinders, authorized = works_bar_access(case), alteration_is_authorized(case)
    allowed = not hinders.holds or authorized.holds
    return Decision(outcome=allowed, grounds=(hinders, authorized), obstacles=() if allowed else (authorized,))


def works_bar_access(case: Alteration) -> Ground:
    """13.3: the works would bar or hinder the right of access."""
    return ground("13.3", "works_bar_access", case.hinders_access)


def alteration_is_authorized(case: Alteration) -> Ground:
    """13.3: the utility authorized them."""
    return ground("13.3", "alteration_is_authorized", case.authorized)


@rule
def clearance_charge(case: Clearance) -> Decision[int]:
    """13.4: what broke the clearances in force when it was built is corrected at its owner's expense; cents."""
    broken = clearance_was_broken(case)
    return Decision(outcome=case.line_works_cents if broken.holds else 0, grounds=(broken,))


def clearance_was_broken(case: Clearance) -> Ground:
    """13.4: the building or installation broke the standards in force when it was built or altered."""
    return ground("13.4", "clearance_was_broken", case.broke_standards_when_built, cost=case.line_works_cents)


@rule
def customer_keeps(case: Kept) -> Decision[bool]:
    """13.5: a customer keeps the utility's equipment on the property served, but poles and overhead wires."""
    return permit(
        when=[equipment_is_on_the_property(case)],
        unless=[third_party_holds_the_place(case), equipment_is_of_the_line(case)],
    )


def equipment_is_on_the_property(case: Kept) -> Ground:
    """13.5: the equipment is on the property served."""
    return ground("13.5", "equipment_is_on_the_property", case.on_property)


def third_party_holds_the_place(case: Kept) -> Ground:
    """13.5: it is in a place that a third party controls."""
    return ground("13.5", "third_party_holds_the_place", case.held_by_third_party)


def equipment_is_of_the_line(case: Kept) -> Ground:
    """13.5: it is a pole or an overhead wire."""
    of_line = case.equipment in (Equipment.POLE, Equipment.OVERHEAD_WIRE)
    return ground("13.5", "equipment_is_of_the_line", of_line)


@rule
def right_of_way_may_be_cleared(case: Trees) -> Decision[bool]:
    """13.6: the utility clears the right of way of its overhead lines, for safety and continuity."""
    return permit(
        when=[trees_are_in_the_right_of_way(case), trees_threaten(case)], besides=[owner_prunes_own_trees(case)]
    )


def trees_are_in_the_right_of_way(case: Trees) -> Ground:
    """13.6: the trees are in the right of way of an overhead line."""
    return ground("13.6", "trees_are_in_the_right_of_way", case.in_right_of_way)


def trees_threaten(case: Trees) -> Ground:
    """13.6: clearing protects the network, equipment, the public, the staff, or the continuity of the service."""
    return ground("13.6", "trees_threaten", case.threatens)


def owner_prunes_own_trees(case: Trees) -> Ground:
    """13.6: the trees harm the network: their owner prunes them."""
    return ground("13.6", "owner_prunes_own_trees", case.harms_network)


def _months_begun(refused_on: date, received_on: date | None, on: date) -> int:
    """Months begun from the refusal to the day the keys are received, or to the day asked."""
    until = min(on, received_on) if received_on else on
    months = 0
    while add_months(refused_on, months) < until:
        months += 1
    return months
