"""The account page says what the ledger says, and each of its figures has its reason."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from fanal.doors.desk.roles import Role
from fanal.doors.office import today
from fanal.records.ledger import facts as ledger
from fanal.reports.account import UnknownAccount, account

FIRST, STOPPED, ESTIMATED, RETURNED, NEVER, CREDIT = (
    "0000000018", "0000000067", "0000000075", "0000000158", "0000000190", "0000000208",
)  # fmt: skip
STORIES = (FIRST, STOPPED, ESTIMATED, RETURNED, NEVER, CREDIT)


@pytest.mark.parametrize("number", STORIES)
def test_an_account_is_one_page_of_few_queries(
    number: str, client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    assert number[:3] in few_queries(client_as(Role.SERVICE), f"/comptes/{number}/").content.decode()


@pytest.mark.parametrize("number", STORIES)
def test_the_balance_is_that_of_the_ledger_and_what_is_due_makes_it(number: str, desk: None) -> None:
    known = account(number, today())

    assert known.balance_cents == ledger.balance(known.id, today())
    assert sum(cents for _due_on, cents, _bill in known.dues) == max(known.balance_cents, 0)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("number", STORIES)
def test_every_reason_of_the_page_opens(number: str, lang: str, client_as: Callable[..., Client]) -> None:
    client = client_as(Role.AUDITOR, lang)
    text = client.get(f"/comptes/{number}/?tout").content.decode()
    reasons = set(re.findall(r'class="why" href="([^"]+)"', text))

    assert len(reasons) > 5
    assert {it: code for it in reasons if (code := client.get(it).status_code) != 200} == {}


def test_what_is_unusual_is_said_first(client_as: Callable[..., Client]) -> None:
    said = {it: client_as(Role.SERVICE).get(f"/comptes/{it}/").content.decode() for it in STORIES}

    for number, page in said.items():
        known = account(number, today())
        assert ("en retard depuis le" in page) is (known.overdue_cents > 0)
        assert ("Solde créditeur" in page) is (known.balance_cents < 0)
        assert ("Facture retenue" in page) is bool(known.held)


def test_a_filter_keeps_its_kind_and_answers_alone_to_htmx(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SERVICE)
    whole = client.get(f"/comptes/{FIRST}/?voir=releves").content.decode()
    part = client.get(f"/comptes/{FIRST}/?voir=releves", headers={"HX-Request": "true"}).content.decode()

    assert "<html" in whole
    assert "<html" not in part
    assert "Relève réelle" in part
    assert "Paiement reçu" not in part


@pytest.mark.parametrize("address", ["0000000017/", "x/", f"{FIRST}/pourquoi/rien/", f"{FIRST}/pourquoi/releve-9-x/"])
def test_what_is_unknown_is_not_found(address: str, client_as: Callable[..., Client]) -> None:
    assert client_as(Role.SERVICE).get(f"/comptes/{address}").status_code == 404


def test_an_unknown_number_is_an_unknown_account(desk: None) -> None:
    with pytest.raises(UnknownAccount):
        account("0000000017", today())


def test_the_drawer_opens_closes_and_gives_the_focus_back(page_as: Callable[..., Page]) -> None:
    page = page_as(Role.SERVICE)
    page.goto(f"/comptes/{FIRST}/")
    opener = page.locator(".figures .why").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_be_focused()
    page.keyboard.press("Escape")

    expect(opener).to_be_focused()
    assert page.refused == []


@pytest.mark.parametrize("number", [NEVER])
def test_the_account_is_accessible_at_every_width(
    number: str, page_as: Callable[..., Page], accessible: Callable[..., None]
) -> None:
    accessible(page_as(Role.SERVICE), f"/comptes/{number}/")


def test_a_reason_is_accessible_as_a_page(page_as: Callable[..., Page], accessible: Callable[..., None]) -> None:
    accessible(page_as(Role.SERVICE), f"/comptes/{FIRST}/pourquoi/solde/")
