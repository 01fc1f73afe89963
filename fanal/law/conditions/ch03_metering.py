"""Chapitre 3, Mesurage de l’électricité: who provides and pays for the equipment."""

from enum import StrEnum

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.rules import facts, rule


class Equipment(StrEnum):
    """What is installed at the place."""

    ELECTRONIC_METER = "ELECTRONIC_METER"
    ELECTROMECHANICAL_METER = "ELECTROMECHANICAL_METER"
    OTHER_METERING = "OTHER_METERING"  # of the utility: transformers, recorders, wiring
    CUSTOMER_EQUIPMENT = "CUSTOMER_EQUIPMENT"


BASE_OFFER = (Equipment.ELECTRONIC_METER, Equipment.ELECTROMECHANICAL_METER)


@facts
class Installed:
    """One piece of equipment."""

    equipment: Equipment


@rule
def equipment_is_provided(case: Installed) -> Decision[bool]:
    """3.1: the utility chooses, provides and installs the metering; anything else is at the customer's expense."""
    return permit(when=[equipment_measures(case)], besides=[meter_is_of_the_base_offer(case)])


def equipment_measures(case: Installed) -> Ground:
    """3.1: the equipment is metering of the utility."""
    return ground("3.1", "equipment_measures", case.equipment is not Equipment.CUSTOMER_EQUIPMENT)


def meter_is_of_the_base_offer(case: Installed) -> Ground:
    """3.1: electronic and electromechanical meters are the base offer."""
    return ground("3.1", "meter_is_of_the_base_offer", case.equipment in BASE_OFFER)
