"""Which reading opens and which closes a bill, and what happens when the ground moves under it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from fanal.records.billing import acts, facts
from fanal.records.billing.draft import NewEstimate
from fanal.records.ledger import acts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering import estimates
from fanal.records.metering.acts import Quality, RegisterKind
from fanal.records.subscriptions import acts as subscriptions
from fanal.values.refusal import Refused
from tests import billing
from tests.billing import accept, bill_of, bill_on, compute, holds_of, issue, rows
from tests.factories import Place, make_meter, make_place, make_subscription, typed

pytestmark = pytest.mark.django_db

MAY = date(2025, 5, 1)
STEP = timedelta(days=60)
DAY = timedelta(days=1)


def read(place: Place, index: object, on: date, **told: object) -> None:
    metering.record_readings(readings=[typed(place, index, on, **told)], by="releveur", on=max(on, MAY))


def correct(place: Place, index: int, read_on: date, on: date) -> None:
    metering.correct_reading(
        delivery_point_id=place.point, register_id=place.kwh, read_on=read_on, index=str(index), reason="mal lue",
        by="commis", on=on,
    )  # fmt: skip


@pytest.fixture
def house() -> tuple[Place, int]:
    """A house billed once, from 1000 to 3000."""
    place = make_place(opening=1000, starts_on=MAY)
    subscription = make_subscription(point=place.point, starts_on=MAY)
    read(place, 3000, MAY + STEP)
    bill_on(MAY + STEP)
    return place, subscription


def test_a_reading_corrected_after_it_was_billed_holds_the_next_bill_until_the_bill_is_corrected(house):
    place, subscription = house
    read(place, 5000, MAY + 2 * STEP)
    correct(place, 2600, MAY + STEP, MAY + 2 * STEP)

    run_id = compute(MAY + 2 * STEP)

    assert "BASIS_CHANGED" in holds_of(run_id)[subscription]
    with pytest.raises(Refused, match="ne s’accepte pas"):
        accept(run_id, subscription, MAY + 2 * STEP)
    acts.abandon_run(run_id=run_id, by="paul", on=MAY + 2 * STEP, reason="corriger d’abord")
    [first] = rows("SELECT bill_id FROM billing_billeddays")
    billing.correct(subscription, first.bill_id, MAY + 2 * STEP)
    assert bill_of(compute(MAY + 2 * STEP + STEP), subscription).kwh > 0
    assert rows("SELECT sum(kwh) AS kwh FROM billing_bill b JOIN billing_billeddays d ON d.bill_id = b.id")[0].kwh == (
        1_600_000
    )


def test_a_removal_index_higher_than_the_reading_billed_that_day_is_not_lost(house):
    place, subscription = house
    meter, serial, registers = make_meter()
    metering.exchange_meters(
        exchanges=[
            metering.Exchange(
                delivery_point_id=place.point,
                exchanged_on=MAY + STEP,
                closing={RegisterKind.KWH: 3040},
                meter_id=meter,
                opening={RegisterKind.KWH: 0},
            )
        ],
        by="monteur",
        on=MAY + STEP,
    )  # fmt: skip
    read(Place(place.point, place.number, meter, serial, registers), 1500, MAY + 2 * STEP)

    assert "BASIS_CHANGED" in holds_of(compute(MAY + 2 * STEP))[subscription]


def test_a_decision_on_a_bill_is_void_once_the_bill_is_computed_again(house):
    place, subscription = house
    read(place, 3000, MAY + 2 * STEP)
    run_id = compute(MAY + 2 * STEP)
    accept(run_id, subscription, MAY + 2 * STEP)
    correct(place, 93_000, MAY + 2 * STEP, MAY + 2 * STEP)

    acts.compute_one(run_id=run_id, subscription_id=subscription, by="paul", on=MAY + 2 * STEP)

    assert subscription in holds_of(run_id)
    issue(run_id, MAY + 2 * STEP)
    assert not rows("SELECT 1 FROM billing_issue WHERE bill_id = %s", bill_of(run_id, subscription).id)


def test_a_bill_whose_reading_changed_after_the_approval_does_not_leave(house):
    place, subscription = house
    read(place, 5000, MAY + 2 * STEP)
    run_id = compute(MAY + 2 * STEP)
    correct(place, 4000, MAY + 2 * STEP, MAY + 2 * STEP)

    issue(run_id, MAY + 2 * STEP)

    assert not rows("SELECT 1 FROM billing_issue WHERE bill_id = %s", bill_of(run_id, subscription).id)
    assert facts.run(run_id).state == "ISSUED"


def test_an_end_dated_before_what_was_billed_never_touches_the_next_customers_account(house):
    place, leaving = house
    bill_on(MAY + 2 * STEP)  # estimated
    ended_on = MAY + 2 * STEP - 20 * DAY
    subscriptions.end_subscriptions(endings={leaving: ended_on}, by="commis", on=MAY + 2 * STEP)
    arriving = make_subscription(point=place.point, starts_on=ended_on)
    read(place, 6000, MAY + 4 * STEP)

    run_id = compute(MAY + 4 * STEP)

    assert facts.computed_bill(run_id, leaving) is None
    bill = bill_of(run_id, arriving)
    assert (bill.from_on, bill.previous_id, bill.settles_id) == (ended_on, 0, 0)
    issue(run_id, MAY + 4 * STEP)  # its days are the other's: it stays behind, and the run ends
    assert facts.run(run_id).state == "ISSUED"
    assert not rows("SELECT 1 FROM billing_issue WHERE bill_id = %s", bill.id)


def test_a_run_is_not_begun_in_a_closed_period_so_that_it_can_still_be_dated_later(house):
    place, subscription = house
    read(place, 5000, MAY + 2 * STEP)
    day = MAY + 2 * STEP
    run_id = compute(day)
    acts.finish_review(run_id=run_id, by="paul", on=day)
    acts.approve_run(run_id=run_id, by="marie", on=day)
    ledger.close_period(through_on=day, by="trésorier", on=day + 5 * DAY)

    with pytest.raises(Refused, match="fermée jusqu’au"):
        acts.begin_issuing(run_id=run_id, by="paul", on=day)

    acts.begin_issuing(run_id=run_id, by="paul", on=day + 6 * DAY)
    assert acts.issue_chunk(run_id=run_id, position=1, on=day + 6 * DAY) == 1
    assert rows("SELECT issued_on FROM billing_issue WHERE bill_id = %s", bill_of(run_id, subscription).id)[
        0
    ].issued_on == (day + 6 * DAY)


def test_a_final_bill_without_a_reading_waits_for_a_person(house):
    place, subscription = house
    ended_on = MAY + STEP + 30 * DAY
    subscriptions.end_subscriptions(endings={subscription: ended_on}, by="commis", on=ended_on)

    run_id = compute(MAY + 2 * STEP)

    assert "FINAL_ESTIMATED" in holds_of(run_id)[subscription]
    acts.abandon_run(run_id=run_id, by="paul", on=MAY + 2 * STEP, reason="relire")
    read(place, 3100, ended_on)
    assert bill_of(compute(MAY + 2 * STEP), subscription).kwh == 100_000


def test_an_index_estimated_the_day_of_a_move_closes_for_the_one_what_it_opens_for_the_other(house):
    place, leaving = house
    moved_on = MAY + STEP + 30 * DAY
    subscriptions.end_subscriptions(endings={leaving: moved_on}, by="commis", on=moved_on)
    arriving = make_subscription(point=place.point, starts_on=moved_on)
    read(place, 4000, moved_on, quality=Quality.ESTIMATED)
    read(place, 6200, MAY + 3 * STEP)

    run_id = compute(MAY + 3 * STEP)

    assert (bill_of(run_id, leaving).kwh, bill_of(run_id, arriving).kwh) == (1_000_000, 2_200_000)
    assert bill_of(run_id, leaving).estimates_in_a_row == 0


def test_a_real_reading_inside_estimated_days_is_used_up_to_its_day(house):
    place, subscription = house
    read(place, 3100, MAY + 2 * STEP - 20 * DAY)  # too old to close the bill, yet real

    bill = bill_of(compute(MAY + 2 * STEP), subscription)

    expected = 100_000 + round(2_000_000 * 20 / 60 / 1000) * 1000
    assert (bill.estimates_in_a_row, bill.kwh) == (1, expected)


def test_days_without_a_meter_are_not_billed_as_if_measured():
    place = make_place(opening=0, starts_on=MAY + 30 * DAY)
    subscription = make_subscription(point=place.point, starts_on=MAY)
    read(place, 390, MAY + STEP)

    held = holds_of(compute(MAY + STEP))

    assert "METER_CHANGE_UNSETTLED" in held[subscription]


def test_a_demand_shown_after_the_bills_last_day_belongs_to_the_next_bill():
    start = date(2025, 1, 1)
    place = make_place(RegisterKind.KWH, RegisterKind.KW, starts_on=start, multiplier=10)
    subscription = make_subscription(point=place.point, starts_on=start, book="hydro_quebec/M", domestic=False)
    closing = start + 30 * DAY
    read(place, 100, closing)
    read(place, 20, closing, kind=RegisterKind.KW)
    read(place, 90, closing + 8 * DAY, kind=RegisterKind.KW)

    assert bill_of(compute(closing + 10 * DAY), subscription).kw == 200_000


def test_every_reason_is_given_and_none_hides_one_that_cannot_be_accepted():
    start = date(2025, 1, 1)
    place = make_place(RegisterKind.KWH, RegisterKind.KW, opening=5000, starts_on=start)
    subscription = make_subscription(point=place.point, starts_on=start, book="hydro_quebec/M", domestic=False)
    read(place, 4000, start + 30 * DAY)

    run_id = compute(start + 30 * DAY)

    assert {"DECREASING_INDEX", "DEMAND_MISSING"} <= set(holds_of(run_id)[subscription])
    with pytest.raises(Refused, match="ne s’accepte pas"):
        accept(run_id, subscription, start + 30 * DAY)


def test_a_persons_estimate_serves_only_if_it_covers_the_days(house):
    place, subscription = house
    metering.record_estimate(
        delivery_point_id=place.point, kind=RegisterKind.KWH, from_on=MAY, to_on=MAY + STEP + DAY,
        means=metering.Figure(quantity=Decimal(100), reason="essai"), by="commis", on=MAY + STEP,
    )  # fmt: skip

    assert bill_of(compute(MAY + 2 * STEP), subscription).kwh == 2_000_000


def test_who_accepted_a_held_bill_does_not_approve_the_run(house):
    place, subscription = house
    read(place, 3000, MAY + 2 * STEP)
    run_id = compute(MAY + 2 * STEP)
    acts.review_bill(
        run_id=run_id, subscription_id=subscription, act="ACCEPT", reason="vu", by="luc", on=MAY + 2 * STEP
    )
    acts.finish_review(run_id=run_id, by="paul", on=MAY + 2 * STEP)

    with pytest.raises(Refused, match="deuxième personne"):
        acts.approve_run(run_id=run_id, by="luc", on=MAY + 2 * STEP)


def test_a_chunk_of_a_run_that_is_not_being_issued_is_refused(house):
    place, _ = house
    read(place, 5000, MAY + 2 * STEP)
    run_id = compute(MAY + 2 * STEP)

    with pytest.raises(Refused, match="en émission"):
        acts.issue_chunk(run_id=run_id, position=1, on=MAY + 2 * STEP)

    with connection.cursor() as cursor:
        cursor.execute("SELECT issued FROM billing_chunk WHERE run_id = %s", [run_id])
        assert cursor.fetchall() == [(False,)]


def test_the_same_estimate_found_from_another_basis_keeps_its_own_inputs(house):
    place, _ = house
    span = {"delivery_point_id": place.point, "kind": RegisterKind.KWH, "from_on": MAY + STEP, "to_on": MAY + 2 * STEP}
    bases = [{"basis": "LAST_YEAR", "base_days": 61}, {"basis": "PREVIOUS", "base_days": 30}]
    made = [NewEstimate(**span, quantity=2_000_000, method="a", inputs=it) for it in bases]

    kept = estimates.keep_estimates(estimates=made)

    assert len(set(kept)) == 2
    assert estimates.keep_estimates(estimates=made[::-1]) == kept[::-1]
    found = rows("SELECT id, inputs ->> 'basis' AS basis FROM metering_estimate WHERE id = ANY(%s)", kept)
    assert {it.id: it.basis for it in found} == dict(zip(kept, ("LAST_YEAR", "PREVIOUS"), strict=True))
