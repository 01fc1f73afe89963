"""The pages that say no: in the look of the house and in both languages; a fault of ours tells only its number."""

import logging
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk import incidents, refusals, urls
from fanal.doors.desk.roles import Role

SECRET = "le secret de Théodule"
NUMBER = re.compile(rf"[{incidents.TELLABLE}]{{4}}-[{incidents.TELLABLE}]{{4}}")


@pytest.fixture
def today_fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Make the page « Aujourd’hui » raise."""

    def plant(problem: Exception) -> None:
        def fails(_request: object) -> None:
            raise problem

        monkeypatch.setattr(next(it for it in urls.urlpatterns if it.name == "today"), "callback", fails)

    return plant


def opened(client: Client, path: str = "/") -> Any:
    client.raise_request_exception = False
    return client.get(path)


@pytest.mark.parametrize(
    ("lang", "said"), [("fr", "Une panne de notre côté."), ("en", "Something failed on our side.")]
)
def test_a_fault_of_ours_gives_a_number_that_the_log_tells_and_nothing_else(
    lang: str, said: str, client_as: Callable[..., Client], today_fails: Any, caplog: pytest.LogCaptureFixture
) -> None:
    today_fails(RuntimeError(SECRET))
    handler = logging.getLogger("django.request").handlers[0]
    logging.getLogger("django.request").addHandler(caplog.handler)
    caplog.handler.addFilter(handler.filters[0])
    answer = opened(client_as(Role.BILLING, lang))
    logging.getLogger("django.request").removeHandler(caplog.handler)
    page = answer.content.decode()

    assert answer.status_code == 500
    assert said in page
    assert f'lang="{lang}-CA"' in page
    assert not any(it in page for it in (SECRET, "RuntimeError", "Traceback", "fanal/doors"))
    (number,) = NUMBER.findall(page)
    assert caplog.records[-1].getMessage().startswith(number)
    assert SECRET in caplog.text


def test_two_faults_have_two_numbers(client_as: Callable[..., Client], today_fails: Any) -> None:
    today_fails(RuntimeError(SECRET))
    client = client_as(Role.BILLING)

    assert NUMBER.findall(opened(client).content.decode()) != NUMBER.findall(opened(client).content.decode())


def test_a_fault_is_told_even_when_its_page_cannot_be_made(
    client_as: Callable[..., Client], today_fails: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_files(*_said: object) -> str:
        raise ValueError("Missing staticfiles manifest entry")

    today_fails(RuntimeError(SECRET))
    monkeypatch.setattr(refusals, "render_to_string", no_files)
    answer = opened(client_as(Role.BILLING))

    assert answer.status_code == 500
    assert NUMBER.search(answer.content.decode())


def plant_busy(cause: type[Exception]) -> OperationalError:
    problem = OperationalError(SECRET)
    problem.__cause__ = cause(SECRET)
    return problem


@pytest.mark.parametrize("cause", [psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled])
def test_what_another_work_holds_is_done_again_in_a_moment(
    cause: type[Exception], client_as: Callable[..., Client], today_fails: Any
) -> None:
    today_fails(plant_busy(cause))
    answer = opened(client_as(Role.BILLING))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Un autre travail tient ces données." in answer.content.decode()
    assert SECRET not in answer.content.decode()


def test_a_database_that_is_down_is_a_fault_not_a_wait(client_as: Callable[..., Client], today_fails: Any) -> None:
    today_fails(plant_busy(psycopg.errors.AdminShutdown))

    assert opened(client_as(Role.BILLING)).status_code == 500


def test_a_statement_that_never_ends_is_ended(client_as: Callable[..., Client], monkeypatch: Any) -> None:
    def waits(_request: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before; SET LOCAL statement_timeout = '20ms'")
            try:
                cursor.execute("SELECT pg_sleep(5)")
            finally:
                cursor.execute("ROLLBACK TO SAVEPOINT before")

    monkeypatch.setattr(next(it for it in urls.urlpatterns if it.name == "today"), "callback", waits)

    assert opened(client_as(Role.BILLING)).status_code == 503


@pytest.mark.parametrize(("lang", "said"), [("fr", "ouverte depuis trop longtemps"), ("en", "open for too long")])
def test_a_form_that_is_too_old_is_told_so(lang: str, said: str, client_as: Callable[..., Client]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_as(Role.BILLING, lang).cookies
    answer = client.post("/lots/ouvrir/", {"cycle": "1"})

    assert answer.status_code == 403
    assert said in answer.content.decode()


@pytest.mark.parametrize(("lang", "said"), [("fr", "n’a pas pu être lue"), ("en", "could not be read")])
def test_a_request_that_cannot_be_read_is_told_so(lang: str, said: str, client_as: Callable[..., Client]) -> None:
    fields = {str(rank): "" for rank in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    answer = client_as(Role.BILLING, lang).post("/lots/ouvrir/", fields)

    assert answer.status_code == 400
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "role", "method", "status", "fr", "en"),
    [
        ("/nulle-part/", Role.SERVICE, "get", 404, "Rien à cette adresse.", "Nothing at this address."),
        ("/lots/", Role.SERVICE, "get", 403, "Cette page est réservée.", "This page is reserved."),
        ("/lots/", Role.BILLING, "post", 405, "ne s’ouvre pas ainsi.", "does not open that way."),
        ("/nulle-part/", None, "get", 404, "Rien à cette adresse.", "Nothing at this address."),
    ],
)
def test_each_refusal_is_said_in_both_languages(
    path: str, role: Role | None, method: str, status: int, fr: str, en: str, client_as: Callable[..., Client]
) -> None:
    for lang, said in (("fr", fr), ("en", en)):
        answer = getattr(client_as(role, lang), method)(path)
        assert (answer.status_code, said in answer.content.decode()) == (status, True)


def test_an_address_that_names_another_host_is_refused(client_as: Callable[..., Client]) -> None:
    answer = client_as(None).get("/connexion/", headers={"host": "ailleurs.exemple"})

    assert answer.status_code == 400
    assert "ailleurs" not in answer.content.decode()


@pytest.mark.django_db
def test_attempts_to_sign_in_are_counted_by_all_the_processes_together() -> None:
    one, other = caches.create_connection("default"), caches.create_connection("default")
    one.set("essais", 5)

    assert other.get("essais") == 5
    assert not other.add("essais", 1)


@pytest.mark.usefixtures("desk")
def test_too_many_attempts_are_refused_even_with_the_right_password(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip", "login_failed": "2/m/key"}
    client = Client()
    wrong, again, right = (
        client.post("/connexion/", {"login": "maude.facturation", "password": password})
        for password in ("a", "b", "lanterne-du-soir")
    )

    assert "_auth_user_id" not in client.session
    assert [it.status_code for it in (wrong, again, right)] == [200, 200, 429]
    assert "Trop d’essais" in right.content.decode()  # the password is right, and the answer is to wait
    last = client.post("/connexion/", {"login": "maude.facturation", "password": "lanterne-du-soir"})
    assert last.status_code == 429
    assert "Trop d’essais en peu de temps." in last.content.decode()


def test_the_page_of_a_fault_is_accessible(
    page_as: Callable[..., Page], accessible: Callable[..., None], today_fails: Any
) -> None:
    today_fails(RuntimeError(SECRET))
    page = page_as(Role.BILLING, "en")

    accessible(page, "/")
    assert page.title() == "Something failed on our side – Fanal"
