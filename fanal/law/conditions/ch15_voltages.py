"""Chapitre 15, Tensions d’alimentation: the voltages offered, up to which current, the conversion of the old one."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Figure, Ground, ground, permit
from fanal.law.delays import Holidays, delay_is_extended, last_day
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import QUANTITY_SCALE

Amount = Annotated[int, Field(ge=0)]


class LowVoltage(StrEnum):
    """A low voltage supply: the two that are offered, the one that is being converted, any other."""

    SINGLE_120_240 = "SINGLE_120_240"
    THREE_347_600 = "THREE_347_600"
    THREE_600_THREE_WIRES = "THREE_600_THREE_WIRES"
    OTHER = "OTHER"


VOLTAGE_WORDS = {
    LowVoltage.SINGLE_120_240: {"fr": "monophasé 120/240 V", "en": "single-phase 120/240 V"},
    LowVoltage.THREE_347_600: {"fr": "triphasé 347/600 V", "en": "three-phase 347/600 V"},
    LowVoltage.THREE_600_THREE_WIRES: {"fr": "triphasé 600 V, 3 fils", "en": "three-phase 600 V, 3 wires"},
    LowVoltage.OTHER: {"fr": "autre tension", "en": "other voltage"},
}
LIMIT_OF = {
    LowVoltage.SINGLE_120_240: "single_120_240_up_to_a",
    LowVoltage.THREE_347_600: "three_347_600_up_to_a",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of chapter 15; whole amperes, days."""

    single_120_240_up_to_a: int
    three_347_600_up_to_a: int
    conversion_notice_days: int
    medium_voltage_up_to_a: int


@facts
class LowVoltageAsked:
    """A low voltage asked for, and the rated current of each service box, in A."""

    voltage: LowVoltage
    boxes_a: Annotated[tuple[Amount, ...], Field(min_length=1)]


@facts
class Conversion:
    """An installation to convert, and the written notice of it."""

    voltage: LowVoltage
    notice_sent_on: date | None = None


@facts
class ConversionNotice:
    """The written notice of a conversion."""

    sent_on: date


@facts
class MediumVoltageAsked:
    """A three-phase supply at medium voltage, and its greatest current, in mA."""

    current_ma: Amount


@rule
def low_voltage_is_offered(case: LowVoltageAsked, terms: Terms) -> Decision[bool]:
    """15.1.1: 120/240 V up to 1,200 A of service boxes, 347/600 V up to 6,000 A; no other low voltage."""
    return permit(when=[voltage_is_in_the_offer(case), boxes_are_within_the_offer(case, terms)])


def voltage_is_in_the_offer(case: LowVoltageAsked) -> Ground:
    """15.1.1: the voltage is one of the two that are offered."""
    return ground("15.1.1", "voltage_is_in_the_offer", case.voltage in LIMIT_OF, voltage=VOLTAGE_WORDS[case.voltage])


def boxes_are_within_the_offer(case: LowVoltageAsked, terms: Terms) -> Ground:
    """15.1.1: the rated currents of the service boxes do not exceed what is offered at that voltage."""
    name, total = LIMIT_OF.get(case.voltage), sum(case.boxes_a)
    limit = int(getattr(terms, name)) if name else 0
    cited: tuple[Figure, ...] = (terms.figure(name),) if name else ()
    return ground(
        "15.1.1",
        "boxes_are_within_the_offer",
        total <= limit,
        *cited,
        voltage=VOLTAGE_WORDS[case.voltage],
        total=total,
        limit=limit,
    )


@rule
def voltage_may_be_converted(case: Conversion, on: date, terms: Terms, holidays: Holidays) -> Decision[bool]:
    """15.1.2: a 600 V supply of three wires becomes 347/600 V once 30 days have run since a written notice."""
    old, sent_on = voltage_is_the_old_one(case), case.notice_sent_on
    sent = conversion_notice_was_sent(case)
    if sent_on is None:
        return permit(when=[old, sent])
    return permit(when=[old, sent, conversion_notice_has_run(sent_on, on, terms, holidays)])


def voltage_is_the_old_one(case: Conversion) -> Ground:
    """15.1.2: the installation is served at 600 V, three-phase, by three wires."""
    old = case.voltage is LowVoltage.THREE_600_THREE_WIRES
    return ground("15.1.2", "voltage_is_the_old_one", old, voltage=VOLTAGE_WORDS[case.voltage])


def conversion_notice_was_sent(case: Conversion) -> Ground:
    """15.1.2: a written notice of the conversion was sent."""
    return ground("15.1.2", "conversion_notice_was_sent", case.notice_sent_on is not None, sent_on=case.notice_sent_on)


def conversion_notice_has_run(sent_on: date, on: date, terms: Terms, holidays: Holidays) -> Ground:
    """15.1.2: the 30 days of the notice have elapsed."""
    last_on = last_day(sent_on, terms.conversion_notice_days, holidays)
    return ground(
        "15.1.2",
        "conversion_notice_has_run",
        on > last_on,
        terms.figure("conversion_notice_days"),
        sent_on=sent_on,
        last_on=last_on,
        days=terms.conversion_notice_days,
        on=on,
    )


@rule
def upgrade_is_due_on(case: ConversionNotice, terms: Terms, holidays: Holidays) -> Decision[date]:
    """15.1.2: the customer upgrades the installation, at its own expense, within the 30 days of the notice."""
    counted_to = case.sent_on + timedelta(days=terms.conversion_notice_days)
    due_on = last_day(case.sent_on, terms.conversion_notice_days, holidays)
    upgraded = customer_pays_the_upgrade(case, due_on, terms)
    return Decision(outcome=due_on, grounds=(upgraded, delay_is_extended(counted_to, holidays)))


def customer_pays_the_upgrade(case: ConversionNotice, due_on: date, terms: Terms) -> Ground:
    """15.1.2: the works on the installation are at the customer's expense; the 30 days run from the notice."""
    return ground(
        "15.1.2",
        "customer_pays_the_upgrade",
        True,
        terms.figure("conversion_notice_days"),
        sent_on=case.sent_on,
        days=terms.conversion_notice_days,
        due_on=due_on,
    )


@rule
def medium_voltage_is_offered(case: MediumVoltageAsked, terms: Terms) -> Decision[bool]:
    """15.2.1: medium voltage is provided up to 260 A; above, the utility determines: medium or high voltage."""
    return permit(when=[current_is_within_medium_voltage(case, terms)])


def current_is_within_medium_voltage(case: MediumVoltageAsked, terms: Terms) -> Ground:
    """15.2.1: the greatest three-phase current is 260 A or less."""
    limit = terms.medium_voltage_up_to_a
    return ground(
        "15.2.1",
        "current_is_within_medium_voltage",
        case.current_ma <= limit * QUANTITY_SCALE,
        terms.figure("medium_voltage_up_to_a"),
        current=case.current_ma,
        limit=limit,
    )
