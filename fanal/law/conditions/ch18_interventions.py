"""Chapitre 18, Frais et prix: table I-B, the price of simple interventions; where it has none, what the work costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Ground, ground
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule


class Work(StrEnum):
    """Table I-B, lines 1 to 7. Lines 8 to 10 secure the network: 9.3.5 applies them."""

    DROP_CHANGED = "DROP_CHANGED"
    DROP_MOVED_FOR_POOL = "DROP_MOVED_FOR_POOL"
    POLE_MOVED = "POLE_MOVED"
    DISCONNECTED_OUTSIDE_HOURS = "DISCONNECTED_OUTSIDE_HOURS"
    LUMINAIRE_INSTALLED = "LUMINAIRE_INSTALLED"
    LUMINAIRE_CHANGED = "LUMINAIRE_CHANGED"
    LUMINAIRE_REMOVED = "LUMINAIRE_REMOVED"


WORK_WORDS: Mapping[Work, Mapping[str, str]] = {
    Work.DROP_CHANGED: {
        "fr": "remplacement ou déplacement d'un branchement aérien en basse tension",
        "en": "replacing or moving an overhead low voltage service drop",
    },
    Work.DROP_MOVED_FOR_POOL: {
        "fr": "déplacement d'un branchement à cause d'une piscine",
        "en": "moving a service drop because of a pool",
    },
    Work.POLE_MOVED: {"fr": "déplacement d'un poteau", "en": "moving a pole"},
    Work.DISCONNECTED_OUTSIDE_HOURS: {
        "fr": "débranchement et rebranchement en dehors des heures normales",
        "en": "disconnecting and reconnecting outside normal hours",
    },
    Work.LUMINAIRE_INSTALLED: {"fr": "installation d'un luminaire", "en": "installing a luminaire"},
    Work.LUMINAIRE_CHANGED: {
        "fr": "remplacement ou déplacement d'un luminaire",
        "en": "replacing or moving a luminaire",
    },
    Work.LUMINAIRE_REMOVED: {"fr": "enlèvement d'un luminaire", "en": "removing a luminaire"},
}
LUMINAIRES = {
    Work.LUMINAIRE_INSTALLED: "luminaire_installed_cents",
    Work.LUMINAIRE_CHANGED: "luminaire_changed_cents",
    Work.LUMINAIRE_REMOVED: "luminaire_removed_cents",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """Table I-B where it has a price; cents, and amperes of the service box."""

    pool_drop_small_cents: int
    pool_drop_large_cents: int
    small_box_up_to_a: int
    luminaire_installed_cents: int
    luminaire_changed_cents: int
    luminaire_removed_cents: int
    securing_free_up_to_dwellings: int
    securing_insulation_cents: int
    securing_power_off_cents: int


@facts
class Intervention:
    """Works of table I-B: how many, the box served, and what they cost where the table has no price."""

    work: Work
    count: Annotated[int, Field(ge=1)] = 1  # interventions, poles or luminaires
    box_a: Annotated[int, Field(ge=0)] = 0  # intensité nominale du coffret de branchement, in A
    actual_cost_cents: Annotated[int, Field(ge=0)] | None = None


@rule
def intervention_price(case: Intervention, terms: Terms) -> Decision[int | None]:
    """18.1, table I-B: the price of the works, in cents; where it has none, what they cost, once known."""
    priced = work_has_a_price(case, terms)
    if priced.holds:
        return Decision(outcome=_each(case, terms) * case.count, grounds=(priced,))
    known = actual_cost_is_known(case)
    obstacles = () if known.holds else (known,)
    return Decision(outcome=case.actual_cost_cents, grounds=(priced, known), obstacles=obstacles)


def work_has_a_price(case: Intervention, terms: Terms) -> Ground:
    """18.1, table I-B: the line has a price, an intervention or a luminaire; the other lines say the actual cost."""
    name = _figure(case, terms)
    return ground(
        "18.1",
        "work_has_a_price",
        name is not None,
        *([terms.figure(name)] if name else []),
        work=WORK_WORDS[case.work],
        price=_each(case, terms),
        count=case.count,
    )


def actual_cost_is_known(case: Intervention) -> Ground:
    """18.1, table I-B: « coût réel des travaux »: it is known once the works are reckoned."""
    cost = case.actual_cost_cents
    return ground("18.1", "actual_cost_is_known", cost is not None, work=WORK_WORDS[case.work], cost=cost)


def _figure(case: Intervention, terms: Terms) -> str | None:
    if case.work is Work.DROP_MOVED_FOR_POOL:
        return "pool_drop_small_cents" if case.box_a <= terms.small_box_up_to_a else "pool_drop_large_cents"
    return LUMINAIRES.get(case.work)


def _each(case: Intervention, terms: Terms) -> int:
    name = _figure(case, terms)
    return int(getattr(terms, name)) if name else 0
