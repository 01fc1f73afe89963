"""Article 4.5: how far back a bill is corrected, by cause, by direction, and by what is measured."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.law import explain
from fanal.law.conditions.ch04_corrections import Cause, CorrectionCase, Terms, corrected_since
from fanal.law.in_force import in_force

TERMS = in_force(Terms, "alma", "ch04_corrections", on=date(2026, 11, 16))
FOUND = date(2026, 11, 16)
KNOWN, UNKNOWN = True, False
ENERGY, MEASURED, BILLED = (False, False), (False, True), (True, True)
ALL = None
REFUND, CHARGE = -100, 100
# The table of the article, and each of its corners: cause, period, what is billed, knew → months, None for all periods.
REFUNDS = [
    (Cause.METERING, KNOWN, ENERGY, ALL),
    (Cause.MULTIPLIER, KNOWN, BILLED, ALL),
    (Cause.METERING, UNKNOWN, ENERGY, 6),
    (Cause.READING, KNOWN, ENERGY, 36),
    (Cause.OTHER, KNOWN, BILLED, 36),
    (Cause.CHANGED_USE, KNOWN, ENERGY, 36),
    (Cause.OTHER, UNKNOWN, ENERGY, 6),
    (Cause.CROSSED_METERS, KNOWN, ENERGY, 36),
    (Cause.CROSSED_METERS, UNKNOWN, ENERGY, 36),
    (Cause.TAMPERING, UNKNOWN, ENERGY, ALL),
]
CHARGES = [
    (Cause.METERING, KNOWN, BILLED, False, 36),
    (Cause.MULTIPLIER, KNOWN, BILLED, False, 36),
    (Cause.METERING, KNOWN, MEASURED, False, 12),
    (Cause.METERING, KNOWN, ENERGY, False, 6),
    (Cause.READING, KNOWN, BILLED, False, 12),
    (Cause.OTHER, KNOWN, MEASURED, False, 12),
    (Cause.OTHER, KNOWN, ENERGY, False, 6),
    (Cause.OTHER, KNOWN, ENERGY, True, ALL),
    (Cause.CHANGED_USE, KNOWN, ENERGY, False, ALL),
    (Cause.CHANGED_USE, UNKNOWN, ENERGY, False, 6),
    (Cause.OTHER, UNKNOWN, BILLED, True, 6),
    (Cause.CROSSED_METERS, KNOWN, BILLED, False, 36),
    (Cause.CROSSED_METERS, UNKNOWN, ENERGY, True, 36),
    (Cause.TAMPERING, KNOWN, ENERGY, False, ALL),
]
SINCE = {36: date(2023, 11, 16), 12: date(2025, 11, 16), 6: date(2026, 5, 16), ALL: None}


def a_case(cause: Cause, cents: int, *, known: bool = True, power: tuple[bool, bool] = ENERGY) -> CorrectionCase:
    return CorrectionCase(
        cause=cause, difference_cents=cents, reported_on=FOUND, first_from=date(2026, 9, 1),
        first_to=date(2026, 10, 31), period_known=known, power_billed=power[0], power_measured=power[1],
    )  # fmt: skip


@pytest.mark.parametrize(("cause", "known", "power", "months"), REFUNDS)
def test_a_refund_goes_back_as_far_as_the_table_says(
    cause: Cause, known: bool, power: tuple[bool, bool], months: int | None
) -> None:
    assert corrected_since(a_case(cause, REFUND, known=known, power=power), TERMS).outcome == SINCE[months]


@pytest.mark.parametrize(("cause", "known", "power", "knew", "months"), CHARGES)
def test_an_extra_charge_goes_back_as_far_as_the_table_says(
    cause: Cause, known: bool, power: tuple[bool, bool], knew: bool, months: int | None
) -> None:
    case = replace(a_case(cause, CHARGE, known=known, power=power), customer_knew=knew)

    assert corrected_since(case, TERMS).outcome == SINCE[months]


@pytest.mark.parametrize(
    ("cents", "first_from", "within"),
    [
        (CHARGE, date(2026, 5, 16), True),
        (CHARGE, date(2026, 5, 15), False),
        (REFUND, date(2023, 11, 15), True),
        (REFUND, date(2023, 9, 17), True),
        (REFUND, date(2023, 9, 16), False),
    ],
)
def test_a_charge_takes_no_day_too_old_and_a_refund_takes_whole_the_bill_at_the_edge(
    cents: int, first_from: date, within: bool
) -> None:
    case = replace(a_case(Cause.OTHER, cents), first_from=first_from, first_to=first_from + timedelta(days=61))

    decision = corrected_since(case, TERMS)

    assert [it.rule for it in decision.obstacles] == ([] if within else ["first_bill_is_within_reach"])


def test_nothing_to_pay_is_no_extra_charge() -> None:
    assert corrected_since(a_case(Cause.OTHER, 0), TERMS).outcome == SINCE[36]


def test_the_answer_says_the_months_the_day_and_the_line_of_the_table() -> None:
    told = explain.sentences(corrected_since(a_case(Cause.OTHER, CHARGE), TERMS), "fr")

    assert "6 mois au plus avant le 16 novembre 2026" in told[1]
    assert "jusqu’au 16 mai 2026 (montant additionnel, énergie seule)" in told[1].replace("\u00a0", " ")
    english = explain.sentences(corrected_since(a_case(Cause.TAMPERING, CHARGE), TERMS), "en")
    assert english[0] == "The correction takes all the periods concerned (tampering or obstruction)."


@given(
    st.sampled_from(Cause), st.integers(-5, 5), st.booleans(), st.booleans(), st.booleans(), st.booleans(),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)  # fmt: skip
def test_a_charge_never_reaches_further_than_a_refund_for_who_did_nothing_wrong(
    cause: Cause, cents: int, known: bool, billed: bool, measured: bool, knew: bool, on: date
) -> None:
    case = replace(a_case(cause, cents, known=known, power=(billed, measured)), customer_knew=knew, reported_on=on)
    charge = corrected_since(replace(case, difference_cents=1), TERMS).outcome or date.min
    refund = corrected_since(replace(case, difference_cents=-1), TERMS).outcome or date.min

    assert explain.sentences(corrected_since(case, TERMS), "en")
    if not (knew or cause is Cause.CHANGED_USE):
        assert charge >= refund


def test_every_cause_has_its_words_in_both_languages() -> None:
    assert all(it.words["fr"] and it.words["en"] for it in Cause)
