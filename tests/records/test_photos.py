"""A photo belongs to a reading, once, for good: the act refuses in sentences, the database whatever was tried."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.db import Error, connection, transaction
from factories import CLERK, LONG_AGO, TODAY, Place, make_delivery_point, make_picture, make_place, typed

from fanal.records.journal.facts import events_about
from fanal.records.metering import acts, facts
from fanal.records.metering.acts import NewPhoto, RegisterKind
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 1)


def read(index: int = 500, **told: object) -> Place:
    place = make_place()
    acts.record_readings(readings=[typed(place, index, DAY, **told)], **CLERK)
    return place


def of(place: Place, **told: object) -> NewPhoto:
    return NewPhoto(**({"meter": place.serial, "read_on": DAY, "picture": make_picture()} | told))


def photos_at(place: Place, on: date = DAY) -> list[facts.KnownPhoto]:
    return facts.photos_of(place.point, place.kwh, on)


def test_photos_are_kept_with_their_reading_with_who_and_when():
    place = read()

    attached = acts.attach_photos(photos=[of(place), of(place, picture=make_picture(40))], **CLERK)

    first, second = photos_at(place)
    assert [first.id, second.id] == attached.ids
    assert (first.sequence, first.width, first.by, first.recorded_on) == (1, 120, CLERK["by"], TODAY)
    assert facts.photo(first.id) == (place.serial, DAY, make_picture().content)


def test_a_photo_twice_on_the_same_reading_is_kept_once():
    place = read()
    twice = acts.attach_photos(photos=[of(place), of(place)], **CLERK)
    again = acts.attach_photos(photos=[of(place)], **CLERK)

    assert (len(twice.ids), twice.already, again.ids, again.already) == (1, 1, [], 1)
    assert len(photos_at(place)) == 1


def test_one_photo_without_a_reading_refuses_all_with_its_row_and_a_sentence():
    place, other = read(), make_place()
    photos = [
        of(place),
        of(other),
        of(place, meter="inconnu"),
        of(place, kind=RegisterKind.KW),
        of(place, delivery_point=other.number),
    ]

    with pytest.raises(Refused) as refused:
        acts.attach_photos(photos=photos, **CLERK)

    assert [(it.row, it.field) for it in refused.value.problems] == [
        (2, "read_on"), (3, "meter"), (4, "kind"), (5, "read_on"),
    ]  # fmt: skip
    assert all(it.reason.endswith(".") for it in refused.value.problems)
    assert photos_at(place) == []


def test_a_meter_read_at_two_places_that_day_needs_the_place():
    place = read()
    acts.remove_meters(
        removals=[acts.Removal(delivery_point_id=place.point, ends_on=DAY, closing={RegisterKind.KWH: 500})], **CLERK
    )
    elsewhere, number = make_delivery_point()
    hung = acts.NewInstallation(
        meter_id=place.meter, delivery_point_id=elsewhere, starts_on=DAY, opening={RegisterKind.KWH: 500}
    )
    acts.install_meters(installations=[hung], **CLERK)

    with pytest.raises(Refused, match="à 2 endroits"):
        acts.attach_photos(photos=[of(place)], **CLERK)
    acts.attach_photos(photos=[of(place, delivery_point=number)], **CLERK)

    assert (len(facts.photos_of(elsewhere, place.kwh, DAY)), photos_at(place)) == (1, [])


def test_a_reading_and_its_photos_are_kept_together():
    place = read(photos=[make_picture(), make_picture(40)])

    assert len(photos_at(place)) == 2


def test_a_reading_that_is_refused_leaves_no_photo():
    place = make_place()
    readings = [typed(place, "5O0", DAY, photos=[make_picture()]), typed(place, 600, DAY + timedelta(days=30))]

    recorded = acts.record_readings(readings=readings, keep_good=True, **CLERK)

    assert (recorded.stored, len(recorded.refused), photos_at(place)) == (1, 1, [])


def test_a_correction_keeps_the_photo_that_was_seen_and_takes_its_own():
    place = read(photos=[make_picture()])
    acts.correct_reading(
        delivery_point_id=place.point, register_id=place.kwh, read_on=DAY, index="510", reason="vu sur la photo",
        photos=[of(place, picture=make_picture(40))], **CLERK,
    )  # fmt: skip

    assert [it.sequence for it in photos_at(place)] == [1, 2]
    [event] = [it for it in events_about(f"delivery_point:{place.point}") if it.act == "correct_reading"]
    assert event.grounds["photos"] == [photos_at(place)[1].id]


COLUMNS = "delivery_point_id, register_id, read_on, sequence, sha256, content, width, height, by_whom, recorded_on"


def plant(place: Place, **told: object) -> None:
    content = told.get("content", make_picture().content)
    row = {
        "delivery_point_id": place.point, "register_id": place.kwh, "read_on": DAY, "sequence": 1,
        "sha256": sha256(content).digest(), "content": content, "width": 120, "height": 100, "by_whom": "x",
        "recorded_on": TODAY,
    } | told  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO metering_photo ({COLUMNS}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("told", "guard"),
    [
        ({"sequence": 2}, "photo_of_a_reading"),
        ({"read_on": DAY + timedelta(days=1)}, "photo_of_a_reading"),
        ({"sha256": b"x" * 32}, "photo_has_its_digest"),
        ({"content": b"<svg/>"}, "photo_is_a_jpeg"),
        ({"content": b"\xff\xd8\xff" + b"\0" * 2**22}, "photo_is_a_jpeg"),
        ({"width": 0}, "photo_has_its_size"),
        ({"height": 1601}, "photo_has_its_size"),
        ({"recorded_on": LONG_AGO}, "photo_not_before_its_reading"),
    ],
)
def test_the_database_refuses_a_photo_that_shows_nothing_true(told, guard):
    place = read()

    with pytest.raises(Error, match=guard):
        plant(place, **told)


def test_the_database_refuses_a_photo_twice_on_a_reading():
    place = read()
    plant(place)

    with pytest.raises(Error, match="photo_once_a_reading"):
        plant(place)


@pytest.mark.parametrize("change", ["UPDATE metering_photo SET by_whom = 'y'", "DELETE FROM metering_photo"])
def test_the_database_refuses_any_change_of_a_photo(change):
    plant(read())

    with pytest.raises(Error, match="ne se modifie pas"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
