"""The frame of every page, in a browser: axe finds nothing, the keyboard reaches everything, the look holds."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client
from django.utils.translation import override
from playwright.sync_api import Browser, Page

from fanal.doors import desk as package
from fanal.doors.desk.language import current
from fanal.doors.desk.roles import Role

Opens, Checks = Callable[..., Page], Callable[..., None]
STATIC = Path(package.__file__).parent / "static" / "desk"
TEMPLATES = Path(package.__file__).parent / "templates"
INLINE = re.compile(r"<style|\sstyle=|\son\w+=\"|<script(?![^>]*(\ssrc=|type=\"application/json\"))", re.IGNORECASE)


def test_the_page_of_what_is_absent_is_accessible(page_as: Opens, accessible: Checks) -> None:
    accessible(page_as(Role.BILLING), "/nulle-part/")


def test_the_page_of_signing_in_is_accessible(page_as: Opens, accessible: Checks) -> None:
    accessible(page_as(None), "/connexion/")


def test_a_planted_picture_without_words_would_be_seen(
    page_as: Callable[..., Page], accessible: Callable[..., None]
) -> None:
    page = page_as(Role.BILLING)
    page.route("**/styles/", lambda route: route.fulfill(body="<html lang=fr><title>x</title><img src=x>"))

    with pytest.raises(AssertionError, match="image-alt"):
        accessible(page, "/styles/")


def test_planted_words_too_pale_in_the_dark_would_be_seen(
    page_as: Callable[..., Page], accessible: Callable[..., None]
) -> None:
    page = page_as(Role.BILLING)
    pale = "<style>@media (prefers-color-scheme: dark) { p { background: #111; color: #333 } }</style><p>Pâle</p>"
    page.route("**/styles/", lambda route: route.fulfill(body=f"<html lang=fr><title>x</title>{pale}"))

    with pytest.raises(AssertionError, match="color-contrast"):
        accessible(page, "/styles/")


def test_two_planted_landmarks_of_one_name_would_be_seen(
    page_as: Callable[..., Page], accessible: Callable[..., None]
) -> None:
    page = page_as(Role.BILLING)
    twice = '<nav aria-label="Pages"><a href="/">un</a></nav>' * 2
    page.route("**/styles/", lambda route: route.fulfill(body=f"<html lang=fr><title>x</title>{twice}"))

    with pytest.raises(AssertionError, match="landmark-unique"):
        accessible(page, "/styles/")


def test_the_first_of_a_month_is_raised_where_it_is_explained() -> None:
    shown = engines["django"].from_string("{{ said|told }} {{ said|articles }}").render({"said": "le 1er mai < 2"})

    assert shown == "le 1<sup>er</sup> mai &lt; 2 le 1<sup>er</sup> mai &lt; 2"


def test_an_english_page_says_that_a_title_is_french_and_translates_what_is_ours() -> None:
    shown = engines["django"].from_string("{% for it in of %}{{ it|source }};{% endfor %}")
    of = ["Règlement 336-2019", "Règle de gestion de Fanal", "Lecture de « environ », registre des interprétations",
          "Lecture de l’article 4.3.4, registre des interprétations"]  # fmt: skip
    with override("en"):
        title, ours, read, article, _ = shown.render({"of": of}).split(";")

    assert title == '<span lang="fr">Règlement 336-2019</span>'
    assert ours == "Fanal’s own rule"
    assert read == 'Reading of <span lang="fr">« environ »</span>, register of interpretations'
    assert "s.\u00a04.3.4</a>, register of interpretations" in article
    assert shown.render({"of": of[:1]}) == "Règlement 336-2019;"


def test_a_screen_that_is_touched_shows_no_key(page_as: Opens, browser: Browser) -> None:
    page = page_as(Role.SERVICE)
    page.goto("/")
    assert page.locator(".search kbd").is_visible()
    touched = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844},
        storage_state=page.context.storage_state(),
    )  # fmt: skip
    phone = touched.new_page()
    phone.goto(page.url)
    hidden = phone.locator(".search kbd").is_hidden()
    touched.close()

    assert hidden


def test_what_a_page_says_never_covers_its_foot(page_as: Opens) -> None:
    page = page_as(Role.SERVICE)
    page.goto("/journal/")
    page.evaluate("""document.querySelector('#toasts').innerHTML = '<p class="toast">Fait.</p>';
        window.scrollTo(0, document.body.scrollHeight)""")
    foot, said = page.locator(".pages").last.bounding_box(), page.locator(".toast").bounding_box()

    assert foot
    assert said
    assert foot["y"] + foot["height"] <= said["y"]


def test_today_opens_in_few_queries(client_as: Callable[..., Client], few_queries: Callable[..., object]) -> None:
    answer = few_queries(client_as(Role.SERVICE), "/")

    assert "Factures retenues" in answer.content.decode()


def test_today_says_the_figures_of_the_town(client_as: Callable[..., Client]) -> None:
    text = client_as(Role.AUDITOR).get("/").content.decode()

    assert "lundi 16 novembre 2026" in text
    assert "invariants respectés" in text
    assert "Relève douteuse" in text or "L’index recule" in text


def test_the_first_tab_skips_to_the_content(page_as: Callable[..., Page]) -> None:
    page = page_as(Role.SERVICE)
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "page"


def test_the_rows_of_a_worklist_are_walked_and_chosen_by_keys(page_as: Callable[..., Page]) -> None:
    page = page_as(Role.SERVICE)
    page.goto("/styles/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    rows = page.locator(".worklist > li")

    assert rows.nth(1).get_attribute("aria-current") == "true"
    assert rows.nth(1).locator("input").is_checked()
    page.keyboard.press("k")
    assert rows.nth(0).get_attribute("aria-current") == "true"


def test_the_slash_reaches_the_search_and_is_typed_in_a_field(page_as: Callable[..., Page]) -> None:
    page = page_as(Role.SERVICE)
    page.goto("/styles/")
    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j/k")
    assert page.input_value("#q") == "j/k"


def test_a_page_reads_the_same_without_script(page_as: Callable[..., Page]) -> None:
    page = page_as(Role.SERVICE)
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/")

    assert page.locator("h1").inner_text() == "Aujourd’hui"


def test_nothing_is_written_inline() -> None:
    found = [it.name for it in TEMPLATES.rglob("*.html") if INLINE.search(it.read_text(encoding="utf-8"))]

    assert found == []
    assert INLINE.search('<p style="x">')
    assert INLINE.search("<script>")


def test_nothing_comes_from_elsewhere() -> None:
    outside = re.compile(r"(?:src|href|url\()\s*=?\s*[\"']?(?:https?:)?//")
    pages = [*TEMPLATES.rglob("*.html"), *STATIC.glob("*.css"), *STATIC.glob("*.js")]

    assert [it.name for it in pages if outside.search(it.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{{ 123456|money }}", "1\u00a0234,56\u00a0$"),
        ("{{ 2480000|quantity }}", "2\u00a0480\u00a0kWh"),
        ("{{ 84500|quantity:'kW' }}", "84,5\u00a0kW"),
        ("{{ 69050|price }}", "6,905\u00a0¢"),
        ("{{ '3012045872'|account_number }}", "301\u00a0204\u00a0587-2"),
        ('{{ "Pourquoi ? L\'énergie"|typo }}', "Pourquoi\u202f? L’énergie"),
        ("{{ tag|typo }}", "&lt;b&gt;"),
        ("{{ none|money }}", ""),
    ],
)
def test_a_figure_is_worded_as_people_read_it(written: str, shown: str) -> None:
    assert engines["django"].from_string(written).render({"none": None, "tag": "<b>"}) == shown


def test_today_leads_to_what_it_names_and_to_no_page_that_is_closed_to_the_role(
    client_as: Callable[..., Client],
) -> None:
    leads = re.compile(r'href="(/(?:lots|factures|invariants)/[^"#]*)')
    clerk, service = client_as(Role.BILLING), client_as(Role.SERVICE)
    of_clerk = set(leads.findall(clerk.get("/").content.decode()))
    of_service = set(leads.findall(service.get("/").content.decode()))

    assert any(it.startswith("/factures/") for it in of_service)
    assert {it for it in of_clerk if clerk.get(it).status_code != 200} == set()
    assert {it for it in of_service if service.get(it).status_code != 200} == set()
    assert len(of_clerk) > len(of_service)


def test_a_page_in_english_leaves_the_language_of_the_next_one_alone(client_as: Callable[..., Client]) -> None:
    spoken = current()

    assert "Today" in client_as(Role.SERVICE, "en").get("/").content.decode()
    assert current() == spoken


def test_the_language_of_a_form_that_was_refused_leads_back_to_its_page(client_as: Callable[..., Client]) -> None:
    client, page = client_as(Role.BILLING), "/releves/1/?on=2026-11-16"
    refused = client.post("/releves/1/inscrire/", {"on": "2026-11-16"}, headers={"referer": f"http://testserver{page}"})
    (back,) = set(re.findall(r'name="next" value="([^"]*)"', refused.content.decode()))

    answer = client.post("/langue/", {"next": back, "language": "en"}, follow=True)

    assert (refused.status_code, back, answer.status_code) == (422, page, 200)


def test_a_form_from_elsewhere_never_chooses_where_the_language_leads(client_as: Callable[..., Client]) -> None:
    given = {"data": {"on": "2026-11-16"}, "headers": {"referer": "http://ailleurs.example/x"}}
    refused = client_as(Role.BILLING).post("/releves/1/inscrire/", **given)

    assert set(re.findall(r'name="next" value="([^"]*)"', refused.content.decode())) == {"/"}
