"""Every page that the table of routes names: its links lead somewhere, its queries are few, everybody can read it.

The pages are found by walking the desk: a new page is tested as soon as another leads to it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.hazmat.primitives.asymmetric import ec
from databases import clone, point_to
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData
from playwright.sync_api import Page

from benchmarks import walk as walking
from fanal.doors import debits
from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role
from fanal.doors.desk.routes import routes
from fanal.doors.jobs import queue
from tests.doors.desk.neighbourhood import survey_the_town
from tests.doors.desk.parallel import compared, one_cent, paid_by_nobody
from tests.doors.desk.test_corrections_page import misread, propose
from tests.doors.desk.test_deposit_pages import held
from tests.doors.desk.test_proposals_page import proposed, rehearsed, waiting
from tests.doors.desk.test_requests_page import posted as ask_for_a_subscription
from tests.doors.desk.town import TODAY

Gets = Callable[[str], HttpResponse]
READ = {name for name, route in routes().items() if "GET" in route.methods}
SECTIONS = sorted({routes()[name].view.rpartition(".")[0] for name in READ})
A_WEEK = timedelta(days=7)
STATES = 2  # of one page, looked at by axe


def sign_in(role: Role) -> Client:
    """Somebody of that role who typed the password a moment ago."""
    client = Client()
    client.post("/connexion/", {"login": DEMO_PEOPLE[role][0], "password": DEMO_PASSWORD})
    return client


def credential() -> dict[str, Any]:
    """What a browser registers of a key."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    flags = AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
    known = AuthenticatorData.create(b"\0" * 32, flags, 0, AttestedCredentialData.create(b"\0" * 16, b"key", public))
    said = {"type": "webauthn.create", "challenge": "AAAA", "origin": "https://bureau.exemple"}
    answer = {
        "clientDataJSON": websafe_encode(json.dumps(said).encode()),
        "attestationObject": websafe_encode(AttestationObject.create("none", known, {})),
    }
    return {"type": "public-key", "id": websafe_encode(b"key"), "rawId": websafe_encode(b"key"), "response": answer,
            "clientExtensionResults": {"credProps": {"rk": True}}}  # fmt: skip


def all_under_way(client: Client) -> None:
    """Every means of signing in for an administrator, what waits for a second person, long work done and under way."""
    user = User.objects.get(username=DEMO_PEOPLE[Role.ADMINISTRATOR][0])
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé de la trésorerie", "credential": credential()}
    )
    assert client.post("/connexion/confirmer/", {"password": DEMO_PASSWORD}).status_code == 302
    held(review_month=TODAY.month)
    debits.prepare(from_on=TODAY, to_on=TODAY + A_WEEK, again=False, by="maude.facturation", on=TODAY)
    number, bill_id, _ = misread()
    propose(client, number, bill_id)
    rehearsed(proposed())
    waiting()
    assert ask_for_a_subscription(client, "LO-000001", provided=[], step="do", shown="no").status_code == 302
    survey_the_town()
    run = compared(paid_by_nobody(one_cent()), sets=1, many=1)
    queue.ask(kind=queue.COMPARE, subject=run, by=user.username, on=TODAY)
    assert client.post("/lots/ouvrir/", {"cycle": 1, "on": f"{TODAY}"}).status_code == 302
    assert client.post("/invariants/verifier/").status_code == 302


@dataclass
class Walk:
    """What a walk met: the addresses of each route, and what each answered."""

    found: dict[str, list[str]]
    answers: dict[str, HttpResponse]

    def pages(self, section: str) -> list[str]:
        """Whole pages of a section, a few states of each."""
        mine = [found for name, found in self.found.items() if routes()[name].view.rpartition(".")[0] == section]
        return [it for found in mine for it in list(filter(self._is_page, found))[:STATES]]

    def _is_page(self, address: str) -> bool:
        return b"<!doctype html>" in self.answers[address].content[:50]


def walk(get: Gets, start: Iterable[str] = ("/",), **limits: int) -> Walk:
    """Open all that the desk leads a person to, who opens an address so."""
    answers: dict[str, HttpResponse] = {}

    def read(address: str) -> str:
        answers[address] = answer = get(address)
        return answer.content.decode() if "html" in answer.headers.get("Content-Type", "") else ""

    return Walk(walking.walk(read, start, **limits), answers)


def gone_wrong(walked: Walk) -> dict[str, int]:
    return {address: it.status_code for address, it in walked.answers.items() if it.status_code >= 400}


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("role", [it for it in Role if it is not Role.ADMINISTRATOR])  # who opens every page, below
def test_no_link_leads_a_person_where_nothing_answers(role: Role) -> None:
    assert gone_wrong(walk(sign_in(role).get, alike=1)) == {}


@pytest.mark.usefixtures("desk")
def test_a_planted_dead_link_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "TYPED", (*walking.TYPED, "/comptes/0000000000/"))

    assert "/comptes/0000000000/" in gone_wrong(walk(sign_in(Role.SERVICE).get, alike=1))


@pytest.mark.usefixtures("desk")
def test_every_page_is_led_to_answers_and_makes_few_queries(few_queries: Callable[..., Any]) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    all_under_way(client)
    walked = walk(partial(few_queries, client), walking.starts([Role.ADMINISTRATOR]))

    administrator = {name for name in READ if routes()[name].admits({Role.ADMINISTRATOR})}
    assert READ - administrator == {"debits_file"}  # the treasury alone takes it: test_debits_page
    assert administrator - walked.found.keys() == set()
    assert gone_wrong(walked) == {}


def test_a_planted_query_a_row_would_be_seen(client_as: Callable[..., Client], few_queries: Callable[..., Any]) -> None:
    with pytest.raises(AssertionError, match="queries"):
        few_queries(client_as(Role.SERVICE), "/", most=1)


@pytest.fixture(scope="module")
def busy_town(town_database: str, django_db_blocker: Any) -> Iterator[tuple[str, Client, Walk]]:
    """A town where all is under way, an administrator in it, and the pages that they are led to."""
    with django_db_blocker.unblock(), clone(town_database, f"{town_database}_busy") as name:
        before = connection.settings_dict["NAME"]
        point_to(name)
        try:
            with override_settings(FANAL_TODAY=TODAY):
                client = sign_in(Role.ADMINISTRATOR)
                all_under_way(client)
                walked = walk(client.get, walking.starts([Role.ADMINISTRATOR]), alike=1)
            point_to(before)
            yield name, client, walked
        finally:
            point_to(before)


@pytest.mark.parametrize("section", SECTIONS)
def test_everybody_can_read_every_page(
    section: str, busy_town: tuple[str, Client, Walk], address: str, page_as: Callable[..., Page],
    accessible: Callable[..., None],
) -> None:  # fmt: skip
    name, client, walked = busy_town
    point_to(name)
    page = page_as(None)
    session = client.cookies[configured.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": session, "url": address}])
    for path in walked.pages(section):
        accessible(page, path)
