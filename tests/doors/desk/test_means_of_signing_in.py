"""Keys and codes, by a browser: added, used to come in, asked again, removed; in the words of the house."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role

NAME = DEMO_PEOPLE[Role.BILLING][0]
WORDS = {
    "fr": {"in": "Aujourd’hui", "wrong": "Ce code n’est pas le bon", "removed": "La clé est retirée.",
           "added": "La clé est ajoutée.", "active": "L’application de codes est active."},
    "en": {"in": "Today", "wrong": "This code is not right", "removed": "The key is removed.",
           "added": "The key is added.", "active": "The code application is active."},
}  # fmt: skip
Opens = Callable[..., Page]


@pytest.fixture(params=["fr", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(own_town: str, page_as: Opens, lang: str, address: str) -> Page:
    """Nobody yet, before the door of a town of their own; a key needs a name of host."""
    return page_as(None, lang)


@pytest.fixture
def key(page: Page) -> Iterator[Any]:
    """A device that holds keys and recognizes its person."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    yield device, device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    device.send("WebAuthn.disable")


def sign_in(page: Page, host: str) -> None:
    page.goto(f"{host}/connexion/")
    page.fill("input[name=login]", NAME)
    page.fill("input[name=password]", DEMO_PASSWORD)
    with page.expect_navigation():
        page.click("main form .button.primary")


def open_safely(page: Page, url: str) -> None:
    """Open what touches the safety of the account: the password is asked once more."""
    page.goto(url)
    if "/connexion/confirmer/" in page.url:
        page.fill("input[name=password]", DEMO_PASSWORD)
        with page.expect_navigation():
            page.click("main form .button.primary")


def leave(page: Page, host: str) -> None:
    page.goto(f"{host}/deconnexion/")
    page.click("main form .button.primary")
    page.wait_for_url("**/connexion/**")


@pytest.fixture
def host(address: str, page: Page, lang: str) -> str:
    """The desk by its name: a key is bound to a name, never to a number."""
    named = address.replace("127.0.0.1", "localhost")
    page.context.add_cookies([{"name": "fanal_language", "value": lang, "url": named}])
    return named


def test_a_key_is_added_opens_the_desk_without_a_password_and_is_removed(
    page: Page, host: str, lang: str, key: Any, accessible: Callable[..., None]
) -> None:
    sign_in(page, host)
    open_safely(page, f"{host}/moi/securite/cles/ajouter/")
    page.fill("input[name=name]", "Portable du guichet")
    page.click("#mfa_webauthn_add")
    page.get_by_text(WORDS[lang]["added"]).wait_for()
    device, authenticator = key
    assert len(device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1

    leave(page, host)
    page.click("#passkey_login")
    page.wait_for_url(f"{host}/")
    assert page.locator("h1").inner_text() == WORDS[lang]["in"]

    accessible(page, f"{host}/moi/securite/cles/")
    open_safely(page, f"{host}{page.locator('.keys a').last.get_attribute('href')}")
    page.click("main form .button.primary")
    page.get_by_text(WORDS[lang]["removed"]).wait_for()
    leave(page, host)
    with page.expect_navigation():  # the device still knows the key: it is the desk that refuses
        page.click("#passkey_login")
    page.goto(f"{host}/")
    assert "/connexion/" in page.url


def test_a_device_that_does_not_recognize_its_person_opens_nothing(page: Page, host: str, key: Any) -> None:
    sign_in(page, host)
    open_safely(page, f"{host}/moi/securite/cles/ajouter/")
    page.click("#mfa_webauthn_add")
    page.get_by_text("La clé est ajoutée.").or_(page.get_by_text("The key is added.")).wait_for()
    leave(page, host)
    device, authenticator = key
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.click("#passkey_login")
    page.wait_for_timeout(500)
    page.goto(f"{host}/")

    assert "/connexion/" in page.url


def code_of(secret: str) -> str:
    """What the application of a telephone shows now."""
    counter = totp.yield_hotp_counters_from_time()
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(counter))))


def test_a_code_is_asked_after_the_password_and_a_recovery_code_stands_in_once(
    page: Page, host: str, lang: str, accessible: Callable[..., None]
) -> None:
    sign_in(page, host)
    open_safely(page, f"{host}/moi/securite/application/activer/")
    page.fill("input[name=code]", "000000")
    page.click("main form .button.primary")
    assert WORDS[lang]["wrong"] in page.locator(".error").inner_text()
    page.fill("input[name=code]", code_of(page.locator(".secret").inner_text()))
    page.click("main form .button.primary")
    page.get_by_text(WORDS[lang]["active"]).wait_for()
    page.goto(f"{host}/moi/securite/codes/")
    spare = page.locator(".secrets code").first.inner_text()

    leave(page, host)
    sign_in(page, host)
    page.wait_for_url("**/connexion/code/")
    page.goto(f"{host}/")
    assert "/connexion/" in page.url  # the password alone does not open
    accessible(page, f"{host}/connexion/code/")
    page.fill("input[name=code]", spare)
    page.click("main form .button.primary")
    page.wait_for_url(f"{host}/")

    leave(page, host)
    sign_in(page, host)
    page.fill("input[name=code]", spare)  # it was used
    page.click("main form .button.primary")
    assert WORDS[lang]["wrong"] in page.locator(".error").inner_text()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "path", ["mot-de-passe/", "securite/", "securite/cles/ajouter/", "securite/application/activer/"]
)
def test_no_page_begs(path: str) -> None:
    client = Client()
    said = client.post("/connexion/", {"login": NAME, "password": "autre"}).content.decode()
    client.post("/connexion/", {"login": NAME, "password": DEMO_PASSWORD})
    said += client.get(f"/moi/{path}").content.decode()
    said += client.post(f"/moi/{path}", {}).content.decode()

    assert "euillez" not in said
