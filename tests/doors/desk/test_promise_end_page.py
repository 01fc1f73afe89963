"""« Mettre fin » on the page of an account: which day and why, what changes, then the end is entered."""

from collections.abc import Callable
from datetime import date
from typing import Any

import promised
import pytest
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import Role
from fanal.records.elsewhere import facts
from fanal.reports.account import account
from tests.doors.desk.test_account_past import ON, OTHER, on_equal_payments, read


def address(kind: str = "EQUAL_PAYMENTS") -> str:
    rank = [it.kind for it in account(OTHER, ON).past.promises].index(kind)
    return f"/comptes/{OTHER}/engagements/{rank}/fin/"


def told(step: str, **given: str) -> dict[str, str]:
    known = {"asked_on": "2026-11-16", "ended_on": "2026-11-21", "reason": "ASKED", "note": "au téléphone"}
    return {"step": step, **known, **given}


def post(client: Client, path: str, given: dict[str, str]) -> tuple[int, str]:
    answer: Any = client.post(path, given)
    return answer.status_code, answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("role", [Role.SERVICE, Role.BILLING])
def test_a_clerk_sees_what_changes_then_enters_the_end(client_as: Callable[..., Client], role: Role) -> None:
    on_equal_payments()
    client, path = client_as(role), address()
    assert path in read(client, f"/comptes/{OTHER}/")

    status, shown = post(client, path, told("show"))
    assert status == 200
    wanted = (
        "demandera tout le solde",
        "Le prélèvement préautorisé continue",
        "Acceptée",
        "au téléphone",
        "21 novembre 2026",
    )
    assert [it for it in wanted if it not in shown] == []
    assert facts.undertakings_of(account(OTHER, ON).id)[1].ended_on is None
    assert post(client, path, told("do"))[0] == 302

    page = read(client, f"/comptes/{OTHER}/")
    assert "fin inscrite : premier jour sans le 21 novembre 2026, à la demande du client" in page
    assert path not in page
    assert "déjà inscrite" in read(client, path)


def test_a_plan_asked_too_late_is_refused_with_its_day(client_as: Callable[..., Client]) -> None:
    on_equal_payments()

    given = told("show", ended_on="2026-11-17")
    _, shown = post(client_as(Role.SERVICE), address(), given)
    status, refused = post(client_as(Role.SERVICE), address(), given | {"step": "do"})

    assert "Refusée" in shown
    assert "pour le prélèvement du 20 novembre 2026" in shown
    assert "Inscrire la fin" not in shown
    assert (status, "Aucune demande faite à temps" in refused) == (422, True)


def test_english_says_the_same(client_as: Callable[..., Client]) -> None:
    on_equal_payments()

    _, page = post(client_as(Role.SERVICE, lang="en"), address("DEBIT"), told("show", ended_on="2026-11-17"))

    wanted = ("the next bill will have its payment slip again", "Late from that day", "Record the end")
    assert [it for it in wanted if it not in page] == []


def test_a_deposit_and_what_the_old_system_follows_have_no_button(client_as: Callable[..., Client]) -> None:
    on_equal_payments()
    promised.promise(account(OTHER, ON).id, "DEPOSIT", 25_000, starts_on=date(2024, 5, 6), number="D00042")
    client, path = client_as(Role.SERVICE), address("DEPOSIT")

    assert path not in read(client, f"/comptes/{OTHER}/")
    assert "se rend au client avec ses intérêts" in read(client, path)
    assert client.get(f"/comptes/{OTHER}/engagements/99/fin/").status_code == 404


@pytest.mark.parametrize("role", [Role.TREASURER, Role.AUDITOR])
def test_who_may_not_end_it_has_no_button(client_as: Callable[..., Client], role: Role) -> None:
    on_equal_payments()
    client = client_as(role)

    assert address() not in read(client, f"/comptes/{OTHER}/")
    assert client.get(address()).status_code == 403


def test_few_queries_serve_the_page(client_as: Callable[..., Client], few_queries: Callable[..., None]) -> None:
    on_equal_payments()
    few_queries(client_as(Role.SERVICE), address())


def test_the_page_is_accessible(own_town: str, page_as: Callable[..., Page], accessible: Callable[..., None]) -> None:
    on_equal_payments()
    page = page_as(Role.SERVICE)

    accessible(page, address())
    page.get_by_role("button", name="Montrer ce qui change").click()
    page.get_by_role("heading", name="La réponse").wait_for()
