"""A clerk changes how a customer is reached during a call; a consent is that of its address and keeps its day."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fanal.doors.desk.roles import Role
from fanal.doors.office import today
from fanal.records.customers import facts
from fanal.reports.account import account

FIRST = "0000000018"


@pytest.fixture
def customer(desk: None) -> int:
    """The first holder of an account of the town."""
    return account(FIRST, today()).subscriptions[0].holders[0]["id"]


def given(client: Client, customer: int, **changed: Any) -> dict[str, Any]:
    """The form as it was shown, with what the clerk changes."""
    form = client.get(f"/clients/{customer}/").context["form"]
    shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in (shown | changed).items() if value not in (False, None)}


def test_the_page_is_of_few_queries_and_leads_back_to_the_account(
    customer: int, client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    client = client_as(Role.SERVICE)
    assert f"/comptes/{FIRST}/" in few_queries(client, f"/clients/{customer}/").content.decode()
    assert f"/clients/{customer}/" in client.get(f"/comptes/{FIRST}/").content.decode()
    assert f"/clients/{customer}/" not in client_as(Role.AUDITOR).get(f"/comptes/{FIRST}/").content.decode()


def test_a_new_telephone_and_a_consent_are_kept(customer: int, client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SERVICE)
    form = given(client, customer, phones=" 819 555-0110 \n819 555-0111\n", email="rose@exemple.ca", consents="on")
    assert client.post(f"/clients/{customer}/", form).status_code == 302
    known = facts.customers([customer])[customer]
    assert [it.value for it in known.contacts if it.kind == "PHONE"] == ["819 555-0110", "819 555-0111"]
    assert [it.consented_on for it in known.contacts if it.kind == "EMAIL"] == [today()]

    form = given(client, customer, email="autre@exemple.ca")
    del form["consents"]
    assert client.post(f"/clients/{customer}/", form).status_code == 302
    known = facts.customers([customer])[customer]
    assert [(it.value, it.consented) for it in known.contacts if it.kind == "EMAIL"] == [("autre@exemple.ca", False)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "rose@"}, "courriel"),
        ({"email": "", "consents": "on"}, "Il faut un courriel pour y consentir."),
        ({"name": ""}, "obligatoire"),
        ({"address": "\n".join("abcdefg")}, "Une adresse a au plus 6 lignes."),
        ({"seen": "autre chose"}, "Quelqu’un a changé ce client entre-temps"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(
    customer: int, changed: dict[str, Any], said: str, client_as: Callable[..., Client]
) -> None:
    client = client_as(Role.SERVICE)
    before = facts.customers([customer])[customer]
    answer = client.post(f"/clients/{customer}/", given(client, customer, **changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert facts.customers([customer])[customer] == before
