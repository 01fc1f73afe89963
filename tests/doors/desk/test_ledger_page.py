"""The ledger's pages say what the ledger holds at the end of any day, and their files say the same."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page

from fanal.doors.desk.pages.ledger import _plain
from fanal.doors.desk.roles import Role
from fanal.links.accounting import csv_export, sage50, totals
from fanal.records.ledger import facts
from fanal.records.ledger.models import LedgerAccount
from fanal.records.payments.acts import NewReceipt, record_receipts
from fanal.records.payments.models import PaymentChannel
from fanal.reports import financial, statements
from fanal.values import wording
from tests.doors.desk.town import TODAY

PAGES = ["/grand-livre/", "/grand-livre/ages/", "/grand-livre/releve/?compte=0000000018", "/grand-livre/exports/"]
MONTH = "du=2026-09-01&au=2026-09-30"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_ledger_opens_in_few_queries(
    path: str, client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    assert few_queries(client_as(Role.TREASURER), path).status_code == 200


def test_a_statement_of_no_account_is_accessible(page_as: Callable[..., Page], accessible: Callable[..., None]) -> None:
    accessible(page_as(Role.TREASURER), "/grand-livre/releve/?compte=12")


@pytest.mark.parametrize("on", [date(2026, 3, 31), TODAY])
def test_the_trial_balance_of_a_day_is_that_of_the_ledger(on: date, client_as: Callable[..., Client]) -> None:
    text = client_as(Role.AUDITOR).get(f"/grand-livre/?on={on}").content.decode()

    assert wording.money(sum(it.debit_cents for it in facts.trial_balance(on))) in text
    assert "Égalité" in text


@pytest.mark.parametrize("on", [date(2026, 3, 31), TODAY])
def test_the_aged_balance_of_the_page_is_that_of_the_reports(on: date, desk: None) -> None:
    known, page = financial.aged_balance(on), statements.aged(financial.aged_balance(on))

    assert page.balance_cents == sum(it.balance_cents for it in known)
    assert [it.cents for it in page.parts] == [sum(getattr(it, f"{name}_cents") for it in known)
                                               for name in statements.BUCKETS]  # fmt: skip
    assert {it.number: it.balance_cents for it in page.lines} == {
        it.number: it.balance_cents for it in known if it.balance_cents
    }


def test_what_the_page_keeps_of_the_day_is_forgotten_at_the_next_payment(client_as: Callable[..., Client]) -> None:
    clerk, account = client_as(Role.TREASURER), facts.account_numbered("0000000018")
    assert account is not None
    path = "/grand-livre/fichiers/ages.csv/"

    def balance() -> int:
        lines = clerk.get(path).content.decode("utf-8-sig").splitlines()
        return next((int(it.split(";")[-1].replace(",", "")) for it in lines if it.startswith(account.number)), 0)

    before = balance()
    paid = NewReceipt(account_id=account.id, received_on=TODAY, amount_cents=123_456_78,
                      channel=PaymentChannel.COUNTER, reference="au comptoir")  # fmt: skip
    record_receipts(receipts=[paid], by="T. Fictif", on=TODAY)

    assert balance() == before - 123_456_78


def test_a_statement_stops_at_its_day_with_the_balance_of_that_day(client_as: Callable[..., Client]) -> None:
    on, account = date(2026, 5, 31), facts.account_numbered("0000000018")
    assert account is not None
    found = statements.statement(account.id, on)

    assert found.lines
    assert max(it.on for it in found.lines) <= on
    assert found.balance_cents == facts.balance(account.id, on)
    assert (
        wording.money(found.balance_cents)
        in client_as(Role.SERVICE).get(f"/grand-livre/releve/?compte=000 000 001-8&on={on}").content.decode()
    )


def test_an_account_that_does_not_exist_is_said_so(client_as: Callable[..., Client]) -> None:
    answer = client_as(Role.SERVICE).get("/grand-livre/releve/?compte=0000000019")

    assert answer.status_code == 404
    assert "Aucun compte ne porte le numéro" in answer.content.decode()


@pytest.mark.parametrize(("format_", "codec"), [("csv", csv_export), ("sage50", sage50)])
def test_the_entries_of_a_month_leave_as_the_ledger_holds_them(
    format_: str, codec: Any, client_as: Callable[..., Client]
) -> None:
    answer = client_as(Role.TREASURER).get(
        f"/grand-livre/fichiers/ecritures/?format={format_}&{MONTH}&comptes=1200=1205"
    )
    entries = codec.decode(answer.content)
    known = financial.period_totals(date(2026, 9, 1), date(2026, 10, 1))

    assert "attachment" in answer.headers["Content-Disposition"]
    assert totals(entries)[0] == sum(line.debit_cents for it in known for line in it.lines)
    assert "1205" in {line.account for it in entries for line in it.lines}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("du=2026-09-30&au=2026-09-01", "La période finit avant de commencer"),
        (f"{MONTH}&comptes=1200", "s’écrivent 1200=1205"),
        ("du=1999-01-01&au=1999-01-31", "rien à exporter"),
        (f"{MONTH}&format=sage50&comptes=1200=%2B", "s’écrivent 1200=1205"),
        (f"{MONTH}&comptes=1200==1%2B1", "s’écrivent 1200=1205"),
    ],
)
def test_an_export_that_cannot_be_says_why(asked: str, said: str, client_as: Callable[..., Client]) -> None:
    answer = client_as(Role.TREASURER).get(f"/grand-livre/fichiers/ecritures/?{asked}")

    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("name", ["balance.csv", "ages.csv", "releve.csv?compte=0000000018"])
def test_a_statement_leaves_as_a_file(name: str, client_as: Callable[..., Client]) -> None:
    path, _, query = name.partition("?")
    answer = client_as(Role.TREASURER).get(f"/grand-livre/fichiers/{path}/?{query}")

    assert answer.content.startswith("\ufeff".encode())
    assert len(answer.content.splitlines()) > 2


def test_a_name_is_never_a_formula_in_a_file() -> None:
    assert [_plain(it) for it in ("=1+1", "-12,50", "@x", "Ferme")] == ["'=1+1", "-12,50", "'@x", "Ferme"]


def test_the_english_file_of_balances_names_its_accounts_in_english(client_as: Callable[..., Client]) -> None:
    text = client_as(Role.TREASURER, lang="en").get("/grand-livre/fichiers/balance.csv/").content.decode()

    assert "Accounts receivable" in text
    assert "Comptes clients" not in text


def unnamed(lang: str) -> list[str]:
    """The accounts of the chart whose name is not said in that language."""
    with translation.override(lang):
        return [it for it in LedgerAccount.objects.values_list("name", flat=True) if gettext(it) == it]


@pytest.mark.django_db
def test_every_account_of_the_chart_has_its_english() -> None:
    assert unnamed("en") == []
    LedgerAccount.objects.create(code=4290, name="Frais de recouvrement", kind="REVENUE")
    assert unnamed("en") == ["Frais de recouvrement"]


@pytest.mark.parametrize(
    ("lang", "said"), [("fr", "n’est pas un jour du calendrier"), ("en", "is not a day of the calendar")]
)
@pytest.mark.parametrize(
    "path",
    [
        "/grand-livre/?on=9999-99-99",
        "/grand-livre/exports/?du=2026-13-01",
        "/journal/?du=zzz",
        "/releves/1/?on=2026-02-30",
        "/tarifs/?le=2026-02-30",
        "/conditions/?le=2026-02-30",
    ],
)
def test_a_day_that_does_not_exist_is_said(path: str, lang: str, said: str, client_as: Callable[..., Client]) -> None:
    client = client_as(Role.ADMINISTRATOR, lang=lang)

    assert said in client.get(path).content.decode()
    assert said not in client.get(path.partition("?")[0]).content.decode()
