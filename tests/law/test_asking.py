"""What each rule asks has its words in both languages, and each rule keeps a small case that it answers."""

import tomllib
from dataclasses import fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest

from fanal.law import asking, cases
from fanal.law.asking import QUESTIONS
from fanal.law.rules import Rule, all_rules

BOTH = {"fr", "en"}


def written(kind: str) -> dict[str, Any]:
    return tomllib.loads((QUESTIONS / f"{kind}.toml").read_text(encoding="utf-8"))


def kinds_in(kind: Any) -> list[type]:
    """The records and the enumerations that an outcome is made of."""
    if get_origin(kind) in (Union, UnionType, tuple):
        return [found for it in get_args(kind) for found in kinds_in(it)]
    if is_dataclass(kind):
        return [kind, *(found for it in fields(kind) for found in kinds_in(it.type))]
    return [kind] if isinstance(kind, type) and issubclass(kind, Enum) else []


def test_a_whole_number_is_answered_in_money_unless_it_is_said_otherwise() -> None:
    rules = all_rules()
    assert asking.answers_in(rules["ch04.administration_fee"]) == "money"
    assert asking.answers_in(rules["ch08.drop_length"]) == "m"


@pytest.mark.parametrize(
    ("rule", "facts", "said"),
    [
        ("ch09.works_cost", {"laying": "OVERHEAD", "back_lot": True, "third_party_cents": 10**40}, "trop grand"),
        ("ch04.read_is_due", {"measured": "POWER", "last_staff_read_on": "9999-12-31"}, "sort du calendrier"),
    ],
)
def test_what_cannot_be_reckoned_is_said_rather_than_raised(rule: str, facts: dict[str, Any], said: str) -> None:
    told = cases.answer({"id": 1, "rule": rule, "on": "2026-06-01", "facts": facts}, municipality="alma")
    assert said in told["error"]["message"]


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda it: it.name)
def test_a_rule_says_what_it_asks_and_what_it_answers_in_both_languages(rule: Rule) -> None:
    said = [asking.sentence(rule)]
    for question in asking.questions(rule):
        said += [question.label, *question.choices.values()]
    for kind in kinds_in(rule.outcome):
        said += (
            [asking.choice(kind.__name__, it.name) for it in kind]
            if issubclass(kind, Enum)
            else [asking.fact(it.name) for it in fields(kind)]
        )

    assert all(words.keys() == BOTH and all(words.values()) for words in said)


@pytest.mark.parametrize("name", all_rules())
def test_the_example_of_a_rule_is_answered(name: str) -> None:
    kept = asking.example(all_rules()[name])

    told = cases.answer({"rule": name, "on": kept.on, "facts": kept.facts}, municipality="alma")

    assert "error" not in told, told
    assert told["grounds"]


def test_nothing_is_written_for_a_rule_or_a_fact_that_does_not_exist() -> None:
    asked = str([cases.schema(it) for it in all_rules().values()])

    assert written("rules").keys() == written("examples").keys() == all_rules().keys()
    assert [it for it in written("facts") if f"'{it.rpartition('.')[2]}'" not in asked] == []
    assert [
        f"{kind}.{it}" for kind, told in written("choices").items() for it in told if f"'{it}'" not in asked
    ] == []  # fmt: skip


def test_a_fact_without_a_name_is_found() -> None:
    with pytest.raises(KeyError, match="planted"):
        asking.fact("planted_cents")
    with pytest.raises(KeyError, match=r"Use\.PLANTED"):
        asking.choice("Use", "PLANTED")


def test_a_question_knows_its_unit_its_choices_and_what_is_inside_another() -> None:
    asked = {it.name: it for it in asking.questions(all_rules()["ch07.may_disconnect"])}
    power = {it.name: it for it in asking.questions(all_rules()["part8.power_class"])}
    owed = {it.name: it for it in asking.questions(all_rules()["ch02.may_subscribe"])}

    assert asked["home.principal_residence"].kind == "yes_no"
    assert asked["cause"].required
    assert not asked["due_on"].required
    assert (power["billed_above_kw"].unit, power["billed_above_kw"].scale) == ({"fr": "kW", "en": "kW"}, 1)
    assert (owed["owed_cents"].unit, owed["owed_cents"].scale) == ({"fr": "$", "en": "$"}, 100)
    assert owed["provided"].many
    assert owed["occupancy"].choices["TENANT"] == {"fr": "Locataire", "en": "Tenant"}


@pytest.mark.usefixtures("in_dong")
def test_amounts_are_asked_in_the_currency_of_the_house() -> None:
    owed = {it.name: it for it in asking.questions(all_rules()["ch02.may_subscribe"])}["owed_cents"]

    assert (owed.unit, owed.scale) == ({"fr": "₫", "en": "₫"}, 1)
