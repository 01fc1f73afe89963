"""What a book asks of a subscription is said at the desk: a register, households, an exemption, a bank of kWh."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from factories import make_account, make_delivery_point, make_meter, make_subscription

from fanal.doors.desk.roles import Role
from fanal.doors.office import today
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.records.subscriptions import facts
from fanal.reports.account import account
from fanal.reports.subscription import subscription

FIRST = "0000000018"
SINCE = date(2026, 1, 1)


@pytest.fixture
def house(desk: None) -> int:
    """A subscription of the town, on rate D."""
    return account(FIRST, today()).subscriptions[0].id


def another(book: str) -> int:
    """A subscription to that book, whose meter counts kWh alone."""
    point, _ = make_delivery_point()
    meter, _, _ = make_meter()
    new = metering.NewInstallation(
        meter_id=meter, delivery_point_id=point, starts_on=SINCE, opening={RegisterKind.KWH: 0}
    )
    metering.install_meters(installations=[new], by="releveur", on=SINCE)
    return make_subscription(point=point, book=book, starts_on=SINCE, account_id=make_account())


def posted(client: Client, subscription_id: int, do: str, /, **given: Any) -> Any:
    return client.post(
        f"/abonnements/{subscription_id}/", {"do": do} | {f"{do}-{name}": value for name, value in given.items()}
    )


def test_the_page_is_of_few_queries_and_leads_to_the_account_and_back(
    house: int, client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    client = client_as(Role.SERVICE)
    said = few_queries(client, f"/abonnements/{house}/").content.decode()
    assert f"/comptes/{FIRST}/" in said
    assert "Ménages" not in said  # rate D asks for none
    assert "Banque de kWh" not in said
    assert f"/abonnements/{house}/" in client.get(f"/comptes/{FIRST}/").content.decode()
    assert f"/abonnements/{house}/" not in client_as(Role.AUDITOR).get(f"/comptes/{FIRST}/").content.decode()


def test_an_exemption_is_recorded_then_ended(house: int, client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SERVICE)
    said = posted(client, house, "exempt", tax="canada/gst", certificate="G-1", starts_on=SINCE)
    assert said.status_code == 302, [it.errors for it in said.context["forms"].values()]
    [exemption] = facts.exemptions_of(house)
    assert (exemption.certificate, exemption.starts_on, exemption.ends_on) == ("G-1", SINCE, None)
    before = posted(client, house, "end_exemption", of=exemption.id, ends_on=SINCE)
    assert before.status_code == 422
    assert "finit avant d’avoir duré un jour" in before.content.decode()
    end = date(2026, 6, 1)
    assert posted(client, house, "end_exemption", of=exemption.id, ends_on=end).status_code == 302
    assert facts.exemptions_of(house)[0].ends_on == end


@pytest.mark.parametrize(
    ("do", "given", "said"),
    [
        ("exempt", {"tax": "vietnam/vat", "certificate": "1", "starts_on": "2026-11-01"}, "choix valide"),
        ("exempt", {"tax": "canada/gst", "certificate": " ", "starts_on": "2026-11-01"}, "obligatoire"),
        ("exempt", {"tax": "canada/gst", "certificate": "1", "starts_on": "hier"}, "date valide"),
        ("exempt", {"tax": "canada/gst", "certificate": "1", "starts_on": "1999-01-01"}, "n’est pas de l’abonnement"),
        ("end_exemption", {"of": 999999, "ends_on": "2026-11-01"}, "n’existe pas"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    house: int, do: str, given: dict[str, Any], said: str, client_as: Callable[..., Client]
) -> None:
    answer = posted(client_as(Role.SERVICE), house, do, **given)
    assert answer.status_code == 422
    assert said in str([it.errors for it in answer.context["forms"].values()])
    assert facts.exemptions_of(house) == []


def test_an_act_that_its_book_does_not_ask_for_is_not_there(house: int, client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SERVICE)
    assert posted(client, house, "bank", opening_kwh="0", starts_on=today()).status_code == 404
    assert posted(client, house, "x").status_code == 404
    assert client.get("/abonnements/999999/").status_code == 404


def test_a_register_that_the_book_reads_is_offered_and_added(house: int, client_as: Callable[..., Client]) -> None:
    of, client = another("hydro_quebec/Flex_D"), client_as(Role.BILLING)
    said = client.get(f"/abonnements/{of}/").content.decode()
    assert "Il manque un registre au compteur" in said
    assert "kWh, événements de pointe" in said
    wrong = posted(client, of, "register", register="kWh-event", index="x", dials=5, added_on=SINCE)
    assert (wrong.status_code, "n’est pas une quantité" in wrong.content.decode()) == (422, True)
    assert (
        posted(client, of, "register", register="kWh-event", index="12,5", dials=5, added_on=SINCE).status_code == 302
    )
    told = subscription(of)
    assert told is not None
    assert told.registers == ((1, "total", 5), (1, "event", 5))
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM metering_reading l JOIN metering_register r ON r.id = l.register_id "
                       "WHERE r.meter_id = %s AND r.name = 'event'", [told.meter_id])  # fmt: skip
        assert cursor.fetchone() == (12_500,)
    assert "Il manque" not in client.get(f"/abonnements/{of}/").content.decode()


@pytest.mark.usefixtures("in_dong")
def test_households_are_said_where_the_book_asks(client_as: Callable[..., Client]) -> None:
    client, block = client_as(Role.BILLING), another("evn/residential")
    assert posted(client, block, "households", count=0, starts_on=SINCE).status_code == 422
    assert posted(client, block, "households", count=12, starts_on=SINCE).status_code == 302
    assert facts.households_of(block)[0].count == 12


def test_a_bank_is_said_where_the_book_asks(client_as: Callable[..., Client]) -> None:
    client, roof = client_as(Role.BILLING), another("hydro_quebec/D_net_metering")
    said = posted(client, roof, "bank", opening_kwh="beaucoup", starts_on=SINCE)
    assert (said.status_code, "n’est pas une quantité" in said.content.decode()) == (422, True)
    assert posted(client, roof, "bank", opening_kwh="40,5", starts_on=SINCE, ends_on="2027-03-31").status_code == 302
    assert facts.banks_of(roof)[0].opening_kwh == 40_500
    assert "une partie de ces jours" in posted(client, roof, "bank", opening_kwh="0", starts_on=SINCE).content.decode()
