"""Chapitre 6, annexe 2, Organismes publics et institutions financières: who never provides a deposit (6.1.2)."""

from dataclasses import dataclass
from enum import StrEnum

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule


class Kind(StrEnum):
    """What a body is: Annex 2, its lines in their order, then any other."""

    GOVERNMENT = "GOVERNMENT"
    GOVERNMENT_BODY = "GOVERNMENT_BODY"
    HEALTH_ESTABLISHMENT = "HEALTH_ESTABLISHMENT"
    HEALTH_AGENCY = "HEALTH_AGENCY"
    HEALTH_HOUSING_CORPORATION = "HEALTH_HOUSING_CORPORATION"
    MUNICIPAL_BODY = "MUNICIPAL_BODY"
    SCHOOL_BODY = "SCHOOL_BODY"
    COLLEGE = "COLLEGE"
    UNIVERSITY = "UNIVERSITY"
    BANK = "BANK"
    SAVINGS_AND_CREDIT_UNION = "SAVINGS_AND_CREDIT_UNION"
    INSURANCE_COMPANY = "INSURANCE_COMPANY"
    TRUST_COMPANY = "TRUST_COMPANY"
    OTHER = "OTHER"


KIND_WORDS = {
    Kind.GOVERNMENT: {"fr": "gouvernement ou ministère", "en": "government or department"},
    Kind.GOVERNMENT_BODY: {"fr": "organisme gouvernemental", "en": "government body"},
    Kind.HEALTH_ESTABLISHMENT: {
        "fr": "établissement public de santé ou de services sociaux",
        "en": "public health or social services establishment",
    },
    Kind.HEALTH_AGENCY: {
        "fr": "agence ou conseil régional de la santé",
        "en": "regional health agency or council",
    },
    Kind.HEALTH_HOUSING_CORPORATION: {
        "fr": "Corporation d'hébergement du Québec",
        "en": "Corporation d'hébergement du Québec",
    },
    Kind.MUNICIPAL_BODY: {"fr": "municipalité ou organisme municipal", "en": "municipality or municipal body"},
    Kind.SCHOOL_BODY: {"fr": "commission scolaire ou école publique", "en": "school board or public school"},
    Kind.COLLEGE: {"fr": "cégep", "en": "general and vocational college"},
    Kind.UNIVERSITY: {"fr": "organisme de l'Université du Québec", "en": "body of the Université du Québec"},
    Kind.BANK: {"fr": "banque", "en": "bank"},
    Kind.SAVINGS_AND_CREDIT_UNION: {"fr": "caisse d'épargne et de crédit", "en": "savings and credit union"},
    Kind.INSURANCE_COMPANY: {"fr": "compagnie d'assurances", "en": "insurance company"},
    Kind.TRUST_COMPANY: {"fr": "compagnie de fiducie", "en": "trust company"},
    Kind.OTHER: {"fr": "autre", "en": "other"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """Annex 2: the kinds of bodies that it names."""

    bodies_without_deposit: tuple[str, ...]


@facts
class Body:
    """An organization, by what it is."""

    kind: Kind


@rule
def body_is_spared(case: Body, terms: Terms) -> Decision[bool]:
    """Annexe 2: public bodies and financial institutions, which provide no deposit."""
    return permit(when=[body_is_listed(case, terms)])


def body_is_listed(case: Body, terms: Terms) -> Ground:
    """Annexe 2: the body is of a kind that the annex names."""
    listed = case.kind in terms.bodies_without_deposit
    return ground(
        "Annexe 2", "body_is_listed", listed, terms.figure("bodies_without_deposit"), kind=KIND_WORDS[case.kind]
    )
