"""Chapitre 4, Facturation: when a place is read and billed, when the bill is due, and how a late one is paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.delays import Days, Holidays, delay_is_extended, last_day, last_days
from fanal.law.in_force import DatedTerms
from fanal.law.rules import ByName, facts, rule
from fanal.values.dates import add_months, to_days

Flags = NDArray[np.bool_]


class Measured(IntEnum):
    """What 4.2.1 looks at: what is measured, or a flat rate. The numbers are kept in columns and never change."""

    ENERGY = 1
    POWER = 2  # energy and power
    FLAT_RATE = 3


MEASURED_WORDS: Mapping[Measured, Mapping[str, str]] = {
    Measured.ENERGY: {"fr": "énergie seule", "en": "energy only"},
    Measured.POWER: {"fr": "énergie et puissance", "en": "energy and power"},
    Measured.FLAT_RATE: {"fr": "tarif à forfait", "en": "flat rate"},
}
BILL_DAYS = {
    Measured.ENERGY: "bill_days_energy",
    Measured.POWER: "bill_days_power",
    Measured.FLAT_RATE: "bill_days_flat_rate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of chapter 4; days, unless the name says months."""

    read_months_energy: int
    read_days_power: int
    bill_days_power: int
    bill_days_flat_rate: int
    bill_days_energy: int
    about_days: int
    late_after_days_energy: int
    late_after_days_power: int
    instalment_days: int
    payment_days: int


@facts
class ReadCase:
    """What is known of the reads of a delivery point."""

    measured: Annotated[Measured, ByName(Measured)]
    last_staff_read_on: date  # the start of the subscription when there is none
    remote: bool = False
    accessible: bool = True
    energy_only_billed: bool = True
    real_read_available: bool = False  # on the day of billing


@facts
class BillCase:
    """What is known of a subscription that may be billed, and of its bill once computed."""

    measured: Annotated[Measured, ByName(Measured)]
    power_billed: bool
    started_on: date
    last_billed_on: date | None = None
    amount_cents: int = 0

    @property
    def previous_on(self) -> date:
        """The date of the last bill, or the start of the subscription."""
        return self.last_billed_on or self.started_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """Versement: what is to be paid, in cents, at the latest on a day."""

    due_on: date
    amount_cents: int


@rule
def read_is_due(case: ReadCase, on: date, terms: Terms) -> Decision[bool]:
    """4.1.1: staff goes and reads once a year, or about every 30 days where power is measured too."""
    return permit(when=[read_interval_has_elapsed(case, on, terms), meter_is_accessible(case)])


def read_interval_has_elapsed(case: ReadCase, on: date, terms: Terms) -> Ground:
    """4.1.1: the time since the last staff read has reached the minimum frequency."""
    monthly = case.measured is Measured.POWER and not case.remote
    if monthly:
        figure = terms.figure("read_days_power")
        expected_on = case.last_staff_read_on + timedelta(days=terms.read_days_power)
    else:
        figure = terms.figure("read_months_energy")
        expected_on = add_months(case.last_staff_read_on, terms.read_months_energy)
    return ground(
        "4.1.1",
        "read_interval_has_elapsed",
        on >= expected_on,
        figure,
        last_staff_read_on=case.last_staff_read_on,
        expected_on=expected_on,
    )


def meter_is_accessible(case: ReadCase) -> Ground:
    """4.1.1: no minimum frequency applies to a meter that cannot be reached."""
    return ground("4.1.1", "meter_is_accessible", case.accessible)


@rule
def own_read_is_accepted(case: ReadCase, on: date, terms: Terms) -> Decision[bool]:
    """4.1.1: the customer may read the meter where energy alone is billed; staff still reads it once a year."""
    return permit(when=[energy_alone_is_billed(case)], besides=[staff_reads_within_the_year(case, on, terms)])


def energy_alone_is_billed(case: ReadCase) -> Ground:
    """4.1.1: the rate of the subscription bills energy alone."""
    return ground("4.1.1", "energy_alone_is_billed", case.energy_only_billed)


def staff_reads_within_the_year(case: ReadCase, on: date, terms: Terms) -> Ground:
    """4.1.1: staff read the meter less than a year ago, whoever reads it between."""
    expected_on = add_months(case.last_staff_read_on, terms.read_months_energy)
    return ground(
        "4.1.1",
        "staff_reads_within_the_year",
        on < expected_on,
        terms.figure("read_months_energy"),
        last_staff_read_on=case.last_staff_read_on,
        expected_on=expected_on,
    )


@rule
def may_estimate(case: ReadCase) -> Decision[bool]:
    """4.1.2: the bill is estimated when no real read is available on the day of billing."""
    return permit(when=[real_read_is_missing(case)], besides=[meter_is_out_of_reach(case)])


def real_read_is_missing(case: ReadCase) -> Ground:
    """4.1.2: no real read is available on the day of billing."""
    return ground("4.1.2", "real_read_is_missing", not case.real_read_available)


def meter_is_out_of_reach(case: ReadCase) -> Ground:
    """4.1.2: without access to the meter (13.3), estimates last until it can be read."""
    return ground("4.1.2", "meter_is_out_of_reach", not case.accessible)


@rule
def bill_is_due(case: BillCase, on: date, terms: Terms) -> Decision[bool]:
    """4.2.1: the next bill may leave that day: every 30 or 60 days, about."""
    return permit(when=[billing_interval_has_elapsed(case, on, terms)])


def billing_interval_has_elapsed(case: BillCase, on: date, terms: Terms) -> Ground:
    """4.2.1: the days since the last bill, or since the start, reach the frequency, « environ » included."""
    name = BILL_DAYS[case.measured]
    frequency = int(getattr(terms, name))
    elapsed = (on - case.previous_on).days
    return ground(
        "4.2.1",
        "billing_interval_has_elapsed",
        elapsed >= frequency - terms.about_days,
        terms.figure(name),
        terms.figure("about_days"),
        measured=MEASURED_WORDS[case.measured],
        previous_on=case.previous_on,
        elapsed_days=elapsed,
        frequency_days=frequency,
        first_on=case.previous_on + timedelta(days=frequency - terms.about_days),
    )


@rule
def late_bill(case: BillCase, on: date, terms: Terms, holidays: Holidays) -> Decision[tuple[Instalment, ...]]:
    """4.2.2: a late bill may be paid in two instalments, without administration fee; none if it is in time."""
    asked = permit(when=[bill_is_late(case, on, terms), something_is_owed(case.amount_cents)])
    if not asked.outcome:
        grounds = (*asked.grounds, fee_free_arrangement_is_possible(asked.outcome))
        return Decision(outcome=(), grounds=grounds, obstacles=asked.obstacles)
    counted_first = on + timedelta(days=terms.instalment_days)
    first_on = last_day(on, terms.instalment_days, holidays)
    counted_second = first_on + timedelta(days=terms.instalment_days)
    instalments = (
        Instalment(due_on=first_on, amount_cents=case.amount_cents // 2),
        Instalment(
            due_on=last_day(first_on, terms.instalment_days, holidays),
            amount_cents=case.amount_cents - case.amount_cents // 2,
        ),
    )
    steps = (
        two_instalments_are_offered(instalments, terms),
        delay_is_extended(counted_first, holidays),
        delay_is_extended(counted_second, holidays),
        fee_free_arrangement_is_possible(asked.outcome),
    )
    return Decision(outcome=instalments, grounds=(*asked.grounds, *steps))


def bill_is_late(case: BillCase, billed_on: date, terms: Terms) -> Ground:
    """4.2.2: more than 90 days (35 where power is billed too) since the last bill, or since the start."""
    name = "late_after_days_power" if _every_month(case) else "late_after_days_energy"
    limit = int(getattr(terms, name))
    elapsed = (billed_on - case.previous_on).days
    return ground(
        "4.2.2",
        "bill_is_late",
        elapsed > limit,
        terms.figure(name),
        previous_on=case.previous_on,
        billed_on=billed_on,
        elapsed_days=elapsed,
        limit_days=limit,
    )


def fee_free_arrangement_is_possible(late_and_owed: bool) -> Ground:
    """4.2.2: a late bill may also be paid by an agreement without administration fee."""
    return ground("4.2.2", "fee_free_arrangement_is_possible", late_and_owed)


def something_is_owed(amount_cents: int) -> Ground:
    """4.2.2: there is an amount to share between the instalments."""
    return ground("4.2.2", "something_is_owed", amount_cents > 0, amount_cents=amount_cents)


def two_instalments_are_offered(instalments: tuple[Instalment, Instalment], terms: Terms) -> Ground:
    """4.2.2: the halves of a late bill, 21 days after the billing date and 21 days after that due date."""
    first, second = instalments
    return ground(
        "4.2.2",
        "two_instalments_are_offered",
        True,
        terms.figure("instalment_days"),
        first_on=first.due_on,
        first_cents=first.amount_cents,
        second_on=second.due_on,
        second_cents=second.amount_cents,
    )


@rule
def due_date(on: date, terms: Terms, holidays: Holidays) -> Decision[date]:
    """4.3.1: the whole amount is to be paid at the latest 21 days after the billing date."""
    counted_to = on + timedelta(days=terms.payment_days)
    due_on = last_day(on, terms.payment_days, holidays)
    grounds = (payment_delay(on, terms), delay_is_extended(counted_to, holidays))
    return Decision(outcome=due_on, grounds=grounds)


def payment_delay(billed_on: date, terms: Terms) -> Ground:
    """4.3.1: 21 days from the billing date, that day not counted."""
    return ground(
        "4.3.1",
        "payment_delay",
        True,
        terms.figure("payment_days"),
        billed_on=billed_on,
        payment_days=terms.payment_days,
        counted_to=billed_on + timedelta(days=terms.payment_days),
    )


def bills_due(previous_on: Days, measured: NDArray[np.integer[Any]], on: date, terms: Terms) -> Flags:
    """4.2.1: `bill_is_due` for a whole column. int32 days and Measured codes in, one flag each out."""
    frequencies = np.zeros(max(Measured) + 1, dtype=np.int32)
    for kind, name in BILL_DAYS.items():
        frequencies[kind] = getattr(terms, name)
    flags: Flags = to_days(on) - previous_on >= frequencies[measured] - terms.about_days
    return flags


def late_bills(
    billed_on: Days, previous_on: Days, measured: NDArray[np.integer[Any]], power_billed: Flags, terms: Terms
) -> Flags:
    """4.2.2: `bill_is_late` for a whole column. int32 days, Measured codes and flags in, one flag each out."""
    monthly = power_billed | (measured == Measured.FLAT_RATE)
    limits = np.where(monthly, terms.late_after_days_power, terms.late_after_days_energy)
    flags: Flags = billed_on - previous_on > limits
    return flags


def due_dates(billed_on: Days, terms: Terms, holidays: Holidays) -> Days:
    """4.3.1: `due_date` for a whole column. int32 days in and out."""
    return last_days(billed_on, terms.payment_days, holidays)


def _every_month(case: BillCase) -> bool:
    """A flat rate is billed every 30 days (4.2.1 a): the shorter limit of 4.2.2 is the kinder reading."""
    return case.power_billed or case.measured is Measured.FLAT_RATE
