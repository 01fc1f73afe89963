"""Loi sur l’accès (A-2.1), droits des personnes: answering a request in time, telling when a machine decides."""

from dataclasses import dataclass
from datetime import date, timedelta

from fanal.law.decision import Decision, Ground, ground
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The days to answer a request, and those by which they may be prolonged."""

    answer_days: int
    answer_more_days: int


@facts
class Request:
    """A request to be given, or to correct, one's personal information."""

    received_on: date
    prolonged_on: date | None = None  # the day a notice of it was sent


@facts
class Automated:
    """A decision made from personal information."""

    by_machine_alone: bool
    person_is_told: bool = False
    person_may_speak: bool = False  # to somebody who can review it


@rule
def request_is_answered_by(case: Request, terms: Terms) -> Decision[date]:
    """A-2.1 98: within 20 days of the request, or 30 when a notice sent in time says so; no day of rest adds any."""
    prolonged = answer_is_prolonged(case, terms)
    days = terms.answer_days + (terms.answer_more_days if prolonged.holds else 0)
    return Decision(outcome=case.received_on + timedelta(days=days), grounds=(prolonged,))


def answer_is_prolonged(case: Request, terms: Terms) -> Ground:
    """A-2.1 98: a notice sent before the first delay ends adds 10 days."""
    first_on = case.received_on + timedelta(days=terms.answer_days)
    return ground(
        "A-2.1 98",
        "answer_is_prolonged",
        case.prolonged_on is not None and case.prolonged_on <= first_on,
        terms.figure("answer_days"),
        terms.figure("answer_more_days"),
        received_on=case.received_on,
        days=terms.answer_days,
        more=terms.answer_more_days,
        first_on=first_on,
    )


@rule
def automated_decision_is_in_order(case: Automated) -> Decision[bool]:
    """A-2.1 65.2: who is the object of a decision made by a machine alone is told so, and may speak to a person."""
    machine, told, heard = machine_decides_alone(case), person_is_told(case), person_may_speak(case)
    missing = tuple(it for it in (told, heard) if machine.holds and not it.holds)
    return Decision(outcome=not missing, grounds=(machine, told, heard), obstacles=missing)


def machine_decides_alone(case: Automated) -> Ground:
    """A-2.1 65.2: the decision rests on automated processing alone."""
    return ground("A-2.1 65.2", "machine_decides_alone", case.by_machine_alone)


def person_is_told(case: Automated) -> Ground:
    """A-2.1 65.2: the person is told of it, at the latest with the decision."""
    return ground("A-2.1 65.2", "person_is_told", case.person_is_told)


def person_may_speak(case: Automated) -> Ground:
    """A-2.1 65.2: the person may present observations to somebody who can review the decision."""
    return ground("A-2.1 65.2", "person_may_speak", case.person_may_speak)
