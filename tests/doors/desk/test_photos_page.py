"""A photo beside its reading: taken with the index, seen where the reading is judged, opened whole, safely."""

import json
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect
from test_reads import DAY, GRID, SAVE, corrected, last_index, to_read

from fanal.doors.desk.roles import Role
from fanal.records.metering import facts
from tests.doors.desk.town import TODAY


def rows(query: str, *told: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, told)
        return cursor.fetchall()


def picture(name: str = "IMG 2041.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    made = BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(made, "JPEG")
    return SimpleUploadedFile(name, made.getvalue() if content is None else content)


def kept(line: Any) -> int:
    return len(facts.photos_of(line.delivery_point_id, line.register_id, TODAY))


def any_photo() -> int:
    return int(rows("SELECT min(id) FROM metering_photo")[0][0])


def swapped() -> tuple[int, int, str, str]:
    """(point, register, day, account) of the read of the story whose figures were swapped and not seen."""
    [(stories,)] = rows("SELECT grounds -> 'stories' FROM journal_event WHERE act = 'demo.finished'")
    told = stories if isinstance(stories, list) else json.loads(stories)
    account, number = next((it[1], it[2]) for it in told if it[0] == "swap")
    [(point, register, day)] = rows(
        "SELECT l.delivery_point_id, l.register_id, max(l.read_on)::text FROM metering_reading l "
        "JOIN premises_deliverypoint d ON d.id = l.delivery_point_id WHERE d.number = %s GROUP BY 1, 2",
        number,
    )
    return point, register, day, account


def test_a_photo_is_kept_with_the_index_that_it_shows_and_stands_beside_it(client_as: Callable[..., Client]) -> None:
    client, line = client_as(Role.BILLING), to_read()
    index = (last_index(line) + 30) % 100_000

    answer = client.post(
        SAVE, {"on": DAY, f"r{line.register_id}": str(index), f"p{line.register_id}": [picture(), picture("2.png")]},
        follow=True,
    )  # fmt: skip

    assert (last_index(line), kept(line)) == (index, 2)
    [first, _second] = facts.photos_of(line.delivery_point_id, line.register_id, TODAY)
    assert f'src="/photos/{first.id}/vignette/"' in answer.content.decode()


@pytest.mark.parametrize(
    ("lang", "said"), [("fr", "n’est pas une photo JPEG, PNG ou WebP"), ("en", "not a JPEG, PNG or WebP photo")]
)
def test_a_row_whose_photo_is_refused_waits_with_its_reason_and_the_others_are_kept(
    lang: str, said: str, client_as: Callable[..., Client]
) -> None:
    client, good, bad = client_as(Role.SERVICE, lang), to_read(0), to_read(1)
    before, index = last_index(bad), (last_index(good) + 30) % 100_000
    typed = {f"r{good.register_id}": str(index), f"r{bad.register_id}": str((before + 30) % 100_000)}

    answer = client.post(SAVE, {"on": DAY, **typed, f"p{bad.register_id}": picture("faux.jpg", b"<svg/>")})

    text = answer.content.decode()
    assert (answer.status_code, "faux.jpg" in text, said in text) == (422, True, True)
    assert (last_index(good), last_index(bad), kept(bad)) == (index, before, 0)


def test_a_photo_without_its_index_is_not_lost_in_silence(client_as: Callable[..., Client]) -> None:
    client, good, lone = client_as(Role.SERVICE), to_read(0), to_read(1)
    typed = {f"r{good.register_id}": str((last_index(good) + 30) % 100_000)}

    answer = client.post(SAVE, {"on": DAY, **typed, f"p{lone.register_id}": picture()})

    assert (answer.status_code, "La photo attend son index" in answer.content.decode()) == (422, True)


def test_a_correction_takes_its_photo_and_the_page_shows_it(client_as: Callable[..., Client]) -> None:
    (known, path), client = corrected(), client_as(Role.BILLING)

    client.post(path, {"index": str(known.value // 1000 + 1), "reason": "Vu sur la photo.", "photo": picture()})

    assert 'class="dial"' in client.get(path).content.decode()


def test_a_photo_may_come_after_its_reading_which_it_does_not_change(client_as: Callable[..., Client]) -> None:
    (known, path), client = corrected(), client_as(Role.SERVICE, "en")
    point = int(path.split("/")[3])
    photo = picture().read()
    seen = len(facts.photos_of(point, known.register_id, known.read_on))

    first = client.post(path, {"do": "photo", "photo": picture(content=photo)}, follow=True).content.decode()
    again = client.post(path, {"do": "photo", "photo": picture(content=photo)}, follow=True).content.decode()

    assert "1 photo joined to the reading." in first
    assert "This photo was already there." in again
    assert known in facts.readings_of(point)
    assert len(facts.photos_of(point, known.register_id, known.read_on)) == seen + 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Aucune photo n’est choisie"), ({"photo": picture(content=b"GIF89a")}, "Ce n’est pas une photo")],
)
def test_what_cannot_be_joined_is_said_beside_its_field(
    sent: dict[str, Any], said: str, client_as: Callable[..., Client]
) -> None:
    _known, path = corrected()

    answer = client_as(Role.BILLING).post(path, {"do": "photo", **sent})

    assert answer.status_code == 422
    assert "photo-e" in (text := answer.content.decode())
    assert said in text


def test_a_spoilt_photo_stops_the_correction_it_came_with(client_as: Callable[..., Client]) -> None:
    known, path = corrected()

    answer = client_as(Role.BILLING).post(
        path, {"index": str(known.value // 1000 + 1), "reason": "Vu.", "photo": picture(content=b"GIF89a")}
    )

    assert answer.status_code == 422
    assert known in facts.readings_of(int(path.split("/")[3]))


@pytest.mark.parametrize("way", ["", "vignette/"])
def test_a_photo_is_served_as_a_picture_and_nothing_else(way: str, client_as: Callable[..., Client]) -> None:
    answer = client_as(Role.AUDITOR).get(f"/photos/{any_photo()}/{way}")

    assert Image.open(BytesIO(answer.content)).format == "JPEG"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('inline; filename="LX')
    assert "img-src 'self'" in answer["Content-Security-Policy"]


def test_a_photo_is_asked_again_each_time_and_given_only_to_who_is_signed_in(client_as: Callable[..., Client]) -> None:
    client, path = client_as(Role.AUDITOR), f"/photos/{any_photo()}/"
    first = client.get(path)
    seen = {"if-none-match": first["ETag"]}

    assert (client.get(path, headers=seen).status_code, client.get(path, headers=seen).content) == (304, b"")
    assert first["Cache-Control"] == "private, no-cache"
    assert client_as(None).get(path, headers=seen).status_code == 302


def test_the_transposed_figures_are_seen_on_the_photo_wherever_the_reading_is_judged(
    client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    point, register, day, account = swapped()
    [photo] = facts.photos_of(point, register, date.fromisoformat(day))
    [(bill,)] = rows(
        "SELECT (b.run_id, b.subscription_id) FROM billing_bill b JOIN ledger_account a ON a.id = b.account_id "
        "WHERE a.number = %s ORDER BY b.id DESC LIMIT 1", account,
    )  # fmt: skip
    run, subscription = bill if isinstance(bill, tuple) else bill.strip("()").split(",")
    client, address = client_as(Role.BILLING), f'src="/photos/{photo.id}/'

    for path in (
        f"/factures/{run}:{subscription}/",
        f"/factures/{run}:{subscription}/pourquoi/total/",
        f"/comptes/{account}/",
        f"/comptes/{account}/pourquoi/releve-{register}-{day}/",
        f"/lots/{run}/",
        f"/releves/corriger/{point}/{register}/{day}/",
        f"/releves/1/?on={day}&registre={register}",
    ):
        assert address in few_queries(client, path).content.decode(), path


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.BILLING])
def test_who_only_looks_is_offered_no_photo_to_send(role: Role, client_as: Callable[..., Client]) -> None:
    offered = 'type="file"' in client_as(role).get(GRID).content.decode()

    assert offered is (role == Role.BILLING)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_index_and_its_photo_are_entered_by_keyboard_alone(
    lang: str, own_town: str, page_as: Callable[..., Page]
) -> None:
    page, sent = page_as(Role.BILLING, lang), picture()
    given = {"name": sent.name, "mimeType": "image/jpeg", "buffer": sent.read()}
    page.on("filechooser", lambda chooser: chooser.set_files(given))
    page.goto(GRID)
    line = to_read()
    page.focus(f"#i{line.register_id}")
    page.keyboard.type(str((last_index(line) + 20) % 100_000))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == f"p{line.register_id}"
    page.keyboard.press("Enter")
    expect(page.locator(f"[name=p{line.register_id}]")).to_have_value(re.compile("IMG 2041"))
    with page.expect_navigation():
        page.keyboard.press("Control+s")

    assert kept(line) == 1
    assert page.locator(f"#r{line.register_id} .photo img").count() == 1
    assert page.refused == []


def test_the_correction_beside_its_photo_is_accessible(
    page_as: Callable[..., Page], accessible: Callable[..., None]
) -> None:
    point, register, day, _account = swapped()

    accessible(page_as(Role.BILLING), f"/releves/corriger/{point}/{register}/{day}/")
