"""What a run does not bill is named with its reason: nobody of a cycle is forgotten in silence."""

from datetime import date

import pytest
from django.db import connection
from factories import CLERK, LONG_AGO, Place, make_account, make_place, make_subscription, typed

from fanal.doors.jobs import bill_run
from fanal.law.metering.plausibility import HoldReason
from fanal.records.billing import acts as billing
from fanal.records.billing import facts
from fanal.records.elsewhere import acts as elsewhere
from fanal.records.metering import acts as metering
from fanal.records.subscriptions import acts as subscriptions
from fanal.reports import unbilled as report
from fanal.reports.unbilled import Unbilled, Why
from tests.billing import bill_on, compute
from tests.records.test_elsewhere import hand_over

pytestmark = pytest.mark.django_db
READ_ON, RUN_ON = date(2026, 3, 20), date(2026, 3, 21)


def house(*, index: int = 1_200, billed_to: date = date(2026, 1, 20), **told: object) -> tuple[Place, int]:
    """A house that another system billed until a day, read since."""
    place, account_id = make_place(), make_account()
    subscription_id = make_subscription(point=place.point, account_id=account_id, **told)
    reads = [typed(place, 100, billed_to), typed(place, index, READ_ON)]
    metering.record_readings(readings=reads, by="paul", on=RUN_ON)
    hand_over(subscription_id, account_id, billed_to)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE elsewhere_handover SET issued_on = to_on WHERE subscription_id = %s", [subscription_id])
    return place, subscription_id


def switched() -> None:
    elsewhere.switch_cycles(cycles=[1], **CLERK)


def left(run_id: int) -> dict[str, Unbilled]:
    run = facts.run(run_id)
    assert run is not None
    return {it.delivery_point: it for it in report.unbilled(run, billing.terms_on(run.on).billing)}


def test_what_was_billed_is_not_named_and_what_was_not_has_its_reason() -> None:
    house()
    held, _ = house(index=50)
    bookless, _ = house(book="?/CAB")
    recent, _ = house(billed_to=date(2026, 3, 1))
    empty = make_place()
    switched()

    run_id = bill_on(RUN_ON)

    found = left(run_id)
    assert found.keys() == {held.number, bookless.number, recent.number, empty.number}
    assert (found[held.number].why, found[held.number].holds) == (
        Why.HELD, (HoldReason.DECREASING_INDEX, HoldReason.DOUBTFUL_READING)
    )  # fmt: skip
    assert (found[bookless.number].why, found[bookless.number].holds) == (Why.NO_BOOK, ())
    assert (found[recent.number].why, found[recent.number].days) == (Why.NOT_DUE, 20)
    assert (found[empty.number].why, found[empty.number].account) == (Why.NO_SUBSCRIBER, "")
    assert found[empty.number].from_on == LONG_AGO


def test_a_rate_without_a_book_is_said_so_even_where_nothing_is_due_yet() -> None:
    house()
    place, _ = house(book="?/CAB", billed_to=date(2026, 2, 20))
    switched()

    assert {number: it.why for number, it in left(bill_on(RUN_ON)).items()} == {place.number: Why.NO_BOOK}


def test_a_bill_that_is_ready_is_left_only_once_the_run_is_issued_without_it() -> None:
    _, subscription_id = house()
    other, _ = house()
    switched()
    run_id = compute(RUN_ON)
    assert left(run_id) == {}

    billing.review_bill(
        run_id=run_id, subscription_id=subscription_id, act="POSTPONE", reason="à relire", by="paul", on=RUN_ON
    )
    assert {it.why for it in left(run_id).values()} == {Why.POSTPONED}
    billing.review_bill(
        run_id=run_id, subscription_id=subscription_id, act="ACCEPT", reason="relue", by="paul", on=RUN_ON
    )
    billing.finish_review(run_id=run_id, by="paul", on=RUN_ON)
    billing.approve_run(run_id=run_id, by="marie", on=RUN_ON)
    metering.correct_reading(delivery_point_id=other.point, register_id=other.kwh, read_on=READ_ON, index="1300",
                             reason="mal lue", by="paul", on=RUN_ON)  # fmt: skip
    bill_run.issue_run(run_id=run_id, by="paul", on=RUN_ON)

    assert {number: (it.why, it.said) for number, it in left(run_id).items()} == {
        other.number: (Why.POSTPONED, billing.STALE)
    }


def test_a_closed_account_whose_final_bill_is_pending_is_billed_by_the_first_run() -> None:
    place, subscription_id = house()
    subscriptions.end_subscriptions(endings={subscription_id: READ_ON}, **CLERK)
    closed, ended = house()
    subscriptions.end_subscriptions(endings={ended: date(2026, 1, 20)}, **CLERK)
    switched()
    run_id = bill_on(RUN_ON)

    assert facts.billed_to(subscription_id, place.point) == READ_ON
    assert {number: it.why for number, it in left(run_id).items()} == {
        place.number: Why.NO_SUBSCRIBER,
        closed.number: Why.NO_SUBSCRIBER,
    }


def test_a_subscription_that_a_run_forgets_has_no_known_reason() -> None:
    place, subscription_id = house()
    house()
    switched()
    run_id = compute(RUN_ON)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_bill WHERE subscription_id = %s", [subscription_id])

    assert {number: it.why for number, it in left(run_id).items()} == {place.number: Why.UNEXPLAINED}


def test_who_came_after_the_run_was_opened_is_said_so() -> None:
    house()
    switched()
    run_id = bill_on(RUN_ON)
    place = make_place(opening=100)
    make_subscription(point=place.point)

    assert {number: it.why for number, it in left(run_id).items()} == {place.number: Why.LATER}
