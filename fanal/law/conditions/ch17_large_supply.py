"""Chapitre 17, Modes d’alimentation de la grande puissance: from 5 MVA at medium voltage, what it costs and takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions.part8_supply import Voltage
from fanal.law.decision import Decision, Ground, ground, listed
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import QUANTITY_SCALE

Amount = Annotated[int, Field(ge=0)]


class Subject(StrEnum):
    """What the agreement of 17.2 settles."""

    NETWORK_SECURITY = "NETWORK_SECURITY"
    SUPPLY_CAPACITY = "SUPPLY_CAPACITY"
    DEMAND_MANAGEMENT = "DEMAND_MANAGEMENT"


SUBJECT_WORDS: Mapping[Subject, Mapping[str, str]] = {
    Subject.NETWORK_SECURITY: {"fr": "la sécurité du réseau", "en": "the security of the network"},
    Subject.SUPPLY_CAPACITY: {
        "fr": "la capacité d'approvisionnement du distributeur",
        "en": "the supply capacity of the utility",
    },
    Subject.DEMAND_MANAGEMENT: {"fr": "la gestion de la demande de puissance", "en": "the management of demand"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figure of chapter 17; whole kVA."""

    large_supply_from_kva: int


@facts
class Request:
    """A supply request: its power in 1/1000 kVA, its line, and what the works cost once reckoned in detail."""

    projected_kva: Amount
    installed_kva: Amount = 0  # already served
    voltage: Voltage = Voltage.MEDIUM
    underground: bool = False
    detailed_cost_cents: Amount | None = None


@facts
class Agreement:
    """The agreement of a large supply request."""

    projected_kva: Amount
    installed_kva: Amount = 0
    voltage: Voltage = Voltage.MEDIUM
    concluded: bool = False
    settles: tuple[Subject, ...] = ()


@rule
def overhead_supply_amount(case: Request, terms: Terms) -> Decision[int | None]:
    """17.1.1: overhead, from 5 MVA at medium voltage, the customer pays the works reckoned in detail; cents."""
    return _amount(case, terms, line_is_overhead(case))


def line_is_overhead(case: Request) -> Ground:
    """17.1.1: the supply asked for is overhead."""
    return ground("17.1.1", "line_is_overhead", not case.underground)


@rule
def underground_supply_amount(case: Request, terms: Terms) -> Decision[int | None]:
    """17.1.2: underground, from 5 MVA at medium voltage, the customer pays the works reckoned in detail; cents."""
    return _amount(case, terms, line_is_underground(case))


def line_is_underground(case: Request) -> Ground:
    """17.1.2: the supply asked for is underground."""
    return ground("17.1.2", "line_is_underground", case.underground)


def supply_is_large(case: Request | Agreement, terms: Terms) -> Ground:
    """17.1: at medium voltage, the power projected and the power installed already make 5 MVA or more."""
    total = case.projected_kva + case.installed_kva
    large = case.voltage is Voltage.MEDIUM and total >= terms.large_supply_from_kva * QUANTITY_SCALE
    return ground(
        "17.1",
        "supply_is_large",
        large,
        terms.figure("large_supply_from_kva"),
        projected=case.projected_kva,
        installed=case.installed_kva,
        limit=terms.large_supply_from_kva,
    )


def detailed_cost_is_known(case: Request) -> Ground:
    """17.1: the works are reckoned in detail (9.1.2, annex 3)."""
    cost = case.detailed_cost_cents
    return ground("17.1", "detailed_cost_is_known", cost is not None, cost=cost)


@rule
def large_supply_may_go_on(case: Agreement, terms: Terms) -> Decision[bool]:
    """17.2: from 5 MVA, the customer concludes an agreement: security of the network, capacity, demand."""
    large, concluded, whole = supply_is_large(case, terms), agreement_is_concluded(case), agreement_is_whole(case)
    missing = tuple(it for it in (concluded, whole) if large.holds and not it.holds)
    return Decision(outcome=not missing, grounds=(large, concluded, whole), obstacles=missing)


def agreement_is_concluded(case: Agreement) -> Ground:
    """17.2: the agreement is concluded."""
    return ground("17.2", "agreement_is_concluded", case.concluded)


def agreement_is_whole(case: Agreement) -> Ground:
    """17.2: the agreement settles the security of the network, the capacity of supply and the management of demand."""
    missing = [SUBJECT_WORDS[it] for it in Subject if it not in case.settles]
    return ground("17.2", "agreement_is_whole", not missing, missing=listed(missing))


def _amount(case: Request, terms: Terms, line: Ground) -> Decision[int | None]:
    """The detailed cost, where the request is large and of that line."""
    large, known = supply_is_large(case, terms), detailed_cost_is_known(case)
    obstacles = tuple(it for it in (line, large, known) if not it.holds)
    outcome = None if obstacles else case.detailed_cost_cents
    return Decision(outcome=outcome, grounds=(line, large, known), obstacles=obstacles)
