"""A bill that rests on a reading corrected since waits for its correction: nothing is broken, nobody else waits."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.reports.to_correct import to_correct
from fanal.values.refusal import Refused
from tests.billing import accept, bill_on, compute, correct, holds_of, issue, leave_on_an_estimate, propose, rows
from tests.factories import Place, make_meter, make_place, make_subscription, typed
from tests.records.test_corrections import (
    DAY,
    MAY,
    SECOND,
    STEP,
    THIRD,
    bill,
    billed_twice,
    broken,
    last_bill,
    read,
    reread,
)


@pytest.fixture
def house(db: None) -> tuple[Place, int, list[Any]]:
    return billed_twice()


def waiting(on: date) -> list[tuple[int, date, int, int]]:
    """The bills to correct: the day of the reading, what was billed and what was read, by the dials."""
    return [(it.account, it.read_on, it.billed // 1000, it.read // 1000) for it in to_correct(on)[0]]


def test_a_reading_of_a_billed_day_is_corrected_everybody_else_is_billed_and_nothing_is_broken_meanwhile(house):
    place, subscription, _ = house
    neighbour = make_place(opening=100, starts_on=MAY)
    other = make_subscription(point=neighbour.point, starts_on=MAY)
    fourth = THIRD + STEP
    for at, index in ((place, 7000), (neighbour, 900)):
        read(at, index, fourth)
    reread(place, 5200, THIRD, fourth)
    assert broken() == {}

    issue(compute(fourth), fourth)

    assert issued_bills(other) == 1
    assert issued_bills(subscription) == 2
    assert broken() == {}
    assert [row[1:] for row in waiting(fourth)] == [(THIRD, 5000, 5200)]
    correct(subscription, last_bill(subscription), fourth)
    assert (waiting(fourth), broken()) == ([], {})
    bill_on(fourth + timedelta(days=1))
    assert issued_bills(subscription) == 3 + 1  # the one that was corrected, and the days that had to wait
    assert broken() == {}


def issued_bills(subscription: int) -> int:
    [found] = rows("SELECT count(*) AS bills FROM billing_issue i JOIN billing_bill b ON b.id = i.bill_id "
                   "WHERE b.subscription_id = %s AND b.kind = 0", subscription)  # fmt: skip
    return int(found.bills)


def test_kwh_billed_twice_because_a_bill_opened_on_the_corrected_index_are_caught(house):
    """The bug: a person's acceptance of a bill whose basis changed, which the acts refuse."""
    place, subscription, _ = house
    fourth = THIRD + STEP
    read(place, 7000, fourth)
    reread(place, 4600, THIRD, fourth)
    run_id = compute(fourth)
    with pytest.raises(Refused, match="ne s’accepte pas telle quelle"):
        accept(run_id, subscription, fourth)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_review (account_id, bill_id, act, reason, by_whom, on_date) "
            "SELECT account_id, id, 'ACCEPT', 'bogue', 'paul', %s FROM billing_bill WHERE run_id = %s", [fourth, run_id]
        )  # fmt: skip
    issue(run_id, fourth)

    found = broken()

    assert list(found) == ["I6"]
    assert [(it["fault"], it["read_quantity"], it["billed_quantity"]) for it in found["I6"]] == [
        ("index_not_followed", 5_000_000, 4_600_000)
    ]


def test_a_correction_begins_at_the_first_bill_that_rests_on_the_corrected_reading(house):
    place, subscription, (first, second) = house
    reread(place, 2600, SECOND)

    with pytest.raises(Refused, match=r"La facture 2025-\d+ finit sur un index qui a été corrigé"):
        propose(subscription, second.id, DAY)

    assert [row[1:] for row in waiting(DAY)] == [(SECOND, 3000, 2600)]
    correct(subscription, first.id, DAY)
    assert (waiting(DAY), broken()) == ([], {})


def test_an_index_that_is_corrected_back_leaves_nothing_to_correct_and_holds_nothing(house):
    place, subscription, _ = house
    fourth = THIRD + STEP
    read(place, 7000, fourth)
    reread(place, 5200, THIRD, fourth)
    assert waiting(fourth)
    reread(place, 5000, THIRD, fourth)

    assert waiting(fourth) == []
    assert subscription not in holds_of(compute(fourth))


def test_a_final_bill_that_was_estimated_and_is_read_at_last_waits_for_its_correction(house):
    place, subscription, _ = house
    left = THIRD + STEP
    leave_on_an_estimate(subscription, left)
    found_on = left + timedelta(days=3)
    read(place, 6500, left)
    assert broken() == {}
    assert [row[1] for row in waiting(found_on)] == [left]

    correct(subscription, last_bill(subscription), found_on)

    assert (waiting(found_on), broken()) == ([], {})
    assert bill(last_bill(subscription)).kwh == 1_500_000


def test_a_meter_exchanged_in_days_that_were_billed_on_an_estimate_breaks_nothing_and_the_next_bill_counts_both(house):
    place, subscription, _ = house
    fourth, fifth = THIRD + STEP, THIRD + 2 * STEP
    bill_on(fourth)
    assert bill(last_bill(subscription)).estimates_in_a_row == 1
    meter, serial, registers = make_meter()
    metering.exchange_meters(
        exchanges=[metering.Exchange(
            delivery_point_id=place.point, exchanged_on=THIRD + timedelta(days=40), closing={RegisterKind.KWH: 6000},
            meter_id=meter, opening={RegisterKind.KWH: 20},
        )], by="commis", on=fourth + timedelta(days=3),
    )  # fmt: skip
    assert broken() == {}

    read(replace(place, serial=serial, registers=registers), 1520, fifth)
    bill_on(fifth)

    assert bill(last_bill(subscription)).kwh == 2_500_000
    assert broken() == {}


def test_a_demand_that_was_misread_is_to_correct_where_the_bill_counted_it(db):
    place = make_place(RegisterKind.KWH, RegisterKind.KW, opening=0, starts_on=MAY)
    subscription = make_subscription(point=place.point, starts_on=MAY, book="hydro_quebec/M")
    day = MAY + timedelta(days=30)
    kw = {"kind": RegisterKind.KW}
    given = [typed(place, 4000, day), typed(place, "60", day, **kw), typed(place, "55", MAY + timedelta(days=20), **kw)]
    assert not metering.record_readings(readings=given, by="releveur", on=day).refused
    run_id = compute(day)
    if held := holds_of(run_id):
        accept(run_id, next(iter(held)), day)
    issue(run_id, day)

    again(place, "50", MAY + timedelta(days=20), day)
    assert waiting(day) == []
    again(place, "64", day, day)
    assert [row[1:] for row in waiting(day)] == [(day, 60, 64)]
    correct(subscription, last_bill(subscription), day)
    assert (waiting(day), broken()) == ([], {})


def again(place: Place, index: str, read_on: date, on: date) -> None:
    metering.correct_reading(
        delivery_point_id=place.point, register_id=place.registers[RegisterKind.KW], read_on=read_on, index=index,
        reason="mal lue", by="commis", on=on,
    )  # fmt: skip
