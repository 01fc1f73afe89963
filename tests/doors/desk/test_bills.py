"""The bill's page: the paper beside the lines, « Pourquoi ? » for each of them, and arithmetic that is redone."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import Role
from fanal.records.billing.facts import bill_number
from fanal.reports.bill_check import redo
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import issued_by_run
from fanal.values import wording

Opens, Signs = Callable[..., Page], Callable[..., Client]


def some_number(where: str = "true") -> str:
    """The last issued bill of which that holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT i.number FROM billing_issue i JOIN billing_bill b ON b.account_id = i.account_id AND "
                       f"b.id = i.bill_id WHERE b.kind = 0 AND {where} ORDER BY i.number DESC LIMIT 1")  # fmt: skip
        return bill_number(cursor.fetchone()[0])


def held_name() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT run_id, subscription_id FROM billing_bill b WHERE held AND NOT EXISTS (SELECT FROM "
                       "billing_issue i WHERE i.bill_id = b.id) ORDER BY id DESC LIMIT 1")  # fmt: skip
        return "{}:{}".format(*cursor.fetchone())


def test_a_bill_opens_in_few_queries_and_says_that_its_calculation_was_redone(
    client_as: Signs, few_queries: Callable[..., Any]
) -> None:
    text = few_queries(client_as(Role.SERVICE), f"/factures/{some_number()}/").content.decode()

    assert "Calcul refait" in text
    assert "page-1.png" in text


@pytest.mark.parametrize("about", ["total", "ligne-1", "echeance", "periode", "energie", "releve-1"])
def test_why_is_a_page_a_drawer_and_json(client_as: Signs, few_queries: Callable[..., Any], about: str) -> None:
    client, path = client_as(Role.SERVICE), f"/factures/{some_number()}/pourquoi/{about}/"

    assert '<ol class="steps">' in few_queries(client, path).content.decode()
    drawer = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert drawer.lstrip().startswith("<header>")
    assert "data-close" in drawer
    assert client.get(f"{path}?format=json").json()["steps"][0]["number"] == 1


def test_every_date_amount_and_reading_of_a_bill_leads_to_its_why(client_as: Signs) -> None:
    """Of a read bill, of an estimated one, of one whose meter was exchanged, of one with a demand, without a meter."""
    client = client_as(Role.SERVICE)
    several = "(SELECT count(*) FROM billing_measure m WHERE m.bill_id = b.id) > 1"
    kinds = ("b.estimates_in_a_row = 0", "b.estimates_in_a_row > 0", several, "b.kw > 0", "b.kwh = 0")
    for number in filter(None, map(maybe_number, kinds)):
        text = client.get(f"/factures/{number}/").content.decode()
        asked = sorted(set(re.findall(rf'href="(/factures/{number}/pourquoi/[^"]+/)"', text)))
        told = {it: client.get(f"{it}?format=json") for it in asked}
        assert {answer.status_code for answer in told.values()} == {200}, number
        assert all(answer.json()["steps"] or "energie" in it for it, answer in told.items()), number
        assert {f"/factures/{number}/pourquoi/{it}/" for it in ("periode", "emission", "avant-taxes")} <= set(told)
        measures = {it for it in asked if "releve-" in it}
        assert bool(measures) == ("Relèves</h2>" in text)


def maybe_number(where: str) -> str | None:
    try:
        return some_number(where)
    except TypeError:  # the town has none
        return None


def test_the_energy_of_a_bill_is_told_from_the_readings_to_the_kwh(client_as: Signs) -> None:
    number = some_number("b.estimates_in_a_row = 0 AND b.kwh > 0 AND b.kw = 0")
    told = client_as(Role.SERVICE).get(f"/factures/{number}/pourquoi/energie/?format=json").json()
    with connection.cursor() as cursor:
        cursor.execute("SELECT kwh FROM billing_bill b JOIN billing_issue i ON i.bill_id = b.id WHERE i.number = %s",
                       [int(number[:4]) * 10**9 + int(number[5:])])  # fmt: skip
        kwh = wording.quantity(cursor.fetchone()[0], "kWh", "fr")

    assert kwh in told["answer"]["fr"]
    assert kwh in {it["result"]["fr"] for it in told["steps"]}
    assert {it["key"].partition(":")[0] for it in told["steps"]} <= {"measure", "kwh", "share"}


def test_a_held_bill_says_why_and_has_no_paper_yet(client_as: Signs, few_queries: Callable[..., Any]) -> None:
    client, name = client_as(Role.BILLING), held_name()

    assert "une personne doit décider" in few_queries(client, f"/factures/{name}/").content.decode()
    assert "À essayer" in few_queries(client, f"/factures/{name}/pourquoi/retenue/").content.decode()
    assert client.get(f"/factures/{name}/facture.pdf").status_code == 404
    assert client.get(f"/factures/{name}/page-1.png").status_code == 404


ABSENT = (
    "2026-999999999/", "x/", "1:999999/", "9:x/", "{}/pourquoi/ligne-99/", "{}/pourquoi/x/", "{}/pourquoi/releve-99/",
    "{}/pourquoi/releve-0/", "{}/pourquoi/ligne-" + "9" * 5000 + "/", "{}/page-9.png", "999999999:999999999/",
)  # fmt: skip


@pytest.mark.parametrize("path", ABSENT)
def test_what_does_not_exist_is_said_absent(client_as: Signs, path: str) -> None:
    assert client_as(Role.SERVICE).get(f"/factures/{path.format(some_number())}").status_code == 404


def test_the_paper_is_served_to_those_who_signed_in_only(client_as: Signs) -> None:
    number = some_number()
    pdf = client_as(Role.AUDITOR).get(f"/factures/{number}/facture.pdf")

    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["Cache-Control"] == "no-store"
    assert client_as(Role.AUDITOR).get(f"/factures/{number}/page-2.png").content.startswith(b"\x89PNG")
    assert client_as(None).get(f"/factures/{number}/facture.pdf").status_code == 302


def test_every_bill_of_the_town_is_found_again_to_the_cent(desk: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM billing_run WHERE state = 'ISSUED'")
        told = stories(issued_by_run(cursor.fetchone()[0]))

    assert told
    assert all((found := redo(story)) is None or found.holds for story in told)


def test_a_planted_cent_is_seen_by_the_redone_calculation(desk: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM billing_run WHERE state = 'ISSUED'")
        story = stories(issued_by_run(cursor.fetchone()[0])[:1])[0]
    first, *others = story.lines
    planted = replace(story, lines=(replace(first, amount_cents=first.amount_cents + 1), *others))
    found = redo(planted)

    assert found is not None
    assert (found.holds, found.differing) == (False, (first.line,))


def test_a_clerk_opens_why_by_keyboard_and_comes_back(page_as: Opens) -> None:
    page = page_as(Role.SERVICE, lang="en")
    page.goto(f"/factures/{some_number()}/")
    why = page.locator(".table .why").first
    why.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer .steps")
    assert "Why" in page.locator("#drawer h2").inner_text()
    page.keyboard.press("Escape")

    assert page.locator("#drawer").is_hidden()
    assert why.evaluate("it => it === document.activeElement")


def test_an_address_has_one_spelling(client_as: Signs) -> None:
    text = client_as(Role.SERVICE).get("/factures/2026-000001/").content.decode()
    account = re.search(r'href="(/comptes/\d+/)"', text)
    assert account
    address = re.search(
        r"<span>(\d+, [^<]+), Lac-aux-Ormes</span>", client_as(Role.SERVICE).get(account[1]).content.decode()
    )

    assert address
    assert f"<span>{address[1]}</span>" in text
