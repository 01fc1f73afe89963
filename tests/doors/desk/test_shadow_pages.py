"""Reprise at the desk: what the parallel run found, each difference with both sides, and the gate before leaving."""

import re
from html import unescape

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from factories import new_receipt

from fanal.doors.cli import main
from fanal.doors.desk.roles import DEMO_PEOPLE, Role
from fanal.doors.jobs import queue
from fanal.records.elsewhere.facts import cycles
from fanal.records.journal import acts as journal
from fanal.records.payments import acts as payments
from fanal.records.shadow import acts as shadow
from fanal.records.shadow import facts
from fanal.reports import reconciliation
from fanal.reports.gate import gate
from fanal.reports.journal import events
from tests.billing import rows
from tests.doors.desk.parallel import TODAY, compared, loaded, one_cent, priced_town, received

MAUDE = DEMO_PEOPLE[Role.BILLING][0]


def text_of(answer) -> str:
    """What a page says, its spaces plain, without its tags."""
    said = unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", said))


def test_without_an_export_the_pages_say_what_comes_first_and_lead_there(client_as, few_queries):
    reading, receiving = client_as(Role.AUDITOR), client_as(Role.ADMINISTRATOR)
    there = f'href="{reverse("takeover_intake")}"'

    for name in ("shadow", "gate", "reconciliation"):
        answer = few_queries(reading, reverse(name))
        assert "Aucune exportation" in text_of(answer)
        assert there not in answer.content.decode()
        assert there in few_queries(receiving, reverse(name)).content.decode()


def test_the_counts_are_by_class_cycle_year_and_rate(client_as, few_queries):
    compared(one_cent())
    said = text_of(few_queries(client_as(Role.AUDITOR), reverse("shadow")))

    assert "Règle d’arrondi 1 81,10 $ 81,11 $ + 0,01 $" in said.replace("+0,01", "+ 0,01")
    assert re.search(r"Inexpliqué à résoudre 1 110,56 \$ 81,11 \$", said)
    assert "Comparer maintenant" not in said
    for title, key in (("Par cycle", "01"), ("Par année d’émission", "2026"), ("Par tarif", "DOM")):
        assert re.search(rf"{title}.*? {key} 2 2 1 ", said)


def test_a_list_of_differences_is_of_the_class_that_is_asked(client_as, few_queries):
    run = compared(one_cent())
    client = client_as(Role.BILLING)
    address = reverse("shadow_differences", args=[run])

    assert {"260000001", "260000002"} <= set(text_of(few_queries(client, address)).split())
    rounded = text_of(client.get(address, {"classe": "ROUNDING", "cycle": "01", "annee": "2026", "tarif": "DOM"}))
    assert ("260000001" in rounded, "260000002" in rounded) == (True, False)
    assert "TPS coupée au cent plutôt qu’arrondie" in rounded
    assert "Aucun écart" in text_of(client.get(address, {"annee": "2020"}))
    assert client.get(address, {"annee": "²"}).status_code == 404


def test_a_difference_shows_both_sides_and_each_of_our_lines_answers_why(client_as, few_queries):
    run = compared(one_cent())
    it = facts.differences(run, wanted={"kind": "ROUNDING"})[0]
    client = client_as(Role.BILLING)
    said = text_of(few_queries(client, reverse("shadow_difference", args=[it.id])))

    assert "Ce qui ferme l’écart au cent TPS coupée au cent plutôt qu’arrondie" in said
    assert re.search(r"TPS diffère 3,52 \$ 3,53 \$ TVQ 7,04 \$ 7,04 \$ Total diffère 81,10 \$ 81,11 \$", said)
    assert re.search(r"EN1 .*?42,39 \$ 600 × 7,065 ¢ 42,39 \$ 600 kWh × 7,065 ¢ Pourquoi \?", said)
    assert re.search(r"G0000001 1500 relève réelle 2100 relève réelle 600 × 1 600", said)
    place = next(at for at, line in enumerate(it.here["lines"]) if line["component"] == "EN1")
    why = text_of(few_queries(client, reverse("shadow_why", args=[it.id, place])))
    assert "40 kWh × 61 jours" in why
    assert "2 440 kWh" in why
    assert client.get(reverse("shadow_why", args=[it.id, 99])).status_code == 404
    assert client.get(reverse("shadow_difference", args=[10**6])).status_code == 404


def test_what_nothing_explains_is_told_as_such_in_both_languages(client_as):
    it = facts.differences(compared(one_cent()), wanted={"kind": "UNEXPLAINED"})[0]
    address = reverse("shadow_difference", args=[it.id])

    assert "Rien de ce qui est gardé n’explique cet écart" in text_of(client_as(Role.BILLING).get(address))
    assert "Before taxes: $99.99 there, $70.54 here" in text_of(client_as(Role.BILLING, lang="en").get(address))


def test_a_run_is_asked_from_the_page_and_done_by_the_worker(client_as):
    received(priced_town())
    client = client_as(Role.BILLING)
    assert "Comparer maintenant" in text_of(client.get(reverse("shadow")))
    for _twice in range(2):
        assert client.post(reverse("shadow_begin")).status_code == 302
    (run,) = facts.runs()
    assert (run.begun_by, run.ended) == (MAUDE, False)
    assert "en attente de l’ouvrier" in text_of(client.get(reverse("shadow_progress", args=[run.id])))

    assert queue.work_once()
    assert facts.run(run.id).ended
    assert "2 Au cent près 2" in text_of(client.get(reverse("shadow")))
    assert client.get(reverse("shadow_progress", args=[run.id])).headers["HX-Refresh"] == "true"


def test_an_export_without_prices_is_refused_aloud(client_as):
    town = priced_town()
    town.rows.pop("prices")
    received(town)
    client = client_as(Role.BILLING)

    assert "n’a pas de prix" in text_of(client.post(reverse("shadow_begin"), follow=True))
    assert facts.runs() == []


def states() -> dict[str, str]:
    return {it.code: it.state for it in gate().checks}


def verified(count: int) -> None:
    journal.record("invariants.verified", about="invariants", by="hortense", on=TODAY,
                   grounds={"invariants": [["I1", "…", count]]})  # fmt: skip


def reconciled(export: int, red: int) -> None:
    found = {"checks": [], "accounts": 2, "differing": red, "unexplained": red, "differences": [], "waiting": []}
    journal.record(reconciliation.MADE, about=f"export:{export}", by="theo", on=TODAY, grounds=found)


def test_the_gate_opens_when_every_condition_holds_and_not_before(client_as, few_queries):
    client = client_as(Role.TREASURER)
    run = compared(priced_town())
    export = facts.run(run).export_id
    verified(1)
    assert states() == {
        "cycles": "good",
        "unexplained": "good",
        "reconciled": "waiting",
        "books": "good",
        "invariants": "bad",
    }
    assert "Pas encore" in text_of(few_queries(client, reverse("gate")))
    reconciled(export, 2)
    assert states()["reconciled"] == "bad"
    reconciled(export, 0)
    reconciled(export + 1, 9)
    verified(0)
    assert set(states().values()) == {"good"}
    assert "L’ancien système peut être quitté" in text_of(client.get(reverse("gate")))


def unread_town():
    """The small town without a reading of its first meter: one printed bill cannot be rated."""
    town = priced_town()
    town.rows["readings"] = [it for it in town.rows["readings"] if it["premises"] != "200001"]
    return town


def other_price():
    """Both bills were printed at another price of the first block than the list says."""
    town = priced_town()
    [row] = [it for it in town.rows["prices"] if it["component"] == "EN1"]
    row["price"] = "0,17065"
    return town


def explained() -> dict[str, int]:
    [it] = [it for it in gate().checks if it.code == "unexplained"]
    return dict(it.facts)


def test_bills_that_nothing_could_rate_shut_the_gate_until_a_person_accepts_them(client_as, few_queries):
    run = compared(unread_town())
    client = client_as(Role.BILLING)

    assert states()["unexplained"] == "bad"
    assert explained() == {"bills": 2, "unexplained": 0, "to_accept": 1, "accepted": 0, "explained": 0}
    page = text_of(few_queries(client, reverse("gate")))
    assert "à accepter : 1 ; acceptés : 0." in page
    assert "Il manque une relève 1 facture, 81,11 $" in page
    asked = {"run": run, "code": "no_reading", "about": "", "bills": "1"}
    assert "Dire pourquoi" in text_of(client.post(reverse("gate_accept"), asked | {"reason": " "}, follow=True))
    wrong = text_of(client.post(reverse("gate_accept"), asked | {"reason": "relevé perdu", "bills": "2"}, follow=True))
    assert "Ce constat n’est plus celui de la marche" in wrong
    assert client_as(Role.AUDITOR).post(reverse("gate_accept"), asked | {"reason": "x"}).status_code == 403
    assert states()["unexplained"] == "bad"

    assert "Constat accepté" in text_of(
        client.post(reverse("gate_accept"), asked | {"reason": "Relevé perdu."}, follow=True)
    )
    assert states()["unexplained"] == "good"
    assert explained()["accepted"] == 1
    assert f"Accepté par {MAUDE}" in text_of(client.get(reverse("gate")))
    assert "déjà accepté" in text_of(client.post(reverse("gate_accept"), asked | {"reason": "Encore."}, follow=True))
    [told] = events(acts=["shadow.accept"], limit=9)
    assert (told.by, told.grounds["bills"], told.grounds["reason"]) == (MAUDE, 1, "Relevé perdu.")


def test_another_run_with_the_same_count_stands_and_with_another_asks_again():
    run = compared(unread_town())
    shadow.accept_finding(run_id=run, code="no_reading", about="", bills=1, reason="Perdu.", by=MAUDE, on=TODAY)
    town = unread_town()
    town.rows["customers"][0]["phone"] = "418 555-0199"
    compared(town)
    assert states()["unexplained"] == "good"

    town.rows["readings"] = []
    compared(town)
    assert states()["unexplained"] == "bad"
    assert explained()["to_accept"] == 2


def test_another_price_is_said_once_with_its_bills_and_waits_for_a_person(client_as):
    run = compared(other_price())
    client = client_as(Role.ADMINISTRATOR)

    [it] = facts.findings(run)
    assert (it.code, it.kind, it.bills, it.accepted_by) == ("other_price", "OTHER_PRICE", 2, "")
    page = text_of(client.get(reverse("gate")))
    assert "Prix EN1 du 1 er avril 2026 : 17,065 ¢ ici, 7,065 ¢ imprimé 2 factures" in page
    assert states()["unexplained"] == "bad"
    listed = text_of(client.get(reverse("shadow_differences", args=[run]), {"raison": it.code, "prix": it.about}))
    assert {"260000001", "260000002"} <= set(listed.split())
    english = text_of(client_as(Role.AUDITOR, lang="en").get(reverse("gate")))
    assert re.search(r"Price EN1 of .{0,20}: 17.065 ?¢ here, 7.065 ?¢ printed", english), english

    shadow.accept_finding(run_id=run, code=it.code, about=it.about, bills=2, reason="Vu.", by=MAUDE, on=TODAY)
    assert states()["unexplained"] == "good"


def test_the_database_keeps_what_was_accepted():
    run = compared(unread_town())
    shadow.accept_finding(run_id=run, code="no_reading", about="", bills=1, reason="Perdu.", by=MAUDE, on=TODAY)

    again = ("INSERT INTO shadow_acceptance (run_id, code, about, bills, there_cents, reason, accepted_by, accepted_on,"
             " again) SELECT run_id, code, about, bills, there_cents, reason, accepted_by, accepted_on, {}"
             " FROM shadow_acceptance")  # fmt: skip
    for said in ("UPDATE shadow_acceptance SET bills = 9", "DELETE FROM shadow_acceptance",
                 "INSERT INTO shadow_withdrawal (acceptance_id, reason, withdrawn_by, withdrawn_on)"
                 " SELECT id, '', accepted_by, accepted_on FROM shadow_acceptance",
                 again.format(0), again.format(1)):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(said)


def test_an_acceptance_is_withdrawn_with_a_reason_the_gate_shuts_and_it_may_be_accepted_anew(client_as, few_queries):
    run = compared(unread_town())
    asked = {"run": run, "code": "no_reading", "about": "", "bills": "1"}
    client, address = client_as(Role.BILLING), reverse("gate_withdraw")
    client.post(reverse("gate_accept"), asked | {"reason": "Relevé perdu."})
    [it] = facts.findings(run)
    asked_back = {"acceptance": it.acceptance_id}
    assert "Retirer cette acceptation" in text_of(client.get(reverse("gate")))
    assert "Retirer cette acceptation" not in text_of(client_as(Role.AUDITOR).get(reverse("gate")))
    assert client_as(Role.AUDITOR).post(address, asked_back | {"reason": "x"}).status_code == 403
    assert "Dire pourquoi" in text_of(client.post(address, asked_back | {"reason": " "}, follow=True))
    assert "Aucune acceptation" in text_of(client.post(address, {"acceptance": "99999", "reason": "x"}, follow=True))
    assert client.post(address, {"acceptance": "un", "reason": "x"}).status_code == 404
    assert states()["unexplained"] == "good"

    done = client.post(address, asked_back | {"reason": "Le relevé est retrouvé."}, follow=True)
    assert "Acceptation retirée : le constat attend de nouveau." in text_of(done)

    assert states()["unexplained"] == "bad"
    assert explained() == {"bills": 2, "unexplained": 0, "to_accept": 1, "accepted": 0, "explained": 0}
    page = text_of(few_queries(client, reverse("gate")))
    assert f"Acceptation retirée par {MAUDE}" in page
    assert "Le relevé est retrouvé." in page
    assert "déjà retirée" in text_of(client.post(address, asked_back | {"reason": "Encore."}, follow=True))
    [told] = events(acts=["shadow.withdraw"], limit=9)
    assert (told.by, told.grounds["bills"], told.grounds["reason"]) == (MAUDE, 1, "Le relevé est retrouvé.")

    client.post(reverse("gate_accept"), asked | {"reason": "Perdu pour de bon."})
    assert states()["unexplained"] == "good"
    [it] = facts.findings(run)
    assert (it.reason, it.withdrawn) == ("Perdu pour de bon.", 1)
    client.post(address, {"acceptance": it.acceptance_id, "reason": "Non."})
    assert [(it.accepted_by, it.withdrawn, it.withdrawn_reason) for it in facts.findings(run)] == [("", 2, "Non.")]


def test_the_gate_by_command_accepts_only_what_was_seen(capsys, monkeypatch):
    monkeypatch.setattr("fanal.doors.cli.gate.open_office", lambda: None)
    compared(unread_town())

    assert main(["gate"]) == 1
    assert "  1. Il manque une relève — 1 facture" in capsys.readouterr().out.replace("\u00a0", " ")
    assert main(["gate", "--accept", "1", "--by", MAUDE]) == 1
    assert main(["gate", "--accept", "1", "--bills", "3", "--reason", "Perdu.", "--by", MAUDE]) == 1
    assert main(["gate", "--accept", "2", "--bills", "1", "--reason", "Perdu.", "--by", MAUDE]) == 1
    assert states()["unexplained"] == "bad"
    main(["gate", "--accept", "1", "--bills", "1", "--reason", "Perdu.", "--by", MAUDE])
    assert states()["unexplained"] == "good"


def test_the_administrator_switches_a_cycle_with_a_reason_while_the_gate_is_shut_and_gives_it_back(client_as):
    town = priced_town()
    for place in town.rows["premises"]:
        place["round"] = "41"
    loaded(town)
    treasurer, client = client_as(Role.TREASURER), client_as(Role.ADMINISTRATOR)
    assert "Basculer vers Fanal" not in text_of(treasurer.get(reverse("gate")))
    assert treasurer.post(reverse("cycles_switch"), {"cycle": "41", "reason": "essai"}).status_code == 403

    for asked, said in (
        ({}, "Choisir au moins un cycle."),
        ({"cycle": "41"}, "Une condition de la mise en marche n’est pas réunie"),
        ({"cycle": "77", "reason": "essai"}, "Le cycle 77 n’a pas été repris"),
        ({"cycle": "41", "reason": "essai"}, "Cycles basculés : Fanal les facture."),
    ):
        assert said in text_of(client.post(reverse("cycles_switch"), asked, follow=True))
    assert [it.ours for it in cycles()] == [True]
    assert re.search(r"41 2 Fanal", text_of(client.get(reverse("gate"))))

    [paid, _] = rows(
        "SELECT a.id, a.number FROM ledger_account a JOIN subscriptions_subscription s ON s.account_id = a.id"
        " JOIN premises_deliverypoint d ON d.id = s.delivery_point_id WHERE d.cycle = 41"
    )
    who = {"by": "ana", "on": cycles()[0].changed_on}
    receipt = new_receipt(paid.id, 5_500, reference="GUICHET-7", received_on=who["on"])
    payments.record_receipts(receipts=[receipt], **who)
    unknown = f"1 paiement reçu ici depuis (55,00 $) est à inscrire dans l’ancien système : {paid.number}"
    for asked, said in (
        ({"cycle": "41"}, "Dire pourquoi ces cycles reviennent"),
        ({"cycle": "41", "reason": "essai fini"}, unknown),
    ):
        assert said in text_of(client.post(reverse("cycles_give_back"), asked, follow=True))
    assert [it.ours for it in cycles()] == [False]


def test_an_unexplained_difference_keeps_the_gate_shut():
    run = compared(one_cent())

    assert {it.code: it.facts for it in gate().checks}["unexplained"] == {
        "bills": 2, "unexplained": 1, "to_accept": 0, "accepted": 0, "explained": 1,
    }  # fmt: skip
    assert states()["unexplained"] == "bad"
    assert gate().run.id == run


def test_a_cycle_that_nobody_billed_keeps_the_gate_shut(client_as):
    town = priced_town()
    town.rows["premises"][1]["round"] = "02"
    town.bills = [line for line in town.bills if "260000002" not in line[:12]]
    town.rows["readings"] = [it for it in town.rows["readings"] if it["meter"] != "G0000002"]
    compared(town)

    assert {it.code: it.facts for it in gate().checks}["cycles"] == {"done": 1, "wanted": 2, "left": ["02"]}
    assert "Cycles : 1 sur 2. Il manque : 02." in text_of(client_as(Role.AUDITOR).get(reverse("gate")))


def test_a_run_that_stopped_is_none_for_the_gate():
    compared(priced_town(), sets=1, many=1)

    assert (gate().run, states()["cycles"], states()["unexplained"]) == (None, "waiting", "waiting")


pytestmark = pytest.mark.usefixtures("desk")
