"""« Reprise » at the desk: counts that add up, rows that wait and are decided, customers merged by two persons."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import Role
from fanal.doors.migration import intake
from fanal.records.takeover import facts
from fanal.records.takeover.loading import whole
from tests.doors.desk.conftest import TODAY
from tests.doors.migration.towns import Town, small_town

Signs, Few, Opens, Checks = Callable[..., Client], Callable[..., Any], Callable[..., Page], Callable[..., None]


def faulty() -> Town:
    """An orphan payment, a cell that cannot be read, a customer twice, a deceased one."""
    town = small_town()
    first = town.rows["customers"][0]
    town.add("customers", first | {"number": "100009", "given_name": "A.", "postal_code": ""})
    town.rows["customers"][1] |= {"status": "D", "note": "DÉCÉDÉ LE 2026-01-02; SUCCESSION"}
    paid = {"number": "77", "account": "7777777", "received_on": "2026-10-20", "amount": "12,50", "channel": "CH"}
    town.add("payments", paid, paid | {"number": "78", "amount": "douze"})
    return town


def received(folder: Any) -> int:
    mapping = intake.read_mapping()
    who: dict[str, Any] = {"by": "clara.service", "on": TODAY}
    export = intake.receive(folder=faulty().write(folder), mapping=mapping, **who).export_id
    intake.examine(export_id=export, **who)
    return export


def said(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


def test_without_an_export_the_page_says_how_to_receive_one(client_as: Signs) -> None:
    assert "import-legacy" in said(client_as(Role.BILLING).get("/reprise/"))


def test_the_files_show_their_counts_and_the_faults_found(client_as: Signs, few_queries: Few, tmp_path: Any) -> None:
    received(tmp_path)
    page = said(few_queries(client_as(Role.AUDITOR), "/reprise/"))

    assert "2 lignes de côté" in page
    assert "Client décédé" in page
    assert "Duplicate customer" in said(client_as(Role.AUDITOR, lang="en").get("/reprise/"))


def test_why_a_cell_is_not_read_is_told_in_the_language_of_the_page(client_as: Signs, tmp_path: Any) -> None:
    export = received(tmp_path)

    assert "« douze » n’est pas un nombre écrit avec" in said(
        client_as(Role.BILLING).get(f"/reprise/{export}/defauts/")
    )
    english = said(client_as(Role.BILLING, lang="en").get(f"/reprise/{export}/defauts/"))
    assert "MONTANT: “douze” is not a number written with “,” before its decimals." in english
    assert "n’est pas un nombre" not in english


def test_a_row_that_waits_is_corrected_and_loaded(client_as: Signs, few_queries: Few, tmp_path: Any) -> None:
    export = received(tmp_path)
    client = client_as(Role.BILLING)
    page = said(few_queries(client, f"/reprise/{export}/defauts/"))
    assert "Aucun abonnement ne porte le numéro 7777777" in page
    flaw = next(it for it in facts.flaws(export) if it.code == "ORPHAN_PAYMENT" and it.key == "77")
    assert "NO_ABONNEMENT" in said(few_queries(client, f"/reprise/defauts/{flaw.id}/"))

    refused = client.post(f"/reprise/defauts/{flaw.id}/decider/", {"load": "yes", "reason": "talon"})
    assert refused.status_code == 422
    assert "ne se charge pas sans sa correction" in said(refused)

    given = {"load": "yes", "reason": "talon retrouvé", "c_account": "1000002"}
    assert client.post(f"/reprise/defauts/{flaw.id}/decider/", given).status_code == 302
    assert next(it for it in facts.flaws(export) if it.id == flaw.id).standing == "NOTED"
    assert "talon retrouvé" in said(client.get(f"/reprise/defauts/{flaw.id}/"))


def test_a_rule_leaves_out_all_its_like_until_it_ends(client_as: Signs, tmp_path: Any) -> None:
    export = received(tmp_path)
    client = client_as(Role.BILLING)
    flaw = next(it for it in facts.flaws(export) if it.code == "UNREADABLE_CELL")

    client.post(f"/reprise/defauts/{flaw.id}/decider/", {"load": "no", "reason": "rendus", "rule": "yes"})
    (rule,) = facts.rules()
    assert "rendus" in said(client.get("/reprise/"))

    client.post(f"/reprise/regles/{rule.id}/finir/")
    assert facts.rules() == []


def test_two_persons_merge_two_customers(client_as: Signs, few_queries: Few, tmp_path: Any) -> None:
    export = received(tmp_path)
    clerk, second = client_as(Role.SERVICE), client_as(Role.BILLING)
    assert "même courriel" in said(few_queries(clerk, f"/reprise/{export}/doubles/"))

    clerk.post(f"/reprise/{export}/doubles/proposer/", {"kept": "100001", "merged": "100009", "reason": ["email"]})
    (merge,) = facts.merges(export)
    address = f"/reprise/{export}/doubles/{merge.id}/"
    clerk.post(address, {"act": "confirm"})
    assert facts.merges(export)[0].confirmed_by == ""

    second.post(address, {"act": "confirm"})
    assert facts.merges(export)[0].confirmed_by
    assert "confirmée par" in said(second.get(f"/reprise/{export}/doubles/"))
    second.post(address, {"act": "undo"})
    assert facts.merges(export) == []


def test_an_auditor_looks_and_decides_nothing(client_as: Signs, tmp_path: Any) -> None:
    export = received(tmp_path)
    flaw = facts.flaws(export, standing="ASIDE")[0]
    client = client_as(Role.AUDITOR)

    assert "Écarter" not in said(client.get(f"/reprise/defauts/{flaw.id}/"))
    assert client.post(f"/reprise/defauts/{flaw.id}/decider/", {"load": "no", "reason": "x"}).status_code == 403


def test_everybody_can_read_the_pages_of_the_takeover(
    own_town: str, accessible: Checks, page_as: Opens, tmp_path: Any
) -> None:
    export = received(tmp_path)
    flaw = facts.flaws(export, standing="ASIDE")[0]
    page = page_as(Role.ADMINISTRATOR)

    for path in (
        "/reprise/",
        f"/reprise/{export}/defauts/",
        f"/reprise/defauts/{flaw.id}/",
        f"/reprise/{export}/doubles/",
    ):
        accessible(page, path)


def test_a_column_that_moved_is_named_as_people_name_it(client_as: Signs, tmp_path: Any) -> None:
    town = small_town()
    mapping = intake.read_mapping()
    who: dict[str, Any] = {"by": "clara.service", "on": TODAY}
    for part, amount in (("first", "81,11"), ("second", "80,00")):
        town.rows["payments"][1] |= {"amount": amount, "received_on": f"2026-10-{'20' if part == 'first' else '21'}"}
        folder = town.write(tmp_path / part)
        export = intake.take_in(folder=folder, mapping=mapping, **who).export_id
        whole.load_export(export_id=export, books=mapping.books, **who)
    [flaw] = facts.flaws(export, code="CHANGED_SINCE")

    page = f"/reprise/defauts/{flaw.id}/"
    french, english = (said(client_as(Role.AUDITOR, lang=it).get(page)) for it in ("fr", "en"))

    assert "une fois chargé : DATE, MONTANT." in french
    assert "received_on" not in french.split("<form")[0]
    assert "once it is loaded: received on, amount." in english
