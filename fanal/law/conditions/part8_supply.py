"""Partie VIII, Définitions: the words of a supply request that are computed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Ground, ground
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule


class Laying(StrEnum):
    """Aérien ou souterrain: how a line or a service drop is laid. The words are kept and never change."""

    OVERHEAD = "OVERHEAD"
    UNDERGROUND = "UNDERGROUND"


class Voltage(StrEnum):
    """Basse, moyenne ou haute tension. The words are kept and never change."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of the definitions about supply: years, and volts between phases."""

    temporary_years: int
    low_voltage_up_to_v: int
    high_voltage_from_v: int


@facts
class Operation:
    """How long an installation is meant to be used."""

    expected_months: Annotated[int, Field(ge=0)] | None = None  # None: no end is foreseen
    ends_for_good: bool = False  # the utility foresees that activities stop
    site_or_circus: bool = False  # a construction site, a travelling circus, and the like


@facts
class Supplied:
    """A nominal voltage between phases, in V."""

    volts: Annotated[int, Field(ge=0)]


@rule
def supply_is_temporary(case: Operation, terms: Terms) -> Decision[bool]:
    """Part VIII, « alimentation temporaire »: 5 years or less before a foreseen end; a building site, always."""
    always, short, ends = site_is_always_temporary(case), operation_is_short(case, terms), end_is_foreseen(case)
    temporary = always.holds or (short.holds and ends.holds)
    obstacles = () if temporary else tuple(it for it in (short, ends) if not it.holds)
    return Decision(outcome=temporary, grounds=(always, short, ends), obstacles=obstacles)


def site_is_always_temporary(case: Operation) -> Ground:
    """Part VIII, « alimentation temporaire »: a construction site or a travelling circus, even beyond 5 years."""
    return ground("Partie VIII", "site_is_always_temporary", case.site_or_circus)


def operation_is_short(case: Operation, terms: Terms) -> Ground:
    """Part VIII, « alimentation temporaire »: the installation is meant to be used for 5 years or less."""
    months = case.expected_months
    return ground(
        "Partie VIII",
        "operation_is_short",
        months is not None and months <= 12 * terms.temporary_years,
        terms.figure("temporary_years"),
        months=months,
        years=terms.temporary_years,
    )


def end_is_foreseen(case: Operation) -> Ground:
    """Part VIII, « alimentation temporaire »: the utility foresees that activities stop for good."""
    return ground("Partie VIII", "end_is_foreseen", case.ends_for_good)


@rule
def voltage_class(case: Supplied, terms: Terms) -> Decision[Voltage]:
    """Part VIII, « basse, moyenne, haute tension »: told by the nominal voltage between phases."""
    low, high = voltage_is_low(case, terms), voltage_is_high(case, terms)
    kind = Voltage.LOW if low.holds else Voltage.HIGH if high.holds else Voltage.MEDIUM
    return Decision(outcome=kind, grounds=(low, high))


def voltage_is_low(case: Supplied, terms: Terms) -> Ground:
    """Part VIII, « basse tension »: at most 750 V."""
    limit = terms.low_voltage_up_to_v
    figure = terms.figure("low_voltage_up_to_v")
    return ground("Partie VIII", "voltage_is_low", case.volts <= limit, figure, volts=case.volts, limit=limit)


def voltage_is_high(case: Supplied, terms: Terms) -> Ground:
    """Part VIII, « haute tension »: 44 kV or more."""
    limit = terms.high_voltage_from_v
    figure = terms.figure("high_voltage_from_v")
    return ground("Partie VIII", "voltage_is_high", case.volts >= limit, figure, volts=case.volts, limit=limit)
