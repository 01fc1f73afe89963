"""Registers that have a name: one of each on a meter, each read and judged for itself, and never for another."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from factories import CLERK, TODAY, make_delivery_point, make_meter, make_place, make_readings, typed

from fanal.law.metering import registers
from fanal.law.tariffs.shelf import catalogue, load
from fanal.records.metering import acts, facts
from fanal.records.metering.acts import RegisterKind
from fanal.values.energy import TOTAL, UNITS, format_register, parse_register
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
KWH, KW, KVARH = RegisterKind.KWH, RegisterKind.KW, RegisterKind.KVARH
PEAK, OFFPEAK = (KWH, "peak"), (KWH, "offpeak")
FIRST = date(2025, 1, 1)


def refused(call: Any, **told: Any) -> str:
    with pytest.raises(Refused) as refusal:
        call(**told)
    assert str(refusal.value).endswith(".")
    return str(refusal.value)


def test_a_meter_has_a_whole_and_its_parts() -> None:
    place = make_place(KWH, PEAK, OFFPEAK, KVARH)
    assert set(place.registers) == {KWH, PEAK, OFFPEAK, KVARH}
    assert [(it.kind.label, it.name) for it in facts.readings_of(place.point)] == [
        ("kWh", "total"), ("kWh", "peak"), ("kWh", "offpeak"), ("kvarh", "total"),
    ]  # fmt: skip


@pytest.mark.parametrize("which", [[KWH, KWH], [PEAK, PEAK], []])
def test_two_registers_that_count_the_same_are_refused_by_the_act(which: list[Any]) -> None:
    assert "un seul de chaque sorte" in refused(
        acts.register_meters, meters=[acts.NewMeter(serial="X1", registers=[(it, 5) for it in which])], **CLERK
    )


@pytest.mark.parametrize("name", ["total", "peak"])
def test_two_registers_that_count_the_same_are_refused_by_the_database(name: str) -> None:
    place = make_place(KWH, PEAK)
    with pytest.raises(IntegrityError, match="one_register_per_meter_kind_and_name"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metering_register (meter_id, kind, name, dials) VALUES (%s, 1, %s, 5)", [place.meter, name]
        )


def test_what_a_register_counts_never_changes() -> None:
    make_place(KWH, PEAK)
    for change in (
        "UPDATE metering_register SET name = 'offpeak' WHERE name = 'peak'",
        "DELETE FROM metering_register",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.parametrize("name", ["", "Peak", "9", "a" * 31, "é"])
def test_a_name_that_no_book_writes_is_refused_by_both(name: str) -> None:
    meter = acts.NewMeter(serial="X1", registers=[((KWH, name), 5)])
    assert "n’est pas un nom de registre" in refused(acts.register_meters, meters=[meter], **CLERK)
    place = make_place(KWH)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metering_register (meter_id, kind, name, dials) VALUES (%s, 1, %s, 5)", [place.meter, name]
        )


def test_a_removal_notes_every_index_that_only_grows() -> None:
    place = make_place(KWH, PEAK, KVARH, KW)
    removal = acts.Removal(delivery_point_id=place.point, ends_on=TODAY, closing={KWH: 10})
    said = refused(acts.remove_meters, removals=[removal], **CLERK)
    assert "L’index des kWh, heures de pointe manque." in said
    assert "L’index des kvarh manque." in said
    assert "kW" not in said.replace("kWh", "")
    whole = acts.Removal(delivery_point_id=place.point, ends_on=TODAY, closing={KWH: 10, PEAK: 3, KVARH: 1})
    acts.remove_meters(removals=[whole], **CLERK)


def test_an_index_of_a_register_that_the_meter_lacks_is_refused_by_its_name() -> None:
    place = make_place(KWH)
    said = refused(acts.record_readings, readings=[typed(place, 5, TODAY, name="peak")], **CLERK)
    assert said == f"Ligne 1, kind : Le compteur {place.serial} n’a pas de registre kWh, heures de pointe."


def test_a_register_is_added_to_a_meter_in_place_with_what_it_shows() -> None:
    place = make_place(KWH)
    told: dict[str, Any] = {"meter_id": place.meter, "which": PEAK, "dials": 5, "added_on": date(2026, 1, 1)} | CLERK
    acts.add_register(index=120, **told)
    [reading] = [it for it in facts.readings_of(place.point) if it.name == "peak"]
    assert (reading.value, reading.read_on) == (120_000, date(2026, 1, 1))
    assert "a déjà un registre kWh, heures de pointe" in refused(acts.add_register, index=120, **told)
    shelved, _, _ = make_meter()
    assert "n’est pas en place" in refused(acts.add_register, index=120, **told | {"meter_id": shelved})
    assert "cadran" in refused(acts.add_register, index=1, **told | {"which": OFFPEAK, "dials": 2})


def test_a_part_is_not_judged_by_the_habit_of_the_whole_nor_the_whole_by_its_parts() -> None:
    place = make_place(KWH, PEAK)
    last = make_readings(place, [1_000 * month for month in range(1, 12)], first_on=FIRST)
    peak = [typed(place, 10 * month, FIRST + timedelta(days=30 * month), name="peak") for month in range(11)]
    acts.record_readings(readings=peak, **CLERK)

    after = last + timedelta(days=30)
    recorded = acts.record_readings(
        readings=[typed(place, 12_000, after), typed(place, 900, after, name="peak")], **CLERK
    )

    assert recorded.findings == []


def test_a_part_that_goes_back_is_doubtful_and_a_whole_that_leaps_still_is() -> None:
    place = make_place(KWH, PEAK)
    last = make_readings(place, [1_000 * month for month in range(1, 12)], first_on=FIRST)
    acts.record_readings(readings=[typed(place, 500, last, name="peak")], **CLERK)

    after = last + timedelta(days=30)
    recorded = acts.record_readings(
        readings=[typed(place, 30_000, after), typed(place, 400, after, name="peak")], **CLERK
    )

    assert [(it.row, it.code) for it in recorded.findings] == [(1, "high_use"), (2, "decreasing_index")]


def test_each_register_of_a_shipped_book_has_its_words_in_both_languages() -> None:
    named = {name for code in catalogue() for name in load(code).registers}
    assert [name for name in sorted(named) if not registers.is_worded(name)] == []
    assert registers.label("kWh", "peak", "en") == "kWh, peak hours"
    assert registers.label("kWh", "night_owl") == "kWh, night owl"  # a distributor's own, until somebody words it


def test_a_register_is_written_and_read_the_same() -> None:
    for unit in UNITS:
        for name in (TOTAL, "peak", "off_peak"):
            assert parse_register(format_register(unit, name)) == (unit, name)
    for wrong in ("", "kW-", "kWh_peak", "kWh-Pé", "Wh", "kWh-9"):
        with pytest.raises(ValueError, match="n’est pas un registre"):
            parse_register(wrong)


def test_a_point_without_a_meter_has_no_register() -> None:
    point, _ = make_delivery_point()
    assert facts.readings_of(point) == []
