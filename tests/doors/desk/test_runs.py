"""The pages of bill runs: opened, computed, reviewed, approved by another person, issued only past green invariants."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.cli import main
from fanal.doors.desk.pages.runs import _against
from fanal.doors.desk.roles import Role
from fanal.doors.jobs import queue, verification
from fanal.law.metering.plausibility import HoldReason
from fanal.records.billing import facts
from fanal.records.journal.facts import last_event
from fanal.records.metering import acts as metering
from fanal.reports import bill_runs
from fanal.values import wording
from tests.doors.desk.conftest import TODAY

Opens, Checks, Signs, Few = Callable[..., Page], Callable[..., None], Callable[..., Client], Callable[..., Any]
DAY = "2026-11-16"


def opened(client: Client) -> int:
    """A run of the cycle that has held bills, opened and computed as a clerk does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.cycle FROM billing_bill b JOIN billing_run r ON r.id = b.run_id WHERE b.held AND "
            "NOT EXISTS (SELECT FROM billing_issue i WHERE i.bill_id = b.id) ORDER BY b.id DESC LIMIT 1"
        )
        cycle = cursor.fetchone()[0]
    answer = client.post("/lots/ouvrir/", {"cycle": cycle, "on": DAY})
    assert answer.status_code == 302, answer.content.decode()
    run_id = int(answer.headers["Location"].split("/")[2])
    assert queue.work_once()
    return run_id


def said(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def state(run_id: int) -> str:
    known = facts.run(run_id)
    assert known is not None
    return known.state


def held(run_id: int) -> list[int]:
    return sorted({it.subscription_id for it in facts.held_bills(run_id)})


def accept_all(client: Client, run_id: int) -> None:
    for subscription in held(run_id):
        client.post(f"/lots/{run_id}/decider/", {"decide": f"ACCEPT:{subscription}", "reason": "vue au compteur"})
    for subscription in held(run_id):
        client.post(f"/lots/{run_id}/decider/", {"decide": f"POSTPONE:{subscription}", "reason": "à relire"})


def test_the_list_and_a_run_open_in_few_queries(client_as: Signs, few_queries: Few) -> None:
    client = client_as(Role.AUDITOR)

    assert "Lots de facturation" in few_queries(client, "/lots/").content.decode()
    text = few_queries(client, f"/lots/{facts.runs()[-1]}/").content.decode()
    assert "plus gros écarts" in text
    assert "dernier lot" in text


def test_a_run_goes_from_opening_to_issue_by_two_people(client_as: Signs, few_queries: Few) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    run_id = opened(clerk)
    few_queries(clerk, f"/lots/{run_id}/")
    accept_all(clerk, run_id)
    clerk.post(f"/lots/{run_id}/revue/")
    clerk.post(f"/lots/{run_id}/approuver/")
    assert state(run_id) == "REVIEWED"
    early = clerk.post(f"/lots/{run_id}/emettre/", follow=True).content.decode()
    assert "Le lot n’en est pas là" in early
    assert "une autre personne l’approuve" in said(clerk, f"/lots/{run_id}/")
    second.post(f"/lots/{run_id}/approuver/")
    clerk.post(f"/lots/{run_id}/emettre/")
    queue.work_once()

    assert state(run_id) == "ISSUED"
    event = last_event([verification.VERIFIED])
    assert event is not None
    assert (event.about, event.by) == (f"run:{run_id}", "maude.facturation")


def test_nothing_is_issued_past_a_broken_invariant(client_as: Signs) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    run_id = opened(clerk)
    accept_all(clerk, run_id)
    clerk.post(f"/lots/{run_id}/revue/")
    second.post(f"/lots/{run_id}/approuver/")
    with connection.cursor() as cursor:  # the planted fault: a bill is dearer than its lines
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_bill SET net_cents = net_cents + 1, total_cents = total_cents + 1 "
                       "WHERE id = (SELECT min(bill_id) FROM billing_issue)")  # fmt: skip
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    clerk.post(f"/lots/{run_id}/emettre/")
    queue.work_once()

    assert state(run_id) == "APPROVED"
    page = said(clerk, f"/lots/{run_id}/")
    assert "Rien ne s’émet" in page
    assert "Reprendre" not in page  # nothing is under way: « Émettre » asks again
    assert "Émettre " in page
    assert "Nothing is issued while an invariant is broken" in said(client_as(Role.BILLING, "en"), f"/lots/{run_id}/")
    clerk.post(f"/lots/{run_id}/rouvrir/")
    clerk.post(f"/lots/{run_id}/revue/")
    second.post(f"/lots/{run_id}/approuver/")
    assert "Rien ne s’émet" not in said(clerk, f"/lots/{run_id}/")  # that was said of the approval before
    event = last_event([verification.VERIFIED])
    assert event is not None
    assert any(count for _code, _title, count in event.grounds["invariants"])


def test_a_bill_that_was_accepted_is_no_longer_called_held(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    swung = {it.subscription_id for it in bill_runs.swings(run_id, 1000) if it.held}
    assert swung == {it.subscription_id for it in bill_runs.swings(run_id, 1000)} & set(held(run_id))
    assert swung
    accept_all(clerk, run_id)
    still = {it.subscription_id for it in bill_runs.swings(run_id, 1000) if it.held}

    assert still == swung & set(held(run_id))
    assert still < swung


def test_a_bill_whose_reading_is_corrected_after_the_approval_is_said_not_to_leave_and_does_not(
    client_as: Signs, few_queries: Few
) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    run_id = opened(clerk)
    accept_all(clerk, run_id)
    clerk.post(f"/lots/{run_id}/revue/")
    second.post(f"/lots/{run_id}/approuver/")
    totals = facts.run_totals(run_id)
    leaving, subscription, cents = totals["bills"] - totals["held"], *corrected_since(run_id)

    page = plain(few_queries(clerk, f"/lots/{run_id}/").content.decode())
    assert "1 facture ne partira pas telle quelle" in page
    assert f"Émettre {leaving - 1} facture" in page
    assert wording.money(totals["total_cents"] - cents).replace("\xa0", " ") in page
    clerk.post(f"/lots/{run_id}/rouvrir/")
    assert f'value="{subscription}" aria-label="Recalculer' in said(clerk, f"/lots/{run_id}/")
    clerk.post(f"/lots/{run_id}/revue/")
    second.post(f"/lots/{run_id}/approuver/")
    clerk.post(f"/lots/{run_id}/emettre/")
    assert queue.work_once()

    assert state(run_id) == "ISSUED"
    assert len(facts.issued_bills(run_id)["bill_id"]) == leaving - 1
    assert "ne partira pas" not in said(clerk, f"/lots/{run_id}/")


def corrected_since(run_id: int) -> tuple[int, int]:
    """The reading that opens one of the bills to leave, corrected: the subscription, and the bill's cents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.subscription_id, b.total_cents, b.delivery_point_id, m.register_id, m.from_on, m.from_value "
            "FROM billing_bill b JOIN billing_measure m ON m.bill_id = b.id AND m.kind = 1 AND m.from_sequence > 0 "
            "WHERE b.run_id = %s AND b.id NOT IN (SELECT bill_id FROM billing_review WHERE act = 'POSTPONE') "
            "ORDER BY b.id LIMIT 1", [run_id],
        )  # fmt: skip
        subscription, cents, point, register, read_on, value = cursor.fetchone()
    metering.correct_reading(
        delivery_point_id=point, register_id=register, read_on=read_on, index=str(value // 1000 + 3), reason="mal lu",
        by="releveur", on=TODAY,
    )  # fmt: skip
    return subscription, cents


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_a_run_is_compared_with_the_last_one_of_its_cycle_the_same_day_included_and_says_which(
    client_as: Signs,
) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    first = opened(clerk)
    accept_all(clerk, first)
    clerk.post(f"/lots/{first}/revue/")
    second.post(f"/lots/{first}/approuver/")
    clerk.post(f"/lots/{first}/emettre/")
    assert queue.work_once()
    cycle = facts.run(first).cycle
    clerk.post("/lots/ouvrir/", {"cycle": cycle, "on": DAY})
    assert queue.work_once()
    again = facts.runs()[-1]

    compared = bill_runs.compared(again)
    assert (again > first, compared.last.id) == (True, first)
    page = plain(said(clerk, f"/lots/{first}/"))
    before = bill_runs.compared(first).last
    assert f'Dernier lot : <a href="/lots/{before.id}/">lot {before.id} du ' in page


def test_what_a_run_and_a_person_find_of_the_files_of_the_ledger_is_the_same(
    client_as: Signs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = client_as(Role.BILLING)
    with connection.cursor() as cursor:  # planted: an entry that nobody balances, past every guard
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_posting SET debit_cents = debit_cents + 100 WHERE ctid = "
                       "(SELECT ctid FROM ledger_posting WHERE debit_cents > 0 LIMIT 1)")  # fmt: skip
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = verification.broken(by="maude.facturation", on=TODAY, about="run:1")["I23"]
    monkeypatch.setattr("fanal.doors.cli.verify.open_office", lambda: None)
    main(["verify", "--json", "--only", "I23"])

    assert json.loads(capsys.readouterr().out)[0]["count"] == found > 1
    assert f"{found} lignes en faute" in said(clerk, "/invariants/")


def test_a_run_that_issued_nothing_does_not_say_that_its_bills_left(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    cycle = bill_runs.cycles()[0].number
    answer = clerk.post("/lots/ouvrir/", {"cycle": cycle, "on": "2025-11-16"})
    assert answer.status_code == 302, answer.content.decode()
    run_id = int(answer.headers["Location"].split("/")[2])
    assert queue.work_once()
    clerk.post(f"/lots/{run_id}/revue/")
    client_as(Role.TREASURER).post(f"/lots/{run_id}/approuver/")
    clerk.post(f"/lots/{run_id}/emettre/")
    assert queue.work_once()

    assert state(run_id) == "ISSUED"
    assert "Les factures sont parties" not in said(clerk, f"/lots/{run_id}/")
    assert "Aucune facture n’est partie" in said(clerk, f"/lots/{run_id}/")


def test_each_held_row_says_why_and_what_to_do_and_one_key_does_it(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    text = said(clerk, f"/lots/{run_id}/")

    assert held(run_id)
    assert 'data-key="p"' in text
    assert "d’habitude" in text or "après" in text
    clerk.post(f"/lots/{run_id}/decider/", {"decide": f"POSTPONE:{held(run_id)[0]}", "reason": "à relire"})
    assert "Décidées" in said(clerk, f"/lots/{run_id}/")
    clerk.post(f"/lots/{run_id}/recalculer/", {"subscription": held(run_id)[0]})
    assert "Décidées" not in said(clerk, f"/lots/{run_id}/")


def test_what_waits_beyond_the_list_is_counted_and_said(client_as: Signs, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    waiting = len(held(run_id))
    assert "autres factures attendent sans se lire ici" not in said(clerk, f"/lots/{run_id}/")
    monkeypatch.setattr(bill_runs, "HELD_READ", 1)
    text = said(clerk, f"/lots/{run_id}/").replace("\xa0", " ")

    assert waiting > 2
    assert f"{waiting - 1} autres factures attendent sans se lire ici" in text
    assert f"{waiting} retenues" in text
    clerk.post(f"/lots/{run_id}/decider/", {"decide": f"POSTPONE:{held(run_id)[0]}", "reason": "à relire"})
    text = said(clerk, f"/lots/{run_id}/")
    assert f"{waiting - 2} autre" in text


def test_a_decision_without_a_reason_or_a_choice_is_refused(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    answer = clerk.post(f"/lots/{run_id}/decider/", {"decide": "ACCEPT", "reason": "x"}, follow=True)
    assert "Aucune facture n’est choisie" in answer.content.decode()
    one = {"decide": f"POSTPONE:{held(run_id)[0]}", "reason": " "}

    assert (
        "Une décision accepte la facture ou la reporte, et dit pourquoi"
        in clerk.post(f"/lots/{run_id}/decider/", one, follow=True).content.decode()
    )


def test_a_suspended_run_waits_and_is_taken_up_again(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    accept_all(clerk, run_id)
    clerk.post(f"/lots/{run_id}/revue/")
    client_as(Role.TREASURER).post(f"/lots/{run_id}/approuver/")
    clerk.post(f"/lots/{run_id}/suspendre/")
    queue.ask(kind=queue.ISSUE, subject=run_id, by="maude.facturation", on=facts.run(run_id).on)
    queue.work_once()
    assert "Reprendre" in said(clerk, f"/lots/{run_id}/")
    assert clerk.get(f"/lots/{run_id}/avancement/").headers["HX-Refresh"] == "true"
    clerk.post(f"/lots/{run_id}/emettre/")
    assert 'hx-trigger="every 1s"' in said(clerk, f"/lots/{run_id}/avancement/")
    queue.work_once()

    assert state(run_id) == "ISSUED"
    clerk.post(f"/lots/{run_id}/suspendre/")
    page = said(clerk, f"/lots/{run_id}/")
    assert "il faudrait" in page
    assert "suspendu<" not in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"cycle": "1", "on": "2027-01-01"}, "dans l’avenir"),
        ({"cycle": "1", "on": "demain"}, "Une date s’écrit"),
        ({"cycle": "9", "on": DAY}, "9"),
    ],
)
def test_a_run_that_cannot_open_says_why_beside_its_field(
    client_as: Signs, given: dict[str, str], sentence: str
) -> None:
    answer = client_as(Role.BILLING).post("/lots/ouvrir/", given)

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_a_refusal_speaks_the_language_of_the_page_with_its_facts(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING, "en")
    future = clerk.post("/lots/ouvrir/", {"cycle": "1", "on": "2027-01-01"}).content.decode()
    run_id = opened(clerk)
    one = {"decide": f"POSTPONE:{held(run_id)[0]}", "reason": " "}

    assert "The run of January 1, 2027 is in the future." in future
    assert (
        "A decision accepts the bill or postpones it"
        in clerk.post(f"/lots/{run_id}/decider/", one, follow=True).content.decode()
    )


def test_a_run_is_abandoned_with_a_reason_only(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    clerk.post(f"/lots/{run_id}/abandonner/", {"reason": " "})
    assert state(run_id) == "COMPUTED"
    for odd in ("x" * 200_000, "\u200b", "a\u202eb"):
        refused = clerk.post(f"/lots/{run_id}/abandonner/", {"reason": odd}, follow=True).content.decode()
        assert "Ce texte" in refused
        assert state(run_id) == "COMPUTED"
    clerk.post(f"/lots/{run_id}/abandonner/", {"reason": "mauvais jour"})

    assert state(run_id) == "ABANDONED"
    assert "abandonné" in said(clerk, f"/lots/{run_id}/")


def test_a_clerk_opens_and_reviews_a_run_by_keyboard(page_as: Opens, own_town: str, accessible: Checks) -> None:
    page = page_as(Role.BILLING)
    page.goto("/lots/")
    page.keyboard.press("o")
    page.wait_for_url("**/lots/ouvrir/**")
    page.locator("#id_on").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/lots/\d+/$"))
    run_id = int(page.url.rstrip("/").rpartition("/")[2])
    queue.work_once()
    page.wait_for_selector(".worklist")
    accessible(page, f"/lots/{run_id}/")
    before = held(run_id)
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.wait_for_selector("#decidees")

    assert len(held(run_id)) == len(before)
    assert "Reportée" in page.locator("#decidees").inner_text()


def doubtful(run_id: int) -> bill_runs.HeldBill:
    return next(
        it for it in bill_runs.held(run_id)[0] if it.codes & {HoldReason.DECREASING_INDEX, HoldReason.DOUBTFUL_READING}
    )


@pytest.mark.parametrize("reason", ["Vérifiée à l’écran avec ses preuves", " "])
def test_a_doubtful_reading_is_accepted_for_a_reason_that_is_written_for_it_only(client_as: Signs, reason: str) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    bill = doubtful(run_id)
    path, one = f"/lots/{run_id}/decider/", f"ACCEPT:{bill.subscription_id}"

    asked = clerk.post(path, {"decide": one, "reason": reason})
    assert asked.status_code == 422
    assert "Accepter malgré le doute" in asked.content.decode()
    assert bill.customer in asked.content.decode()
    assert bill.subscription_id in held(run_id)
    written = {"decide": "ACCEPT", "chosen": [bill.subscription_id], "reason": "Photo du compteur vue"}
    clerk.post(path, written)
    assert bill.subscription_id not in held(run_id)
    assert "Photo du compteur vue" in said(clerk, f"/lots/{run_id}/")


def test_one_bill_that_leaves_is_said_as_one(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    for it in held(run_id):
        if not bill_runs.compared(run_id).run.leaving:
            clerk.post(f"/lots/{run_id}/decider/", {"decide": f"ACCEPT:{it}", "reason": "vue au compteur"})

    assert (bill_runs.compared(run_id).run.leaving, len(held(run_id)) > 1) == (1, True)
    assert "resteront hors du lot. Une autre part sans attendre." in plain(said(clerk, f"/lots/{run_id}/"))


def test_after_an_act_the_hand_is_on_the_row_that_followed(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    rows = [it.subscription_id for it in bill_runs.held(run_id)[0]]
    assert len(rows) > 2

    def after(act: str, row: int) -> int:
        answer = clerk.post(f"/lots/{run_id}/decider/", {"decide": f"{act}:{row}", "reason": "à relire"}, follow=True)
        [current] = re.findall(
            r'<li aria-current="true"><input type="checkbox" name="chosen" value="(\d+)"', answer.content.decode()
        )
        return int(current)

    assert after("POSTPONE", rows[1]) == rows[2]
    assert after("POSTPONE", rows[-1]) == rows[-2]


def test_a_run_says_how_many_of_its_cycle_are_not_due_and_why(client_as: Signs) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    first = opened(clerk)
    accept_all(clerk, first)
    assert "faute d’être dû" not in said(clerk, f"/lots/{first}/")
    clerk.post(f"/lots/{first}/revue/")
    second.post(f"/lots/{first}/approuver/")
    clerk.post(f"/lots/{first}/emettre/")
    assert queue.work_once()
    clerk.post("/lots/ouvrir/", {"cycle": facts.run(first).cycle, "on": DAY})
    assert queue.work_once()
    again = bill_runs.compared(facts.runs()[-1]).run

    assert again.subscriptions > again.bills
    assert f"{again.subscriptions - again.bills} abonnement" in plain(said(clerk, f"/lots/{again.id}/"))
    assert re.search(r"faute d’être dus? \(<a [^>]*>art\. 4\.2\.1</a>\)", plain(said(clerk, f"/lots/{again.id}/")))


@pytest.mark.parametrize(
    ("now", "then", "said"), [(4, 649, "dernier lot : 649"), (720, 649, "+ 10,9 %, dernier lot : 649")]
)
def test_a_run_of_another_size_is_compared_without_a_share(now: int, then: int, said: str) -> None:
    assert plain(_against(now, then, str, "dernier lot")) == said


def test_a_run_names_who_it_does_not_bill_and_why(client_as: Signs, few_queries: Few) -> None:
    clerk = client_as(Role.BILLING)
    run_id = opened(clerk)
    assert f'href="/lots/{run_id}/non-factures/"' in said(clerk, f"/lots/{run_id}/")

    every = plain(few_queries(clerk, f"/lots/{run_id}/non-factures/").content.decode())
    assert "Facture retenue" in every
    assert said(clerk, f"/lots/{run_id}/non-factures/?raison=HELD&page=9").count("Facture retenue") > len(held(run_id))
    assert client_as(Role.SERVICE).get(f"/lots/{run_id}/non-factures/").status_code == 403
    assert clerk.get("/lots/99999999999/non-factures/").status_code == 404
