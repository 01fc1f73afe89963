"""A case is put to a rule by a form: the same answer as `fanal decide`, read by a person."""

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from playwright.sync_api import Page, expect

from docs.law_answers import put, sheets
from fanal.doors.desk import trials
from fanal.doors.desk.roles import Role
from fanal.law import asking, cases
from fanal.law.rules import all_rules

Opens, Checks, Signs = Callable[..., Page], Callable[..., None], Callable[..., Client]
EVERY_RULE = tuple(all_rules())
SHEETS = [it for it in sheets() if "parametres" not in it]
HOSTILE = (
    "9" * 400, "-1", "1e400", "NaN", "Infinity", "٣", "\0", "<script>alert(1)</script>", "{fr}", "%s", "[" * 5000,
    "{}", "[1e999]", '[{"a":1,"a":2}]', "9999-12-31", "0001-01-01", "9999-12-31T23:59", "0001-01-01T00:00",
    "999999999999999", "é" * 2000, "[" + "9" * 40 + "]", "true", "null",
    '[{"minutes": ' + "9" * 39 + ', "hourly_cents": ' + "9" * 39 + "}]",
)  # fmt: skip


def address(rule: str, **given: Any) -> str:
    return f"/conditions/regles/{rule}/" + (f"?{urlencode(given, doseq=True)}" if given else "")


def written(rule: str, on: str, facts: dict[str, Any], lang: str = "fr") -> dict[str, list[str]]:
    """What a person would write in the form, for facts as JSON has them."""
    asked = asking.questions(all_rules()[rule])
    return {"le": [on]} | {it.name: trials._texts(it, facts, lang) for it in asked}


def text_of(page: bytes) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))).replace("\u00a0", " ")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_rule_opens_with_its_example_and_answers_it(lang: str, client_as: Signs) -> None:
    desk = client_as(Role.SERVICE, lang=lang)
    for name in EVERY_RULE:
        answer = desk.get(address(name))

        assert answer.status_code == 200, name
        page = answer.content.decode()
        assert 'id="reponse"' in page, name
        assert 'class="tried"' in page, name
        assert page.count("</li>") > 1, name


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_sheet_is_answered_through_the_form_as_it_is_by_decide(lang: Any) -> None:
    for sheet in SHEETS:
        rule = all_rules()[sheet["regle"]]
        facts = asking._plain(sheet.get("faits", {}))
        told = put(sheet)

        query = QueryDict(urlencode(written(rule.name, str(sheet["le"]), facts, lang), doseq=True))
        trial = trials.tried(rule, query, "alma", lang)

        assert trial.answer, (sheet["titre"], trial.error, [it.error for it in trial.fields if it.error])
        shown = sorted(trial.answer.grounds, key=lambda it: it.ground.rule)
        expected = sorted(told["grounds"], key=lambda it: it["rule"])
        assert [it.text for it in shown] == [it["text"][lang] for it in expected], sheet["titre"]
        assert {it.ground.rule for it in shown if it.obstacle} == set(told["obstacles"])
        first = len(told["obstacles"])
        assert all(it.obstacle is (place < first) for place, it in enumerate(trial.answer.grounds)), sheet["titre"]
        if isinstance(told["outcome"], bool):
            assert trial.answer.said == {"fr": ("Non", "Oui"), "en": ("No", "Yes")}[lang][told["outcome"]]


def test_a_case_that_was_tried_is_an_address_that_can_be_read_again(client_as: Signs, few_queries: Any) -> None:
    case = address("ch04.administration_fee", le="2026-02-03", due_on="2026-02-02", net_cents="100,00",
                   total_cents="114,98 $", unpaid_cents="114,98", free_of_fee="false")  # fmt: skip
    desk = client_as(Role.SERVICE)
    page = text_of(few_queries(desk, case).content)
    facts = {"due_on": "2026-02-02", "net_cents": 10000, "total_cents": 11498, "unpaid_cents": 11498}
    told = cases.answer({"rule": "ch04.administration_fee", "on": "2026-02-03", "facts": facts}, municipality="alma")

    assert told["outcome"] == 120
    assert "1,20 $" in page
    assert all(it["text"]["fr"].replace("\u00a0", " ") in page for it in told["grounds"])
    assert "art. 4.3.4" in page
    assert "Rempli" in page
    assert "1,20 $" not in text_of(desk.get(case.replace("100%2C00", "200%2C00")).content)


def test_the_day_of_the_case_chooses_the_figures(client_as: Signs) -> None:
    desk = client_as(Role.SERVICE)
    days = [text_of(desk.get(address("ch04.due_date", le=on)).content) for on in ("2019-04-01", "2026-01-12")]

    assert "23 avril 2019" in days[0]
    assert "2 février 2026" in days[1]


def test_what_is_wrong_is_said_beside_its_field_in_the_language_of_the_page(client_as: Signs) -> None:
    given = {"le": "12/01/2026", "use": "DOMESTIC", "daily_cents": "12,345"}
    for lang, said, day in (
        ("fr", "« Coût prévu de chaque jour » a trop de décimales : 2 au plus.", "« Jour du cas »"),
        ("en", "“Daily” has too many decimals: at most 2.", "“Day of the case”"),
    ):
        desk = client_as(Role.SERVICE, lang=lang)
        answer = desk.get(address("ch06.deposit_amount", **given))
        page = text_of(answer.content)
        assert answer.status_code == 422
        assert said in page
        assert 'id="e-daily_cents"' in answer.content.decode()
        assert day in page
        assert day in text_of(desk.get(address("ch04.due_date", le="12/01/2026")).content)


@pytest.mark.parametrize(
    ("rule", "given", "said"),
    [
        ("ch04.administration_fee", {"le": "2026-02-03"}, "Il manque « Échéance de la facture »."),
        ("ch18.reading_fee", {"days": "0", "chosen_by_customer": "true"}, "« Jours de la facture » doit être au moins"),
        ("ch18.reading_fee", {"days": "1,5", "chosen_by_customer": "true"}, "doit être un nombre entier."),
        ("ch18.reading_fee", {"days": "x", "chosen_by_customer": "true"}, "doit être un nombre."),
        ("ch18.reading_fee", {"days": "3", "chosen_by_customer": "peut-être"}, "doit être oui ou non."),
        ("ch18.general_fee", {"fee": "PLANTED"}, "« Ligne du tableau I-A » doit être l’un de"),
        ("prepayment.prepayment_records_suffice", {"by_rate": "["}, "n’est pas du JSON."),
        ("prepayment.prepayment_records_suffice", {"by_rate": '[{"a":1,"a":2}]'}, "« a » est répété."),
        ("prepayment.prepayment_records_suffice", {"by_rate": "[]"}, "doit avoir 1 élément ou plus."),
    ],
)  # fmt: skip
def test_each_fault_has_its_sentence(rule: str, given: dict[str, str], said: str, client_as: Signs) -> None:
    answer = client_as(Role.SERVICE).get(address(rule, **{"le": "2026-01-12"} | given))

    assert answer.status_code == 422
    assert said in text_of(answer.content)


def test_nothing_that_is_written_in_a_form_breaks_it(client_as: Signs) -> None:
    desk = client_as(Role.SERVICE)
    for name in EVERY_RULE:
        kept = asking.example(all_rules()[name])
        usual = written(name, kept.on, dict(kept.facts))
        hostile = HOSTILE if name in EVERY_RULE[::12] else HOSTILE[::4]
        for text in hostile:
            query = QueryDict(urlencode(dict.fromkeys(usual, text)))
            assert trials.tried(all_rules()[name], query, "alma", "fr").refused in (True, False)
            for field in usual:
                query = QueryDict(urlencode(usual | {field: [text]}, doseq=True))
                trial = trials.tried(all_rules()[name], query, "alma", "en")
                assert trial.answer or trial.error or trial.day_error or any(it.error for it in trial.fields), field
    for text in HOSTILE:
        answer = desk.get(address("ch09.works_cost", le="2026-06-01", laying=text, labour=text, back_lot=text))
        assert answer.status_code == 422, text
        assert b"<script>alert" not in answer.content


def test_a_rule_that_does_not_exist_is_said_absent(client_as: Signs) -> None:
    assert client_as(Role.SERVICE).get("/conditions/regles/ch04.planted/").status_code == 404


def test_every_rule_is_found_from_the_conditions(client_as: Signs) -> None:
    desk = client_as(Role.SERVICE)
    listing = desk.get("/conditions/").content.decode()
    pages = {
        it: desk.get(it.partition("?")[0]).content.decode() for it in set(re.findall(r'"(/conditions/\w+/)\?', listing))
    }
    linked = {name for page in (listing, *pages.values()) for name in re.findall(r"/conditions/regles/([^/]+)/", page)}

    assert linked == set(EVERY_RULE)


def test_what_is_wrong_is_accessible(page_as: Opens, accessible: Checks) -> None:
    accessible(page_as(Role.SERVICE), address("ch06.deposit_amount", le="demain", daily_cents="x", use=""))


def test_a_clerk_tries_a_case_by_keyboard(page_as: Opens) -> None:
    page = page_as(Role.SERVICE, lang="en")
    page.goto("/conditions/4/")
    page.locator("#art-4\\.3\\.4 .ruled a", has_text="administration fee").click()
    page.get_by_label("Net").fill("200.00")
    page.get_by_label("Total").fill("229.96")
    page.get_by_label("Unpaid").fill("229.96")
    page.get_by_label("Unpaid").press("Enter")

    expect(page.locator("#reponse .outcome")).to_have_text("$2.40")
    expect(page.get_by_label("Net")).to_have_value("200.00")
