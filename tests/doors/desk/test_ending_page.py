"""A caller moves out: the clerk says when, looks at the answer with its article, inscribes the end."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fanal.doors.desk.roles import Role
from fanal.records.subscriptions.models import Subscription


@pytest.fixture
def leaving(desk: None) -> Subscription:
    """Somebody who is still there."""
    return Subscription.objects.filter(ends_on=None).select_related("account").order_by("pk")[0]


def posted(client: Client, it: Subscription, **told: Any) -> Any:
    given = {"received_on": "2026-11-16", "wanted_on": "2026-12-02", "rate_class": "DOMESTIC", "step": "show"}
    return client.post(f"/abonnements/{it.pk}/fin/", given | told)


def test_the_answer_is_shown_then_inscribed_and_the_account_says_so(
    leaving: Subscription, client_as: Callable[..., Client]
) -> None:
    client = client_as(Role.SERVICE)
    account = f"/comptes/{leaving.account.number}/?lieu={leaving.pk}"
    assert f"/abonnements/{leaving.pk}/fin/" in client.get(account).content.decode()

    shown = posted(client, leaving).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "Premier jour sans l’abonnement : 2 décembre 2026" in shown
    assert "Vous avez choisi le 2 décembre 2026" in shown
    assert Subscription.objects.get(pk=leaving.pk).ends_on is None

    done = posted(client, leaving, step="do")
    assert done.headers["Location"] == account
    assert str(Subscription.objects.get(pk=leaving.pk).ends_on) == "2026-12-02"
    assert "La fin de l’abonnement est inscrite." in client.get(account).content.decode()
    again = client.get(f"/abonnements/{leaving.pk}/fin/").content.decode()
    assert "La fin de cet abonnement est déjà inscrite" in again


def test_it_is_told_in_english_too(leaving: Subscription, client_as: Callable[..., Client]) -> None:
    shown = posted(client_as(Role.SERVICE, lang="en"), leaving).content.decode()
    assert "First day without the subscription: December 2, 2026" in shown
    assert "Domestic rate" in shown


def test_a_request_that_only_escapes_a_condition_offers_nothing_to_inscribe(
    leaving: Subscription, client_as: Callable[..., Client]
) -> None:
    client = client_as(Role.SERVICE)
    shown = posted(client, leaving, only_escapes_a_condition="on").content.decode()
    assert "Refusée" in shown
    assert "Inscrire la fin" not in shown
    refused = posted(client, leaving, only_escapes_a_condition="on", step="do")
    assert refused.status_code == 422
    assert Subscription.objects.get(pk=leaving.pk).ends_on is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"received_on": "2027-01-01"}, "ne peut être reçue après aujourd’hui"),
        ({"received_on": "demain"}, "date valide"),
        ({"wanted_on": "2206-12-02"}, "Le jour voulu est dans plus d’un an"),
        ({"rate_class": "x"}, "choix valide"),
        ({"received_on": "1999-01-01"}, "Le règlement ne dit rien du 1er"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    leaving: Subscription, told: dict[str, Any], said: str, client_as: Callable[..., Client]
) -> None:
    answer = posted(client_as(Role.SERVICE), leaving, **told)
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_an_unknown_subscription_is_not_found(client_as: Callable[..., Client]) -> None:
    for it in ("0", "9" * 30):
        assert client_as(Role.SERVICE).get(f"/abonnements/{it}/fin/").status_code == 404


def test_the_page_is_of_few_queries(
    leaving: Subscription, client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    few_queries(client_as(Role.SERVICE), f"/abonnements/{leaving.pk}/fin/")
