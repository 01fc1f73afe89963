"""Chapitre 1, article 1.2, Demandes de 1 MVA ou plus: a written agreement before the works."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Ground, ground, listed, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import QUANTITY_SCALE


class Element(StrEnum):
    """What the agreement records: 1.2 a) to h), in their order."""

    ENERGIZING_DAY = "ENERGIZING_DAY"
    WORKS = "WORKS"
    CONTRIBUTION = "CONTRIBUTION"
    DEMAND_COMMITMENT = "DEMAND_COMMITMENT"
    GUARANTEES = "GUARANTEES"
    POSTPONEMENT = "POSTPONEMENT"
    LOAD_SHEDDING = "LOAD_SHEDDING"
    CONNECTION_POINTS = "CONNECTION_POINTS"


ELEMENT_WORDS = {
    Element.ENERGIZING_DAY: {"fr": "date prévue de mise sous tension", "en": "day foreseen for energizing"},
    Element.WORKS: {"fr": "description des travaux et options", "en": "description of the works and options"},
    Element.CONTRIBUTION: {"fr": "contribution financière et paiement", "en": "financial contribution and payment"},
    Element.DEMAND_COMMITMENT: {"fr": "engagement de puissance", "en": "demand commitment"},
    Element.GUARANTEES: {"fr": "garanties financières", "en": "financial guarantees"},
    Element.POSTPONEMENT: {"fr": "report ou abandon de la demande", "en": "postponement or withdrawal of the request"},
    Element.LOAD_SHEDDING: {"fr": "capacité d'abandon de puissance", "en": "load that can be shed"},
    Element.CONNECTION_POINTS: {"fr": "points de branchement", "en": "connection points"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """From which apparent power an agreement is needed, and what it records."""

    agreement_from_kva: int
    agreement_elements: tuple[str, ...]


@facts
class LargeRequest:
    """The apparent power of an installation, in VA, and the written agreement about it."""

    installation_va: Annotated[int, Field(ge=0)]
    agreement_signed_on: date | None = None
    agreed: tuple[Element, ...] = ()


@rule
def agreement_allows_the_works(case: LargeRequest, on: date, terms: Terms) -> Decision[bool]:
    """1.2: from 1 MVA, the works start once a written agreement records elements a) to h)."""
    needed = agreement_is_needed(case, terms)
    when = [agreement_is_signed(case, on), agreement_is_complete(case, terms)] if needed.holds else []
    allowed = permit(when=when)
    return Decision(outcome=allowed.outcome, grounds=(needed, *allowed.grounds), obstacles=allowed.obstacles)


def agreement_is_needed(case: LargeRequest, terms: Terms) -> Ground:
    """1.2: the installation is of 1 MVA or more."""
    return ground(
        "1.2",
        "agreement_is_needed",
        case.installation_va >= terms.agreement_from_kva * QUANTITY_SCALE,
        terms.figure("agreement_from_kva"),
        power=case.installation_va,
        limit=terms.agreement_from_kva * QUANTITY_SCALE,
    )


def agreement_is_signed(case: LargeRequest, on: date) -> Ground:
    """1.2: the agreement is made in writing before the works."""
    signed_on = case.agreement_signed_on
    signed = signed_on is not None and signed_on <= on
    return ground("1.2", "agreement_is_signed", signed, signed_on=signed_on, on=on)


def agreement_is_complete(case: LargeRequest, terms: Terms) -> Ground:
    """1.2: the agreement records every element; what is missing is listed."""
    missing = [Element(it) for it in terms.agreement_elements if it not in case.agreed]
    return ground(
        "1.2",
        "agreement_is_complete",
        not missing,
        terms.figure("agreement_elements"),
        missing=listed(ELEMENT_WORDS[it] for it in missing),
    )
