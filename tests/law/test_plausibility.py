"""A reading that cannot be is refused, an odd one is stored and holds the bill; each says why in a sentence."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.law.in_force import in_force
from fanal.law.metering import plausibility
from fanal.law.metering.plausibility import (
    HoldReason,
    Reading,
    Severity,
    check_reading,
    doubts_of_quantities,
    look_at_totals,
    roll_over,
)

TERMS = in_force(plausibility.Terms, "alma", "plausibility", on=date(2026, 1, 12))
BELIEVABLE = Reading(
    index="54111",
    read_on=date(2026, 1, 9),
    today=date(2026, 1, 12),
    meter="LO-44 120",
    installed_here=True,
    dials=5,
    installed_on=date(2020, 5, 1),
    previous_index=52031_000,
    previous_on=date(2025, 11, 9),
    usual_kwh_day=35_000,
)


def column(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_a_believable_reading_says_nothing() -> None:
    assert check_reading(BELIEVABLE, TERMS) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"read_on": date(2026, 1, 13)}, "in_future"),
        ({"installed_on": date(2026, 1, 10)}, "before_installation"),
        ({"removed_on": date(2026, 1, 8)}, "after_removal"),
        ({"installed_here": False}, "other_meter"),
        ({"index": "541110"}, "too_many_digits"),
        ({"index": "-5"}, "negative_index"),
        ({"index": "−5"}, "negative_index"),
        ({"index": "٥٢٠٣"}, "not_digits"),
        ({"index": "52 031"}, "not_digits"),
        ({"index": "5²"}, "not_digits"),
        ({"index": "1e4"}, "not_digits"),
        ({"index": ""}, "not_digits"),
        ({"index": "5203\n"}, "not_digits"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], code: str) -> None:
    findings = check_reading(replace(BELIEVABLE, **change), TERMS)

    assert (findings[0].code, findings[0].severity) == (code, Severity.REFUSED)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"index": "5203"}, "digit_missing"),
        ({"index": "52013"}, "decreasing_index"),
        ({"index": "52031"}, "zero_use"),
        ({"index": "58500"}, "high_use"),
        ({"same_day_index": 54112_000}, "same_day_differs"),
    ],
)
def test_what_is_odd_is_stored_and_asked_about(change: dict[str, object], code: str) -> None:
    findings = check_reading(replace(BELIEVABLE, **change), TERMS)

    assert [(it.code, it.severity) for it in findings] == [(code, Severity.DOUBTFUL)]


def test_a_missing_digit_is_said_as_people_say_it() -> None:
    finding = check_reading(replace(BELIEVABLE, index="5203"), TERMS)[0]

    assert finding.text("fr") == "L’index 5\u00a0203 est plus bas que 52\u00a0031. Il manque peut-être un chiffre."
    assert finding.text("en") == "Index 5,203 is lower than 52,031. A figure may be missing."
    assert finding.as_dict()["fix"] == "reread"


def test_a_reading_wrong_in_several_ways_says_them_all() -> None:
    wrong = replace(BELIEVABLE, read_on=date(2026, 2, 1), installed_here=False, index="-3")

    assert [it.code for it in check_reading(wrong, TERMS)] == ["other_meter", "in_future", "negative_index"]


def test_a_reading_on_the_very_day_of_installation_or_removal_is_accepted() -> None:
    same_day = replace(BELIEVABLE, removed_on=BELIEVABLE.read_on)

    assert check_reading(same_day, TERMS) == []
    assert check_reading(replace(same_day, installed_on=same_day.read_on, previous_on=None), TERMS) == []


def test_a_turn_of_the_dials_is_believed_only_within_the_habit() -> None:
    turned = replace(BELIEVABLE, previous_index=98811_000, index="1204")

    assert check_reading(turned, TERMS) == []
    assert check_reading(replace(turned, index="7204"), TERMS)[0].code == "digit_missing"
    assert check_reading(replace(turned, usual_kwh_day=0), TERMS)[0].code == "digit_missing"


def test_a_demand_register_may_go_down() -> None:
    assert check_reading(replace(BELIEVABLE, cumulative=False, index="84,5"), TERMS) == []


@given(st.integers(1, 9), st.data())
def test_the_difference_past_the_last_figure_is_what_was_used(dials: int, data: st.DataObject) -> None:
    turn = 1000 * 10**dials
    previous = data.draw(st.integers(0, turn - 1))
    used = data.draw(st.integers(0, turn - 1))

    difference, rolled = roll_over(column(previous), column((previous + used) % turn), column(dials))

    assert difference.tolist() == [used]
    assert rolled.tolist() == [previous + used >= turn]


def reasons(**columns: Any) -> list[list[str]]:
    """Every reason of each bill."""
    doubts = doubts_of_quantities(terms=TERMS, **columns)
    return [[reason.name for reason, flags in doubts.items() if flags[at]] for at in range(len(columns["kwh"]))]


def test_the_first_look_gives_every_reason_of_each_bill() -> None:
    assert reasons(
        kwh=column(2_000_000, 9_000_000, 100_000, 0, -1, 2_000_000, 2_000_000, 7_000_000, 0),
        days=column(60, 60, 60, 60, 60, 60, 60, 60, 5),
        usual_kwh_day=column(*[35_000] * 9),
        estimates_in_a_row=column(6, 0, 0, 0, 0, 7, 0, 0, 0),
        rolled=np.array([False] * 6 + [True, True, False]),
    ) == [
        [],
        ["HIGH_USE"],
        ["LOW_USE"],
        ["ZERO_USE"],
        ["NEGATIVE_QUANTITY"],
        ["LONG_ESTIMATE_CHAIN"],
        [],
        ["DECREASING_INDEX", "HIGH_USE"],
        [],
    ]


def test_what_the_run_itself_saw_holds_the_bill_and_hides_nothing() -> None:
    found = {HoldReason.DEMAND_MISSING: np.array([True]), HoldReason.NO_READING: np.array([False])}

    assert reasons(
        kwh=column(7_000_000), days=column(60), usual_kwh_day=column(35_000), rolled=np.array([True]), found=found
    ) == [["DEMAND_MISSING", "DECREASING_INDEX", "HIGH_USE"]]


def test_small_uses_and_unknown_habits_surprise_nobody() -> None:
    assert reasons(
        kwh=column(200_000, 50_000_000, 10_000), days=column(60, 60, 60), usual_kwh_day=column(500, 0, 4_000)
    ) == [[], [], []]


def test_the_second_look_compares_totals_day_for_day() -> None:
    holds = look_at_totals(
        total_cents=column(40_000, 130_000, 3_000, 700, 130_000, 5_000),
        days=column(60, 60, 60, 60, 60, 30),
        usual_cents=column(39_000, 39_000, 39_000, 100, 0, 10_000),
        usual_days=column(60, 60, 60, 60, 0, 60),
        terms=TERMS,
    )

    assert holds.tolist() == [0, HoldReason.TOTAL_SWING, HoldReason.TOTAL_SWING, 0, 0, 0]


def test_the_numbers_of_the_reasons_never_change() -> None:
    assert {it.name: int(it) for it in HoldReason} == {
        "NOTHING": 0,
        "NO_READING": 1,
        "DECREASING_INDEX": 2,
        "NEGATIVE_QUANTITY": 3,
        "ZERO_USE": 4,
        "HIGH_USE": 5,
        "LOW_USE": 6,
        "LONG_ESTIMATE_CHAIN": 7,
        "METER_CHANGE_UNSETTLED": 8,
        "DEMAND_MISSING": 9,
        "TOTAL_SWING": 10,
        "NO_PRICE": 11,
        "REFUSED_BY_KERNEL": 12,
        "DOUBTFUL_READING": 13,
        "BASIS_CHANGED": 14,
        "FINAL_ESTIMATED": 15,
        "REGISTER_UNREAD": 16,
        "PLAN_ENDS": 17,
    }


def test_a_hold_proves_itself_with_its_figures() -> None:
    facts = {"kwh": 9_000_000, "days": 60, "usual": 2_100_000}

    assert HoldReason.HIGH_USE.title("fr") == "Bien au-dessus de l’habitude"
    assert HoldReason.HIGH_USE.proof(facts, "fr") == (
        "9\u00a0000\u00a0kWh en 60\u00a0jours, contre 2\u00a0100\u00a0kWh d’habitude."
    )
    assert HoldReason.HIGH_USE.fixes == ("reread", "accept")


def test_a_reading_of_the_day_of_the_one_before_shows_no_odd_use() -> None:
    again = replace(BELIEVABLE, previous_on=BELIEVABLE.read_on, usual_kwh_day=1)

    assert check_reading(again, TERMS) == []
