"""A desk to test: a small demo town built once a process, its people, a browser, a budget of queries.

* `desk`: the town for in-process tests, each in a transaction that is rolled back. `client_as(role)` signs in.
* `page_as(role, lang="fr")`: a Chromium page on a live server, signed in. Reading only: the town is shared.
* `own_town`: ask for it as well where a test writes through the browser; it works on a clone that is dropped.
* `accessible(page, path)`: axe finds nothing at 1440, 768 and 390 px, and in dark; the CSP refuses nothing. For the
  states that the walk of `test_every_page` cannot reach: it looks at all the others.
* `few_queries(client, path)`: the answer, which took at most QUERIES_MAX queries.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from databases import clone, point_to
from django.conf import settings as configured
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_databases
from playwright.sync_api import Browser, Page, sync_playwright

from fanal.doors.demo import building
from fanal.doors.desk.language import COOKIE
from fanal.doors.desk.people import register_demo_people
from fanal.doors.desk.roles import DEMO_PEOPLE, Role
from tests.doors.desk.town import MONTHS, POINTS, TODAY

QUERIES_MAX = 12
WIDTHS = ((1440, 900), (768, 1024), (390, 844))
NARROWEST = 320  # a page read at four times its size (WCAG 1.4.10)
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
ALL = {"runOnly": WCAG, "rules": {"landmark-unique": {"enabled": True}}}
SHAPES = ALL | {"rules": {"landmark-unique": {"enabled": True}, "color-contrast": {"enabled": False}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# Colours do not change with the width, and take most of the time: those of dark are looked at on a telephone, which
# shows what is only shown there.
SEEN = [
    (*WIDTHS[0], "light", ALL), (*WIDTHS[1], "light", SHAPES), (*WIDTHS[2], "light", SHAPES),
    (*WIDTHS[2], "dark", COLOURS),
]  # fmt: skip
CHROMIUM = next((it for name in ("chromium", "chromium-browser", "google-chrome") if (it := shutil.which(name))), None)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# The browser's driver runs its loop in the thread of the tests: Django would take it for an asynchronous view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


class NoBar:
    """A progress bar that shows nothing."""

    def __init__(self, items: Any = (), **_said: Any) -> None:
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __enter__(self) -> "NoBar":
        return self

    def __exit__(self, *_raised: object) -> None:
        pass

    def update(self, _count: int = 1) -> None:
        pass


@pytest.fixture(scope="session")
def town_database(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[str]:
    """The name of the database of the small town."""
    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):  # no test asked for `db` itself
            setup_databases(verbosity=0, interactive=False, keepdb=True)
        before = connection.settings_dict["NAME"]
        town = clone(before, f"{before}_desk")
        name = town.__enter__()
        point_to(name)
        try:
            wanted = building.Wanted(POINTS, MONTHS, TODAY, Path(tmp_path_factory.mktemp("factures")))
            _count_from_one()
            building.build(wanted, NoBar, lambda _sentence: None)
            register_demo_people()
        finally:
            point_to(before)
    yield name
    with django_db_blocker.unblock():
        town.__exit__(None, None, None)


def _count_from_one() -> None:
    """Restart the clone's sequences, which other tests advanced: the town's numbers are always the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER SEQUENCE {name} RESTART")


@pytest.fixture
def town(town_database: str, django_db_blocker: Any, settings: Any) -> Iterator[str]:
    """The town, for this test: its database and its day."""
    settings.FANAL_TODAY = TODAY
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        point_to(town_database)
        try:
            yield town_database
        finally:
            point_to(before)


@pytest.fixture
def own_town(town: str) -> Iterator[str]:
    """A clone of the town that this test may change for good."""
    with clone(town, f"{town}_own") as name:
        point_to(name)
        try:
            yield name
        finally:
            point_to(town)


@pytest.fixture
def desk(town: str) -> Iterator[None]:
    """The town for an in-process test, whose writings are rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def client_as(desk: None) -> Callable[..., Client]:
    """A client signed in as the person of the demo who holds that role; None is nobody."""

    def signed_in(role: Role | None, lang: str = "fr") -> Client:
        client = Client()
        if role is not None:
            client.force_login(user_of(role))
        client.cookies[COOKIE] = lang
        return client

    return signed_in


def user_of(role: Role) -> User:
    return User.objects.get(username=DEMO_PEOPLE[role][0])


@pytest.fixture
def few_queries() -> Callable[..., Any]:
    """Open an address and refuse more queries than a page may make."""

    def opened(client: Client, path: str, most: int = QUERIES_MAX) -> Any:
        with CaptureQueriesContext(connection) as made:
            answer = client.get(path)
        queries = [it["sql"] for it in made.captured_queries if not it["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(queries) <= most, f"{path}: {len(queries)} queries\n" + "\n".join(it[:160] for it in queries)
        return answer

    return opened


class Quiet(WSGIRequestHandler):
    """Serves without a word."""

    def log_message(self, *_said: Any) -> None:
        pass


@pytest.fixture(scope="session")
def address(django_db_setup: None) -> Iterator[str]:
    """Where the live server answers: from the database that the test points to."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: « apt-get install chromium » runs the browser tests.")
    # Django keeps the connections of a thread with a loop apart: those from before it would never be closed again.
    connections.close_all()
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()
        connections.close_all()


@pytest.fixture
def page_as(browser: Browser, address: str, town: str) -> Iterator[Callable[..., Page]]:
    """A page signed in as that role, whose relative addresses are the desk's."""
    opened = []

    def signed_in(role: Role | None, lang: str = "fr", *, width: int = 1440, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce",
            locale="fr-CA",
        )  # fmt: skip
        cookies = {COOKIE: lang} | ({configured.SESSION_COOKIE_NAME: _session(role)} if role else {})
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = context.new_page()
        page.refused = []
        page.on("console", lambda said: page.refused.append(said.text) if "Content Security" in said.text else None)
        page.on("pageerror", lambda error: page.refused.append(str(error)))
        opened.append(context)
        return page

    yield signed_in
    for context in opened:
        context.close()


def _session(role: Role) -> str:
    """The key of a session of that role's person."""
    user, session = user_of(role), SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = configured.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@pytest.fixture
def accessible() -> Callable[..., None]:
    """axe finds nothing on that page, at every width, and in dark; nothing scrolls sideways; the CSP holds."""

    def check(page: Page, path: str) -> None:
        page.refused.clear()
        page.goto(path)
        page.evaluate(AXE_SCRIPT)
        for width, height, scheme, rules in SEEN:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            found = AxeResults(page.evaluate("rules => axe.run(document, rules)", rules))
            assert found.violations_count == 0, f"{path} {width} {scheme}\n{found.generate_report()}"
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} at {width} px is {wide} px too wide"
        page.set_viewport_size({"width": NARROWEST, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} at {NARROWEST} px is {wide} px too wide"
        assert page.refused == []

    return check
