"""Chapitre 4, article 4.5, Correction de la facture: how far back a wrong bill is corrected.

Adjustments of estimates (4.1.2), reviews of equal payments (4.4), consumption without a subscription and late billing
are not corrections: nothing here limits them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months


class Cause(StrEnum):
    """Why a bill was wrong, as 4.5 tells causes apart. The words are kept in columns and never change."""

    READING = "READING"  # misread or miswritten: one of « tous les autres cas »
    METERING = "METERING"
    MULTIPLIER = "MULTIPLIER"
    CHANGED_USE = "CHANGED_USE"
    CROSSED_METERS = "CROSSED_METERS"
    TAMPERING = "TAMPERING"
    OTHER = "OTHER"

    @property
    def words(self) -> Mapping[str, str]:
        """The cause in both languages."""
        return CAUSE_WORDS[self]


CAUSE_WORDS: Mapping[Cause, Mapping[str, str]] = {
    Cause.READING: {"fr": "relève mal lue ou mal écrite", "en": "misread or miswritten reading"},
    Cause.METERING: {"fr": "défaut lié au mesurage", "en": "metering fault"},
    Cause.MULTIPLIER: {"fr": "multiplicateur erroné", "en": "wrong multiplier"},
    Cause.CHANGED_USE: {"fr": "usage changé sans avis", "en": "use changed without notice"},
    Cause.CROSSED_METERS: {"fr": "compteurs croisés", "en": "crossed meters"},
    Cause.TAMPERING: {"fr": "entrave ou manipulation", "en": "tampering or obstruction"},
    Cause.OTHER: {"fr": "autre erreur", "en": "other error"},
}


class Change(StrEnum):
    """What changes a bill: an error of 4.5, or what another article rules."""

    ERROR = "ERROR"
    ESTIMATE_ADJUSTED = "ESTIMATE_ADJUSTED"
    EQUAL_PAYMENTS_REVIEW = "EQUAL_PAYMENTS_REVIEW"
    NO_SUBSCRIPTION = "NO_SUBSCRIPTION"
    LATE_BILLING = "LATE_BILLING"


CHANGE_WORDS: Mapping[Change, Mapping[str, str]] = {
    Change.ERROR: {"fr": "erreur de facturation", "en": "billing error"},
    Change.ESTIMATE_ADJUSTED: {"fr": "estimation rajustée", "en": "adjusted estimate"},
    Change.EQUAL_PAYMENTS_REVIEW: {"fr": "révision des versements égaux", "en": "review of equal payments"},
    Change.NO_SUBSCRIPTION: {"fr": "consommation sans abonnement", "en": "use without a subscription"},
    Change.LATE_BILLING: {"fr": "facturation en retard", "en": "late billing"},
}
FAULTS = (Cause.METERING, Cause.MULTIPLIER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of 4.5: months, at most."""

    refund_months: int
    refund_months_unknown: int
    charge_months_metering: int
    charge_months_power: int
    charge_months_energy: int
    charge_months_unknown: int
    crossed_months: int


@facts
class BillChange:
    """A change of what was billed, and what it comes to: above zero, an extra charge."""

    change: Change
    difference_cents: int = 0


@facts
class CorrectionCase:
    """What is known of a correction: why, what it comes to, since when, and the first bill that it takes back."""

    cause: Cause
    difference_cents: int  # above zero: an extra charge; else a refund
    reported_on: date  # by the customer, or found by the utility
    first_from: date  # the first bill's days: [first_from, first_to)
    first_to: date
    period_known: bool = True
    customer_knew: bool = False  # of the fault or the error
    power_billed: bool = False
    power_measured: bool = False

    @property
    def is_charge(self) -> bool:
        """Whether the customer will owe more."""
        return self.difference_cents > 0


@rule
def change_is_a_correction(case: BillChange) -> Decision[bool]:
    """4.5: the limits hold for corrections only, not for the changes that other articles rule."""
    return permit(when=[], unless=[another_article_rules(case)], besides=[arrangement_without_fee_is_possible(case)])


def another_article_rules(case: BillChange) -> Ground:
    """4.5: an estimate adjusted (4.1.2), a review (4.4), use without a subscription, or a bill that was late."""
    return ground("4.5", "another_article_rules", case.change is not Change.ERROR, change=CHANGE_WORDS[case.change])


def arrangement_without_fee_is_possible(case: BillChange) -> Ground:
    """4.5: an extra charge, or what tampering hid, may be paid by an agreement without administration fee."""
    possible = case.change is Change.ERROR and case.difference_cents > 0
    return ground("4.5", "arrangement_without_fee_is_possible", possible, difference=case.difference_cents)


@rule
def corrected_since(case: CorrectionCase, terms: Terms) -> Decision[date | None]:
    """4.5: the first day that the correction may reach; None when it takes all the periods concerned.

    It stands against the correction when its first bill is out of reach.
    """
    limit, _ = _limit(case)
    since = add_months(case.reported_on, -int(getattr(terms, limit))) if limit else None
    reached = first_bill_is_within_reach(case, since)
    return Decision(
        outcome=since,
        grounds=(all_periods_are_corrected(case), months_are_counted_back(case, terms), reached),
        obstacles=() if reached.holds else (reached,),
    )


def all_periods_are_corrected(case: CorrectionCase) -> Ground:
    """4.5: tampering; a refund for a metering fault or a wrong multiplier; a charge that the customer knew of."""
    limit, because = _limit(case)
    return ground("4.5", "all_periods_are_corrected", not limit, because=because)


def months_are_counted_back(case: CorrectionCase, terms: Terms) -> Ground:
    """4.5: so many months, at most, before the day on which it was reported or found."""
    limit, because = _limit(case)
    if not limit:
        return ground("4.5", "months_are_counted_back", False, reported_on=case.reported_on)
    months = int(getattr(terms, limit))
    return ground(
        "4.5",
        "months_are_counted_back",
        True,
        terms.figure(limit),
        because=because,
        months=months,
        reported_on=case.reported_on,
        since=add_months(case.reported_on, -months),
    )


def first_bill_is_within_reach(case: CorrectionCase, since: date | None) -> Ground:
    """4.5: an extra charge takes no day before the period; a refund takes whole the bill at its edge."""
    within = since is None or (case.first_from >= since if case.is_charge else case.first_to > since)
    return ground(
        "4.5", "first_bill_is_within_reach", within, first_from=case.first_from, first_to=case.first_to, since=since
    )


REASONS: Mapping[str, Mapping[str, str]] = {
    "tampering": CAUSE_WORDS[Cause.TAMPERING],
    "crossed_months": CAUSE_WORDS[Cause.CROSSED_METERS],
    "refund_fault": {
        "fr": "remboursement pour un défaut du mesurage ou un multiplicateur erroné",
        "en": "refund for a metering fault or a wrong multiplier",
    },
    "refund_months": {"fr": "remboursement, période connue", "en": "refund, known period"},
    "refund_months_unknown": {
        "fr": "remboursement, période impossible à déterminer",
        "en": "refund, period that cannot be determined",
    },
    "charge_known": {
        "fr": "le client connaissait l'erreur, ou il a changé son usage sans en aviser",
        "en": "the customer knew of the error, or changed the use without notice",
    },
    "charge_months_metering": {
        "fr": "montant additionnel pour un défaut du mesurage ou un multiplicateur, puissance et énergie facturées",
        "en": "extra charge for a metering fault or a multiplier, power and energy billed",
    },
    "charge_months_power": {
        "fr": "montant additionnel, puissance et énergie mesurées",
        "en": "extra charge, power and energy measured",
    },
    "charge_months_energy": {"fr": "montant additionnel, énergie seule", "en": "extra charge, energy only"},
    "charge_months_unknown": {
        "fr": "montant additionnel, période impossible à déterminer",
        "en": "extra charge, period that cannot be determined",
    },
}

LIMITS = tuple(row for row in REASONS if "_months" in row)  # each is a figure of Terms


def _limit(case: CorrectionCase) -> tuple[str, Mapping[str, str]]:
    """The figure that limits the correction, empty for none, and which line of the table it is."""
    row = _row(case)
    return (row if row in LIMITS else "", REASONS[row])


def _row(case: CorrectionCase) -> str:
    if case.cause is Cause.TAMPERING:
        return "tampering"
    if case.cause is Cause.CROSSED_METERS:
        return "crossed_months"
    if not case.is_charge:
        if not case.period_known:
            return "refund_months_unknown"
        return "refund_fault" if case.cause in FAULTS else "refund_months"
    if not case.period_known:
        return "charge_months_unknown"
    if case.customer_knew or case.cause is Cause.CHANGED_USE:
        return "charge_known"
    if case.cause in FAULTS and case.power_billed:
        return "charge_months_metering"
    return "charge_months_power" if case.power_measured else "charge_months_energy"
