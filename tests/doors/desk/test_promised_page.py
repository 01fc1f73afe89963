"""« Engagements »: what falls due, the notices that run and the deposits that are held, on the desk."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import promised
import pytest
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.pages import account_promises
from fanal.doors.desk.roles import Role
from fanal.records.elsewhere import acts
from fanal.reports import promised as report
from fanal.reports.account import account
from tests.doors.desk.test_account_past import ON, OTHER, keep_past, on_equal_payments, read

VIEWS = ("versements", "avis", "depots")


def promised_town() -> int:
    """An account on equal payments by debit, under notice, with a deposit whose time is over."""
    on_equal_payments()
    account_id = account(OTHER, ON).id
    promised.promise(account_id, "DEPOSIT", 25_000, starts_on=date(2024, 5, 6), number="D00042")
    promised.notice(account_id, "LATE", date(2026, 11, 2))
    return account_id


def test_what_falls_due_is_listed_by_day_and_leaves_in_a_file(client_as: Callable[..., Client]) -> None:
    promised_town()
    client = client_as(Role.TREASURER)

    page = read(client, "/grand-livre/engagements/")
    assert [it for it in ("20 novembre 2026", "62,00 $", "compte finissant par", "À venir") if it not in page] == []
    assert "4477518" not in page
    file = client.get("/grand-livre/engagements/versements.csv?du=2026-11-01&au=2027-01-31")
    rows = file.content.decode("utf-8-sig").splitlines()
    assert [it.split(";")[0] for it in rows[1:]] == ["2026-11-20", "2026-12-21", "2027-01-20"]
    assert all(";62,00;" in it for it in rows[1:])


def test_days_asked_backwards_or_for_ever_are_few(client_as: Callable[..., Client]) -> None:
    promised_town()
    client = client_as(Role.TREASURER)
    for asked in ("?du=2026-12-01&au=2026-11-01", "?du=2026-11-01&au=9999-12-31", "?du=x&au=y"):
        assert client.get(f"/grand-livre/engagements/{asked}").status_code == 200


def test_a_page_shows_two_months_and_the_file_all_the_days_asked(client_as: Callable[..., Client]) -> None:
    promised_town()
    client = client_as(Role.TREASURER)

    page = read(client, "/grand-livre/engagements/?du=2026-11-02&au=2027-03-31").replace("\u00a0", " ")
    assert "La page montre 62 jours, jusqu’au 2 janvier 2027" in page
    assert "21 décembre 2026" in page
    assert "20 janvier 2027" not in page
    link = re.search(r'href="(/grand-livre/engagements/versements.csv[^"]*)"', page)
    assert link is not None
    file = client.get(link[1].replace("&amp;", "&")).content.decode("utf-8-sig").splitlines()
    assert [it.split(";")[0] for it in file[1:]][-1] == "2027-03-22"
    assert "La page montre" not in read(client, "/grand-livre/engagements/")


def test_a_deposit_says_its_interest_and_that_it_is_to_be_given_back(client_as: Callable[..., Client]) -> None:
    promised_town()
    client = client_as(Role.TREASURER, lang="en")

    assert "D00042" in read(client, "/grand-livre/engagements/?voir=depots")
    rank = [it.kind for it in account(OTHER, ON).past.promises].index("DEPOSIT")
    why = read(client, f"/comptes/{OTHER}/pourquoi/engagement-{rank}/")
    assert [it for it in ("6.3.1", "6.5", "Accrued interest") if it not in why] == []


def owes_since(due_on: date) -> None:
    """1 500 $ of the old system, due that day and not paid."""
    acts.open_balances(
        query="SELECT %(account)s::bigint AS account_id, 1200::smallint AS ledger_account_id,"
        " DATE '2026-10-30' AS on_date, %(due)s::date AS due_on, 'E9' AS number, 150000::bigint AS cents",
        parameters={"account": account(OTHER, ON).id, "due": due_on}, by="marie", on=ON,
    )  # fmt: skip


@pytest.mark.parametrize(("sent_on", "told"), [
    (date(2026, 11, 2), "Avis d’interruption permis dès le 19 novembre 2026"),
    (date(2026, 10, 27), "un avis d’interruption est permis"),
])  # fmt: skip
def test_a_notice_says_on_the_account_what_the_law_permits_and_why(
    client_as: Callable[..., Client], sent_on: date, told: str
) -> None:
    owes_since(date(2026, 10, 26))
    promised.notice(account(OTHER, ON).id, "LATE", sent_on)
    client = client_as(Role.SERVICE)

    assert told in read(client, f"/comptes/{OTHER}/")
    why = read(client, f"/comptes/{OTHER}/pourquoi/avis/")
    assert [it for it in ("7.2.1", "16 jours", told) if it not in why] == []
    assert client.get("/comptes/0000000018/pourquoi/avis/").status_code == 404
    listed = read(client_as(Role.TREASURER), "/grand-livre/engagements/?voir=avis")
    assert account(OTHER, ON).subscriptions[0].holders[0]["name"] in listed


def test_a_notice_of_a_debt_that_an_arrangement_pays_permits_nothing_for_the_next_one(
    client_as: Callable[..., Client],
) -> None:
    owes_since(date(2026, 8, 3))
    known = account(OTHER, ON)
    promised.arrangement(known.id, cents=known.balance_cents, count=1, last_cents=0, starts_on=date(2026, 10, 25))
    promised.notice(known.id, "LATE", date(2026, 8, 20))
    promised.notice(known.id, "DISCONNECTION", date(2026, 10, 20))
    owes_since(date(2026, 10, 26))

    known = account(OTHER, ON)
    assert known.overdue_cents == 150_000  # of the second debt alone
    assert report.under_notice(ON, [known.id]) == []
    assert list(account_promises.notices(known)) == []


@pytest.mark.parametrize("late_on", [date(2025, 9, 1), date(2026, 10, 27)])
def test_the_list_and_the_account_say_the_same_of_a_notice(client_as: Callable[..., Client], late_on: date) -> None:
    keep_past(OTHER)
    owes_since(date(2025, 8, 3))
    known = account(OTHER, ON)
    promised.notice(known.id, "LATE", late_on)
    promised.notice(known.id, "DISCONNECTION", date(2026, 11, 14))

    known = account(OTHER, ON)
    assert (account_promises.under_notice(known), report.under_notice(ON, [known.id])) == (None, [])  # theirs still
    acts.switch_cycles(cycles=[known.subscriptions[0].cycle], by="marie", on=ON)
    known = account(OTHER, ON)
    [listed] = report.under_notice(ON, [known.id])
    told = account_promises.under_notice(known)
    assert told is not None
    assert told.overdue_cents > 0
    assert (told.stage, told.late_on, told.overdue_cents) == (listed.stage, listed.late_on, listed.overdue_cents)
    assert (told.lawful_from, told.lawful_to) == (listed.lawful_from, listed.lawful_to)


def test_an_account_under_notice_takes_few_queries(
    client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    promised_town()
    owes_since(date(2026, 10, 26))
    promised.notice(account(OTHER, ON).id, "DISCONNECTION", date(2026, 11, 10))

    few_queries(client_as(Role.SERVICE), f"/comptes/{OTHER}/")


@pytest.mark.parametrize("view", VIEWS)
def test_each_list_takes_few_queries(
    client_as: Callable[..., Client], few_queries: Callable[..., Any], view: str
) -> None:
    promised_town()
    few_queries(client_as(Role.TREASURER), f"/grand-livre/engagements/?voir={view}")


@pytest.mark.parametrize("view", VIEWS)
def test_each_list_is_said_when_it_is_empty(client_as: Callable[..., Client], view: str) -> None:
    told = {"versements": "Rien ces jours-là", "avis": "Aucun compte sous avis", "depots": "Aucun dépôt"}
    assert told[view] in read(client_as(Role.TREASURER), f"/grand-livre/engagements/?voir={view}")


def test_the_lists_are_accessible(own_town: str, page_as: Callable[..., Page], accessible: Callable[..., None]) -> None:
    promised_town()
    page = page_as(Role.TREASURER)
    for view in VIEWS:
        accessible(page, f"/grand-livre/engagements/?voir={view}")
