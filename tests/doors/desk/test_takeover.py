"""« Reprise » at the desk: counts that add up, rows that wait and are decided, customers merged by two persons."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import Role
from fanal.doors.migration import intake
from fanal.records.customers import facts as customers
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
    assert "Aucun abonnement ne porte le numéro 7777777. Comptes qui devaient ce montant : aucun." in page
    flaw = next(it for it in facts.flaws(export) if it.code == "ORPHAN_PAYMENT" and it.key == "77")
    assert "NO_ABONNEMENT" in said(few_queries(client, f"/reprise/defauts/{flaw.id}/"))

    refused = client.post(f"/reprise/defauts/{flaw.id}/decider/", {"load": "yes", "reason": "talon"})
    assert refused.status_code == 422
    assert "ne se charge pas sans sa correction" in said(refused)

    given = {"load": "yes", "reason": "talon retrouvé", "c_account": "1000002"}
    assert client.post(f"/reprise/defauts/{flaw.id}/decider/", given).status_code == 302
    assert next(it for it in facts.flaws(export) if it.id == flaw.id).standing == "NOTED"
    assert "talon retrouvé" in said(client.get(f"/reprise/defauts/{flaw.id}/"))


def test_a_value_that_the_cell_cannot_hold_is_told_beside_it(client_as: Signs, tmp_path: Any) -> None:
    export = received(tmp_path)
    flaw = next(it for it in facts.flaws(export) if it.code == "ORPHAN_PAYMENT" and it.key == "77")
    given = {"load": "yes", "reason": "talon", "c_account": "1000002", "c_amount": "beaucoup", "c_received_on": "hier"}

    answer = client_as(Role.BILLING).post(f"/reprise/defauts/{flaw.id}/decider/", given)

    assert answer.status_code == 422
    page = said(answer)
    assert page.index('for="c_amount"') < page.index("« beaucoup » n’est pas un nombre.") < page.index('id="c_amount"')
    assert "« hier » n’est pas un jour du calendrier" in page
    assert 'value="beaucoup"' in page
    assert "c_amount" not in said(client_as(Role.AUDITOR).get(f"/reprise/defauts/{flaw.id}/"))


def test_a_cell_of_codes_is_chosen_in_words(client_as: Signs, tmp_path: Any) -> None:
    export = received(tmp_path)
    flaw = next(it for it in facts.flaws(export) if it.code == "ORPHAN_PAYMENT")
    page = said(client_as(Role.BILLING).get(f"/reprise/defauts/{flaw.id}/"))

    assert '<option value="DEBIT">paiement préautorisé</option>' in page
    assert "telle que reçue : chèque" in page
    assert "as received: cheque" in said(client_as(Role.BILLING, lang="en").get(f"/reprise/defauts/{flaw.id}/"))


def many(folder: Any, rows: int) -> int:
    """An export with that many payments of no account."""
    town = small_town()
    for number in range(rows):
        town.add("payments", {"number": f"9{number:05}", "account": "7777777", "received_on": "2026-10-20",
                              "amount": "12,50", "channel": "CH"})  # fmt: skip
    who: dict[str, Any] = {"by": "clara.service", "on": TODAY}
    return intake.take_in(folder=town.write(folder), mapping=intake.read_mapping(), **who).export_id


def test_three_hundred_rows_are_found_chosen_and_decided_together(
    client_as: Signs, few_queries: Few, tmp_path: Any
) -> None:
    export = many(tmp_path, 300)
    client = client_as(Role.BILLING)
    path = f"/reprise/{export}/defauts/?defaut=ORPHAN_PAYMENT"
    page = said(few_queries(client, f"{path}&apres=50"))
    assert "51 à 100 sur 300" in page
    assert "Charger les cochées" not in page, "each needs its correction"
    assert page.count(' id="q"') == 1, "the field of the bar keeps its name"
    assert "900123" in said(client.get(f"{path}&q=900123"))
    assert "Aucune ligne ne contient ces mots" in said(client.get(f"{path}&q=%25"))

    waiting = facts.flaws(export, standing="ASIDE", most=50)
    chosen = {"flaw": [str(it.id) for it in waiting], "reason": "rendus", "load": "no", "defaut": "ORPHAN_PAYMENT"}
    answer = client.post(f"/reprise/{export}/defauts/decider/", chosen, follow=True)

    assert "50 lignes sont décidées." in said(answer)
    assert "Dernières décisions" in said(answer)
    assert "× 50" in said(answer)
    assert facts.count_flaws(export, standing="ASIDE") == 250
    assert "251 à 300 sur 300" in said(client.get(f"{path}&apres=250")), "those decided come last"
    refused = client.post(f"/reprise/{export}/defauts/decider/", chosen | {"flaw": ["0", "x"]}, follow=True)
    assert "Choisir des lignes qui attendent une décision." in said(refused)


def test_who_decides_goes_from_row_to_row(client_as: Signs, tmp_path: Any) -> None:
    export = many(tmp_path, 3)
    first, second, third = (it.id for it in facts.flaws(export))
    client, left_out = client_as(Role.BILLING), {"load": "no", "reason": "rendu", "next": "yes"}

    assert client.post(f"/reprise/defauts/{second}/decider/", left_out).url == f"/reprise/defauts/{third}/"
    assert client.post(f"/reprise/defauts/{third}/decider/", left_out).url == f"/reprise/defauts/{first}/"
    assert "defaut=ORPHAN_PAYMENT" in client.post(f"/reprise/defauts/{first}/decider/", left_out).url


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


def test_two_customers_who_are_loaded_are_merged_from_the_same_page(
    client_as: Signs, few_queries: Few, tmp_path: Any
) -> None:
    export, mapping = received(tmp_path), intake.read_mapping()
    whole.load_export(export_id=export, books=mapping.books, by="clara.service", on=TODAY)
    clerk, second = client_as(Role.SERVICE), client_as(Role.BILLING)
    page = f"/reprise/{export}/doubles/"
    assert "Proposer de réunir 100009 à 100001" in said(few_queries(clerk, page))

    clerk.post(f"{page}proposer/", {"kept": "100001", "merged": "100009", "reason": ["email"]})
    (merge,) = customers.merges()
    waiting = said(few_queries(second, page))
    assert "Proposer de réunir 100009 à 100001" not in waiting
    assert f'action="/clients/doubles/{merge.id}/"' in waiting
    second.post(f"/clients/doubles/{merge.id}/", {"act": "confirm"})

    assert customers.kept_of(merge.merged_id).id == merge.kept_id
    assert "Défaire la fusion" in said(few_queries(clerk, page))


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
