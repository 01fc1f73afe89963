"""A refusal is a French sentence with its facts, which a door says again in another language."""

from datetime import date

from fanal.values.refusal import Problem, refuse

SENTENCE = "{what} finit le {on}, {count} fois, selon {whom}."
ENGLISH = "By {whom}, {what} ends on {on}, {count} times."


def test_its_facts_are_worded_in_each_language() -> None:
    what = {"fr": "L’entente", "en": "the agreement"}
    [problem] = refuse(SENTENCE, field="on", what=what, on=date(2026, 1, 1), count=1200, whom="{Marie}").problems

    assert str(problem) == "L’entente finit le 1er janvier 2026, 1\u00a0200 fois, selon {Marie}."
    assert problem.worded("en", {SENTENCE: ENGLISH}.__getitem__) == (
        "By {Marie}, the agreement ends on January 1, 2026, 1,200 times."
    )


def test_a_sentence_without_facts_is_left_as_it_is() -> None:
    [problem] = refuse("« {x} » manque.").problems

    assert (problem.reason, problem.worded("en", str)) == ("« {x} » manque.",) * 2
    assert problem == Problem(0, "", "« {x} » manque.")
