"""« Pourquoi ? » can be redone with a pocket calculator, and comes to the cents that are stored."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import billed
import pytest
from calculator import number, wrong_steps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fanal.law.metering.plausibility import HoldReason
from fanal.reports import bill_history, explanation
from fanal.reports.aloud import aloud
from fanal.reports.bill_check import redo
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import BillStory, Doubt, Hold, UnknownBill
from fanal.values import wording
from fanal.values.wording import typography

pytestmark = pytest.mark.django_db
SHAPES = (*billed.ENERGY, *billed.POWER, *billed.LAMPS)


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[billed.Billed]:
    with billed.rolled_back(django_db_blocker):
        yield billed.build()


def told(town: billed.Billed) -> list[BillStory]:
    return stories([*town.bills(), *town.bills(kind=1)])


# ── what it must say ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_operation_of_every_bill_comes_to_its_result_in_both_languages(town: billed.Billed) -> None:
    for story in told(town):
        for lang in ("fr", "en"):
            assert wrong_steps(explanation.explain_bill(story), lang) == [], story.id


def test_each_line_and_each_total_says_the_stored_cents(town: billed.Billed) -> None:
    for story in told(town):
        steps = [it for it in explanation.explain_bill(story).steps if it.operation["fr"] and it.key != "due"]
        said = {step.key: number(step.result["fr"], "fr") for step in steps}
        assert {key: said[key] for key in said if re.fullmatch(r"line:\d+", key)} == {
            f"line:{line.line}": Decimal(line.amount_cents).scaleb(-2) for line in story.lines
        }
        assert said["total"] == Decimal(story.total_cents).scaleb(-2)
        assert said.get("net", Decimal(story.net_cents).scaleb(-2)) == Decimal(story.net_cents).scaleb(-2)


def test_the_quantity_of_a_line_is_the_one_found_before_it(town: billed.Billed) -> None:
    for story in told(town):
        steps = {step.key: step for step in explanation.explain_bill(story).steps}
        for line in story.lines:
            found = steps.get(f"block:{line.line}") or steps.get(f"excess:{line.line}")
            if found:
                assert steps[f"line:{line.line}"].operation["fr"].startswith(found.result["fr"])


def test_the_bills_are_of_every_book_and_shape(town: billed.Billed) -> None:
    all_told = told(town)
    keys = {step.key.partition(":")[0] for story in all_told for step in explanation.explain_bill(story).steps}
    assert {"days", "measure", "kwh", "share", "limit", "block", "excess", "demand", "estimate", "line"} <= keys
    assert {"net", "total", "asked", "due", "instalments", "hold", "review", "correction"} <= keys
    assert len({story.book.code for story in all_told}) == 6
    considered = {it.code for story in all_told for it in explanation.explain_bill(story).considered if it.holds}
    assert considered == {"price_changed", "estimated", "settles", "exchanged", "rolled_over"}
    assert any(line.charge and line.charge.kind == "minimum" for story in all_told for line in story.lines)
    assert any(story.past_kw * 65 > story.kw * 100 for story in all_told)
    assert any(story.issue and story.issue.second_due_on > story.issue.due_on for story in all_told)


def test_a_cent_a_quantity_or_a_day_planted_in_a_bill_is_seen(town: billed.Billed) -> None:
    (story,) = stories(town.bills("house")[-1:])
    first = story.lines[0]
    planted = (
        replace(first, amount_cents=first.amount_cents + 1),
        replace(first, quantity=first.quantity * 2),
        replace(first, days=first.days + 1, quantity=first.quantity + 1000),
    )
    for line in planted:
        wrong = replace(story, lines=(line, *story.lines[1:]))
        assert wrong_steps(explanation.explain_bill(wrong), "fr") != []


def test_a_planted_index_is_seen(town: billed.Billed) -> None:
    (story,) = stories(town.bills("roll_over")[-1:])
    measure = story.measures[0]
    wrong = replace(story, measures=(replace(measure, to_value=measure.to_value + 1000),))

    assert "measure:1" in wrong_steps(explanation.explain_bill(wrong), "fr")


@pytest.mark.parametrize("shape", SHAPES)
def test_each_line_answers_on_its_own(town: billed.Billed, shape: str) -> None:
    for story in stories(town.bills(shape)):
        for line in story.lines:
            answer = explanation.explain_line(story, line.line)
            assert answer.steps[-1].key == f"line:{line.line}" or line.charge
            assert f"line:{line.line}" in [step.key for step in answer.steps]
            assert answer.answer["fr"]
            assert answer.answer["en"]


def test_a_line_that_is_not_there_is_refused_in_a_sentence(town: billed.Billed) -> None:
    (story,) = stories(town.bills("house")[:1])

    with pytest.raises(explanation.UnknownLine, match="n’a pas de ligne 99"):
        explanation.explain_line(story, 99)


def test_the_due_date_gives_its_calendar_and_a_late_bill_its_two_instalments(town: billed.Billed) -> None:
    late = next(it for it in stories(town.bills("english")) if it.issue and it.issue.second_due_on > it.issue.due_on)
    answer = explanation.explain_due(late)

    assert [step.key for step in answer.steps] == ["due", "instalments"]
    assert answer.steps[0].article.endswith("4.3.1")
    assert "deux versements" in answer.steps[1].note["fr"]
    assert "two instalments" in answer.steps[1].note["en"]


def test_an_estimate_says_its_method_and_what_it_was_made_from(town: billed.Billed) -> None:
    estimated = next(it for it in stories(town.bills("chain")) if it.estimates_in_a_row)
    (step,) = [it for it in explanation.explain_bill(estimated).steps if it.key == "estimate:1"]

    assert step.article.endswith("4.1.2 a)")
    assert "÷" in step.operation["fr"]


def test_an_inventory_given_for_other_days_counts_for_its_share_and_adds_to_the_estimate_before(
    town: billed.Billed,
) -> None:
    chained = [it for it in stories(town.bills("told")) if it.estimates_in_a_row == 2]
    steps = {step.key: step for step in explanation.explain_bill(chained[0]).steps}

    assert steps["estimate:1"].article.endswith("4.1.2 b)")
    assert "frigo, plinthe" in steps["estimate:1"].note["fr"]
    assert {"estimate_share:1", "estimate_chain:1"} <= set(steps)


def test_a_real_reading_after_estimates_names_the_bill_that_it_takes_back(town: billed.Billed) -> None:
    settling = next(it for it in stories(town.bills("chain")) if it.settles_id and not it.estimates_in_a_row)
    credit = next(line for line in settling.lines if line.is_credit)
    answer = explanation.explain_line(settling, credit.line)

    assert settling.settled[0].id == settling.settles_id
    assert explanation.number_of(settling.settled[0]) in answer.steps[-1].note["fr"]


def test_a_hold_gives_its_proof_a_fix_and_who_decided(town: billed.Billed) -> None:
    (story,) = stories([town.held])
    answer = explanation.explain_holds(story)

    assert answer.answer["fr"].startswith("La facture est retenue")
    assert "À essayer" in answer.steps[0].note["fr"]
    assert "inconnu" not in "".join(step.note["fr"] for step in answer.steps)
    assert "commis" in answer.steps[-1].note["fr"]
    assert not any(".." in step.note[lang] for step in answer.steps for lang in ("fr", "en"))


@pytest.mark.parametrize("reason", [it for it in HoldReason if it])
def test_every_reason_to_hold_a_bill_is_told_without_an_unknown_fact(town: billed.Billed, reason: HoldReason) -> None:
    (story,) = stories([town.held])
    evidence = {
        "index": 1000,
        "previous": 2000,
        "message": {"fr": "Non.", "en": "No."},
        "register": {"fr": "le registre kvarh", "en": "register kvarh"},
    } | story.holds[0].evidence
    for doubts in (story.doubts, (), (Doubt(code="digit_missing", evidence={"index": 1000, "previous": 20000}),)):
        held = replace(story, holds=(Hold(reason=reason, evidence=evidence),), doubts=doubts)
        told = explanation.explain_holds(held).steps[0].note
        assert "inconnu" not in told["fr"]
        assert "unknown" not in told["en"]


def test_a_credit_note_names_the_bill_that_it_cancels_and_why(town: billed.Billed) -> None:
    (story,) = stories(town.bills("house", kind=1))
    first = explanation.explain_bill(story).steps[0]

    assert first.key == "correction"
    assert "annule la facture" in first.note["fr"]
    assert "mal lu" in first.note["fr"]


def test_a_credit_note_is_found_again_as_the_bill_that_it_takes_back(town: billed.Billed) -> None:
    notes = stories(town.bills(kind=1))

    assert notes
    for note in notes:
        again = redo(note)
        assert again is not None
        assert (again.holds, again.total_cents) == (True, note.total_cents)
        first, *others = note.lines
        planted = redo(replace(note, lines=(replace(first, amount_cents=first.amount_cents + 1), *others)))
        assert planted is not None
        assert (planted.holds, planted.differing) == (False, (first.line,))


def test_a_bill_that_gives_back_more_than_it_asks_is_never_due(town: billed.Billed) -> None:
    story = next(it for it in stories(town.bills()) if it.issue)
    credit = explanation.explain_due(replace(story, total_cents=-1250))

    assert credit.answer["fr"].startswith("Rien n’est à payer pour cette facture")
    assert [(it.key, it.cited and it.cited.of) for it in credit.steps] == [("due", "4.3.1")]
    assert "12,50" in credit.steps[0].note["fr"]


def test_a_step_cites_what_was_in_force_on_its_days(town: billed.Billed) -> None:
    for story in told(town):
        for step in explanation.explain_bill(story).steps:
            cited = step.cited
            assert (cited is None) is (step.article == ""), step.key
            if cited and "/" in cited.of:
                assert cited.of in {story.book.code, *(it.code for it in story.book.taxes)}
                assert cited.on < story.to_on
            elif cited:
                assert cited.on == story.on
                assert f"art. {cited.of}" in step.article


def test_the_reasons_of_a_change_add_up_to_the_cent(town: billed.Billed) -> None:
    changes = bill_history.changes(stories(town.bills()))
    split = [it for it in changes if it and it.split]

    assert split
    assert [it for it in split if it.use_cents + it.price_cents != it.cents] == []
    assert any(it.price_cents for it in split)


def test_only_bills_of_about_as_many_days_and_without_estimates_taken_back_are_compared(town: billed.Billed) -> None:
    all_told = stories(town.bills())
    changes = list(zip(all_told, bill_history.changes(all_told), strict=True))
    compared = [(story, it) for story, it in changes if it and it.comparable]
    apart = [(story, it) for story, it in changes if it and not it.comparable]

    assert compared
    assert all(abs(story.days - it.then.days) * 5 <= it.then.days for story, it in compared)
    assert not any(story.settles_id or it.then.settles_id for story, it in compared)
    assert any(story.settles_id for story, _ in apart)
    assert not any(it.split for _, it in apart)


@pytest.mark.parametrize(("days", "settles", "holds"), [(60, 0, True), (72, 0, True), (73, 0, False), (60, 7, False)])
def test_a_bill_of_sixty_days_is_compared_within_a_fifth_of_them(
    town: billed.Billed, days: int, settles: int, holds: bool
) -> None:
    (story,) = stories(town.bills("house")[-1:])
    then = replace(story.past[0], rated_from_on=date(2025, 1, 1), to_on=date(2025, 3, 2), settles_id=0)
    now = replace(story, rated_from_on=date(2026, 1, 1), to_on=date(2026, 1, 1) + timedelta(days), settles_id=settles)

    assert bill_history.comparable(now, then) is holds
    assert not bill_history.comparable(now, replace(then, settles_id=7))


def test_the_number_of_queries_does_not_grow_with_the_bills(town: billed.Billed) -> None:
    bills = town.bills()
    counts = []
    for some in (bills[:1], bills):
        with CaptureQueriesContext(connection) as queries:
            stories(some)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 13


def test_an_id_that_no_bill_has_is_refused(town: billed.Billed) -> None:
    with pytest.raises(UnknownBill):
        stories([12])


def test_the_json_has_every_step_in_both_languages(town: billed.Billed) -> None:
    (story,) = stories(town.bills("mill")[-1:])
    answer = explanation.explain_bill(story).as_dict()

    assert set(answer) == {"about", "title", "answer", "steps", "considered"}
    assert [step["number"] for step in answer["steps"]] == list(range(1, len(answer["steps"]) + 1))
    assert all(step["title"]["fr"] and step["title"]["en"] for step in answer["steps"])


def test_the_months_of_a_chain_take_the_real_reading_over_the_estimates(town: billed.Billed) -> None:
    settling = next(it for it in stories(town.bills("chain")) if it.settles_id and not it.estimates_in_a_row)

    assert not any(month.estimated for month in bill_history.months(settling))
    assert sum(month.billed for month in bill_history.months(settling)) >= 3


# ── what is read to a caller ─────────────────────────────────────────────────────────────────────────────────────────

VERB = {
    "fr": r"\b(?:est|sont|était|ont|a|font|compte|comptait|coûte(?:nt)?|porte|donnent|prend|ouvre|vient|rend"
    r"|demande|mène|annule|remplace|restent?|dit|faut|peut|vaut|marque)\b",
    "en": r"\b(?:is|are|was|were|comes|cost|costs|measured|gives?|take|opens|has|had|counted|asks|leads"
    r"|brings|cancels|replaces|stands|says|must|may|changed)\b",
}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_is_read_to_a_caller_is_sentences_that_say_each_step_and_no_sign(town: billed.Billed, lang: Any) -> None:
    for story in told(town):
        for answer in (
            explanation.explain_bill(story),
            *(explanation.explain_line(story, it.line) for it in story.lines),
        ):
            paragraphs = aloud(answer, lang)
            assert [it for it in paragraphs if not (re.search(VERB[lang], it) and it.endswith("."))] == []
            assert not re.search(r"[×÷+²√]| − |\bici\b(?!-)|\bhere\b", " ".join(paragraphs)), paragraphs
            assert len(paragraphs) == len(set(paragraphs))
            said = [it for it in answer.steps if not it.key.startswith(("hold", "review"))]
            assert all(any(step.result[lang] in it for it in paragraphs) for step in said), paragraphs


def test_a_caller_hears_of_a_line_its_amount_then_how_it_was_reckoned_in_order(town: billed.Billed) -> None:
    """Of a block above its limit, on a part of the days of a bill whose price changed."""
    story, line = next(
        (story, it) for story in told(town) for it in story.lines
        if it.charge and it.charge.after_milli and it.charge.kind == "energy" and 0 < it.days < story.days
        and it.quantity and story.measures[0].multiplier == 1 and not story.estimates_in_a_row
        and len(story.measures) == 1 and not story.refers_to
    )  # fmt: skip
    assert line.charge
    paragraphs = aloud(explanation.explain_line(story, line.line), "fr")
    measure = story.measures[0]
    to, since = (wording.quantity(it, "") for it in (measure.to_value, measure.from_value))
    limit, price = wording.quantity(line.charge.after_milli, "kWh"), wording.price(line.charge.price_micro)
    reach = wording.quantity(line.charge.after_milli * line.days, "kWh")
    amount, kwh, part = (
        wording.money(line.amount_cents),
        wording.quantity(line.quantity, "kWh"),
        wording.days(line.days),
    )

    heard = [
        f"cette ligne est de {amount}",
        f"on compte {wording.days(story.days)}",
        f"on y a mesuré {wording.quantity(measure.quantity, 'kWh')}, soit {to} moins {since}",
        f", {part} : la part de ces jours est de ",
        f"La limite de la tranche est de {reach} : {limit} fois {part}",
        f"Il y a donc {kwh} à ce prix",
        f"{kwh} fois {price} font ",
    ]
    found = [next((at for at, it in enumerate(paragraphs) if typography(words) in it), -1) for words in heard]
    assert -1 not in found, (heard[found.index(-1)], paragraphs)
    assert found == sorted(found), paragraphs
    assert re.search(rf"(?: font |, arrondis à ){re.escape(amount)}\.", paragraphs[found[-1]])


def test_why_an_index_answers_with_both_readings_what_they_give_and_the_article(town: billed.Billed) -> None:
    (story,) = stories(town.bills("house")[-1:])
    measure, told_of = story.measures[0], explanation.explain_measure(story, 1)

    for value in (measure.to_value, measure.from_value):
        assert wording.quantity(value, "") in told_of.answer["fr"]
    assert told_of.answer["fr"].endswith(f"donnent {wording.quantity(measure.quantity, 'kWh')}.")
    assert told_of.steps[0].article.endswith("4.1.1")


def test_why_a_bill_waited_is_not_read_to_a_caller(town: billed.Billed) -> None:
    held = next(it for it in told(town) if it.holds)
    steps = explanation.explain_bill(held).steps

    assert any("À essayer" in step.note["fr"] for step in steps)
    assert "À essayer" not in " ".join(aloud(explanation.explain_bill(held), "fr"))
