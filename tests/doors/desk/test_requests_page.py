"""A caller asks for a subscription: the clerk ticks what is given, looks at the answer, inscribes it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from factories import make_delivery_point

from fanal.doors.desk.roles import Role
from fanal.records.subscriptions.models import Request, Subscription
from fanal.reports import requests as report

GIVEN = ["BILLING_ADDRESS", "CURRENT_ADDRESS", "PREVIOUS_ADDRESS", "TELEPHONE", "WANTED_ON", "SOCIAL_INSURANCE_NUMBER",
         "LEASE"]  # fmt: skip


@pytest.fixture
def place(desk: None) -> str:
    """A house where nobody is subscribed."""
    return make_delivery_point()[1]


def filled(**told: Any) -> dict[str, Any]:
    """A tenant who gives everything, as the form says it."""
    return {
        "kind": "PERSON", "given_name": "Rose", "name": "Gagnon", "language": "fr", "phones": "418 555-0110",
        "received_on": "2026-11-16", "agreed_on": "2026-12-01", "channel": "TELEPHONE", "occupancy": "TENANT",
        "use": "DOMESTIC", "rate_class": "DOMESTIC", "book": "hydro_quebec/D", "multiplier": 1, "units": 0,
        "provided": GIVEN, "identity_pieces": ["DRIVING_LICENCE", "CANADIAN_PASSPORT"], "step": "show",
    } | told  # fmt: skip


def posted(client: Client, place: str, **told: Any) -> Any:
    return client.post(f"/demandes/nouvelle/?point={place}", filled(**told))


def test_a_paper_is_missing_the_refusal_is_kept_then_she_brings_it_and_is_inscribed(
    place: str, client_as: Callable[..., Client]
) -> None:
    client = client_as(Role.SERVICE)
    shown = posted(client, place, provided=GIVEN[:-1]).content.decode()
    assert "copie du bail" in shown
    assert "Inscrire le refus" in shown
    assert not Request.objects.exists()
    refused = posted(client, place, provided=GIVEN[:-1], step="do", shown="no")
    assert refused.status_code == 302
    assert "copie du bail" in client.get(refused.headers["Location"]).content.decode()

    shown = posted(client, place).content.decode()
    assert "Inscrire l’abonnement" in shown
    assert "25,00\N{NO-BREAK SPACE}$" in shown
    assert "avant taxes, sur la première facture" in shown
    assert "/conditions/2/?le=2026-11-16#art-2.1" in shown
    done = posted(client, place, step="do", shown="yes")
    page = client.get(done.headers["Location"]).content.decode()
    opened = Subscription.objects.get(delivery_point__number=place)
    assert f"?lieu={opened.pk}" in page
    assert str(opened.starts_on) == "2026-12-01"
    listed = client.get("/demandes/").content.decode()
    assert listed.count("Rose Gagnon") == 2
    assert [it.accepted for it in report.listed()] == [True, False]


def test_what_changed_since_it_was_shown_is_shown_again(place: str, client_as: Callable[..., Client]) -> None:
    answer = posted(client_as(Role.SERVICE), place, provided=[], step="do", shown="yes")
    assert answer.status_code == 422
    assert "a changé depuis qu’elle a été montrée" in answer.content.decode()
    assert not Request.objects.exists()


def test_a_place_that_is_taken_says_by_whom(place: str, client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SERVICE)
    posted(client, place, step="do", shown="yes")
    assert "Rose Gagnon" in client.get(f"/demandes/nouvelle/?point={place}").content.decode()
    second = posted(client, place, given_name="Jean")
    assert second.status_code == 422
    assert f"Un abonnement de Rose Gagnon court à {place}" in second.content.decode()


def test_a_known_customer_is_told_by_the_account(place: str, client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SERVICE)
    told = {"account": "0000 00001-8", "name": "", "given_name": "", "phones": ""}
    shown = posted(client, place, **told)
    assert shown.status_code == 200, shown.context["form"].errors
    assert shown.context["shown"].owed_cents >= 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"name": ""}, "Le nom manque, ou le numéro de compte."),
        ({"account": "1"}, "Aucun compte ne porte le numéro"),
        ({"book": "vietnam/x"}, "choix valide"),
        ({"provided": ["046 454 286"]}, "n’est pas"),
        ({"received_on": "1999-01-01"}, "Le règlement ne dit rien du 1er"),
        ({"received_on": "2027-01-01"}, "ne peut être reçue après aujourd’hui"),
        ({"email": "rose@"}, "courriel"),
        ({"units": "-1"}, "supérieure ou égale à 0"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    place: str, told: dict[str, Any], said: str, client_as: Callable[..., Client]
) -> None:
    answer = posted(client_as(Role.SERVICE), place, **told)
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert not Request.objects.exists()


@pytest.mark.parametrize("path", ["?point=LO-999999", "?point=%00%27", "?point=" + "9" * 500])
def test_an_unknown_place_is_not_found(path: str, client_as: Callable[..., Client]) -> None:
    assert client_as(Role.SERVICE).get(f"/demandes/nouvelle/{path}").status_code == 404


def test_an_unknown_request_is_not_found(client_as: Callable[..., Client]) -> None:
    for it in ("1", "9" * 30):
        assert client_as(Role.SERVICE).get(f"/demandes/{it}/").status_code == 404


def test_the_pages_are_of_few_queries(
    place: str, client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    client = client_as(Role.SERVICE)
    few_queries(client, f"/demandes/nouvelle/?point={place}")
    done = posted(client, place, step="do", shown="yes")
    few_queries(client, done.headers["Location"])
    few_queries(client, "/demandes/")


def test_a_free_address_and_an_ended_account_lead_to_a_request(
    desk: None, place: str, client_as: Callable[..., Client]
) -> None:
    client, auditor = client_as(Role.SERVICE), client_as(Role.AUDITOR)
    link = f"/demandes/nouvelle/?point={place}"
    assert link in client.get("/clients/?q=214+rue+des+Ormes-Blancs").content.decode()
    assert link not in auditor.get("/clients/?q=214+rue+des+Ormes-Blancs").content.decode()
    ended = Subscription.objects.filter(ends_on__lte="2026-11-16").select_related("account", "delivery_point")[0]
    path = f"/comptes/{ended.account.number}/?lieu={ended.pk}"
    assert f"?point={ended.delivery_point.number}" in client.get(path).content.decode()
    assert f"?point={ended.delivery_point.number}" not in auditor.get(path).content.decode()
    running = Subscription.objects.filter(ends_on=None).select_related("account")[0]
    path = f"/comptes/{running.account.number}/?lieu={running.pk}"
    assert "/demandes/nouvelle/" not in client.get(path).content.decode()


def test_the_pages_read_well_and_the_form_works_without_script(
    own_town: str, accessible: Callable[..., Any], page_as: Any
) -> None:
    _, number = make_delivery_point()
    page = page_as(Role.SERVICE)
    page.goto(f"/demandes/nouvelle/?point={number}")
    page.fill("[name=given_name]", "Rose")
    page.fill("[name=name]", "Gagnon")
    page.fill("[name=phones]", "418 555-0110")
    page.fill("[name=agreed_on]", "2026-12-01")
    page.select_option("[name=book]", "hydro_quebec/D")
    for it in (*GIVEN[:3], *GIVEN[5:]):
        page.check(f"[value={it}]")
    page.check("[value=DRIVING_LICENCE]")
    page.click("text=Montrer la réponse")
    assert "deux pièces" in page.inner_text("main")
    page.click("text=Modifier")
    page.check("[value=CANADIAN_PASSPORT]")
    page.click("text=Montrer la réponse")
    page.click("text=Inscrire l’abonnement")
    assert "L’abonnement est ouvert." in page.inner_text("body")
    accessible(page, page.url)
