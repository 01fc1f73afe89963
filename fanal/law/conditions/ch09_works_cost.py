"""Chapitre 9, article 9.1.2, Calcul détaillé du coût des travaux: the grid of Annex 3, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from fanal.law.conditions.part8_supply import Laying
from fanal.law.decision import Decision, Ground, ground
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import half_up

MILLION = 1_000_000
MINUTES_IN_AN_HOUR = 60

Cents = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The rates of the grid, in millionths: 240000 is 24 %."""

    labour_administration_millionths: int
    third_party_administration_millionths: int
    material_administration_millionths: int
    engineering_millionths_overhead: int
    engineering_millionths_underground: int


@facts
class Hours:
    """Time of a team or of a machine, travel included, at its hourly rate."""

    minutes: Annotated[int, Field(ge=0)]
    hourly_cents: Cents


@facts
class Estimate:
    """What the works take, in cents: the lines of the grid that somebody writes."""

    laying: Laying
    back_lot: bool = False  # the network is built in arrière-lot
    labour: tuple[Hours, ...] = ()  # line 1
    third_party_cents: Cents = 0  # line 3
    material_cents: Cents = 0  # line 6
    machinery: tuple[Hours, ...] = ()  # line 9
    easement_cents: Cents = 0  # line 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Coût des travaux: the thirteen lines of the grid, in their order, in cents."""

    labour_cents: int
    labour_administration_cents: int
    third_party_cents: int
    third_party_administration_cents: int
    labour_and_services_cents: int
    material_cents: int
    material_administration_cents: int
    materials_cents: int
    machinery_cents: int
    before_engineering_cents: int
    engineering_cents: int
    easement_cents: int
    total_cents: int


@rule
def works_cost(case: Estimate, terms: Terms) -> Decision[Cost]:
    """9.1.2: the detailed cost of the works, by the grid of Annex 3: its thirteen lines, in cents."""
    cost = _cost(case, terms)
    grounds = (
        labour_is_charged(case, cost, terms),
        third_parties_are_charged(cost, terms),
        materials_are_charged(cost, terms),
        machinery_is_charged(case, cost),
        engineering_is_charged(case, cost, terms),
        easements_are_charged(cost),
        lines_are_summed(cost),
    )
    return Decision(outcome=cost, grounds=grounds)


def labour_is_charged(case: Estimate, cost: Cost, terms: Terms) -> Ground:
    """Annexe 3: lines 1 and 2, hours at their rate, travel included, and the administration on them."""
    return ground(
        "Annexe 3",
        "labour_is_charged",
        cost.labour_cents > 0,
        terms.figure("labour_administration_millionths"),
        time=_time(case.labour),
        amount=cost.labour_cents,
        rate=terms.labour_administration_millionths,
        more=cost.labour_administration_cents,
    )


def third_parties_are_charged(cost: Cost, terms: Terms) -> Ground:
    """Annexe 3: lines 3 and 4, goods and services of third parties, and the administration on them."""
    return ground(
        "Annexe 3",
        "third_parties_are_charged",
        cost.third_party_cents > 0,
        terms.figure("third_party_administration_millionths"),
        amount=cost.third_party_cents,
        rate=terms.third_party_administration_millionths,
        more=cost.third_party_administration_cents,
    )


def materials_are_charged(cost: Cost, terms: Terms) -> Ground:
    """Annexe 3: lines 6 and 7, materials of the line, and the administration on them."""
    return ground(
        "Annexe 3",
        "materials_are_charged",
        cost.material_cents > 0,
        terms.figure("material_administration_millionths"),
        amount=cost.material_cents,
        rate=terms.material_administration_millionths,
        more=cost.material_administration_cents,
    )


def machinery_is_charged(case: Estimate, cost: Cost) -> Ground:
    """Annexe 3: line 9, machines and vehicles, hours at their rate."""
    amount = cost.machinery_cents
    return ground("Annexe 3", "machinery_is_charged", amount > 0, time=_time(case.machinery), amount=amount)


def engineering_is_charged(case: Estimate, cost: Cost, terms: Terms) -> Ground:
    """9.1.2: e) line 11, on all but easements, for underground works, or overhead ones on back lots."""
    name = _engineering_name(case)
    return ground(
        "9.1.2",
        "engineering_is_charged",
        _takes_engineering(case),
        terms.figure(name),
        base=cost.before_engineering_cents,
        rate=int(getattr(terms, name)),
        amount=cost.engineering_cents,
    )


def easements_are_charged(cost: Cost) -> Ground:
    """Annexe 3: line 12, easements that the utility acquires."""
    return ground("Annexe 3", "easements_are_charged", cost.easement_cents > 0, amount=cost.easement_cents)


def lines_are_summed(cost: Cost) -> Ground:
    """Annexe 3: line 13 is the sum of lines 10 to 12; line 10, of 5, 8 and 9."""
    return ground(
        "Annexe 3",
        "lines_are_summed",
        cost.total_cents > 0,
        services=cost.labour_and_services_cents,
        materials=cost.materials_cents,
        machinery=cost.machinery_cents,
        before=cost.before_engineering_cents,
        engineering=cost.engineering_cents,
        easements=cost.easement_cents,
        total=cost.total_cents,
    )


def _cost(case: Estimate, terms: Terms) -> Cost:
    labour, machinery = _price(case.labour), _price(case.machinery)
    labour_more = half_up(labour * terms.labour_administration_millionths, MILLION)
    third_party_more = half_up(case.third_party_cents * terms.third_party_administration_millionths, MILLION)
    material_more = half_up(case.material_cents * terms.material_administration_millionths, MILLION)
    services = labour + labour_more + case.third_party_cents + third_party_more
    materials = case.material_cents + material_more
    before = services + materials + machinery
    rate = int(getattr(terms, _engineering_name(case))) if _takes_engineering(case) else 0
    engineering = half_up(before * rate, MILLION)
    return Cost(
        labour_cents=labour,
        labour_administration_cents=labour_more,
        third_party_cents=case.third_party_cents,
        third_party_administration_cents=third_party_more,
        labour_and_services_cents=services,
        material_cents=case.material_cents,
        material_administration_cents=material_more,
        materials_cents=materials,
        machinery_cents=machinery,
        before_engineering_cents=before,
        engineering_cents=engineering,
        easement_cents=case.easement_cents,
        total_cents=before + engineering + case.easement_cents,
    )


def _price(hours: tuple[Hours, ...]) -> int:
    """The cents of a line of hours, rounded once."""
    return half_up(sum(it.minutes * it.hourly_cents for it in hours), MINUTES_IN_AN_HOUR)


def _takes_engineering(case: Estimate) -> bool:
    return case.laying is Laying.UNDERGROUND or case.back_lot


def _engineering_name(case: Estimate) -> str:
    underground = case.laying is Laying.UNDERGROUND
    return "engineering_millionths_underground" if underground else "engineering_millionths_overhead"


def _time(hours: tuple[Hours, ...]) -> Mapping[str, str]:
    """All the time of a line, « 7 h 30 »."""
    whole, minutes = divmod(sum(it.minutes for it in hours), MINUTES_IN_AN_HOUR)
    return dict.fromkeys(("fr", "en"), f"{whole}\u00a0h\u00a0{minutes:02d}")
