"""Corrections at the desk: shown before anything is kept, proposed by one, approved or refused by another."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import Role
from fanal.doors.jobs import queue
from fanal.records.billing import facts
from fanal.records.billing.facts import bill_number
from fanal.records.metering import acts as metering
from fanal.reports.invariants import verify
from fanal.values import wording
from tests.doors.desk.conftest import TODAY
from tests.doors.desk.test_runs import accept_all, state
from tests.doors.desk.test_today import issued

Opens, Checks, Signs, Few = Callable[..., Page], Callable[..., None], Callable[..., Client], Callable[..., Any]
ASKED = {"cause": "READING", "reported_on": "2026-11-16", "reason": "Chiffres inversés, relus sur place."}
# A house with one register and two standing bills, both read, the last of them within six months.
CHOSEN = """
SELECT i.number, d.bill_id, m.register_id, d.delivery_point_id, d.to_on, m.to_value, a.number
FROM billing_billeddays d
JOIN billing_bill b ON b.account_id = d.account_id AND b.id = d.bill_id AND b.estimates_in_a_row = 0
JOIN billing_issue i ON i.account_id = d.account_id AND i.bill_id = d.bill_id
JOIN billing_measure m ON m.account_id = d.account_id AND m.bill_id = d.bill_id AND m.kind = 1 AND NOT m.rolled_over
JOIN ledger_account a ON a.id = d.account_id
JOIN subscriptions_subscription s ON s.id = d.subscription_id AND s.ends_on IS NULL
WHERE (SELECT count(*) FROM billing_measure n WHERE n.bill_id = d.bill_id) = 1 AND b.kwh > 500000
    AND d.from_on > '2026-06-01'
    AND NOT EXISTS (SELECT FROM billing_billeddays later WHERE later.subscription_id = d.subscription_id
        AND later.to_on > d.to_on)
    AND NOT EXISTS (SELECT FROM billing_bill c JOIN billing_run r ON r.id = c.run_id
        WHERE c.subscription_id = d.subscription_id AND r.state NOT IN ('ISSUED', 'ABANDONED'))
ORDER BY d.bill_id LIMIT 1
"""


def misread(kwh: int = -100) -> tuple[str, int, str]:
    """A bill whose closing reading is corrected by so many kWh: its number, its id, its account."""
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN)
        number, bill_id, register, point, to_on, value, account = cursor.fetchone()
    metering.correct_reading(
        delivery_point_id=point, register_id=register, read_on=to_on, index=str(value // 1000 + kwh),
        reason="mal lue", by="releveur", on=TODAY,
    )  # fmt: skip
    return bill_number(number), bill_id, account


def said(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


def propose(client: Client, number: str, bill_id: int) -> int:
    answer = client.post(f"/factures/{number}/corriger/", ASKED | {"first": bill_id, "step": "propose"})
    assert answer.status_code == 302, said(answer)
    return int(answer.headers["Location"].split("/")[2])


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_what_is_right_already_is_shown_but_has_no_button_to_propose_it(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN)
        number, bill_id, *_ = cursor.fetchone()
    asked = ASKED | {"first": bill_id, "step": "show"}
    right = said(clerk.post(f"/factures/{bill_number(number)}/corriger/", asked))
    assert "Rien ne changerait" in right
    assert 'value="propose"' not in right
    misread()
    assert 'value="propose"' in said(clerk.post(f"/factures/{bill_number(number)}/corriger/", asked))


def test_what_would_happen_is_shown_before_anything_is_kept(client_as: Signs, few_queries: Few) -> None:
    clerk = client_as(Role.BILLING)
    number, bill_id, _ = misread()
    assert "Corriger…" in said(few_queries(clerk, f"/factures/{number}/"))
    assert "Montrer ce qui arriverait" in said(few_queries(clerk, f"/factures/{number}/corriger/"))
    before = (count("billing_run"), count("journal_event"), count("billing_issue"))

    text = said(clerk.post(f"/factures/{number}/corriger/", ASKED | {"first": bill_id, "step": "show"}))

    assert "Ce qui arriverait" in text
    assert "Le compte sera crédité de" in text
    assert "36 mois au plus" in text
    assert "Proposer la correction" in text
    assert (count("billing_run"), count("journal_event"), count("billing_issue")) == before


def test_one_proposes_another_approves_and_every_page_tells_both(client_as: Signs, few_queries: Few) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    number, bill_id, account = misread()
    made = propose(clerk, number, bill_id)
    assert "1 correction à approuver" in said(few_queries(second, "/"))
    assert "correction à approuver" not in said(client_as(Role.AUDITOR).get("/"))
    assert "une autre personne l’approuve" in said(few_queries(clerk, f"/corrections/{made}/"))
    clerk.post(f"/corrections/{made}/approuver/")
    assert "Attendent une deuxième personne" in said(few_queries(second, "/corrections/"))
    assert "attend une deuxième personne" in said(clerk.get(f"/factures/{number}/"))

    answer = second.post(f"/corrections/{made}/approuver/", follow=True)

    text = said(answer)
    assert "Approuvée par theodule.tresorerie" in text
    note, new = re.findall(r'class="note[^"]*"><a class="id" href="/factures/[\d-]+/">([\d-]+)</a>', text)
    people = "Proposée par maude.facturation, approuvée par theodule.tresorerie."
    assert people in said(few_queries(clerk, f"/factures/{new}/"))
    assert f"Elle annule la facture {number}" in said(clerk.get(f"/factures/{note}/"))
    spoken = "Elle a été proposée par maude.facturation et approuvée par theodule.tresorerie."
    assert spoken in said(clerk.get(f"/factures/{new}/pourquoi/total/"))
    timeline = said(clerk.get(f"/comptes/{account}/"))
    assert people in timeline
    told = [said(clerk.get(it)) for it in sorted(set(re.findall(r"/comptes/\d+/pourquoi/correction-\d+/", timeline)))]
    assert any("une autre en décide : l’écart serait de −" in it for it in told)
    assert any("Par maude.facturation. Approuvé par theodule.tresorerie." in it for it in told)
    journal = said(clerk.get("/journal/"))
    assert "Proposer une correction" in journal
    assert "relève mal lue ou mal écrite" in journal


def test_a_correction_cures_the_invariant_that_its_bill_breaks_but_issues_nothing_past_another(
    client_as: Signs,
) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    number, bill_id, account = misread()
    made = propose(clerk, number, bill_id)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_measure SET to_value = to_value + 1000 WHERE bill_id = %s", [bill_id])
        cursor.execute(
            "UPDATE billing_line SET amount_cents = amount_cents + 1 WHERE line = 1 AND bill_id ="
            " (SELECT max(i.bill_id) FROM billing_issue i JOIN ledger_account a ON a.id = i.account_id"
            " WHERE a.number <> %s)",
            [account],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    issued = count("billing_issue")

    text = said(second.post(f"/corrections/{made}/approuver/", follow=True))

    assert re.search("Rien ne s’émet tant qu’un invariant est enfreint : [^6]*. La correction attend toujours", text)
    assert count("billing_issue") == issued
    with connection.cursor() as cursor:
        cursor.execute("SELECT grounds -> 'rows' ? 'I6' FROM journal_event WHERE act = 'invariants.verified'"
                       " ORDER BY id DESC LIMIT 1")  # fmt: skip
        assert cursor.fetchone() == (True,)


def test_while_a_bill_waits_for_its_correction_everybody_else_is_billed_and_today_says_what_is_to_do(
    client_as: Signs, few_queries: Few
) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN)
        stored, bill_id, register, point, to_on, value, account = cursor.fetchone()
    number = bill_number(stored)
    given = {"index": str(value // 1000 - 100), "reason": "chiffres inversés, relus sur place"}
    assert clerk.post(f"/releves/corriger/{point}/{register}/{to_on}/", given).status_code == 302
    assert verify(only=["I6"])[0].count == 0

    today = said(few_queries(clerk, "/"))
    assert "1 facture à corriger" in today
    assert (
        f"facturée à {wording.quantity(value)}, corrigée à {wording.quantity(value - 100_000)}".replace("\u00a0", " ")
        in today
    )
    assert f'href="/factures/{number}/corriger/"' in today
    assert "/corriger/" not in said(few_queries(client_as(Role.SERVICE), "/"))

    clerk.post("/lots/ouvrir/", {"cycle": 0, "on": f"{TODAY}"})
    assert queue.work_once()
    run_id = facts.runs()[-1]
    accept_all(clerk, run_id)
    issued(clerk, second, run_id)
    assert state(run_id) == "ISSUED"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE a.number = %s) FROM billing_bill b "
                       "JOIN billing_issue i ON i.bill_id = b.id JOIN ledger_account a ON a.id = b.account_id "
                       "WHERE b.run_id = %s", [account, run_id])  # fmt: skip
        everybody, waiting = cursor.fetchone()
    assert everybody
    assert waiting == 0

    made = propose(clerk, number, bill_id)
    assert f'href="/corrections/{made}/"' in said(few_queries(clerk, "/"))
    assert "Approuvée" in said(second.post(f"/corrections/{made}/approuver/", follow=True))
    assert "à corriger" not in said(few_queries(clerk, "/"))
    assert [it.code for it in verify() if it.count] == []


def test_a_refusal_says_why_and_a_withdrawal_is_called_so(client_as: Signs) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.ADMINISTRATOR)
    number, bill_id, _ = misread()
    made = propose(clerk, number, bill_id)
    assert "Dire pourquoi" in said(second.post(f"/corrections/{made}/refuser/", {"reason": " "}, follow=True))
    text = said(second.post(f"/corrections/{made}/refuser/", {"reason": "relire d’abord"}, follow=True))
    assert "Refusée" in text
    assert "relire d’abord" in text
    again = propose(clerk, number, bill_id)
    assert "Retirée" in said(clerk.post(f"/corrections/{again}/refuser/", {"reason": "erreur"}, follow=True))
    assert "déjà refusée" in said(second.post(f"/corrections/{made}/approuver/", follow=True))


def test_what_cannot_be_corrected_is_said_beside_its_cause(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    number, bill_id, _ = misread(400)
    empty = clerk.post(f"/factures/{number}/corriger/", {"first": bill_id, "step": "show"})
    assert empty.status_code == 422
    too_late = ASKED | {"first": bill_id, "reported_on": "2026-11-17"}
    for step in ("show", "propose"):
        answer = clerk.post(f"/factures/{number}/corriger/", too_late | {"step": step})
        assert (answer.status_code, "ne vient pas après" in said(answer)) == (422, True)
    made = propose(clerk, number, bill_id)
    assert "attend déjà" in said(clerk.get(f"/factures/{number}/corriger/"))
    assert clerk.get(f"/corrections/{made + 1}/").status_code == 404
    assert clerk.get("/factures/2019-000001/corriger/").status_code == 404


def test_the_held_bill_whose_basis_changed_leads_to_the_correction_of_the_bill_before(client_as: Signs) -> None:
    from fanal.doors.desk.pages.runs import _elsewhere
    from fanal.law.metering.plausibility import Fix, HoldReason
    from fanal.reports.bill_runs import HeldBill

    told = dict.fromkeys(HeldBill.__dataclass_fields__, 0) | {"previous": 2026_000_000_318}
    changed = HeldBill(**told | {"reasons": ((HoldReason.BASIS_CHANGED, {}),)})

    assert _elsewhere(Fix.CORRECT, changed) == "/factures/2026-000318/corriger/"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_browser_shows_proposes_and_waits_without_a_barrier(
    own_town: str, page_as: Opens, accessible: Checks, lang: str
) -> None:
    number, _, _ = misread()
    page = page_as(Role.BILLING, lang)
    page.goto(f"/factures/{number}/corriger/")
    page.fill("[name=reason]", "Chiffres inversés")
    page.click("button[value=show]")
    page.wait_for_selector(".preview")
    page.click("button[value=propose]")
    page.wait_for_url("**/corrections/*/")
    accessible(page, page.url)
