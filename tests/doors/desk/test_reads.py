"""The grid of a round: what is typed is judged beside its cell, kept by the act, and corrected by adding."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

from fanal.doors.desk.roles import Role
from fanal.records.metering import facts
from fanal.reports import rounds
from fanal.reports.rounds import RoundLine
from tests.doors.desk.town import TODAY

DAY = TODAY.isoformat()
GRID, SAVE, CHECK = f"/releves/1/?on={DAY}", "/releves/1/inscrire/", "/releves/1/verifier/"


def to_read(place: int = 0) -> RoundLine:
    """A register of the round that has its five dials, a past, and no reading today."""
    found = rounds.lines(1, TODAY, show="todo", limit=200)
    return [it for it in found if it.dials == 5 and it.kind == 1 and it.starts_on.year < 2026][place]


def last_index(line: RoundLine) -> int:
    of_register = [it for it in facts.readings_of(line.delivery_point_id) if it.register_id == line.register_id]
    return of_register[-1].value // 1000


def posted(client: Client, path: str, line: RoundLine, index: object, **more: str) -> Any:
    return client.post(path, {"on": DAY, f"r{line.register_id}": str(index), **more})


@pytest.mark.parametrize("path", ["/releves/", GRID, "/releves/1/?on=2026-11-13", "/releves/1/?montrer=doubtful"])
def test_a_page_of_the_reads_opens_in_few_queries(
    path: str, client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    assert few_queries(client_as(Role.BILLING), path).status_code == 200


def test_an_index_that_goes_down_is_said_beside_its_cell_and_nothing_is_written(
    client_as: Callable[..., Client],
) -> None:
    client, line = client_as(Role.BILLING), to_read()
    before = facts.readings_of(line.delivery_point_id)

    said = posted(client, CHECK, line, (last_index(line) - 40) % 100_000).content.decode()

    assert "est plus bas que" in said
    assert "Relire le compteur" in said
    assert facts.readings_of(line.delivery_point_id) == before


@pytest.mark.parametrize(
    ("typed", "lang", "said"),
    [("12a", "fr", "en chiffres seulement"), ("12a", "en", "in figures only"), ("1234567", "fr", "7 chiffres")],
)
def test_an_index_that_cannot_be_is_refused_beside_its_cell(
    typed: str, lang: str, said: str, client_as: Callable[..., Client]
) -> None:
    answer = posted(client_as(Role.SERVICE, lang), CHECK, to_read(), typed).content.decode()

    assert said in answer
    assert "data-refused" in answer


def test_a_believable_index_is_said_so_and_kept(client_as: Callable[..., Client]) -> None:
    client, line = client_as(Role.BILLING), to_read()
    index = (last_index(line) + 30) % 100_000

    assert "Dans l’habitude du lieu" in posted(client, CHECK, line, index).content.decode()
    assert posted(client, SAVE, line, index).status_code == 302
    assert last_index(line) == index


def test_the_good_rows_are_kept_and_the_refused_one_stays_in_its_cell(client_as: Callable[..., Client]) -> None:
    client, good, bad = client_as(Role.BILLING), to_read(0), to_read(1)
    index, before = (last_index(good) + 30) % 100_000, last_index(bad)

    answer = client.post(SAVE, {"on": DAY, f"r{good.register_id}": str(index), f"r{bad.register_id}": "99x"})

    assert answer.status_code == 422
    assert 'value="99x"' in answer.content.decode()
    assert (last_index(good), last_index(bad)) == (index, before)


def test_a_doubtful_index_is_kept_with_its_finding_in_sight(client_as: Callable[..., Client]) -> None:
    client, line = client_as(Role.BILLING), to_read()

    after = client.post(
        SAVE, {"on": DAY, f"r{line.register_id}": str((last_index(line) + 30_000) % 100_000)}, follow=True
    )

    text = after.content.decode()
    assert "leurs factures seront retenues" in text or "sa facture sera retenue" in text
    assert "Un chiffre est peut-être mal lu" in text or "est plus bas que" in text


@pytest.mark.parametrize("day", ["pas-une-date", "2026-02-30", ""])
def test_a_day_that_is_none_is_said_and_nothing_is_written_at_another(
    day: str, client_as: Callable[..., Client]
) -> None:
    client, line = client_as(Role.BILLING), to_read()
    before = facts.readings_of(line.delivery_point_id)

    for path in (SAVE, CHECK):
        answer = client.post(path, {"on": day, f"r{line.register_id}": str(last_index(line) + 30)})

        assert (answer.status_code, "n’est pas du calendrier" in answer.content.decode()) == (422, True)
    assert facts.readings_of(line.delivery_point_id) == before


@pytest.mark.parametrize(("cycle", "day"), [(2, DAY), (1, "2019-01-01")])
def test_a_meter_that_is_not_of_the_round_is_said_and_never_written(
    cycle: int, day: str, client_as: Callable[..., Client]
) -> None:
    client, line = client_as(Role.BILLING), to_read()
    before = facts.readings_of(line.delivery_point_id)
    given = {"on": day, f"r{line.register_id}": str(last_index(line) + 30)}

    saved = client.post(f"/releves/{cycle}/inscrire/", given)
    judged = client.post(f"/releves/{cycle}/verifier/", given)

    assert (saved.status_code, "n’est pas de cette tournée" in saved.content.decode()) == (422, True)
    assert (judged.status_code, "n’est pas de cette tournée" in judged.content.decode()) == (422, True)
    assert "<!doctype" not in judged.content.decode()
    assert facts.readings_of(line.delivery_point_id) == before


def test_the_others_are_written_beside_a_meter_that_is_not_of_the_round(client_as: Callable[..., Client]) -> None:
    client, line = client_as(Role.BILLING), to_read()
    index = (last_index(line) + 30) % 100_000

    answer = posted(client, SAVE, line, index, r999999999="12")

    assert (answer.status_code, "n’est pas de cette tournée" in answer.content.decode()) == (422, True)
    assert last_index(line) == index


def test_who_only_looks_has_no_cell_to_type_in(client_as: Callable[..., Client]) -> None:
    text = client_as(Role.AUDITOR).get(GRID).content.decode()

    assert "à lire" in text
    assert 'class="control index"' not in text


def corrected() -> tuple[Any, str]:
    line = next(it for it in rounds.lines(1, TODAY, limit=1))
    known = [it for it in facts.readings_of(line.delivery_point_id) if it.register_id == line.register_id][-1]
    return known, f"/releves/corriger/{line.delivery_point_id}/{line.register_id}/{known.read_on.isoformat()}/"


def test_a_correction_is_a_new_reading_with_its_reason_in_the_journal(client_as: Callable[..., Client]) -> None:
    (known, path), client = corrected(), client_as(Role.BILLING)
    index = known.value // 1000 + 1

    answer = client.post(path, {"index": str(index), "reason": "Relu sur place par A. Fictive."}, follow=True)

    assert answer.status_code == 200
    assert "corrigée" in answer.content.decode()
    assert "Relu sur place par A. Fictive." in client.get("/journal/?acte=correct_reading").content.decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequence, value FROM metering_reading WHERE register_id = %s AND read_on = %s ORDER BY sequence",
            [known.register_id, known.read_on],
        )
        assert cursor.fetchall()[-2:] == [
            (known.sequence, known.value), (known.sequence + 1, index * 1000),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("index", "reason", "said"),
    [("", "vu", "en chiffres seulement"), ("12", " ", "raison écrite"), (None, "vu", "déjà inscrit")],
)
def test_a_correction_that_lacks_something_says_what(
    index: str | None, reason: str, said: str, client_as: Callable[..., Client]
) -> None:
    known, path = corrected()
    typed = str(known.value // 1000) if index is None else index

    answer = client_as(Role.BILLING).post(path, {"index": typed, "reason": reason})

    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("path", ["/releves/999/", "/releves/corriger/1/1/hier/", "/releves/corriger/1/1/2000-01-01/"])
def test_what_is_not_there_is_said_absent(path: str, client_as: Callable[..., Client]) -> None:
    assert client_as(Role.BILLING).get(path).status_code == 404


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_round_is_typed_judged_and_entered_by_keyboard_alone(
    lang: str, own_town: str, page_as: Callable[..., Page]
) -> None:
    page = page_as(Role.BILLING, lang)
    page.goto(GRID)
    first, second = (page.evaluate("document.activeElement.name"), None)
    page.keyboard.type("12a")
    page.keyboard.press("Enter")
    second = page.evaluate("document.activeElement.name")
    page.wait_for_selector(f"#v{first[1:]} [data-refused]")
    page.keyboard.press("ArrowUp")
    page.keyboard.type(str(last_index(rounds.lines(1, TODAY, registers=[int(first[1:])], limit=1)[0]) + 20))
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(f"#v{first[1:]} .fine")
    with page.expect_navigation():
        page.keyboard.press("Control+s")

    assert second != first
    assert page.locator(f"#r{first[1:]} input").count() == 0
    assert ("relève inscrite" if lang == "fr" else "reading entered") in page.locator("#toasts").inner_text()


def test_a_register_that_has_a_name_is_shown_typed_and_judged_by_it(client_as: Callable[..., Client]) -> None:
    lines = rounds.lines(1, TODAY, limit=500)
    event = next(it for it in lines if it.name == "event")
    whole = next(it for it in lines if it.point == event.point and it.name == "total")
    assert lines.index(event) == lines.index(whole) + 1
    french, english = (
        client_as(Role.BILLING, lang=lang).get(f"{GRID}&registre={event.register_id}").content.decode()
        for lang in ("fr", "en")
    )
    assert "kWh, événements de pointe" in french
    assert "kWh, critical peak events" in english

    client, shown = client_as(Role.BILLING), last_index(event)
    lower = posted(client, CHECK, event, shown - 5).content.decode()
    assert "data-refused" not in lower
    assert "Relire le compteur" in lower
    assert posted(client, SAVE, event, shown + 3, do="save").status_code == 302
    assert last_index(event) == shown + 3


@pytest.mark.parametrize(
    ("lang", "other", "said"), [("fr", "English", "in figures only"), ("en", "Français", "en chiffres")]
)
def test_what_is_typed_stays_when_the_language_changes(
    lang: str, other: str, said: str, page_as: Callable[..., Page]
) -> None:
    page, cell = page_as(Role.BILLING, lang=lang), f"#i{to_read().register_id}"
    page.goto(f"/releves/1/?on={DAY}")
    page.fill(cell, "99x")
    page.locator("[data-save]").click()
    expect(page.locator(cell)).to_have_value("99x")  # refused
    page.get_by_role("button", name=other).click()

    expect(page.locator("html")).not_to_have_attribute("lang", lang)
    expect(page.locator(cell)).to_have_value("99x")
    expect(page.locator(f"#v{cell[2:]}")).to_contain_text(said)
    assert page.evaluate("sessionStorage.length") == 0
    assert page.refused == []
