"""A refusal is a French sentence with its facts, which a door says again in another language."""

from datetime import date

from fanal.values.refusal import Fault, Phrase, Problem, in_each, refuse

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


def test_words_of_the_catalogue_are_put_in_a_sentence_in_the_language_of_the_reader() -> None:
    english = {"Le lot est {state} ; il faudrait qu’il soit {wanted}.": "The run is {state}; it should be {wanted}.",
               "émis": "issued", "ouvert": "open", "calculé": "computed", "revu": "reviewed"}  # fmt: skip
    wanted = [Phrase(it) for it in ("ouvert", "calculé", "revu")]
    [problem] = refuse(
        "Le lot est {state} ; il faudrait qu’il soit {wanted}.", state=Phrase("émis"), wanted=wanted
    ).problems

    assert problem.reason == "Le lot est émis ; il faudrait qu’il soit ouvert, calculé ou revu."
    assert problem.worded("en", english.__getitem__) == "The run is issued; it should be open, computed or reviewed."


def test_a_fact_says_itself_in_each_language() -> None:
    [problem] = refuse("{why}", why=in_each({"fr": "Parce que.", "en": "Because."}.__getitem__)).problems

    assert (problem.reason, problem.worded("en", str)) == ("Parce que.", "Because.")


def test_what_cannot_be_read_is_refused_with_its_sentence() -> None:
    fault = Fault("« {text} » ne se lit pas.", text="{x}")
    [problem] = fault.refused(field="index").problems

    assert str(fault) == problem.reason == "« {x} » ne se lit pas."
    assert (problem.field, problem.sentence) == ("index", "« {text} » ne se lit pas.")
