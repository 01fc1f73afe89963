"""Every route answers exactly those whom the table names, and nothing else answers."""

import errno
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParser
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils.datastructures import MultiValueDict

from fanal.doors.desk import routes as routes_module
from fanal.doors.desk.roles import Role
from fanal.doors.desk.routes import Route, _route, routes

# What stands in the place of a parameter; a page may answer 404, never let a stranger in.
SAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}
PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")
EVERYBODY = (*Role, None)


def address_of(route: Route) -> str:
    return "/" + PARAMETER.sub(lambda found: SAMPLES[found[1] or "str"], route.path)


def opened(client: Client, route: Route) -> int:
    method = "get" if "GET" in route.methods else "post"
    return int(getattr(client, method)(address_of(route)).status_code)


def refused(client: Client, route: Route, role: Role | None) -> bool:
    method = "get" if "GET" in route.methods else "post"
    answer = getattr(client, method)(address_of(route))
    if role is None:
        return answer.status_code == 302 and answer.headers["Location"].startswith("/connexion/?next=")
    return answer.status_code == 403 and b"r\xc3\xa9serv\xc3\xa9e" in answer.content


@pytest.mark.parametrize("role", EVERYBODY, ids=lambda it: it or "anonymous")
@pytest.mark.parametrize("name", list(routes()))
def test_a_route_admits_those_of_the_table_and_nobody_else(
    name: str, role: Role | None, client_as: Callable[..., Client]
) -> None:
    route = routes()[name]

    assert refused(client_as(role), route, role) is not route.admits({role} if role else ())


# What no page expects: a byte that PostgreSQL refuses, an integer that no column holds, a figure that is no digit.
ODD = {"int": ("9" * 30,), "str": ("%00", "9" * 30, "²"), "path": ("%00", "²/²")}
ASKED = ("q", "compte", "on", "le", "registre", "page", "tranche", "avant", "cycle", "motif", "de", "ligne", "lieu",
         "voir", "du", "au", "raison", "avec", "scheme", "format", "comptes", "montrer", "livre", "prix", "tarif",
         "qui", "acte", "objet", "point", "genre", "defaut", "apres", "domestique",
         "logements")  # fmt: skip


def test_every_word_that_a_page_reads_of_its_address_is_known_here() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(routes_module.__file__).parent.rglob("*.py"))
    read = set(re.findall(r'(?:(?:GET|asked)(?:\.get\(|\[)|day_asked\(request, )"(\w+)"', source))

    assert {"q", "on", "le", "registre"} <= read <= set(ASKED)


@pytest.mark.parametrize("name", [name for name, route in routes().items() if PARAMETER.search(route.path)])
def test_an_odd_address_is_answered(name: str, client_as: Callable[..., Client]) -> None:
    route = routes()[name]
    client = client_as(Role.ADMINISTRATOR if route.admits({Role.ADMINISTRATOR}) else Role.TREASURER)
    for parameter in PARAMETER.finditer(route.path):
        for odd in ODD[parameter[1] or "str"]:
            path = f"/{route.path[: parameter.start()]}{odd}{route.path[parameter.end() :]}"
            path = PARAMETER.sub(lambda found: SAMPLES[found[1] or "str"], path)
            method = client.get if "GET" in route.methods else client.post
            assert method(path).status_code in (200, 302, 404, 422), path


@pytest.mark.parametrize("name", ["search", "runs", "run_open", "reads", "reads_round", "ledger", "ledger_aged",
                                  "ledger_statement", "ledger_exports", "journal", "invariants", "tariffs",
                                  "conditions", "proposals", "rehearsal_new", "corrections", "run",
                                  "requests", "request_new", "takeover", "takeover_flaws", "promised"])  # fmt: skip
@pytest.mark.parametrize("odd", ["%00", "9" * 30, "²", "-1"])
def test_an_odd_question_is_answered(name: str, odd: str, client_as: Callable[..., Client]) -> None:
    client, path = client_as(Role.ADMINISTRATOR), address_of(routes()[name])
    for word in ASKED:
        assert client.get(f"{path}?{word}={odd}").status_code in (200, 302, 404), word


def test_every_address_that_answers_is_in_the_table() -> None:
    assert {it.name for it in get_resolver().url_patterns} == set(routes())


@pytest.mark.parametrize("name", [name for name, route in routes().items() if "POST" not in route.methods])
def test_a_page_that_only_reads_refuses_to_be_posted_to(name: str, client_as: Callable[..., Client]) -> None:
    answer = client_as(Role.ADMINISTRATOR).post(address_of(routes()[name]))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "said",
    [
        {"path": "x/", "view": "today.page"},
        {"path": "x/", "view": "today.page", "roles": []},
        {"path": "x/", "view": "today.page", "roles": ["clerk"]},
        {"path": "x/", "view": "today.page", "roles": "anyone", "methods": ["DELETE"]},
        {"path": "x/", "view": "today.page", "roles": "anyone", "role": "billing"},
        {"path": "x/", "view": "today.page", "roles": "anyone", "most_bytes": 0},
    ],
    ids=["no roles", "empty roles", "unknown role", "unknown method", "misspelt key", "no bytes"],
)
def test_a_route_without_sound_roles_is_refused_at_once(said: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        _route("planted", said)


def test_a_route_open_to_the_wrong_person_would_be_seen(
    client_as: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "admits", lambda self, roles: True)

    assert not refused(client_as(None), routes()["today"], None)


def test_an_address_that_leads_nowhere_says_so_in_french(client_as: Callable[..., Client]) -> None:
    answer = client_as(Role.SERVICE).get("/nulle-part/")

    assert answer.status_code == 404
    assert "Rien à cette adresse" in answer.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_the_calendar_are_answered(day: str, client_as: Callable[..., Client]) -> None:
    client = client_as(Role.ADMINISTRATOR)
    for route in routes().values():
        if "GET" in route.methods and route.roles is not None:
            path = f"{address_of(route)}?on={day}&le={day}&du={day}&au={day}"
            assert client.get(path).status_code < 500, path


def test_a_character_that_no_text_has_is_refused_wherever_it_is_typed(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.ADMINISTRATOR)

    posted = client.post("/lots/1/abandonner/", {"reason": "a\0b"})

    assert (posted.status_code, "n’a pas pu être lue" in posted.content.decode()) == (400, True)
    assert client.get("/comptes/%00/comparer/").status_code == 404


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The forms of which anything was read."""
    found: list[object] = []
    monkeypatch.setattr(MultiPartParser, "parse", lambda it: found.append(it) or (QueryDict(), MultiValueDict()))
    return found


def send(client: Client, path: str, size: int) -> int:
    """What a page answers to a file of that size."""
    return client.post(path, {"files": SimpleUploadedFile("grand.zip", b"x" * size)}).status_code


INTAKE = "/reprise/recevoir/envoyer/"


def test_a_stranger_cannot_fill_the_disk_by_what_he_sends(client_as: Callable[..., Client], read: list[object]) -> None:
    assert send(client_as(None), INTAKE, 2**20) == 413
    assert read == []
    send(client_as(Role.ADMINISTRATOR), INTAKE, 2**20)
    assert read


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.SERVICE, INTAKE), (Role.SERVICE, "/nulle-part/"), (Role.AUDITOR, "/releves/1/inscrire/"),
        (Role.ADMINISTRATOR, "/lots/1/abandonner/"), (Role.ADMINISTRATOR, "/langue/"),
    ],
)  # fmt: skip
def test_who_is_signed_in_sends_much_only_to_a_page_that_reads_files_of_his(
    client_as: Callable[..., Client], read: list[object], role: Role, path: str
) -> None:
    client = client_as(role)
    client.handler.enforce_csrf_checks = True  # what checks the form's token reads the form

    assert send(client, path, routes_module.FORM_BYTES) == 413
    assert read == []
    send(client, path, 1000)
    send(client_as(Role.ADMINISTRATOR), INTAKE, routes_module.FORM_BYTES)
    assert read


def test_what_is_too_long_is_refused_on_a_page_of_the_desk_in_the_language_of_the_person(
    client_as: Callable[..., Client],
) -> None:
    def sent(client: Client) -> HttpResponse:
        grand = SimpleUploadedFile("grand.zip", b"x" * routes_module.FORM_BYTES)
        return client.post("/langue/", {"files": grand})

    for lang, said in (("fr", "Envoi trop long pour cette page : rien n’en est lu."), ("en", "Too long for this page")):
        answer = sent(client_as(Role.SERVICE, lang=lang))
        page = answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
        assert (answer.status_code, said in page, "<h1>" in page) == (413, True, True), page
    stranger = sent(client_as(None))
    assert (stranger.status_code, "il faut d’abord se connecter" in stranger.content.decode()) == (413, True)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_while_a_file_comes_in_is_said(
    client_as: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(*_given: object) -> None:
        raise OSError(code, "full")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    client = client_as(Role.ADMINISTRATOR)
    client.handler.enforce_csrf_checks = True

    answer = client.post(INTAKE, {"files": SimpleUploadedFile("grand.zip", b"x" * 4 * 2**20)})

    assert (answer.status_code, "Le disque du serveur est plein." in answer.content.decode()) == (507, True)


def test_what_is_sent_lies_beside_the_exports_readable_by_the_server_alone(settings: Any, tmp_path: Path) -> None:
    assert settings.FILE_UPLOAD_TEMP_DIR.parent == settings.FANAL_EXPORTS
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "exports" / ".envois"
    sent = SimpleUploadedFile("grand.txt", b"x" * 3 * 2**20)

    taken = RequestFactory().post("/", {"files": sent}).FILES["files"]

    lies = Path(taken.temporary_file_path())
    assert lies.parent == settings.FILE_UPLOAD_TEMP_DIR
    assert [it.stat().st_mode & 0o777 for it in (lies, lies.parent, lies.parent.parent)] == [0o600, 0o700, 0o700]
    taken.close()
    assert not lies.exists()
