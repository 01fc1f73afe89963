"""Loi sur l’accès (A-2.1), consentement: when a consent is worth something, and what may be collected without one."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The age from which one consents alone, in years."""

    consent_age: int


@facts
class Consent:
    """How a consent was asked and given, and whether it still stands."""

    clear: bool  # manifeste, libre et éclairé
    one_purpose: bool  # asked for each purpose
    in_writing: bool = False
    asked_apart: bool = False  # from any other information
    age: Annotated[int, Field(ge=0)] | None = None  # unknown of most customers, who are adults
    given_by_guardian: bool = False
    withdrawn_on: date | None = None
    purpose_reached_on: date | None = None


@facts
class Collected:
    """A piece of personal information that is asked for."""

    necessary: bool  # to serve, to bill, or to do what the law gives the municipality to do


@rule
def consent_stands(case: Consent, on: date, terms: Terms) -> Decision[bool]:
    """A-2.1 53.1: clear, free, informed, for one purpose, asked apart when written, as long as the purpose lasts."""
    return permit(
        when=[
            consent_is_clear(case),
            consent_is_for_one_purpose(case),
            consent_is_asked_apart(case),
            consent_comes_from_who_may_give_it(case, terms),
        ],
        unless=[consent_is_withdrawn(case, on), purpose_is_reached(case, on)],
    )


def consent_is_clear(case: Consent) -> Ground:
    """A-2.1 53.1: the consent is clear, free and informed."""
    return ground("A-2.1 53.1", "consent_is_clear", case.clear)


def consent_is_for_one_purpose(case: Consent) -> Ground:
    """A-2.1 53.1: it is asked for each purpose, in simple words."""
    return ground("A-2.1 53.1", "consent_is_for_one_purpose", case.one_purpose)


def consent_is_asked_apart(case: Consent) -> Ground:
    """A-2.1 53.1: asked in writing, it is shown apart from any other information."""
    return ground("A-2.1 53.1", "consent_is_asked_apart", not case.in_writing or case.asked_apart)


def consent_comes_from_who_may_give_it(case: Consent, terms: Terms) -> Ground:
    """A-2.1 53.1: below 14 years, the holder of parental authority or the tutor gives it."""
    alone = case.age is None or case.age >= terms.consent_age
    figure = terms.figure("consent_age")
    given = alone or case.given_by_guardian
    return ground("A-2.1 53.1", "consent_comes_from_who_may_give_it", given, figure, age=terms.consent_age)


def consent_is_withdrawn(case: Consent, on: date) -> Ground:
    """A-2.1 53.1: free, a consent may be withdrawn; it counts for nothing from that day."""
    withdrawn = case.withdrawn_on is not None and case.withdrawn_on <= on
    return ground("A-2.1 53.1", "consent_is_withdrawn", withdrawn, withdrawn_on=case.withdrawn_on)


def purpose_is_reached(case: Consent, on: date) -> Ground:
    """A-2.1 53.1: it holds only for the time that its purpose takes."""
    reached = case.purpose_reached_on is not None and case.purpose_reached_on <= on
    return ground("A-2.1 53.1", "purpose_is_reached", reached, reached_on=case.purpose_reached_on)


@rule
def information_may_be_collected(case: Collected) -> Decision[bool]:
    """A-2.1 64: personal information is collected only where it is necessary."""
    return permit(when=[information_is_necessary(case)])


def information_is_necessary(case: Collected) -> Ground:
    """A-2.1 64: it is necessary to what the municipality is charged with."""
    return ground("A-2.1 64", "information_is_necessary", case.necessary)
