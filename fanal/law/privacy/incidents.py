"""Loi sur l’accès (A-2.1), incidents de confidentialité: what goes in the register, who is told."""

from dataclasses import dataclass

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.rules import facts, rule


@facts
class Incident:
    """What happened to personal information."""

    unauthorized_access: bool = False
    unauthorized_use: bool = False
    unauthorized_release: bool = False
    lost_or_otherwise_harmed: bool = False
    serious_harm_possible: bool = False  # judged by a person: sensitivity, consequences, likelihood
    telling_would_hinder_an_inquiry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who is told of an incident."""

    commission: bool
    persons: bool


@rule
def incident_is_recorded(case: Incident) -> Decision[bool]:
    """A-2.1 63.11: every confidentiality incident goes in the register, whatever its risk."""
    return permit(when=[information_is_harmed(case)])


def information_is_harmed(case: Incident) -> Ground:
    """A-2.1 63.11: access, use or release that no law allows, loss, or any other harm to its protection (63.9)."""
    harmed = (
        case.unauthorized_access or case.unauthorized_use or case.unauthorized_release or case.lost_or_otherwise_harmed
    )
    return ground("A-2.1 63.11", "information_is_harmed", harmed)


@rule
def incident_is_told(case: Incident) -> Decision[Told]:
    """A-2.1 63.8: where serious harm is possible, the Commission and the persons are told, promptly."""
    serious, hinders = serious_harm_is_possible(case), telling_hinders_an_inquiry(case)
    told = Told(commission=serious.holds, persons=serious.holds and not hinders.holds)
    return Decision(outcome=told, grounds=(information_is_harmed(case), serious, hinders))


def serious_harm_is_possible(case: Incident) -> Ground:
    """A-2.1 63.8: the incident presents a risk of serious harm."""
    harmed = information_is_harmed(case).holds
    return ground("A-2.1 63.8", "serious_harm_is_possible", harmed and case.serious_harm_possible)


def telling_hinders_an_inquiry(case: Incident) -> Ground:
    """A-2.1 63.8: telling a person would hinder an inquiry that the law allows; the person is told later."""
    return ground("A-2.1 63.8", "telling_hinders_an_inquiry", case.telling_would_hinder_an_inquiry)
