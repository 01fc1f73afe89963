"""Another municipality is a folder of dated figures: the same rules, asked the same facts, answer by its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fanal.law import cases
from fanal.law.in_force import PARAMETERS, read_toml

TOWNS = Path(__file__).parent / "parameters"
HOME = {"principal_residence": True, "occupied_by_customer": True, "heated_by_electricity": True}
DEFAULT = {"cause": "DEFAULT", "use": "DOMESTIC"}
# The rule, the day, the facts, what Alma answers, what Val-Dorée answers.
DIFFERENCES: dict[str, tuple[str, str, Mapping[str, Any], Any, Any]] = {
    "30 days to pay": ("ch04.due_date", "2026-01-12", {}, "2026-02-02", "2026-02-11"),
    "a holiday of its own": ("ch04.due_date", "2026-07-04", {}, "2026-07-27", "2026-08-04"),
    "Easter Monday is worked": (
        "ch06.deposit_is_due_on", "2026-03-23", {"sent_on": "2026-03-23"}, "2026-04-01", "2026-04-06",
    ),
    "bills every 90 days": (
        "ch04.bill_is_due", "2026-03-13",
        {"measured": "ENERGY", "power_billed": False, "started_on": "2026-01-12"}, True, False,
    ),
    "a fee of its own": ("ch07.restoring_fee", "2026-06-01", {"cause": "DEFAULT"}, 5000, 7500),
    "a fee each month": (
        "ch04.administration_fee", "2026-04-03",
        {"due_on": "2026-02-02", "net_cents": 10000, "total_cents": 11498, "unpaid_cents": 11498}, 120, 600,
    ),
    "a winter of its own": (
        "ch07.interruption_window", "2026-10-25", DEFAULT | {"interruption_notice_sent_on": "2026-10-23", "home": HOME},
        {"opens_on": "2026-11-03", "closes_on": "2026-11-30"}, {"opens_on": "2026-11-05", "closes_on": "2026-11-14"},
    ),
    "enrolment all year": (
        "ch04.may_enrol", "2026-12-01",
        {"rate_class": "DOMESTIC", "history_since": "2020-01-01", "balance_cents": 0, "preauthorized": True},
        False, True,
    ),
    "a rate that is not offered": (
        "ch02.may_subscribe", "2026-06-01",
        {"channel": "WRITING", "rate_class": "LARGE_POWER", "use": "OTHER", "person": "LEGAL", "occupancy": "OWNER",
         "provided": ["USE", "ACTIVITIES", "SERVICE_ADDRESS", "BILLING_ADDRESS", "NAME", "CURRENT_ADDRESS",
                      "PREVIOUS_ADDRESS", "TELEPHONE", "OCCUPANCY", "WANTED_ON", "ENTERPRISE_NUMBER", "CHARTER"]},
        True, False,
    ),
    "a longer service drop": (
        "ch08.drop_beyond_base", "2026-06-01",
        {"laying": "OVERHEAD", "from_limit_mm": 42500, "from_branch_point_mm": 51000}, 12500, 0,
    ),
    "an agreement from 500 kVA": (
        "ch01.agreement_allows_the_works", "2026-06-01", {"installation_va": 500000}, True, False,
    ),
    "administration on the works": (
        "ch09.small_installation_cost", "2026-06-01",
        {"laying": "UNDERGROUND", "projected_w": 1999, "material_cents": 10000}, 12600, 13440,
    ),
    "a lower deposit": (
        "ch06.deposit_amount", "2026-06-01", {"use": "DOMESTIC", "daily_cents": [100] * 365}, 25000, 10000,
    ),
    "visits from 9 to 8": (
        "ch13.utility_may_come_in", "2026-05-05", {"visit": "READING", "at": "2026-05-05T08:30:00"}, True, False,
    ),
    "a lower limit of current": (
        "ch14.comes_from_the_line", "2026-05-05", {"boxes_a": [800], "current_ma": 450_000}, True, False,
    ),
    "a lower power factor": (
        "ch14.power_factor_suffices", "2026-05-05", {"rate_class": "MEDIUM_POWER", "kw": 86, "kva": 100}, False, True,
    ),
    "smaller service boxes": (
        "ch15.low_voltage_is_offered", "2026-05-05", {"voltage": "SINGLE_120_240", "boxes_a": [1000]}, True, False,
    ),
    "an agreement from 3 MVA": (
        "ch17.large_supply_may_go_on", "2026-05-05", {"projected_kva": 3_000_000}, True, False,
    ),
}  # fmt: skip


def outcome(rule: str, on: str, facts: Mapping[str, Any], municipality: str) -> Any:
    root = PARAMETERS if municipality == "alma" else TOWNS
    told = cases.answer({"rule": rule, "on": on, "facts": facts}, municipality=municipality, root=root)
    assert "error" not in told, told
    return told["outcome"]


@pytest.mark.parametrize("what", DIFFERENCES)
def test_the_same_rule_answers_by_the_figures_of_each_municipality(what: str) -> None:
    rule, on, facts, in_alma, in_val_doree = DIFFERENCES[what]

    assert outcome(rule, on, facts, "alma") == in_alma
    assert outcome(rule, on, facts, "val_doree") == in_val_doree


def test_an_answer_cites_the_text_of_its_municipality() -> None:
    told = cases.answer({"rule": "ch04.due_date", "on": "2026-01-12"}, municipality="val_doree", root=TOWNS)

    assert "Val-Dorée" in told["grounds"][0]["figures"][0]["source"]


def test_both_municipalities_write_the_same_figures() -> None:
    for path in sorted((TOWNS / "val_doree").glob("*_*.toml")):
        assert read_toml(path).keys() == read_toml(PARAMETERS / "alma" / path.name).keys(), path.name
