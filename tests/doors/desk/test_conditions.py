"""What is cited opens on its text, as it stood that day: an article of the bylaw, a price, a tax."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import override
from playwright.sync_api import Page, expect

from fanal.doors.desk.citations import address_of
from fanal.doors.desk.roles import Role
from fanal.doors.desk.templatetags.desk import article, articles
from fanal.doors.office import today
from fanal.law.tariffs.shelf import catalogue, load
from fanal.records.billing.facts import bill_number

Opens, Checks, Signs = Callable[..., Page], Callable[..., None], Callable[..., Client]
CITED = re.compile(r'<a class="cited" href="([^"]+)"')
PAGES = (
    "/conditions/",
    "/conditions/4/",
    "/conditions/9/",
    "/conditions/VIII/",
    "/conditions/annexes/",
    "/tarifs/",
    "/tarifs/hydro_quebec/M/",
    "/tarifs/quebec/qst/",
)


def bill_across_a_price_change() -> str:
    """An issued bill with lines of two versions of its prices."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.number FROM billing_issue i JOIN billing_bill b ON b.account_id = i.account_id "
            "AND b.id = i.bill_id WHERE b.kind = 0 AND b.rated_from_on < '2026-04-01' AND b.to_on > '2026-04-02' "
            "ORDER BY i.number LIMIT 1"
        )
        return bill_number(cursor.fetchone()[0])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_law_or_of_the_prices_opens_in_few_queries(
    path: str, client_as: Signs, few_queries: Callable[..., Any]
) -> None:
    assert "En vigueur le" in few_queries(client_as(Role.SERVICE), path).content.decode()


def test_every_book_opens_with_its_prices_in_its_own_money_whatever_its_kinds_of_charge(client_as: Signs) -> None:
    desk = client_as(Role.SERVICE)
    for code in catalogue():
        page = desk.get(f"/tarifs/{code}/?le={load(code).versions[-1].from_on}").content.decode()
        assert all(html.escape(it.title_fr, quote=False).partition("’")[0] in page for it in load(code).charges[-1:])
    tiers = desk.get("/tarifs/evn/residential/?le=2026-01-01").content.decode()
    assert "1\u00a0984\u00a0₫" in tiers
    assert "jusqu’à 50\u00a0kWh par mois" in tiers
    events = desk.get("/tarifs/hydro_quebec/Flex_D/?le=2026-05-01").content.decode()
    assert "du registre « Événements de pointe »" in events.replace("\u00a0", " ")


@pytest.mark.parametrize("path", ["/conditions/99/", "/conditions/4.3.1/", "/tarifs/x/", "/tarifs/hydro_quebec/Z/"])
def test_what_does_not_exist_is_said_absent(path: str, client_as: Signs) -> None:
    assert client_as(Role.SERVICE).get(path).status_code == 404


def test_an_article_shows_its_words_its_figures_and_its_rules(client_as: Signs) -> None:
    page = client_as(Role.SERVICE).get("/conditions/4/?le=2026-11-16").content.decode()

    assert "au plus tard 21\u00a0jours après la date de facturation" in page
    assert "Délai de paiement" in page
    assert "ch04.payment_delay" in page
    assert "Aucun texte connu" not in page


def test_a_day_before_the_first_edition_has_no_text(client_as: Signs) -> None:
    page = client_as(Role.SERVICE).get("/conditions/4/?le=2019-03-31").content.decode()

    assert "Aucun texte connu au 31 mars 2019" in page
    assert "Délai de paiement" not in page


def test_a_price_is_that_of_the_chosen_day(client_as: Signs) -> None:
    client = client_as(Role.SERVICE)
    before, after = (
        client.get(f"/tarifs/hydro_quebec/G/?le={day}").content.decode().partition('id="historique"')[0]
        for day in ("2026-03-31", "2026-04-01")
    )

    assert ("14,86\u00a0$" in before, "15,426\u00a0$" in before) == (True, False)
    assert ("14,86\u00a0$" in after, "15,426\u00a0$" in after) == (False, True)
    assert "Aucun prix ce jour-là" in client.get("/tarifs/hydro_quebec/G/?le=2010-01-01").content.decode()
    assert "Aucun taux ce jour-là" in client.get("/tarifs/canada/gst/?le=1990-12-31").content.decode()


def test_a_citation_is_a_link_that_bears_its_day_and_what_has_no_page_stays_text() -> None:
    on = today()

    assert article("4.2.1 a)", on) == (
        f'<a class="cited" href="/conditions/4/?le={on}#art-4.2.1">art.\u00a04.2.1 a)</a>'
    )
    assert "<a" not in article("99.9.9", on)
    assert address_of("canada/gst", on) == f"/tarifs/canada/gst/?le={on}"
    assert address_of("Tarifs d’électricité, art. 2.5", on) == ""
    with override("en"):
        assert ">s.\u00a04.3.1</a>" in article("4.3.1", on)


def test_an_annex_is_told_like_an_article_under_its_own_name(client_as: Signs) -> None:
    on = today()
    page = client_as(Role.SERVICE).get("/conditions/annexes/").content.decode()

    assert article("Annexe 3", on) == f'<a class="cited" href="/conditions/annexes/?le={on}#art-3">Annexe 3</a>'
    assert 'id="art-3"' in page
    assert "ch09.engineering_is_charged" not in page
    assert "ch09.labour_is_charged" in page
    with override("en"):
        assert ">Annex 3</a>" in article("Annexe 3", on)


def test_a_sentence_keeps_its_words_and_stays_escaped() -> None:
    linked = articles("<b>Une relève</b> est due (art. 4.1.1).", today())

    assert "&lt;b&gt;" in linked
    assert 'href="/conditions/4/' in linked


def test_every_citation_of_a_bill_opens_at_its_anchor(client_as: Signs) -> None:
    client, number = client_as(Role.SERVICE), bill_across_a_price_change()
    links = {it for about in ("total", "echeance", "ligne-1") for it in
             CITED.findall(client.get(f"/factures/{number}/pourquoi/{about}/").content.decode())}  # fmt: skip

    assert {"/tarifs/hydro_quebec/", "/conditions/4/?le=", "/tarifs/canada/gst", "/tarifs/quebec/qst"} <= {
        prefix for prefix in ("/tarifs/hydro_quebec/", "/conditions/4/?le=", "/tarifs/canada/gst", "/tarifs/quebec/qst")
        if any(it.startswith(prefix) for it in links)
    }  # fmt: skip
    assert {it[-10:] for it in links if "hydro_quebec" in it} == {"2025-04-01", "2026-04-01"}
    for link in links:
        address, _sep, place = link.partition("#")
        answer = client.get(address)
        assert answer.status_code == 200, link
        assert f'id="{place}"' in answer.content.decode() or not place, link


def test_the_tables_of_the_annexes_are_accessible(page_as: Opens, accessible: Checks) -> None:
    accessible(page_as(Role.SERVICE), "/conditions/annexes/")


def test_a_clerk_follows_an_article_by_keyboard_from_a_bill(page_as: Opens) -> None:
    page = page_as(Role.SERVICE, lang="en")
    page.goto(f"/factures/{bill_across_a_price_change()}/pourquoi/echeance/")
    link = page.locator("a.cited", has_text="4.3.1").first
    link.focus()
    page.keyboard.press("Enter")

    expect(page.locator("#art-4.3.1".replace(".", "\\."))).to_be_in_viewport()
    expect(page.locator("h1")).to_have_text("Billing")
