"""The fee of an accepted request (2.1): on the first bill, with its taxes, once, and with its why."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from factories import make_place, make_readings, typed
from test_requests import MOVE, PAPER, asked

from fanal.doors.bills.document import documents
from fanal.records.billing.requests import request_subscription
from fanal.records.ledger import facts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.reports import rederivation
from fanal.reports.bill_check import redo
from fanal.reports.bill_history import changes
from fanal.reports.bill_shelf import stories
from fanal.reports.explanation import explain_bill, explain_line
from fanal.reports.invariants import verify
from tests.billing import accept, bill_of, bill_on, compute, correct, holds_of, issue, lines_of

STEP = timedelta(days=62)
FIRST, SECOND = MOVE + STEP, MOVE + 2 * STEP
FEES = 4210


def credited(code: int) -> int:
    """What an account of the ledger holds to its credit."""
    return next(it.credit_cents - it.debit_cents for it in ledger.trial_balance() if it.code == code)


def sound() -> bool:
    """Whether every bill re-derives, and every invariant holds."""
    return rederivation.differences(5) == ([], 0) and not any(it.count for it in verify())


@pytest.fixture
def moved_in(db: None) -> tuple[Any, int]:
    """Rose Gagnon subscribed, and her meter was read the day she came."""
    place = make_place(opening=100)
    answer = request_subscription(request=asked(place.point, received_on=PAPER), by="paul", on=PAPER)
    assert answer.subscription_id
    make_readings(place, [600], first_on=MOVE)
    return place, answer.subscription_id


def read(place: Any, index: int, on: date) -> None:
    metering.record_readings(readings=[typed(place, index, on)], by="releveur", on=on)


def test_the_first_bill_bears_the_fee_and_its_taxes_and_the_second_none(moved_in):
    place, subscription = moved_in
    read(place, 1500, FIRST)
    first = bill_of(bill_on(FIRST), subscription)
    read(place, 2400, SECOND)
    second = bill_of(bill_on(SECOND), subscription)

    assert lines_of(first)["subscription_fee"] == 2500
    assert first.net_cents == first.rated_cents + 2500
    assert first.total_cents == first.net_cents + sum(
        cents for code, cents in lines_of(first).items() if code in ("canada/gst", "quebec/qst")
    )
    assert lines_of(first)["canada/gst"] == (first.net_cents * 5 + 50) // 100
    assert "subscription_fee" not in lines_of(second)
    assert credited(FEES) == 2500
    assert ledger.balance(first.account_id) == first.total_cents + second.total_cents
    assert sound()


def test_an_estimate_taken_back_leaves_the_fee_where_it_was(moved_in):
    place, subscription = moved_in
    metering.record_estimate(
        delivery_point_id=place.point, kind=RegisterKind.KWH, from_on=MOVE, to_on=FIRST,
        means=metering.Figure(quantity=Decimal(800), reason="maison vide"), by="paul", on=FIRST,
    )  # fmt: skip
    run_id = compute(FIRST)
    for held in holds_of(run_id):
        accept(run_id, held, FIRST)
    issue(run_id, FIRST)
    estimated = bill_of(run_id, subscription)
    read(place, 2400, SECOND)
    settled = bill_of(bill_on(SECOND), subscription)

    assert (estimated.estimates_in_a_row, settled.settles_id) == (1, estimated.id)
    assert lines_of(settled)["already_billed"] == -estimated.rated_cents
    assert estimated.net_cents + settled.net_cents == settled.rated_cents + 2500
    assert credited(FEES) == 2500
    assert sound()


def test_a_first_bill_done_again_bears_the_fee_again_and_its_credit_note_gives_it_back(moved_in):
    place, subscription = moved_in
    read(place, 1500, FIRST)
    first = bill_of(bill_on(FIRST), subscription)
    metering.correct_reading(
        delivery_point_id=place.point, register_id=place.kwh, read_on=FIRST, index="1400", reason="mal lue",
        by="commis", on=FIRST,
    )  # fmt: skip
    [made] = correct(subscription, first.id, FIRST + timedelta(days=3))

    again = stories([made])[0]
    assert [it.amount_cents for it in again.lines if it.is_fee] == [2500]
    assert credited(FEES) == 2500
    assert ledger.balance(first.account_id) == again.total_cents
    assert sound()


def test_the_line_answers_why_with_the_ground_that_was_told_and_the_article(moved_in):
    place, subscription = moved_in
    read(place, 1500, FIRST)
    story = stories([bill_of(bill_on(FIRST), subscription).id])[0]

    [line] = [it for it in story.lines if it.is_fee]
    told = explain_line(story, line.line)
    assert told.title["fr"].endswith("Frais d’abonnement")
    assert told.answer["en"] == "The fee of a subscription request that was accepted, once, on the first bill."
    [step] = [it for it in told.steps if it.key == f"line:{line.line}"]
    assert step.article == "Conditions de service, art. 2.1"
    assert step.note["fr"].startswith("Demande d’abonnement du 5 novembre 2025. Des frais d’abonnement de 25,00\u00a0$")
    assert "avec 25,00\u00a0$ de frais d’abonnement, taxes comprises" in explain_bill(story).answer["fr"]
    assert (redone := redo(story)) is not None
    assert redone.holds


def test_the_bill_prints_it_and_a_fee_that_was_changed_is_found(moved_in):
    place, subscription = moved_in
    read(place, 1500, FIRST)
    story = stories([bill_of(bill_on(FIRST), subscription).id])[0]
    [shown] = documents([story])
    assert ("Frais d’abonnement", "25,00\u00a0$") in [
        (it.label, it.amount) for part in shown.sections for it in part.lines
    ]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE subscriptions_request SET fee_cents = 2400")
    assert rederivation.differences(5)[1] == 1


def test_the_second_bill_says_that_the_fee_was_borne_once(moved_in):
    place, subscription = moved_in
    read(place, 1500, FIRST)
    first = bill_of(bill_on(FIRST), subscription)
    read(place, 2400, SECOND)
    second = bill_of(bill_on(SECOND), subscription)

    [told] = changes(stories([second.id]))
    assert told is not None
    assert told.split
    assert told.fee_cents == -2875  # 25.00 $ and what each tax, rounded once a bill, was more
    assert told.use_cents + told.price_cents + told.fee_cents == told.cents == second.total_cents - first.total_cents
    [shown] = documents(stories([second.id]))
    assert shown.change is not None
    assert shown.change.parts[-1].label == "Les frais d’abonnement, une seule fois"
