"""Search finds what a caller says, forgives what it may, and says why each result is there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

from fanal.doors.desk.roles import Role
from fanal.doors.office import today
from fanal.reports.search import Reason, find
from tests.doors.desk.parallel import loaded, priced_town

FIRST = "0000000018"


def first_customer() -> tuple[str, str]:
    """Given name and name of the first person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT given_name, name FROM customers_customer WHERE given_name <> '' ORDER BY id LIMIT 1")
        return cursor.fetchone()


def unaccented_and_misspelt(name: str) -> str:
    """The name without its third letter."""
    return name[:2] + name[3:]


@pytest.mark.parametrize("typed", [FIRST, "000 000 001-8", "LX000001-1", "lx0000011", "lx 000001 1"])
def test_a_whole_number_finds_its_account_and_no_other_number(typed: str, desk: None) -> None:
    found = find(typed, today())

    assert FIRST in [it.account for it in found.results]  # a meter outlives those whom it serves
    assert all(it.names_one for it in found.results)


def test_a_name_is_found_without_accents_in_any_order_and_with_a_letter_missing(desk: None) -> None:
    given, name = first_customer()

    for typed in (f"{given} {name}", f"{name} {given}".upper(), f"{given} {unaccented_and_misspelt(name)}"):
        found = find(typed, today()).results
        assert any(f"{given} {name}" in it.who for it in found), typed
        assert all(it.reason in (Reason.NAME, Reason.ADDRESS) for it in found)


def test_a_name_and_a_civic_number_find_the_place_where_both_are(desk: None) -> None:
    account = find(FIRST, today()).results[0]
    name, civic = account.who.split(",")[0].split()[-1], account.address.split(",")[0]

    found = {it.account: it for it in find(f"{name} {civic}", today()).results}

    assert found[FIRST].names_who
    assert found[FIRST].names_where


def test_a_wrong_digit_brings_the_accounts_it_may_have_been(desk: None) -> None:
    found = find("0000000017", today())

    assert found.wrong_digit
    assert FIRST in [it.account for it in found.results]
    assert {it.reason for it in found.results} == {Reason.NEAR_ACCOUNT}


def test_the_number_of_an_account_in_the_old_system_finds_it(client_as: Callable[..., Client]) -> None:
    loaded(priced_town())
    [found] = find("1000001", today()).results

    assert (found.reason, found.matched, found.names_one) == (Reason.PAST_ACCOUNT, "1000001", True)
    client, asked = client_as(Role.SERVICE), {"q": "1000001"}
    assert client.get("/clients/", asked).headers["Location"] == f"/comptes/{found.account}/"
    assert "Ancien numéro de compte" in client.get("/clients/", asked, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "_", "'", "\\", "zzqqxx", "a" * 500, "; drop table", "é", "12345678901234"]
)
def test_what_answers_nothing_finds_nothing_and_breaks_nothing(typed: str, client_as: Callable[..., Client]) -> None:
    answer = client_as(Role.SERVICE).get("/clients/", {"q": typed})

    assert answer.status_code == 200


def test_a_whole_account_number_opens_it_and_few_queries_find_the_rest(
    client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    client = client_as(Role.SERVICE)

    assert client.get("/clients/", {"q": FIRST}).headers["Location"] == f"/comptes/{FIRST}/"
    assert "Adresse" in few_queries(client, "/clients/?q=ormes").content.decode()


def test_names_are_found_by_their_index_and_not_by_reading_them_all(desk: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM customers_customer WHERE 'tremb' <% journal_plain_text(given_name || ' ' || name)"
        )
        assert "customers_customer_search" in str(cursor.fetchall())


def test_one_finds_and_opens_an_account_by_keyboard_alone(page_as: Callable[..., Page]) -> None:
    page = page_as(Role.SERVICE)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("0000000018")
    expect(page.locator("#suggestions a")).to_have_count(1)  # the answer to the whole of what was typed
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/comptes/{FIRST}/")

    assert page.refused == []


def test_a_telephone_is_found_without_saying_that_no_account_has_its_number(client_as: Callable[..., Client]) -> None:
    with connection.cursor() as cursor:  # ten digits whose last one is no check digit of an account
        cursor.execute("UPDATE customers_contact SET value = '418 555-0135' WHERE id = (SELECT t.id FROM "
                       "customers_contact t JOIN subscriptions_subscriptionholder h USING (customer_id) "
                       "WHERE t.kind = 'PHONE' ORDER BY t.id LIMIT 1)")  # fmt: skip
    text = client_as(Role.SERVICE).get("/clients/?q=4185550135").content.decode()

    assert "Téléphone" in text
    assert "Aucun compte ne porte ce numéro" not in text


def test_the_number_of_a_bill_opens_the_bill(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SERVICE)

    assert client.get("/clients/?q=2026-000001").headers["Location"] == "/factures/2026-000001/"
    assert (
        'href="/factures/2026-000001/"' in client.get("/clients/?q=2026000001", HTTP_HX_REQUEST="true").content.decode()
    )


@pytest.mark.parametrize(
    "typed", ["{civic} {street} app {unit}", "app. {unit} {street}", "{street}, {civic}, apt {unit}"]
)
def test_an_apartment_is_found_however_it_is_said(typed: str, desk: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT civic_number, street, unit FROM premises_premises WHERE unit <> '' ORDER BY id LIMIT 1")
        civic, street, unit = cursor.fetchone()
    plain = street.removeprefix("rue ").removeprefix("du ").lower()
    found = find(typed.format(civic=civic, street=plain, unit=unit), today()).results

    assert f"{street}, app. {unit}" in found[0].address
    assert f"{civic}, {street}, app. {unit}" in [it.address.rpartition(",")[0] for it in found]


@pytest.mark.parametrize("typed", ["LO-000012", "lo-000012", "LO000012", "lo 000012"])
def test_a_delivery_point_is_found_by_its_number(typed: str, desk: None) -> None:
    found = find(typed, today()).results

    assert found
    assert {(it.reason, it.matched) for it in found} == {(Reason.POINT, "LO-000012")}


def test_a_result_says_its_name_and_its_address_once(client_as: Callable[..., Client]) -> None:
    first = find(FIRST, today()).results[0]
    text = client_as(Role.SERVICE).get("/clients/", {"q": f"{first.who} {first.address}"}).content.decode()

    assert text.partition("<ol")[2].count(first.address) == 1
