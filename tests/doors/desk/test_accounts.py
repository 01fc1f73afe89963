"""The account page says what the ledger says, and each of its figures has its reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import billing
import pytest
from django.db import connection
from django.test import Client
from django.utils import translation
from playwright.sync_api import Page, expect

from fanal.doors.desk.pages.account_reasons import _energy_steps
from fanal.doors.desk.roles import Role
from fanal.doors.office import today
from fanal.records.ledger import facts as ledger
from fanal.reports.account import RECEIPT, Reading, UnknownAccount, account
from fanal.reports.bill_history import comparable
from fanal.values import wording
from fanal.values.dates import add_months


@dataclass(frozen=True)
class Days:
    """As much of a bill as comparing needs."""

    rated_from_on: date
    to_on: date
    settles_id: int

    @property
    def days(self) -> int:
        return (self.to_on - self.rated_from_on).days


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


def an_estimated_account() -> str:
    """The account of the last bill whose quantity was estimated."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.number FROM billing_issue i JOIN ledger_account a ON a.id = i.account_id "
            "JOIN billing_measure m ON m.account_id = i.account_id AND m.bill_id = i.bill_id "
            "WHERE m.estimate_id <> 0 ORDER BY i.number DESC LIMIT 1"
        )
        return str(cursor.fetchone()[0])


def test_what_happened_has_its_reason_with_its_article(client_as: Callable[..., Client]) -> None:
    number = an_estimated_account()
    client, known = client_as(Role.SERVICE), account(number, today())
    of, estimate = known.subscriptions[0], known.estimates[0]
    first_on = (known.bills_of(of)[0].to_on or today()).replace(day=1)
    month = first_on if known.month(of, first_on) else add_months(first_on, -1)
    said = {
        about: client.get(f"/comptes/{number}/pourquoi/{about}/").content.decode()
        for about in (f"debut-{of.id}", f"estimation-{estimate.id}", f"mois-{of.id}-{month:%Y-%m}", "echeance")
    }

    assert "#art-2.2" in said[f"debut-{of.id}"]
    assert "Inscrit au journal par" in said[f"debut-{of.id}"]
    assert "#art-4.1.2" in said[f"estimation-{estimate.id}"]
    assert "÷" in said[f"estimation-{estimate.id}"]
    assert "kWh par jour" in said[f"mois-{of.id}-{month:%Y-%m}"]
    for about in (
        "debut-9999999",
        "fin-0",
        "estimation-0",
        "correction-0",
        f"mois-{of.id}-2026-13",
        f"mois-{of.id}-1999-01",
    ):
        assert client.get(f"/comptes/{number}/pourquoi/{about}/").status_code == 404, about


def a_lower_index(*findings: str) -> Reading:
    """An index of 00012 after 99 990, with what was found of it."""
    return Reading(delivery_point_id=1, register_id=1, kind=1, name="", meter="A 1", read_on=date(2026, 11, 3),
                   value=12_000, source=1, quality=1, sequence=1, multiplier=2, previous_on=date(2026, 9, 3),
                   previous=99_990_000, dials=5, findings=tuple({"code": it, "evidence": {}} for it in findings),
                   photos=[])  # fmt: skip


def test_an_index_that_went_past_its_last_figure_adds_what_was_used() -> None:
    assert (a_lower_index().kwh, a_lower_index().rolled_over) == (44_000, True)


@pytest.mark.parametrize("finding", ["decreasing_index", "digit_missing"])
def test_an_index_that_only_went_down_adds_nothing_that_anybody_knows(finding: str) -> None:
    assert (a_lower_index(finding).kwh, a_lower_index(finding).rolled_over) == (None, False)


@pytest.mark.parametrize(("lang", "said"), [("fr", "inconnue"), ("en", "unknown")])
def test_a_doubtful_turn_of_the_dials_is_not_asserted(lang: str, said: str) -> None:
    with translation.override(lang):
        [told] = _energy_steps(a_lower_index("decreasing_index"), "12")
        assert told["result"] == said
        assert len(_energy_steps(a_lower_index(), "12")) == 2


def test_a_correction_says_what_it_took_back_what_it_asks_and_who_approved(client_as: Callable[..., Client]) -> None:
    client, known = client_as(Role.SERVICE), account(FIRST, today())
    bill = known.bills[0]
    billing.correct(bill.subscription_id or 0, bill.source, today())
    timeline = client.get(f"/comptes/{FIRST}/?tout").content.decode()
    ids = {int(it) for it in re.findall(r"/pourquoi/correction-(\d+)/", timeline)}
    proposed, approved = (f"/comptes/{FIRST}/pourquoi/correction-{it}/" for it in sorted(ids))
    said = client.get(approved).content.decode()

    assert "Note de crédit" in said
    assert "Nouvelle facture" in said
    assert "Approuvé par marie." in said
    assert "#art-4.5" in said
    assert "paul" in client.get(proposed).content.decode()


def test_a_bill_that_takes_estimates_back_is_not_set_beside_last_year() -> None:
    at = dict(rated_from_on=date(2026, 1, 12), to_on=date(2026, 3, 13), settles_id=0)
    bill, long, settling = (Days(**at | it) for it in ({}, {"rated_from_on": date(2025, 11, 13)}, {"settles_id": 7}))

    assert comparable(bill, bill)
    assert [comparable(*pair) for pair in ((bill, long), (long, bill), (bill, settling), (settling, bill))] == [
        False
    ] * 4


def test_what_is_unusual_is_said_first(client_as: Callable[..., Client]) -> None:
    said = {it: client_as(Role.SERVICE).get(f"/comptes/{it}/").content.decode() for it in STORIES}

    for number, page in said.items():
        known = account(number, today())
        assert ("en retard depuis le" in page) is (known.overdue_cents > 0)
        assert ("Solde créditeur" in page) is (known.balance_cents < 0)
        assert ("Facture retenue" in page) is bool(known.held)


def test_a_payment_written_after_the_day_it_came_says_both_days(client_as: Callable[..., Client]) -> None:
    both = 0
    for number in STORIES:
        entries = account(number, today()).entries
        late = [it for it in entries if it.kind == RECEIPT and it.received_on != it.on]
        page = client_as(Role.SERVICE).get(f"/comptes/{number}/?voir=argent&tout").content.decode()
        assert page.count(", inscrit le ") == len(late), number
        both += len(late)
    assert both


def test_a_bill_that_counts_estimated_days_again_says_so_beside_its_kwh(client_as: Callable[..., Client]) -> None:
    again = 0
    for number in STORIES:
        counted = sum(bool(it.settles_id) for it in account(number, today()).entries)
        page = client_as(Role.SERVICE).get(f"/comptes/{number}/").content.decode()
        assert page.count("avec les jours déjà estimés") == counted, number
        again += counted
    assert again


def test_what_is_owed_what_to_settle_and_each_issue_lead_to_their_why(client_as: Callable[..., Client]) -> None:
    asked = 0
    for number in STORIES:
        known = account(number, today())
        page = client_as(Role.SERVICE).get(f"/comptes/{number}/").content.decode()
        now, settle, _after = page.split('class="brief"')[1].split("</section>")[0].split("</div>\n")[:3]
        if known.balance_cents:
            assert f"/comptes/{number}/pourquoi/{'echeance' if known.balance_cents > 0 else 'solde'}/" in now
        assert ("/pourquoi/" in settle) is ("Rien à régler." not in settle)
        asked += page.count("/pourquoi/emission/")
    assert asked


def test_each_balance_of_the_past_is_answered_by_the_entries_until_then(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SERVICE)
    entries = account(FIRST, today()).entries
    page = client.get(f"/comptes/{FIRST}/?voir=argent&tout").content.decode()
    assert page.count(f"/comptes/{FIRST}/pourquoi/solde-") == 2 * len(entries)  # with a script, and without

    for after in (1, len(entries) // 2, len(entries)):
        told = client.get(f"/comptes/{FIRST}/pourquoi/solde-{after}/").context["told"]
        assert (
            wording.money(abs(entries[after - 1].balance_cents), "fr") in told["answer"]
            or not entries[after - 1].balance_cents
        )
    for unknown in ("0", str(len(entries) + 1), "x", "-1"):
        assert client.get(f"/comptes/{FIRST}/pourquoi/solde-{unknown}/").status_code == 404


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


def test_a_bill_that_waits_for_a_decision_is_said_with_its_reason_and_leads_to_it(
    client_as: Callable[..., Client],
) -> None:
    client = client_as(Role.SERVICE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.number FROM billing_bill b JOIN ledger_account a ON a.id = b.account_id WHERE b.held AND "
            "NOT EXISTS (SELECT FROM billing_issue i WHERE i.bill_id = b.id) ORDER BY b.id DESC LIMIT 1"
        )
        (number,) = cursor.fetchone()
    (held,) = account(number, today()).held
    page = client.get(f"/comptes/{number}/").content.decode()
    leads = f"/factures/{held.run_id}:{held.subscription_id}/"

    assert "attend une décision" in page
    assert page.count(leads) >= 2  # what is next, and what is unusual
    assert client.get(leads).status_code == 200
