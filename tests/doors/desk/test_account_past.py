"""The page of an account that another system billed: its history stands beside ours, marked and never computed."""

import html
from collections.abc import Callable
from datetime import date
from typing import Any

import promised
import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import Role
from fanal.records.elsewhere import acts, facts, promises
from fanal.records.subscriptions.models import Subscription
from fanal.records.takeover.models import Known
from fanal.reports.account import account
from tests.doors.desk.parallel import loaded
from tests.doors.migration.towns import small_town

NUMBER, OTHER = "0000000018", "0000000067"
ON = date(2026, 11, 16)
PAST = {
    "bills": "'262000001' AS number, %(subscription)s::bigint AS subscription_id, 'FINAL' AS kind,"
    " DATE '2025-01-22' AS issued_on, DATE '2025-02-12' AS due_on, DATE '2024-11-20' AS from_on,"
    " DATE '2025-01-20' AS to_on, 'DOM' AS tariff, 1220000::bigint AS kwh, true AS estimated,"
    " 10000::bigint AS net_cents, 500::bigint AS gst_cents, 998::bigint AS qst_cents, 11498::bigint AS total_cents",
    "lines": "'262000001' AS number, 1::smallint AS line, 'EN1' AS component, DATE '2024-11-20' AS from_on,"
    " DATE '2025-01-20' AS to_on, 1220000::bigint AS quantity, 81967::bigint AS price, 10000::bigint AS amount_cents",
    "payments": "'0100' AS number, DATE '2025-02-01' AS received_on, 11400::bigint AS amount_cents,"
    " 'CHEQUE' AS channel",
    "entries": "'77' AS number, DATE '2025-02-13' AS on_date, 'FEE' AS code, 1::bigint AS amount_cents,"
    " 'Frais du mois' AS label",
    "notices": "'N1' AS number, 'LATE' AS kind, DATE '2025-02-20' AS on_date, 99::bigint AS amount_cents",
    "undertakings": "'DEBIT' AS kind, '2012-05-14' AS number, DATE '2012-05-14' AS starts_on, true AS live,"
    """ '{"institution": "913", "transit": "11932", "bank_account": "4218963", "holder": "A. SPÉCIMEN"}'::jsonb"""
    " AS terms",
}
HANDED = (
    "%(subscription)s::bigint AS subscription_id, '1000006' AS number, '262000001' AS last_bill,"
    " DATE '2025-01-20' AS to_on, DATE '2025-01-22' AS issued_on, true AS estimated"
)


def keep_past(of: str = NUMBER) -> None:
    """What another system issued to that account, and 99 cents of it still owed."""
    known = account(of, date(2026, 11, 16))
    told = {"account": known.id, "subscription": known.subscriptions[0].id}
    for what, columns in PAST.items():
        acts.keep(what=what, query=f"SELECT %(account)s::bigint AS account_id, {columns}", parameters=told)
    handed = f"SELECT %(account)s::bigint AS account_id, {HANDED}"
    acts.hand_over(query=handed, parameters=told, by="marie", on=date(2025, 3, 1))
    acts.open_balances(
        query="SELECT %(account)s::bigint AS account_id, 1200::smallint AS ledger_account_id,"
        " DATE '2025-03-01' AS on_date, DATE '2025-02-12' AS due_on, '262000001' AS number, 99::bigint AS cents",
        parameters=told, by="marie", on=date(2025, 3, 1),
    )  # fmt: skip


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_history_of_the_old_system_is_on_the_page_marked(client_as: Callable[..., Client], lang: str) -> None:
    keep_past()

    page = read(client_as(Role.SERVICE, lang=lang), f"/comptes/{NUMBER}/?tout")

    told = {
        "fr": ("Émises par l’ancien système", "ancien système", "Facture finale", "Solde repris", "Ancien numéro",
               "Avis de retard", "Engagements repris"),
        "en": ("Issued by the old system", "old system", "Final bill", "Balance taken over", "Old number",
               "Late notice", "Promises taken over"),
    }[lang]  # fmt: skip
    assert [it for it in (*told, "262000001", "1000006", "0100") if it not in page] == []


def test_it_takes_few_queries(client_as: Callable[..., Client], few_queries: Callable[..., Any]) -> None:
    keep_past()

    assert "262000001" in few_queries(client_as(Role.SERVICE), f"/comptes/{NUMBER}/").content.decode()


def test_a_bank_account_shows_its_last_digits_alone(client_as: Callable[..., Client]) -> None:
    keep_past()

    page = read(client_as(Role.SERVICE), f"/comptes/{NUMBER}/")

    assert "compte finissant par 963" in page
    assert "4218963" not in page


def test_a_bill_of_the_old_system_shows_its_lines_and_says_that_it_is_not_computed(
    client_as: Callable[..., Client],
) -> None:
    keep_past()
    client = client_as(Role.SERVICE)

    page = read(client, f"/comptes/{NUMBER}/pourquoi/ailleurs-bill-262000001/")

    assert [
        it for it in ("EN1", "100,00 $", "TPS", "9,98 $", "114,98 $", "ne la recalcule pas") if it not in page
    ] == []
    assert client.get(f"/comptes/{NUMBER}/pourquoi/ailleurs-bill-1/").status_code == 404


def test_what_was_taken_over_is_due_by_the_bill_that_it_comes_from(desk: None) -> None:
    keep_past(OTHER)
    known = account(OTHER, date(2026, 11, 16))

    assert sum(cents for _due_on, cents, _bill in known.dues) == max(known.balance_cents, 0)
    assert 99 in [it.cents for it in known.entries]


def test_an_account_that_was_always_ours_says_nothing_of_another_system(client_as: Callable[..., Client]) -> None:
    page = read(client_as(Role.SERVICE), f"/comptes/{NUMBER}/?tout")

    assert "ancien système" not in page


def test_the_page_is_accessible(own_town: str, page_as: Callable[..., Page], accessible: Callable[..., None]) -> None:
    keep_past()

    accessible(page_as(Role.SERVICE), f"/comptes/{NUMBER}/?tout")


def on_equal_payments(since: date = date(2026, 11, 1), cents: int = 6_200, review_month: int = 4) -> None:
    """A plan on the 20th of each month and a debit, of a cycle that is ours since that day."""
    keep_past(OTHER)
    promised.equal_payments(account(OTHER, ON).id, cents, review_month=review_month)
    acts.switch_cycles(cycles=[it.cycle for it in facts.cycles()], by="marie", on=since)


def under_a_plan_that_ends(account_id: int, but_the_last: bool = False) -> None:
    """All bills of the account said that equal payments pay them, maybe not the last one; then those end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_paymentmode (account_id, bill_id, plan, instalment_cents, month_day, next_on, debited,"
            " account_ends, every_days, left_cents) SELECT account_id, bill_id, 'EQUAL_PAYMENTS', 6200, 20, due_on,"
            " false, '', 0, 0 FROM billing_issue i WHERE account_id = %(account)s AND NOT (%(but)s AND issued_on ="
            " (SELECT max(issued_on) FROM billing_issue o WHERE o.account_id = i.account_id))",
            {"account": account_id, "but": but_the_last},
        )
    acts.open_balances(
        query="SELECT %(account)s::bigint AS account_id, 1200::smallint AS ledger_account_id, DATE '2025-05-01' AS"
        " on_date, DATE '2025-05-12' AS due_on, '262000002' AS number, 200000::bigint AS cents",
        parameters={"account": account_id}, by="marie", on=date(2025, 5, 1),
    )  # fmt: skip
    [plan] = [it for it in promises.going_on(ON, [account_id])[account_id] if it.kind == "EQUAL_PAYMENTS"]
    acts.end_promise(promise=plan, ended_on=ON, asked_on=ON, reason="ASKED", note="", by="paul", on=ON, grounds={})


@pytest.mark.parametrize(("lang", "told"), [
    ("fr", ("Versements égaux : 62,00 $", "prélevés le 20 novembre 2026", "Rien en retard")),
    ("en", ("Equal payments: $62.00", "debited on November 20, 2026", "Nothing late.")),
])  # fmt: skip
def test_an_account_on_equal_payments_says_what_is_paid_and_when(
    client_as: Callable[..., Client], lang: str, told: tuple[str, ...]
) -> None:
    on_equal_payments()

    page = read(client_as(Role.SERVICE, lang=lang), f"/comptes/{OTHER}/")

    assert [it for it in told if it not in page] == []


@pytest.mark.parametrize(("lang", "told"), [
    ("fr", ("la prochaine facture, car les versements égaux ont pris fin.", "Rien en retard", "Prochaine facture")),
    ("en", ("with the next bill, as the equal payments ended.", "Nothing late.", "Next bill")),
])  # fmt: skip
def test_what_a_plan_paid_waits_for_the_next_bill_once_it_ended(
    client_as: Callable[..., Client], few_queries: Callable[..., Any], lang: str, told: tuple[str, ...]
) -> None:
    on_equal_payments()
    under_a_plan_that_ends(account(OTHER, ON).id)
    assert account(OTHER, ON).not_asked

    page = few_queries(client_as(Role.SERVICE, lang=lang), f"/comptes/{OTHER}/").content.decode()

    page = html.unescape(page).replace("\u00a0", " ").replace("\u202f", " ")
    assert [it for it in told if it not in page] == []
    assert "9999" not in page


def test_what_a_plan_paid_is_due_with_the_bill_that_asks_and_says_so(client_as: Callable[..., Client]) -> None:
    on_equal_payments()
    under_a_plan_that_ends(account(OTHER, ON).id, but_the_last=True)

    page = read(client_as(Role.SERVICE), f"/comptes/{OTHER}/pourquoi/echeance/")

    assert "payée par les versements égaux jusqu’à leur fin" in page


def test_where_a_plan_stands_has_its_reasons(client_as: Callable[..., Client]) -> None:
    on_equal_payments()
    client = client_as(Role.SERVICE)
    known = account(OTHER, ON)
    rank = [it.kind for it in known.past.promises].index("EQUAL_PAYMENTS")

    page = read(client, f"/comptes/{OTHER}/pourquoi/engagement-{rank}/")

    told = (
        "le 20 de chaque mois",
        "62,00 $",
        "Reçu depuis le passage",
        "Prochain versement le 20 novembre 2026",
        "4.4",
    )
    assert [it for it in told if it not in page] == []
    assert client.get(f"/comptes/{OTHER}/pourquoi/engagement-99/").status_code == 404
    assert client.get(f"/comptes/{OTHER}/pourquoi/engagement-x/").status_code == 404


def test_two_instalments_that_were_not_received_are_named(client_as: Callable[..., Client]) -> None:
    on_equal_payments(since=date(2026, 9, 1), cents=900_000)

    page = read(client_as(Role.SERVICE), f"/comptes/{OTHER}/")

    assert "versements non reçus" in page


def test_a_plan_takes_few_queries(client_as: Callable[..., Client], few_queries: Callable[..., Any]) -> None:
    on_equal_payments()

    assert "62,00" in few_queries(client_as(Role.SERVICE), f"/comptes/{OTHER}/").content.decode()


@pytest.mark.usefixtures("desk")
def test_an_account_that_the_old_system_alone_billed_leads_to_its_bills(client_as: Callable[..., Client]) -> None:
    loaded(small_town())
    number = Subscription.objects.get(pk=Known.objects.get(kind="subscriptions", key="1000001").our_id).account.number

    page = read(client_as(Role.SERVICE), f"/comptes/{number}/")

    assert "260000001" in page
    assert "Aucune facture de Fanal encore" in page
    assert '<a class="button primary" href="#h-past">Les voir</a>' in page
    assert 'id="h-past"' in page
    assert "La première suivra la première relève" not in page
