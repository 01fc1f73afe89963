"""« Lots de prélèvements »: prepared by one person, released by another, taken by the treasury, returned."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from playwright.sync_api import Page

from fanal.doors import debits
from fanal.doors.desk.roles import Role
from fanal.records.payments import debits as acts
from fanal.reports import debits as report
from tests.doors.bank import sent_back
from tests.doors.desk.test_account_past import ON, read
from tests.doors.desk.test_promised_page import promised_town

ROOT = "/grand-livre/engagements/prelevements/"
DAYS = {"from_on": "2026-11-18", "to_on": "2026-11-30"}


def post(client: Client, path: str, given: dict[str, Any]) -> tuple[int, str]:
    answer: Any = client.post(ROOT + path, given, follow=True)
    return answer.status_code, answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def a_batch() -> int:
    """One debit of 62,00 $ on 20 November, prepared by the clerk of billing."""
    promised_town()
    return debits.prepare(from_on=ON, to_on=date(2026, 12, 1), again=False, by="maude.facturation", on=ON)


def released() -> tuple[int, bytes]:
    batch_id = a_batch()
    known = report.batch(batch_id)
    assert known
    debits.release(batch=known, by="theodule.tresorerie", on=ON)
    content = report.file_of(batch_id)
    assert content
    return batch_id, content


def test_a_batch_goes_from_one_person_to_another_then_to_the_bank(client_as: Callable[..., Client]) -> None:
    promised_town()
    maude, theodule = client_as(Role.BILLING), client_as(Role.TREASURER)
    assert "Aucun lot" in read(maude, ROOT)

    status, page = post(maude, "preparer/", DAYS)
    batch_id = report.batches()[0].id
    assert status == 200
    wanted = ("Lot préparé. Une autre personne le remet.", "62,00 $", "compte finissant par 963", "Vous avez préparé")
    assert [it for it in wanted if it not in page] == []
    assert "4218963" not in page
    assert "Préparé" in read(maude, "/grand-livre/engagements/?du=2026-11-20&au=2026-11-20")

    status, page = post(maude, f"{batch_id}/remettre/", {})
    assert "Une deuxième personne remet le lot" in page

    status, page = post(theodule, f"{batch_id}/remettre/", {})
    assert "Prendre le fichier 0001" in page
    assert "Au prélèvement" in read(maude, "/grand-livre/engagements/?du=2026-11-20&au=2026-11-20")
    file = theodule.get(f"{ROOT}{batch_id}/fichier/")
    assert file.content == report.file_of(batch_id)
    assert file["Cache-Control"] == "no-store"
    assert b"4218963" in file.content
    assert "Prendre le fichier d’un lot de prélèvements" in read(client_as(Role.AUDITOR), "/journal/")


@pytest.mark.parametrize("role", [Role.BILLING, Role.ADMINISTRATOR, Role.AUDITOR, Role.SERVICE])
def test_who_is_not_the_treasurer_does_not_take_the_file(client_as: Callable[..., Client], role: Role) -> None:
    batch_id, _ = released()

    answer = client_as(role).get(f"{ROOT}{batch_id}/fichier/")

    assert answer.status_code == 403
    assert "réservée" in answer.content.decode()


def test_a_batch_that_is_not_released_has_no_file(client_as: Callable[..., Client]) -> None:
    assert client_as(Role.TREASURER).get(f"{ROOT}{a_batch()}/fichier/").status_code == 404


def test_what_cannot_be_prepared_is_said_beside_the_days(client_as: Callable[..., Client]) -> None:
    promised_town()
    client = client_as(Role.BILLING)

    for given, said in (
        ({"from_on": "2026-11-30", "to_on": "2026-11-18"}, "Le dernier jour vient avant le premier."),
        ({"from_on": "2026-11-21", "to_on": "2026-11-22"}, "Rien à prélever ces jours-là"),
        ({"from_on": "hier", "to_on": "2026-11-22"}, "Une date s’écrit comme 2026-11-16."),
    ):
        status, page = post(client, "preparer/", given)
        assert (status, said in page) == (422, True), said
    assert report.batches() == []


def test_without_a_profile_the_page_says_what_to_fill_in(client_as: Callable[..., Client]) -> None:
    told = debits.settings.FANAL_UTILITY | {"debits": {}}
    with override_settings(FANAL_UTILITY=told):
        page = read(client_as(Role.BILLING), ROOT)

    assert "section [debits]" in page
    assert "Préparer un lot" not in page


def test_a_batch_is_abandoned_with_a_reason(client_as: Callable[..., Client]) -> None:
    batch_id, client = a_batch(), client_as(Role.BILLING)

    assert "Dire pourquoi le lot est abandonné." in post(client, f"{batch_id}/abandonner/", {"reason": ""})[1]
    page = post(client, f"{batch_id}/abandonner/", {"reason": "mauvais jours"})[1]

    assert [it for it in ("mauvais jours", "Lot abandonné", "son lot est abandonné") if it not in page] == []


def test_what_is_held_says_why(client_as: Callable[..., Client]) -> None:
    promised_town()
    client = client_as(Role.BILLING)

    page = post(client, "preparer/", DAYS | {"to_on": "2027-01-31"})[1]

    wanted = ("La banque ne prend pas encore un jour aussi loin", "20 janv.")
    assert [it for it in wanted if it not in page] == []


def test_returns_are_read_and_each_says_what_to_do(client_as: Callable[..., Client], settings: Any) -> None:
    _, content = released()
    client = client_as(Role.TREASURER)
    settings.FANAL_TODAY = date(2026, 11, 24)
    assert "1 prélèvement a eu son jour" in read(client, ROOT)
    sent = sent_back(content, "903", date(2026, 11, 23))

    for said in ("1 retour inscrit.", "1 déjà inscrit."):
        status, page = post(client, "retours/", {"file": SimpleUploadedFile("retours.txt", sent)})
        assert (status, said in page) == (200, True)
    assert [it for it in ("Contesté", "code 903", "62,00 $") if it not in page] == []
    assert "a eu son jour" not in page

    status, page = post(client, "retours/", {"file": SimpleUploadedFile("x.txt", b"bonjour")})
    assert (status, "Rien de ce fichier n’est inscrit" in page) == (422, True)
    assert post(client, "retours/", {})[0] == 422


def test_debits_whose_day_has_come_are_received_by_a_button(client_as: Callable[..., Client], settings: Any) -> None:
    released()
    settings.FANAL_TODAY = date(2026, 11, 20)

    assert "1 prélèvement encaissé." in post(client_as(Role.BILLING), "encaisser/", {})[1]
    assert acts.settle_debits(by="maude.facturation", on=date(2026, 11, 20)) == 0


def test_each_amount_and_day_has_its_reason(client_as: Callable[..., Client]) -> None:
    batch_id, _ = released()
    [debit] = report.sent(batch_id)

    page = read(client_as(Role.AUDITOR), f"{ROOT}{batch_id}/pourquoi/{debit.id}/")

    assert [it for it in ("échoit le 20 novembre 2026", "règle H1", "62,00 $") if it not in page] == []
    assert client_as(Role.AUDITOR).get(f"{ROOT}{batch_id}/pourquoi/999999/").status_code == 404


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_pages_take_few_queries(
    lang: str, client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    batch_id, _ = released()
    client = client_as(Role.TREASURER, lang=lang)

    for path in ("", f"{batch_id}/"):
        assert "62" in few_queries(client, ROOT + path).content.decode()


def test_the_pages_are_accessible(
    own_town: str, page_as: Callable[..., Page], accessible: Callable[[Page, str], None]
) -> None:
    batch_id, _ = released()
    page = page_as(Role.TREASURER)

    for path in ("", f"{batch_id}/"):
        accessible(page, ROOT + path)
