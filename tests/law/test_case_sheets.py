"""The sheets of tests/cases, written as the office tells its cases: each one is put to its rule."""

import json
from collections import Counter
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import pytest

from docs.law_answers import answers_page, put, sheets
from fanal.law.rules import all_rules

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "law-answers.md"
KEYS = {"titre", "regle", "le", "faits", "reponse", "parametres", "remplis", "non_remplis", "fichier"}
NONE = "aucune"
# What a type may say but its rule never does.
UNANSWERED = {"RateClass": {"DOMESTIC", "FLAT_RATE"}}
ALWAYS_SAME = {
    "payment_delay",
    "two_instalments_are_offered",
    "owner_pays_no_subscription_fee",
    "two_fees_are_charged",
    "risky_deposit_is_asked",
    "estimate_was_sent",
    "customer_pays_the_upgrade",
}

# These tell a fact, or work it out; no answer of theirs is a refusal.
FACTS_TOLD = {
    "ch04.administration_fee",
    "ch04.corrected_since",
    "ch04.equal_payments_end",
    "ch04.is_in_default",
    "ch04.late_bill",
    "ch04.returned_payment_fee",
    "ch06.domestic_deposit_may_be_asked",
    "ch10.customer_must_report",
}


def as_json(value: Any) -> Any:
    return None if value == NONE else json.loads(json.dumps(value, default=str))


SHEET_LIST = sheets()


@pytest.mark.parametrize("sheet", SHEET_LIST, ids=[f"{it['fichier']}: {it['titre']}" for it in SHEET_LIST])
def test_the_answer_is_the_one_of_the_sheet(sheet: dict[str, Any]) -> None:
    told = put(sheet)

    assert "error" not in told, told
    assert told["outcome"] == as_json(sheet["reponse"]), [it["text"]["fr"] for it in told["grounds"]]
    for holds, key in ((True, "remplis"), (False, "non_remplis")):
        assert set(sheet.get(key, [])) <= {it["rule"] for it in told["grounds"] if it["holds"] is holds}


def test_what_is_refused_or_left_unanswered_names_what_stands_against_it_and_nothing_else_does() -> None:
    for sheet in SHEET_LIST:
        told = put(sheet)

        assert set(told["obstacles"]) <= {it["rule"] for it in told["grounds"]}, sheet["titre"]
        if sheet["regle"] not in FACTS_TOLD:
            refused = told["outcome"] is False or told["outcome"] is None
            assert bool(told["obstacles"]) is refused, sheet["titre"]


def test_a_sheet_is_written_with_known_keys_in_the_file_of_its_chapter_and_told_once() -> None:
    for sheet in SHEET_LIST:
        assert sheet.keys() <= KEYS, sheet["titre"]
        assert sheet["regle"].partition(".")[0] == sheet["fichier"], sheet["titre"]
    assert [it for it, count in Counter(it["titre"] for it in SHEET_LIST).items() if count > 1] == []


def outcomes_to_show(outcome: Any) -> set[Any]:
    """What a rule may answer, as far as its type tells: each of two, each word, nothing or something."""
    if outcome is bool:
        return {True, False}
    if isinstance(outcome, type) and issubclass(outcome, Enum):
        return {it.value for it in outcome} - UNANSWERED.get(outcome.__name__, set())
    return {"none", "some"} if NoneType in get_args(outcome) else set()


def shown(outcome: Any, answer: Any) -> Any:
    if NoneType in get_args(outcome):
        return "none" if answer is None else "some"
    return answer if isinstance(answer, bool | str) else "some"


@pytest.mark.parametrize("name", all_rules())
def test_every_outcome_of_a_rule_has_its_sheet(name: str) -> None:
    outcome = all_rules()[name].outcome
    seen = {shown(outcome, as_json(it["reponse"])) for it in SHEET_LIST if it["regle"] == name}

    assert seen, "no sheet"
    assert outcomes_to_show(outcome) - seen == set()


def test_every_ground_is_seen_met_and_not_met() -> None:
    seen = {(it["rule"], it["holds"]) for sheet in SHEET_LIST for it in put(sheet).get("grounds", [])}
    rules = {rule for rule, _ in seen}

    assert {(rule, holds) for rule in rules - ALWAYS_SAME for holds in (True, False)} - seen == set()


def test_every_sentence_is_the_one_that_was_proofread() -> None:
    assert answers_page() == PAGE.read_text(encoding="utf-8"), "run « make docs », and read the sentences that changed"
