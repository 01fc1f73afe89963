"""A cycle that was taken over is billed by one system at a time, and goes back until its first bill is issued here."""

from datetime import date

import pytest
from concurrency import while_another
from django.db import IntegrityError, transaction
from factories import CLERK, make_account, make_place, make_subscription, typed

from fanal.records.billing import acts as billing
from fanal.records.elsewhere import acts, facts
from fanal.records.journal import facts as journal
from fanal.records.metering import acts as metering
from fanal.values.refusal import Refused
from tests.billing import bill_on, compute, issue, rows
from tests.records.test_elsewhere import ENDED_ON, RUN_ON, hand_over

STILL = "encore facturé par l’ancien système"


def taken_over(cycle: int) -> int:
    """A subscription of that cycle whose old system ended on ENDED_ON, read since."""
    place, account_id = make_place(cycle=cycle), make_account()
    subscription_id = make_subscription(point=place.point, account_id=account_id)
    metering.record_readings(
        readings=[typed(place, 12_000, ENDED_ON), typed(place, 13_000, date(2026, 3, 20))], by="paul", on=RUN_ON
    )
    hand_over(subscription_id, account_id, ENDED_ON)
    return subscription_id


def who_bills() -> dict[int, bool]:
    return {it.cycle: it.ours for it in facts.cycles()}


@pytest.mark.django_db
def test_one_cycle_is_billed_here_while_the_old_system_bills_the_other() -> None:
    taken_over(1), taken_over(2)
    with pytest.raises(Refused, match=f"Le cycle 1 est {STILL}"):
        compute(RUN_ON, cycle=1)

    acts.switch_cycles(cycles=[1], **CLERK)
    bill_on(RUN_ON, cycle=1)

    assert who_bills() == {1: True, 2: False}
    for cycle in (2, 0):
        with pytest.raises(Refused, match=f"Le cycle 2 est {STILL}"):
            compute(RUN_ON, cycle=cycle)


@pytest.mark.django_db
def test_a_cycle_without_an_old_system_needs_no_switch() -> None:
    place = make_place(cycle=3)
    make_subscription(point=place.point)
    assert compute(RUN_ON, cycle=3)
    assert facts.cycles() == []


@pytest.mark.django_db
def test_a_cycle_goes_back_before_its_first_issue_and_no_later() -> None:
    taken_over(1)
    acts.switch_cycles(cycles=[1], **CLERK)
    run_id = compute(RUN_ON, cycle=1)
    with pytest.raises(Refused, match=f"Le lot {run_id} du cycle 1 est ouvert"):
        acts.give_back_cycles(cycles=[1], reason="essai", **CLERK)
    billing.abandon_run(run_id=run_id, reason="essai", by="paul", on=RUN_ON)
    acts.give_back_cycles(cycles=[1], reason="essai", **CLERK)
    assert who_bills() == {1: False}

    acts.switch_cycles(cycles=[1], **CLERK)
    run_id = compute(RUN_ON, cycle=1)
    issue(run_id, RUN_ON)
    with pytest.raises(Refused, match=f"le lot {run_id} a émis des factures"):
        acts.give_back_cycles(cycles=[1], reason="essai", **CLERK)

    kept = [(it.act, it.grounds.get("reason")) for it in journal.events_about("cycles:×1")]
    assert kept == [("switch_cycles", None), ("give_back_cycles", "essai"), ("switch_cycles", None)]


@pytest.mark.django_db
def test_a_cycle_goes_back_after_a_run_that_issued_nothing() -> None:
    subscription_id = taken_over(2)
    acts.switch_cycles(cycles=[2], **CLERK)
    run_id = bill_on(ENDED_ON, cycle=2)
    assert [it.state for it in rows("SELECT state FROM billing_run WHERE id = %s", run_id)] == ["ISSUED"]
    assert rows("SELECT 1 FROM billing_bill WHERE subscription_id = %s", subscription_id) == []

    acts.give_back_cycles(cycles=[2], reason="essai", **CLERK)

    assert who_bills() == {2: False}


@pytest.mark.django_db
def test_a_later_export_moves_what_the_old_system_billed_until_the_switch_only() -> None:
    subscription_id = taken_over(1)
    account_id = facts.handovers([subscription_id])[subscription_id].account_id
    later = date(2026, 2, 20)

    hand_over(subscription_id, account_id, later)
    assert facts.handovers([subscription_id])[subscription_id].to_on == later

    acts.switch_cycles(cycles=[1], **CLERK)
    hand_over(subscription_id, account_id, RUN_ON)
    assert facts.handovers([subscription_id])[subscription_id].to_on == later
    with pytest.raises(IntegrityError, match="est passé à Fanal"), transaction.atomic():
        rows("UPDATE elsewhere_handover SET to_on = to_on + 30 RETURNING 1")


@pytest.mark.django_db
def test_what_was_not_taken_over_or_is_where_it_is_wanted_is_refused_by_its_row() -> None:
    taken_over(1)
    with pytest.raises(Refused) as refusal:
        acts.switch_cycles(cycles=[1, 8], **CLERK)
    assert [(it.row, it.reason) for it in refusal.value.problems] == [
        (2, "Le cycle 8 n’a pas été repris d’un ancien système.")
    ]
    with pytest.raises(Refused, match=f"Le cycle 1 est {STILL}"):
        acts.give_back_cycles(cycles=[1], reason="essai", **CLERK)
    acts.switch_cycles(cycles=[1], **CLERK)
    with pytest.raises(Refused, match="déjà facturé par Fanal"):
        acts.switch_cycles(cycles=[1], **CLERK)


@pytest.mark.django_db
def test_a_cycle_named_twice_is_switched_and_kept_once() -> None:
    taken_over(1)
    acts.switch_cycles(cycles=[1, 1], **CLERK)
    acts.give_back_cycles(cycles=[1, 1], reason="essai", **CLERK)

    assert [it.grounds["cycles"] for it in journal.events_about("cycles:×1")] == [[1], [1]]


def test_a_run_opened_while_its_cycle_goes_back_is_refused(own_database: None) -> None:
    taken_over(1)
    acts.switch_cycles(cycles=[1], **CLERK)
    _, second = while_another(
        lambda: acts.give_back_cycles(cycles=[1], reason="essai", **CLERK),
        lambda: billing.open_run(on=RUN_ON, cycle=1, by="paul"),
    )
    assert isinstance(second, Refused)
    assert STILL in str(second)
    assert rows("SELECT id FROM billing_run") == []


@pytest.mark.django_db
def test_rounds_of_one_old_cycle_are_switched_together_and_go_back_apart() -> None:
    first, second = taken_over(1), taken_over(2)
    taken_over(3)

    acts.switch_cycles(cycles=[1, 2], **CLERK)
    assert who_bills() == {1: True, 2: True, 3: False}
    runs = [bill_on(RUN_ON, cycle=1), compute(RUN_ON, cycle=2)]
    billed = [
        {it.subscription_id for it in rows("SELECT subscription_id FROM billing_bill WHERE run_id = %s", run)}
        for run in runs
    ]
    assert billed == [{first}, {second}]

    billing.abandon_run(run_id=runs[1], reason="essai", by="paul", on=RUN_ON)
    acts.give_back_cycles(cycles=[2], reason="essai", **CLERK)
    assert who_bills() == {1: True, 2: False, 3: False}
