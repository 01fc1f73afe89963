"""What a register shows is kept for good: the impossible refused, the doubtful flagged, corrections added."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from factories import (
    CLERK,
    LONG_AGO,
    TODAY,
    Place,
    make_delivery_point,
    make_meter,
    make_place,
    make_readings,
    typed,
)

from fanal.law.metering.estimation import Appliance
from fanal.records.journal.facts import events_about
from fanal.records.metering import acts, facts
from fanal.records.metering.acts import RegisterKind, Source
from fanal.records.metering.models import Estimate, Finding, Installation, Reading
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
KWH, KW = RegisterKind.KWH, RegisterKind.KW
FIRST = date(2024, 12, 1)
HABIT = [12_000 + 900 * month for month in range(12)]  # 30 kWh a day for eleven months


def record(*readings: acts.NewReading, **told: bool) -> acts.Recorded:
    return acts.record_readings(readings=readings, **CLERK, **told)


def refusals(*readings: acts.NewReading) -> list[tuple[int, str]]:
    with pytest.raises(Refused) as refusal:
        record(*readings)
    assert all(it.reason.endswith(".") for it in refusal.value.problems)
    return [(it.row, it.field) for it in refusal.value.problems]


def codes(recorded: acts.Recorded) -> list[str]:
    return [it.code for it in recorded.findings]


def in_force(place: Place) -> list[tuple[date, int]]:
    return [(it.read_on, it.value // 1000) for it in facts.readings_of(place.point)]


def test_a_believable_read_is_kept_without_a_word():
    place = make_place(opening=12_000)
    last = make_readings(place, HABIT, first_on=FIRST)
    recorded = record(typed(place, "22800,5", last + timedelta(days=30)))
    assert (recorded.stored, recorded.already, recorded.refused, recorded.findings) == (1, 0, [], [])
    assert facts.readings_of(place.point)[-1].value == 22_800_500
    assert facts.readings_of(place.point)[0].source == Source.INSTALLATION


def test_each_impossible_read_is_told_with_its_row_its_field_and_a_sentence():
    place, other = make_place(), make_place()
    known = len(in_force(place))
    on = date(2025, 6, 1)
    told = refusals(
        typed(place, 500, on),
        typed(place, 510, TODAY + timedelta(days=1)),
        typed(place, 520, LONG_AGO - timedelta(days=1)),
        typed(Place(place.point, place.number, other.meter, other.serial, other.registers), 530, on),
        typed(place, 123456, on),
        typed(place, -5, on),
        typed(place, "5O0", on),
        typed(place, "", on),
        typed(place, "٣٤", on),
        acts.NewReading(delivery_point="inconnu", meter=place.serial, index="5", read_on=on),
        acts.NewReading(delivery_point=place.number, meter="inconnu", index="5", read_on=on),
        typed(place, 5, on, kind=KW),
    )
    assert told == [
        (2, "read_on"), (3, "read_on"), (4, "meter"), (5, "index"), (6, "index"), (7, "index"), (8, "index"),
        (9, "index"), (10, "delivery_point"), (11, "meter"), (12, "kind"),
    ]  # fmt: skip
    assert len(in_force(place)) == known


def test_the_good_rows_may_be_kept_and_the_others_told():
    place = make_place()
    recorded = record(typed(place, 500, date(2025, 6, 1)), typed(place, 1, TODAY + timedelta(days=9)), keep_good=True)
    assert recorded.stored == 1
    assert [str(it) for it in recorded.refused] == [
        "Ligne 2, read_on : La relève est datée du 24 janvier 2026\u202f; nous sommes le 15 janvier 2026. "
        "L’année ou le mois est peut-être à corriger."
    ]


def test_after_its_removal_a_meter_is_not_read_here():
    place = make_place()
    removal = acts.Removal(delivery_point_id=place.point, ends_on=date(2025, 5, 1), closing={KWH: 900})
    acts.remove_meters(removals=[removal], **CLERK)
    assert refusals(typed(place, 950, date(2025, 5, 2))) == [(1, "read_on")]
    assert record(typed(place, 900, date(2025, 5, 1))).already == 1


@pytest.mark.parametrize(
    ("index", "code"),
    [(22_000, "decreasing_index"), (2_280, "digit_missing"), (21_900, "zero_use"), (82_800, "high_use")],
)
def test_a_doubtful_read_is_kept_with_its_finding(index, code):
    place = make_place(opening=12_000)
    last = make_readings(place, [*HABIT[:-1], 22_050 if code == "decreasing_index" else 21_900], first_on=FIRST)
    recorded = record(typed(place, index, last + timedelta(days=30)))
    assert (recorded.stored, codes(recorded)) == (1, [code])
    [kept] = facts.findings_of(place.point)
    assert kept.code == code
    assert kept.evidence["previous_on"] == last.isoformat()


def test_a_register_that_goes_round_within_the_habit_is_believed():
    place = make_place(opening=89_000)
    last = make_readings(place, [90_000 + 900 * month for month in range(11)], first_on=FIRST)
    assert record(typed(place, 50, last + timedelta(days=35))).findings == []


def test_the_habit_of_a_place_outlives_its_meter():
    place = make_place(opening=12_000)
    last = make_readings(place, HABIT, first_on=FIRST)
    meter, serial, registers = make_meter()
    exchange = acts.Exchange(
        delivery_point_id=place.point, exchanged_on=last, closing={KWH: HABIT[-1]}, meter_id=meter, opening={KWH: 7}
    )
    acts.exchange_meters(exchanges=[exchange], **CLERK)
    new = Place(place.point, place.number, meter, serial, registers)
    assert codes(record(typed(new, 9_000, last + timedelta(days=30)))) == ["high_use"]
    assert record(typed(new, 1_800, last + timedelta(days=60))).stored == 1


def test_a_read_given_twice_is_kept_once_and_another_of_the_same_day_is_doubtful():
    place, on = make_place(), date(2025, 6, 1)
    again = record(typed(place, 500, on), typed(place, 500, on), typed(place, 501, on))
    assert (again.stored, again.already, codes(again)) == (2, 1, ["same_day_differs"])
    assert record(typed(place, 500, on)).already == 1
    assert in_force(place)[-1] == (on, 501)


def test_a_demand_register_starts_again_from_zero_and_is_never_decreasing():
    place = make_place(KWH, KW)
    for month, power in enumerate(("84,5", "12", "60")):
        on = date(2025, 6 + month, 1)
        recorded = record(typed(place, 1_000 * month, on), typed(place, power, on, kind=KW))
        assert recorded.findings == []


def test_a_correction_adds_the_next_sequence_with_its_reason():
    place = make_place(opening=12_000)
    last = make_readings(place, [*HABIT, 82_800], first_on=FIRST)
    assert len(facts.findings_of(place.point)) == 1
    told = {"delivery_point_id": place.point, "register_id": place.kwh, "read_on": last} | CLERK
    acts.correct_reading(**told, index="22800", reason="chiffre mal lu, photo à l’appui")
    assert in_force(place)[-1] == (last, 22_800)
    assert Reading.objects.filter(delivery_point_id=place.point, read_on=last).count() == 2
    assert facts.findings_of(place.point) == []
    assert Finding.objects.count() == 1
    [event] = [it for it in events_about(f"delivery_point:{place.point}") if it.act == "correct_reading"]
    assert event.grounds["reason"] == "chiffre mal lu, photo à l’appui"
    for wrong in (
        {"index": "22800", "reason": "encore"}, {"index": "1", "reason": " "}, {"index": "x", "reason": "encore"},
        {"index": "1", "reason": "encore", "read_on": last - timedelta(days=1)},
    ):  # fmt: skip
        with pytest.raises(Refused):
            acts.correct_reading(**(told | wrong))
    assert in_force(place)[-1] == (last, 22_800)


def test_a_correction_may_come_back_to_the_first_index():
    place, on = make_place(), date(2025, 6, 1)
    record(typed(place, 500, on))
    told = {"delivery_point_id": place.point, "register_id": place.kwh, "read_on": on} | CLERK
    for index in ("510", "500"):
        acts.correct_reading(**told, index=index, reason="relue")
    assert [it.sequence for it in facts.readings_of(place.point)] == [1, 3]
    assert in_force(place)[-1] == (on, 500)


def test_an_empty_file_and_a_file_all_wrong_write_nothing():
    place = make_place()
    assert record().stored == 0
    assert record(typed(place, "x", TODAY), keep_good=True).stored == 0
    assert len(in_force(place)) == 1


def test_an_exchange_is_one_act_of_removal_pose_and_two_indexes():
    place = make_place(opening=100, multiplier=40)
    meter, _, registers = make_meter(dials=6)
    on = date(2025, 9, 10)
    exchange = acts.Exchange(
        delivery_point_id=place.point, exchanged_on=on, closing={KWH: Decimal("900.5")}, meter_id=meter,
        opening={KWH: 3}, multiplier=80,
    )  # fmt: skip
    acts.exchange_meters(exchanges=[exchange], **CLERK)
    rows = facts.readings_of(place.point)[1:]
    assert [(it.register_id, it.read_on, it.value, it.source) for it in rows] == [
        (place.kwh, on, 900_500, Source.REMOVAL), (registers[KWH], on, 3_000, Source.INSTALLATION),
    ]  # fmt: skip
    hung = Installation.objects.filter(delivery_point_id=place.point).order_by("starts_on")
    assert [(it.starts_on, it.ends_on, it.multiplier) for it in hung] == [(LONG_AGO, on, 40), (on, None, 80)]


def test_an_exchange_that_is_refused_changes_nothing():
    place = make_place(opening=100)
    meter, _, _ = make_meter()
    good = dict(
        delivery_point_id=place.point,
        exchanged_on=date(2025, 9, 10),
        closing={KWH: 900},
        meter_id=meter,
        opening={KWH: 3},
    )
    for wrong in (
        {"opening": {KWH: 100_000}}, {"closing": {}}, {"closing": {KWH: -1}}, {"exchanged_on": LONG_AGO},
        {"exchanged_on": TODAY + timedelta(days=1)}, {"meter_id": 0}, {"opening": {KWH: 3, KW: 1}},
        {"meter_id": make_place().meter},
    ):  # fmt: skip
        with pytest.raises(Refused), transaction.atomic():
            acts.exchange_meters(exchanges=[acts.Exchange(**(good | wrong))], **CLERK)
    assert Installation.objects.get(delivery_point_id=place.point).ends_on is None
    assert len(in_force(place)) == 1


def test_a_meter_read_after_a_day_was_not_removed_before_it():
    place = make_place()
    make_readings(place, [500], first_on=date(2025, 6, 1))
    removal = acts.Removal(delivery_point_id=place.point, ends_on=date(2025, 5, 1), closing={KWH: 400})
    with pytest.raises(Refused, match="encore été lu le 1er juin 2025"):
        acts.remove_meters(removals=[removal], **CLERK)


def test_a_meter_hangs_in_one_place_and_a_place_has_one_meter():
    place, (elsewhere, _), (meter, _, _) = make_place(), make_delivery_point(), make_meter()
    for point, hung in ((elsewhere, place.meter), (place.point, meter)):
        new = acts.NewInstallation(meter_id=hung, delivery_point_id=point, starts_on=TODAY, opening={KWH: 0})
        with pytest.raises(Refused, match=f"{place.serial} est déjà"), transaction.atomic():
            acts.install_meters(installations=[new], **CLERK)
    twice = [
        acts.NewInstallation(meter_id=meter, delivery_point_id=point, starts_on=TODAY, opening={KWH: 0})
        for point in (elsewhere, make_delivery_point()[0])
    ]
    with pytest.raises(Refused, match="posé à deux endroits"), transaction.atomic():
        acts.install_meters(installations=twice, **CLERK)


@pytest.mark.parametrize(
    ("change", "trigger"),
    [
        ("INSERT INTO metering_reading VALUES ({point}, {register}, '2025-06-01', 1, 100000000, 1, 1, '2025-06-01')",
         "metering_reading_fits"),
        ("INSERT INTO metering_reading VALUES ({point}, {register}, '2022-06-01', 1, 1000, 1, 1, '2025-06-01')",
         "metering_reading_fits"),
        ("INSERT INTO metering_reading VALUES ({point}, {register}, '2025-06-01', 2, 1000, 1, 1, '2025-06-01')",
         "metering_reading_fits"),
        ("UPDATE metering_reading SET value = 0", "metering_reading_append_only"),
        ("DELETE FROM metering_reading", "metering_reading_append_only"),
        ("UPDATE metering_installation SET multiplier = 41", "metering_installation_only_ended"),
        ("UPDATE metering_installation SET starts_on = starts_on - 1", "metering_installation_only_ended"),
    ],
)  # fmt: skip
def test_the_database_refuses_what_an_act_would_not_do(change, trigger):
    place = make_place()
    statement = change.format(point=place.point, register=place.kwh)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with connection.cursor() as cursor:  # without its guard it would pass: the guard is what refuses
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP TRIGGER {trigger} ON {'_'.join(trigger.split('_')[:2])}")
        cursor.execute(statement)


def test_columns_and_typed_rows_are_judged_alike():
    one, two = make_place(opening=12_000), make_place(opening=12_000)
    days = np.datetime64(FIRST) + 30 * np.arange(14)
    values = np.array([*HABIT, 82_800, 22_800]) * 1000
    told = acts.columns_of_readings(np.full(14, one.point), np.full(14, one.kwh), days, values)
    as_columns = acts.record_readings(readings=told, **CLERK)
    rows = [typed(two, value // 1000, day.astype(object)) for value, day in zip(values.tolist(), days, strict=True)]
    as_rows = record(*rows)
    assert codes(as_columns) == codes(as_rows) == ["high_use", "decreasing_index"]
    assert [it.row for it in as_columns.findings] == [it.row for it in as_rows.findings] == [13, 14]
    assert in_force(one) == in_force(two)


def test_the_order_of_a_file_changes_nothing_that_is_judged():
    one, two = make_place(opening=12_000), make_place(opening=12_000)
    rows = [(value, FIRST + timedelta(days=30 * at)) for at, value in enumerate([*HABIT, 82_800, 22_800])]
    told = record(*(typed(one, *it) for it in rows))
    back = record(*(typed(two, *it) for it in reversed(rows)))
    assert sorted(codes(told)) == sorted(codes(back))
    assert in_force(one) == in_force(two)


def test_estimates_keep_their_method_and_inputs():
    point, _ = make_delivery_point()
    told = {"delivery_point_id": point, "from_on": date(2025, 6, 1), "to_on": date(2025, 7, 1)} | CLERK
    heater = Appliance(name="chauffe-eau", watts=4_500, hours_day=Decimal("2.5"))
    means = [
        acts.Inventory(appliances=[heater]),
        acts.Test(kwh_day=Decimal("31.25"), tested_on=date(2025, 7, 3)),
        acts.Figure(quantity=Decimal(800), reason="compteur brûlé, voisin semblable"),
    ]
    ids = [acts.record_estimate(**told, kind=KWH, means=it) for it in means]
    kept = Estimate.objects.filter(pk__in=ids).order_by("pk")
    assert [(it.method, it.quantity) for it in kept] == [("b", 338_000), ("c", 938_000), ("d", 800_000)]
    assert kept[0].inputs[1]["name"] == "chauffe-eau"
    for wrong in (
        {"means": acts.Figure(quantity=Decimal(1), reason=" ")}, {"means": means[0], "kind": KW},
        {"means": means[0], "to_on": date(2025, 6, 1)}, {"means": means[0], "delivery_point_id": 0},
        {"means": acts.Figure(quantity=Decimal(-1), reason="négatif")},
    ):  # fmt: skip
        with pytest.raises(Refused):
            acts.record_estimate(**(told | {"kind": KWH} | wrong))


def test_meters_are_registered_whole_or_not_at_all():
    _, serial, registers = make_meter(KWH, KW)
    assert set(registers) == {KWH, KW}
    new = [
        acts.NewMeter(serial=serial, registers=[(KWH, 5)]),
        acts.NewMeter(serial="X", registers=[(KWH, 2)]),
        acts.NewMeter(serial="Y", registers=[(KWH, 5), (KWH, 5)]),
    ]
    with pytest.raises(Refused) as refusal:
        acts.register_meters(meters=new, **CLERK)
    assert [(it.row, it.field) for it in refusal.value.problems] == [
        (1, "serial"), (2, "registers"), (3, "registers"),
    ]  # fmt: skip
