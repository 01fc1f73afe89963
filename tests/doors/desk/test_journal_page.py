"""The journal is looked through: who, what, about what, when, why; each act in words of both languages."""

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

import fanal
from fanal.doors.desk.pages.journal import ACTS, _value
from fanal.doors.desk.roles import Role
from fanal.reports import journal
from tests.doors.desk.test_corrections_page import misread, propose
from tests.doors.desk.test_runs import held, opened

RECORDED = {"record", "record_many", "_record"}


def test_the_journal_opens_in_few_queries(client_as: Callable[..., Client], few_queries: Callable[..., Any]) -> None:
    text = few_queries(client_as(Role.AUDITOR), "/journal/").content.decode()

    assert "Émettre un lot" in text


def test_a_journal_of_nobody_is_accessible(page_as: Callable[..., Page], accessible: Callable[..., None]) -> None:
    accessible(page_as(Role.AUDITOR), "/journal/?qui=personne-ainsi")


def test_the_filters_narrow_and_the_pages_go_on_without_losing_one(desk: None) -> None:
    every = journal.events(limit=10_000)
    first = journal.events(limit=7)
    runs = journal.events(acts=["billing.issue_run"], limit=1000)

    assert [it.id for it in first + journal.events(below=first[-1].id, limit=10_000)] == [it.id for it in every]
    assert runs == [it for it in every if it.act == "billing.issue_run"]
    assert journal.events(by="fictive", limit=5)[0].by.endswith("Fictive")
    assert journal.events(by="%", limit=5) == []


def test_no_internal_number_of_a_bill_is_shown_and_each_bill_named_leads_to_its_page(
    client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    client, clerk = client_as(Role.AUDITOR), client_as(Role.BILLING)
    number, bill_id, _ = misread()
    client_as(Role.TREASURER).post(f"/corrections/{propose(clerk, number, bill_id)}/approuver/")
    corrected = journal.events(acts=["billing.correct_bills"], limit=1)[0]
    ids = [it for name in ("made", "reversed") for it in corrected.grounds[name] if it]
    numbers = [it.word for it in journal.names(("bill", it) for it in ids).values()]
    text = few_queries(client, "/journal/?acte=billing.correct_bills").content.decode()

    assert numbers
    assert all(f'<a href="/factures/{it}/">{it}</a>' in text for it in numbers)
    assert f'<a href="/corrections/{corrected.grounds["correction"]}/">' in text
    below: int | None = None
    while page := journal.events(below=below, limit=50):  # the whole journal, as it is leafed through
        shown = few_queries(client, f"/journal/{f'?avant={below}' if below else ''}").content.decode()
        said = re.sub(r"<(script|select).*?</\1>|<[^>]*>", " ", shown, flags=re.S)
        assert not re.search(r"(?<![\d-])[1-9]\d{10,}(?!\d)", said.replace("\u00a0", "")), below
        below = page[-1].id


def test_a_bill_that_was_discarded_is_called_by_its_run_and_leads_there(client_as: Callable[..., Client]) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    subscription = held(run_id)[0]
    decided = {"decide": f"POSTPONE:{subscription}", "reason": "à relire"}
    clerk.post(f"/lots/{run_id}/decider/", decided)
    clerk.post(f"/lots/{run_id}/abandonner/", {"reason": "mauvais jour"})

    text = clerk.get("/journal/?acte=billing.review_bill").content.decode()
    assert f'<a href="/lots/{run_id}/">Facture {run_id}:{subscription}</a>' in text


def test_an_object_is_found_alone_and_among_many(desk: None) -> None:
    many = next(it for it in journal.events(limit=10_000) if it.act == "open_accounts" and it.many > 1)
    one = many.grounds["ids"][0]

    assert many in journal.events(about=f"account:{one}", limit=100)


def test_a_written_reason_is_said_first(client_as: Callable[..., Client]) -> None:
    event = next(it for it in journal.events(acts=["correct_reading"], limit=1))

    assert event.grounds["reason"] in client_as(Role.SERVICE).get("/journal/?acte=correct_reading").content.decode()


@pytest.mark.parametrize("query", ["du=hier", "avant=x", "objet=run:", "objet=%00", "acte=nul", "avant=" + "9" * 30])
def test_an_odd_question_is_answered(query: str, client_as: Callable[..., Client]) -> None:
    assert client_as(Role.SERVICE).get(f"/journal/?{query}").status_code == 200


def recorded_acts() -> set[str]:
    """The names that the rooms and the doors write in the journal, as they are or by a constant."""
    product, said, constants = Path(fanal.__file__).parent, set(), {}
    for path in (*(product / "records").rglob("*.py"), *(product / "doors").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                constants |= {name_of(it): node.value.value for it in node.targets}
            if isinstance(node, ast.Call) and name_of(node.func) in RECORDED and node.args:
                said |= set(ast.walk(node.args[0]))
    found = {it.value if isinstance(it, ast.Constant) else constants.get(name_of(it)) for it in said}
    return {it for it in found if isinstance(it, str)}


def name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def test_every_act_that_is_recorded_has_its_words() -> None:
    known = {"correct_reading", "billing.pause_run", "invariants.verified", "demo.finished", "register_person"}

    assert known <= recorded_acts() <= set(ACTS)


@pytest.mark.parametrize(("index", "said"), [("75651", "75 651"), (75651, "75 651"), ("12,5", "12,5")])
def test_an_index_is_grouped_as_everywhere(index: str | int, said: str) -> None:
    assert _value("index", index).replace("\xa0", " ") == said
