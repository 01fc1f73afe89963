"""A rule is found by its name, its facts are read strictly; the day and the town give the rest."""

from datetime import date
from typing import Any

import pytest

from fanal.law import cases, rules
from fanal.law.conditions import ch04_billing
from fanal.law.rules import all_rules

BILL = {"measured": "ENERGY", "power_billed": False, "started_on": "2020-05-01"}


def told(rule: str = "ch04.bill_is_due", on: object = "2026-01-12", **changes: Any) -> dict[str, Any]:
    return cases.answer({"id": 7, "rule": rule, "on": on, "facts": BILL | changes}, municipality="alma")


def fault(case: object) -> tuple[str, str]:
    error = cases.answer(case, municipality="alma")["error"]
    return error["field"], error["message"]


def test_every_rule_has_its_article_its_sentence_and_its_schema() -> None:
    for name, rule in all_rules().items():
        assert rule.article, name
        assert rule.says.endswith("."), name
        assert cases.schema(rule)["facts"]["additionalProperties"] is False, name


def test_a_refusal_is_an_answer() -> None:
    answer = told(last_billed_on="2026-01-10")

    assert (answer["id"], answer["outcome"]) == (7, False)
    assert answer["obstacles"] == ["billing_interval_has_elapsed"]
    assert set(answer["grounds"][0]["text"]) == {"fr", "en"}


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"power_billed": 1}, "facts.power_billed", "« facts.power_billed » doit être true ou false."),
        ({"measured": 1}, "facts.measured", "doit être l’un de : 'ENERGY', 'POWER', 'FLAT_RATE'."),
        ({"started_on": "2026-02-30"}, "facts.started_on", "doit être une date AAAA-MM-JJ."),
        ({"started_on": "2026-02-03T00:00:00"}, "facts.started_on", "doit être une date AAAA-MM-JJ."),
        ({"started_on": 20000}, "facts.started_on", "doit être une date AAAA-MM-JJ."),
        ({"amount_cents": 1.5}, "facts.amount_cents", "doit être un nombre entier."),
        ({"amount_cents": "1"}, "facts.amount_cents", "doit être un nombre entier."),
        ({"color": "red"}, "facts.color", "est inconnu de cette règle."),
    ],
)
def test_a_fact_that_cannot_be_read_is_named(changes: dict[str, Any], field: str, message: str) -> None:
    error = told(**changes)["error"]

    assert (error["field"], error["message"].endswith(message)) == (field, True), error


@pytest.mark.parametrize(
    ("rule", "facts", "message"),
    [
        ("part8.working_hours_run", {"at": "oops"}, "« facts.at » doit être un jour et une heure AAAA-MM-JJTHH:MM."),
        ("ch14.comes_from_the_line", {"boxes_a": []}, "« facts.boxes_a » doit avoir 1 élément ou plus."),
        ("ch14.comes_from_the_line", {"boxes_a": [-1]}, "« facts.boxes_a.0 » doit être au moins 0."),
    ],
)
def test_an_hour_a_list_and_an_amount_that_cannot_be_are_said(rule: str, facts: dict[str, Any], message: str) -> None:
    assert fault({"rule": rule, "on": "2026-01-12", "facts": facts})[1] == message


@pytest.mark.parametrize(
    ("case", "field"),
    [
        ([], ""),
        ({"rule": "ch04.bill_is_due", "on": "2026-01-12", "color": 1}, "color"),
        ({"rule": "ch04.nothing", "on": "2026-01-12"}, "rule"),
        ({"rule": ["ch04.bill_is_due"], "on": "2026-01-12"}, "rule"),
        ({"rule": "ch04.bill_is_due", "on": "12 janvier"}, "on"),
        ({"rule": "ch04.bill_is_due"}, "on"),
        ({"rule": "ch04.due_date", "on": "2026-01-12", "parameters": "../alma"}, "parameters"),
        ({"rule": "ch04.due_date", "on": "2026-01-12", "parameters": "nulle_part"}, "parameters"),
        ({"rule": "ch04.due_date", "on": "2010-01-12"}, "parameters"),
        ({"rule": "ch04.due_date", "on": "2041-12-30"}, "facts"),
        ({"rule": "part8.working_hours_run", "on": "2026-01-12", "facts": {"at": "2060-01-12T10:00:00"}}, "facts"),
        ({"rule": "ch04.bill_is_due", "on": "2026-01-12"}, "facts.measured"),
        ({"rule": "ch04.bill_is_due", "on": "2026-01-12", "facts": []}, "facts"),
        ({"rule": "ch04.bill_is_due", "on": "2026-01-12", "facts": BILL | {"started_on": "9999-12-31"}}, "facts"),
    ],
)
def test_a_case_that_cannot_be_put_is_answered_by_its_field(case: object, field: str) -> None:
    assert fault(case)[0] == field


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two rules are named ch04.due_date"):
        rules.rule(ch04_billing.due_date)


def test_a_rule_takes_the_figures_of_the_day_asked() -> None:
    decision = all_rules()["ch04.due_date"].decide(None, date(2019, 4, 10), "alma")

    assert decision.outcome == date(2019, 5, 1)
