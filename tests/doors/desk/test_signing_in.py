"""Signing in: by password or key, never by registering oneself; demo accounts are nobody outside the demo town."""

from collections.abc import Callable

import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from fanal.doors.desk import people
from fanal.doors.desk.language import COOKIE
from fanal.doors.desk.people import Argon2id
from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role


def sign_in(username: str, password: str = DEMO_PASSWORD) -> Client:
    client = Client()
    client.post("/connexion/", {"login": username, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def forget_the_demo_town(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no demo town was ever finished: the journal does not tell of one, and no process remembers it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past the guard of the journal
        cursor.execute("DELETE FROM journal_event WHERE act = 'demo.finished'")
        assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")
    monkeypatch.setattr(people, "_STANDING", set())


@pytest.mark.usefixtures("desk")
def test_each_demo_log_in_opens_the_desk_and_bears_its_role() -> None:
    for role, (username, _, name) in DEMO_PEOPLE.items():
        page = sign_in(username).get("/").content.decode()
        assert f"{name}</b>, {role.title_fr}" in page


@pytest.mark.usefixtures("desk")
def test_a_wrong_password_is_told_in_french_beside_the_form() -> None:
    answer = Client().post("/connexion/", {"login": "maude.facturation", "password": "autre"})

    assert 'role="alert"' in answer.content.decode()


@pytest.mark.usefixtures("desk")
def test_a_demo_account_is_nobody_where_the_demo_town_does_not_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    came_in_before = sign_in("maude.facturation")
    forget_the_demo_town(monkeypatch)

    assert not is_in(sign_in("maude.facturation"))
    assert not is_in(came_in_before)


@pytest.mark.usefixtures("desk")
def test_a_demo_account_is_nobody_in_production(settings) -> None:
    settings.FANAL_DEMO_LOGINS = False

    assert not is_in(sign_in("maude.facturation"))


@pytest.mark.usefixtures("desk")
def test_a_person_of_the_office_signs_in_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_user("vraie.personne", password="une phrase assez longue")
    forget_the_demo_town(monkeypatch)
    client = sign_in("vraie.personne", "une phrase assez longue")

    assert client.get("/").status_code == 403  # known, but without a role


def test_a_session_that_ended_on_a_button_comes_back_to_its_page(client_as: Callable[..., Client]) -> None:
    nobody = client_as(None)
    there = nobody.post("/lots/1/approuver/", headers={"referer": "http://testserver/lots/1/?motif=2"})
    elsewhere = nobody.post("/lots/1/approuver/", headers={"referer": "https://ailleurs.exemple/lots/"})
    unsaid = nobody.post("/lots/1/approuver/")

    assert there.headers["Location"] == "/connexion/?next=/lots/1/%3Fmotif%3D2"
    assert elsewhere.headers["Location"] == unsaid.headers["Location"] == "/connexion/?next=/"


def test_nobody_registers_themselves(client_as: Callable[..., Client], rf) -> None:
    assert not get_adapter().is_open_for_signup(rf.get("/"))
    assert client_as(None).get("/accounts/signup/").status_code == 404


def test_passwords_are_kept_by_argon2id_as_the_house_says() -> None:
    kept = Argon2id().encode("lanterne", "seldetable")

    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("prefers", ["en-CA,en;q=0.9", "de", ""])
def test_what_the_browser_prefers_never_changes_french(client_as: Callable[..., Client], prefers: str) -> None:
    client = client_as(Role.BILLING)
    del client.cookies[COOKIE]
    answer = client.get("/", headers={"accept-language": prefers})

    assert answer.headers["Content-Language"] == "fr-CA"
    assert '<html lang="fr-CA">' in answer.content.decode()


def test_a_person_chooses_english_and_keeps_it(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.BILLING)
    answer = client.post("/langue/", {"language": "en", "next": "/"}, follow=True)

    assert '<html lang="en-CA">' in answer.content.decode()
    assert "<h1>Today</h1>" in answer.content.decode()


def test_the_switch_of_language_never_leads_elsewhere(client_as: Callable[..., Client]) -> None:
    answer = client_as(None).post("/langue/", {"language": "en", "next": "https://ailleurs.exemple/"})

    assert answer.headers["Location"] == "/"


def test_the_policy_of_content_lets_nothing_in_but_ourselves(client_as: Callable[..., Client]) -> None:
    policy = client_as(None).get("/connexion/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert settings.X_FRAME_OPTIONS == "DENY"
