"""Corrections in two acts by two people: what was shown is what is done, or nothing is."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from concurrency import while_another
from django.db import DatabaseError, IntegrityError, connection, transaction

from fanal.law.conditions.ch04_corrections import Cause
from fanal.law.metering.plausibility import Fix, HoldReason
from fanal.records.billing import acts
from fanal.records.journal import facts as journal
from fanal.records.ledger import facts as ledger
from fanal.records.metering import acts as metering
from fanal.reports.bill_shelf import stories
from fanal.reports.corrections import correction
from fanal.reports.explanation import explain_bill
from fanal.reports.invariants import verify
from fanal.values import wording
from fanal.values.refusal import Refused
from tests.billing import (
    accept,
    bill_of,
    bill_on,
    compute,
    correct,
    holds_of,
    issue,
    leave_on_an_estimate,
    propose,
    rows,
    why_wrong,
)  # fmt: skip
from tests.factories import Place, make_place, make_subscription, typed

MAY = date(2025, 5, 1)
STEP = timedelta(days=60)
SECOND, THIRD = MAY + STEP, MAY + 2 * STEP
DAY = THIRD + timedelta(days=10)


def read(place: Place, index: object, on: date) -> None:
    metering.record_readings(readings=[typed(place, index, on)], by="releveur", on=on)


def reread(place: Place, index: int, read_on: date, on: date = DAY) -> None:
    metering.correct_reading(
        delivery_point_id=place.point, register_id=place.kwh, read_on=read_on, index=str(index), reason="mal lue",
        by="commis", on=on,
    )  # fmt: skip


def billed_twice() -> tuple[Place, int, list[Any]]:
    """A house billed from 1000 to 3000, then to 5000: (place, subscription, bills)."""
    place = make_place(opening=1000, starts_on=MAY)
    subscription = make_subscription(point=place.point, starts_on=MAY)
    bills = []
    for index, on in ((3000, SECOND), (5000, THIRD)):
        read(place, index, on)
        bills.append(bill_of(bill_on(on), subscription))
    return place, subscription, bills


@pytest.fixture
def house(db: None) -> tuple[Place, int, list[Any]]:
    return billed_twice()


def everything_issued() -> list[int]:
    tables = ("billing_issue", "ledger_posting", "journal_event", "billing_run", "billing_review", "notices_delivery")
    return [rows(f"SELECT count(*) AS rows FROM {it}")[0].rows for it in tables]


def test_what_is_shown_is_to_the_cent_what_is_done_and_leaves_no_trace(house):
    place, subscription, (first, second) = house
    reread(place, 2600, SECOND)
    before, next_number = everything_issued(), rows("SELECT next_number FROM billing_series")[0].next_number

    shown = acts.preview_correction(
        subscription_id=subscription, from_bill_id=first.id, why=why_wrong(DAY), by="paul", on=DAY
    )

    assert everything_issued() == before
    assert rows("SELECT next_number FROM billing_series")[0].next_number == next_number
    assert [(it.bill_id, it.kwh, it.cents, it.new_kwh) for it in shown.bills] == [
        (first.id, 2_000_000, first.total_cents, 1_600_000), (second.id, 2_000_000, second.total_cents, 2_400_000),
    ]  # fmt: skip
    made = correct(subscription, first.id, DAY)
    assert [it.total_cents for it in map(bill, made)] == [it.new_cents for it in shown.bills]
    assert ledger.balance(first.account_id) == first.total_cents + second.total_cents + shown.difference_cents


def bill(bill_id: int) -> Any:
    [found] = rows("SELECT * FROM billing_bill WHERE id = %s", bill_id)
    return found


def test_both_names_and_the_reason_are_told_by_the_bill_and_by_the_journal(house):
    place, subscription, (first, _) = house
    reread(place, 2600, SECOND)

    made = correct(subscription, first.id, DAY)

    told = explain_bill(stories([made[0]])[0]).steps[0]
    assert told.key == "correction"
    assert "(relève corrigée). Elle a été proposée par paul et approuvée par marie." in told.note["fr"]
    assert told.note["en"].endswith("It was proposed by paul and approved by marie.")
    event = journal.last_event(["billing.correct_bills"])
    assert (event.by, event.grounds["proposed_by"], event.grounds["made"]) == ("marie", "paul", made)
    assert journal.last_event(["billing.propose_correction"]).by == "paul"


@pytest.mark.parametrize("name", ["paul", "PAUL", " Paul", "pa ul", "pa\u200bul", "ｐａｕｌ", "\u2060"])
def test_who_proposed_does_not_approve_case_and_spaces_aside(house, name):
    place, subscription, (first, _) = house
    reread(place, 2600, SECOND)
    proposal = propose(subscription, first.id, DAY)

    with pytest.raises(Refused, match="deuxième personne"):
        acts.approve_correction(correction_id=proposal, by=name, on=DAY)
    with pytest.raises(IntegrityError, match="correction_"), transaction.atomic():
        decide(proposal, name)


def decide(proposal: int, by: str) -> None:
    """What a bug would write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_correction SET verdict = 'APPROVED', decided_by = %s, decided_on = %s WHERE id = %s",
            [by, DAY, proposal],
        )


def test_the_database_keeps_a_proposal_as_it_was_shown_and_lets_it_be_decided_once(house):
    place, subscription, (first, _) = house
    reread(place, 2600, SECOND)
    proposal = propose(subscription, first.id, DAY)
    planted = (
        "UPDATE billing_correction SET shown = '[]'", "UPDATE billing_correction SET difference_cents = 0",
        "UPDATE billing_correction SET proposed_by = 'luc'", "DELETE FROM billing_correction",
        "UPDATE billing_correction SET verdict = 'REFUSED', decided_by = 'luc', decided_on = '2025-09-08'",
        "UPDATE billing_correction SET verdict = 'APPROVED', decided_on = '2025-09-08'",
    )  # fmt: skip
    for statement in planted:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(Refused, match="attend déjà"):
        propose(subscription, first.id, DAY, by="luc")
    acts.refuse_correction(correction_id=proposal, by="marie", on=DAY, reason="autre chose d’abord")
    with pytest.raises(DatabaseError, match="se décide une seule fois"), transaction.atomic():
        decide(proposal, "marie")
    with pytest.raises(Refused, match="déjà refusée par marie"):
        acts.approve_correction(correction_id=proposal, by="marie", on=DAY)
    with pytest.raises(Refused, match="n’existe pas"):
        acts.approve_correction(correction_id=proposal + 1, by="marie", on=DAY)


def test_a_reading_that_moved_since_refuses_the_approval_with_the_two_amounts(house):
    place, subscription, (first, _) = house
    reread(place, 2600, SECOND)
    proposal = propose(subscription, first.id, DAY)
    reread(place, 2000, SECOND)
    shown, before = correction(proposal), everything_issued()

    with pytest.raises(Refused, match="Quelque chose a bougé") as refused:
        acts.approve_correction(correction_id=proposal, by="marie", on=DAY)

    assert correction(proposal) == shown
    assert everything_issued() == before
    assert wording.money(shown.difference_cents) in str(refused.value)
    acts.refuse_correction(correction_id=proposal, by="paul", on=DAY, reason="à refaire")
    assert correct(subscription, first.id, DAY, customer_knew=True)


def test_a_bill_issued_since_refuses_the_approval(house):
    place, subscription, (first, _) = house
    proposal = propose(subscription, first.id, DAY)
    read(place, 7000, THIRD + STEP)
    bill_on(THIRD + STEP)

    with pytest.raises(Refused, match="Quelque chose a bougé"):
        acts.approve_correction(correction_id=proposal, by="marie", on=THIRD + STEP)


def test_the_bill_after_a_correction_keeps_its_rhythm(house):
    """Counted from the correction, the next bill would miss its run and come sixty days late."""
    place, subscription, (first, _) = house
    reread(place, 2600, SECOND)
    correct(subscription, first.id, THIRD + STEP - timedelta(days=10), customer_knew=True)
    read(place, 7000, THIRD + STEP)

    run_id = bill_on(THIRD + STEP)

    assert bill_of(run_id, subscription).from_on == THIRD


def test_the_holds_that_the_new_bills_raise_are_shown_with_their_proof_and_accepted_with_them(house):
    place, subscription, (first, second) = house
    reread(place, 4999, SECOND)

    shown = acts.preview_correction(
        subscription_id=subscription, from_bill_id=first.id, why=why_wrong(DAY, customer_knew=True), by="paul", on=DAY
    )

    reasons = {HoldReason(code) for it in shown.bills for code, _ in it.holds}
    assert HoldReason.LOW_USE in reasons
    assert all(evidence["days"] == 60 for it in shown.bills for _, evidence in it.holds)
    made = correct(subscription, first.id, DAY, customer_knew=True, reason="relève vue par le chef")
    review = rows("SELECT * FROM billing_review WHERE bill_id = %s", made[1])[0]
    assert (review.act, review.reason, review.by_whom) == ("ACCEPT", "relève vue par le chef", "paul")
    assert second.id not in {it.bill_id for it in rows("SELECT bill_id FROM billing_billeddays")}


def test_a_new_bill_that_nobody_could_accept_refuses_the_proposal(house):
    _, subscription, (first, _) = house
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # a book taken off the shelf since
        cursor.execute("UPDATE subscriptions_subscription SET book = 'ailleurs/X' WHERE id = %s", [subscription])
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(Refused, match="ne pourrait pas partir : "):
        propose(subscription, first.id, DAY)

    assert rows("SELECT 1 FROM billing_correction") == []


def test_an_extra_charge_reaches_as_far_back_as_article_4_5_and_the_decision_is_kept(house):
    place, subscription, (first, second) = house
    reread(place, 6000, THIRD)
    late = THIRD + timedelta(days=300)

    with pytest.raises(Refused, match="sort de la période permise"):
        propose(subscription, second.id, late)

    proposal = propose(subscription, second.id, late, cause=Cause.TAMPERING)
    kept = correction(proposal).period
    assert kept["outcome"] is None
    assert kept["grounds"][0]["text"]["fr"].startswith("La correction vise toutes les périodes touchées")
    assert first.id not in {it.bill_id for it in correction(proposal).bills}


def test_a_correction_of_what_is_right_already_says_that_nothing_would_change(house):
    place, subscription, (first, _) = house
    asked = {"subscription_id": subscription, "from_bill_id": first.id, "why": why_wrong(DAY), "by": "paul", "on": DAY}

    assert not acts.preview_correction(**asked).changes
    reread(place, 2600, SECOND)
    assert acts.preview_correction(**asked).changes


def test_a_reason_is_asked_and_a_day_to_come_is_refused(house):
    _, subscription, (first, _) = house

    with pytest.raises(Refused, match="raison écrite"):
        propose(subscription, first.id, DAY, reason=" ")
    with pytest.raises(Refused, match="ne vient pas après"):
        propose(subscription, first.id, DAY, reported_on=DAY + STEP)


def test_the_bill_that_a_run_holds_waits_for_the_correction_then_leaves_with_its_run(house):
    """A held bill does not have to wait for another run: correct the bill before it, compute it again, it leaves."""
    place, subscription, (first, _) = house
    fourth = THIRD + STEP
    read(place, 7000, fourth)
    reread(place, 5200, THIRD, fourth)
    run_id = compute(fourth)
    assert "BASIS_CHANGED" in holds_of(run_id)[subscription]

    correct(subscription, first.id, fourth)
    acts.compute_one(run_id=run_id, subscription_id=subscription, by="paul", on=fourth)
    issue(run_id, fourth)

    assert bill_of(run_id, subscription).kwh == 1_800_000
    assert rows("SELECT 1 FROM billing_issue WHERE bill_id = %s", bill_of(run_id, subscription).id)
    assert broken() == {}


def broken() -> dict[str, list[Any]]:
    return {it.code: it.violations for it in verify() if it.count}


def last_bill(subscription: int) -> int:
    [found] = rows("SELECT max(bill_id) AS id FROM billing_billeddays WHERE subscription_id = %s", subscription)
    return int(found.id)


def test_an_estimate_adjusted_a_year_later_is_no_correction_so_no_limit_of_months_stands_against_it(house):
    place, subscription, _ = house
    left = THIRD + STEP
    leave_on_an_estimate(subscription, left)
    read(place, 9900, left)
    found_on = left + timedelta(days=420)

    shown = acts.preview_correction(
        subscription_id=subscription, from_bill_id=last_bill(subscription), why=why_wrong(found_on), by="paul",
        on=found_on,
    )  # fmt: skip

    assert shown.difference_cents > 0
    assert (shown.period.outcome, shown.period.obstacles) == (None, ())
    assert shown.period.grounds[0].rule == "another_article_rules"
    assert shown.period.grounds[0].holds
    correct(subscription, last_bill(subscription), found_on)


def test_an_error_is_told_as_one_with_the_agreement_that_the_customer_may_ask_for(house):
    place, subscription, (first, _) = house
    reread(place, 3400, SECOND)
    told = acts.preview_correction(
        subscription_id=subscription, from_bill_id=first.id, why=why_wrong(DAY), by="paul", on=DAY
    )
    assert [(it.rule, it.holds) for it in told.period.grounds[-2:]] == [
        ("another_article_rules", False), ("arrangement_without_fee_is_possible", told.difference_cents > 0),
    ]  # fmt: skip
    assert "first_bill_is_within_reach" in [it.rule for it in told.period.grounds]


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_who_approve_at_once_one_does_and_the_other_is_told(own_database):
    place, subscription, (first, _) = billed_twice()
    reread(place, 2600, SECOND)
    proposal = propose(subscription, first.id, DAY)

    made, refused = while_another(
        lambda: acts.approve_correction(correction_id=proposal, by="marie", on=DAY),
        lambda: acts.approve_correction(correction_id=proposal, by="luc", on=DAY),
    )

    assert len(made) == 2
    assert "déjà approuvée par marie" in str(refused)
    assert rows("SELECT count(*) AS notes FROM billing_bill WHERE kind = 1")[0].notes == 2
    assert broken() == {}


def test_of_two_who_propose_at_once_one_does_and_the_other_is_told(own_database):
    place, subscription, (first, _) = billed_twice()
    reread(place, 2600, SECOND)

    _, refused = while_another(
        lambda: propose(subscription, first.id, DAY), lambda: propose(subscription, first.id, DAY, by="luc")
    )

    assert "attend déjà" in str(refused)


def computed_then_issued(on: date) -> int:
    run_id = compute(on)
    acts.finish_review(run_id=run_id, by="anne", on=on)
    acts.approve_run(run_id=run_id, by="marie", on=on)
    acts.begin_issuing(run_id=run_id, by="anne", on=on)
    acts.issue_chunk(run_id=run_id, position=1, on=on)
    acts.finish_issuing(run_id=run_id, by="anne", on=on)
    return run_id


def test_a_run_that_opens_and_issues_while_a_correction_is_approved_leaves_that_bill_out(own_database):
    place, subscription, (first, second) = billed_twice()
    fourth = THIRD + STEP
    read(place, 7000, fourth)
    proposal = propose(subscription, first.id, fourth)

    made, run_id = while_another(
        lambda: acts.approve_correction(correction_id=proposal, by="marie", on=fourth),
        lambda: computed_then_issued(fourth),
    )

    assert {it.bill_id for it in rows("SELECT bill_id FROM billing_billeddays")} == set(made)
    assert second.id not in made
    assert rows("SELECT reason FROM billing_review WHERE bill_id >> 33 = %s", run_id)[0].reason == acts.STALE
    assert broken() == {}


def test_a_correction_approved_while_a_run_reserves_its_numbers_is_told_to_wait(own_database):
    place, subscription, (first, _) = billed_twice()
    fourth = THIRD + STEP
    read(place, 7000, fourth)
    proposal = propose(subscription, first.id, fourth)
    run_id = compute(fourth)
    acts.finish_review(run_id=run_id, by="anne", on=fourth)
    acts.approve_run(run_id=run_id, by="marie", on=fourth)

    _, refused = while_another(
        lambda: acts.begin_issuing(run_id=run_id, by="anne", on=fourth),
        lambda: acts.approve_correction(correction_id=proposal, by="marie", on=fourth),
    )

    assert "tient une facture" in str(refused)
    acts.issue_chunk(run_id=run_id, position=1, on=fourth)
    acts.finish_issuing(run_id=run_id, by="anne", on=fourth)
    assert broken() == {}


def test_once_its_numbers_are_reserved_nobody_decides_of_a_bill_of_the_run(house):
    """Else a chunk would have fewer bills than numbers, and never pass."""
    place, subscription, _ = house
    fourth = THIRD + STEP
    read(place, 7000, fourth)
    run_id = compute(fourth)
    acts.finish_review(run_id=run_id, by="paul", on=fourth)
    acts.approve_run(run_id=run_id, by="marie", on=fourth)
    acts.begin_issuing(run_id=run_id, by="paul", on=fourth)
    found = bill_of(run_id, subscription)

    with pytest.raises(Refused, match="il faudrait"):
        accept(run_id, subscription, fourth)
    with pytest.raises(DatabaseError, match="numéros du lot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_review (account_id, bill_id, act, reason, by_whom, on_date) "
            "VALUES (%s, %s, 'POSTPONE', 'trop tard', 'luc', %s)", [found.account_id, found.id, fourth],
        )  # fmt: skip
    assert acts.issue_chunk(run_id=run_id, position=1, on=fourth) == 1


# ── whatever is corrected ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_read_again_and_corrected_the_invariants_hold(db, seed):
    """Two houses billed for a year, some readings missing; readings corrected and bills done again at random."""
    dice = random.Random(seed)
    houses = [make_place(opening=1000, starts_on=MAY) for _ in range(2)]
    subscriptions = [make_subscription(point=it.point, starts_on=MAY) for it in houses]
    corrected, true = 0, [1000, 1000]
    for step in range(1, 7):
        on = MAY + step * STEP
        for at, place in enumerate(houses):
            true[at] += dice.randrange(200, 3000)
            if dice.random() < 0.7:
                read(place, true[at], on)
        run_id = compute(on)
        for held, reasons in holds_of(run_id).items():
            if all(Fix.ACCEPT in HoldReason[it].fixes for it in reasons):
                accept(run_id, held, on)
        issue(run_id, on)
        at = dice.randrange(2)
        try:
            with transaction.atomic():
                corrected += reread_and_correct(houses[at], subscriptions[at], on, dice)
        except Refused:
            pass
    assert broken() == {}
    assert corrected


def reread_and_correct(place: Place, subscription: int, on: date, dice: random.Random) -> int:
    """Another index for a day chosen at random, and the bills that rest on it done again; how many."""
    known = rows(
        "SELECT read_on, max(value) / 1000 AS value FROM metering_reading WHERE delivery_point_id = %s "
        "AND read_on > %s GROUP BY read_on ORDER BY read_on", place.point, MAY,
    )  # fmt: skip
    if not known:
        return 0
    chosen = dice.choice(known)
    reread(place, chosen.value + dice.choice((-1, 1)) * dice.randrange(1, 400), chosen.read_on, on)
    resting = rows(
        "SELECT bill_id FROM billing_billeddays WHERE subscription_id = %s AND to_on >= %s ORDER BY to_on LIMIT 1",
        subscription, chosen.read_on,
    )  # fmt: skip
    return len(correct(subscription, resting[0].bill_id, on, cause=Cause.TAMPERING)) if resting else 0
