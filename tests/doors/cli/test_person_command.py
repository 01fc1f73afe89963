"""`fanal person`: the first administrator comes in by the command line; no password is ever an option."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from concurrency import while_another
from django.contrib.auth.models import User
from django.test import Client

from fanal.doors.cli import person
from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.records.journal.facts import events_about, last_event

PASSWORD = "la lanterne du quai"
DAY = date(2026, 11, 16)


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Pipe a password in."""
    return lambda said: monkeypatch.setattr("sys.stdin", io.StringIO(f"{said}\n"))


@pytest.fixture
def marie(db: None, fanal: Any, types: Any) -> User:
    """The first administrator."""
    types(PASSWORD)
    created = fanal("person", "create", "marie.roy", "--given-name", "Marie", "--name", "Roy",
                    "--role", "administrator", "--role", "billing", "--by", "la direction")  # fmt: skip
    assert created == (0, "Marie Roy peut entrer au bureau : marie.roy.\n", "")
    return User.objects.get(username="marie.roy")


def comes_in(password: str = PASSWORD) -> bool:
    client = Client()
    client.post("/connexion/", {"login": "marie.roy", "password": password})
    return client.get("/").status_code == 200


def test_the_first_administrator_comes_in_with_the_roles_given(marie: User) -> None:
    assert comes_in()
    assert {it.name for it in marie.groups.all()} == {"administrator", "billing"}


def test_the_journal_keeps_who_and_never_the_password(marie: User) -> None:
    (event,) = events_about(f"person:{marie.pk}")

    assert (event.act, event.by, event.grounds["roles"]) == ("register_person", "la direction",
                                                              ["administrator", "billing"])  # fmt: skip
    assert PASSWORD not in str(event.grounds)


def test_a_closed_account_is_out_at_once_and_comes_back_with_its_roles(marie: User, fanal: Any, types: Any) -> None:
    types(PASSWORD)
    fanal("person", "create", "luc.roy", "--given-name", "Luc", "--name", "Roy", "--role", "administrator",
          "--by", "marie.roy")  # fmt: skip
    client = Client()
    client.post("/connexion/", {"login": "marie.roy", "password": PASSWORD})
    assert fanal("person", "close", "marie.roy", "--by", "luc.roy")[0] == 0

    assert client.get("/").status_code == 302
    assert not comes_in()
    assert "marie.roy" in fanal("person", "list")[1]
    assert "fermé" in fanal("person", "list")[1]
    assert fanal("person", "reopen", "marie.roy", "--by", "luc.roy")[0] == 0
    assert comes_in()
    assert [it.act for it in events_about(f"person:{marie.pk}")] == ["register_person", "close_person", "reopen_person"]


def test_two_administrators_who_close_each_other_leave_one(own_database: str) -> None:
    for name in ("marie.roy", "luc.roy"):
        staff.register_person(username=name, given_name="", name=name, roles=[Role.ADMINISTRATOR], password=PASSWORD,
                              by="la direction", on=DAY)  # fmt: skip

    def close(username: str) -> Callable[[], None]:
        return lambda: staff.close_person(username=username, by="l’autre", on=DAY)

    _, refused = while_another(close("marie.roy"), close("luc.roy"))

    assert "seul à l’administration" in str(refused)
    assert [it.username for it in staff.everybody() if it.is_open] == ["luc.roy"]


def test_two_who_take_the_same_name_at_once_are_told_so(own_database: str) -> None:
    def register() -> None:
        staff.register_person(username="marie.roy", given_name="", name="Roy", roles=[Role.BILLING], password=PASSWORD,
                              by="la direction", on=DAY)  # fmt: skip

    _, refused = while_another(register, register)

    assert "« marie.roy » existe déjà." in str(refused)


def test_the_last_administrator_is_never_closed(marie: User, fanal: Any) -> None:
    status, _, said = fanal("person", "close", "marie.roy", "--by", "marie.roy")

    assert (status, "seul à l’administration" in said) == (1, True)
    assert comes_in()


def test_another_password_puts_out_whoever_was_in(marie: User, fanal: Any, types: Any) -> None:
    client = Client()
    client.post("/connexion/", {"login": "marie.roy", "password": PASSWORD})
    types("une autre lanterne")
    assert fanal("person", "password", "marie.roy", "--by", "luc.roy")[0] == 0

    assert client.get("/").status_code == 302
    assert (comes_in(), comes_in("une autre lanterne")) == (False, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "password", "role", "sentence"),
    [
        ("marie.roy", "court", "billing", "12 caractères"),
        ("marie.roy", "marie.roy.marie", "billing", "trop semblable"),
        ("Marie Roy", PASSWORD, "billing", "un nom d’utilisateur a de 3 à 60"),
        ("marie.roy", PASSWORD, "reine", "reine"),
    ],
)
def test_what_is_unfit_is_refused_and_nothing_is_kept(
    username: str, password: str, role: str, sentence: str, fanal: Any, types: Any
) -> None:
    types(password)
    status, _, said = fanal("person", "create", username, "--given-name", "Marie", "--name", "Roy", "--role", role,
                            "--by", "la direction")  # fmt: skip

    assert status != 0
    assert sentence in said
    assert not User.objects.filter(username__icontains="marie").exists()
    assert last_event(["register_person"]) is None


def test_a_name_is_taken_once(marie: User, fanal: Any, types: Any) -> None:
    types(PASSWORD)
    status, _, said = fanal("person", "create", "marie.roy", "--given-name", "Marie", "--name", "Roy",
                            "--role", "billing", "--by", "x")  # fmt: skip

    assert (status, said) == (1, "« marie.roy » existe déjà.\n")


def test_two_passwords_that_differ_are_refused(db: None, fanal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, "autre chose que cela"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(person.getpass, "getpass", lambda _said: next(typed))
    status, _, said = fanal("person", "create", "marie.roy", "--given-name", "Marie", "--name", "Roy",
                            "--role", "billing", "--by", "x")  # fmt: skip

    assert (status, "diffèrent" in said) == (1, True)


def test_the_command_takes_no_password_as_an_option(fanal: Any) -> None:
    assert fanal("person", "create", "marie.roy", "--password", PASSWORD)[0] == 2
