"""A debit without funds, and the bill that follows: the same amount is never taken twice."""

from datetime import date

import debited
import promised
import pytest
from debited import OWED, back, prepared, released
from factories import CLERK, make_account, make_place, make_subscription, typed

from fanal.records.elsewhere import acts as elsewhere
from fanal.records.ledger import facts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import Quality
from fanal.records.payments import debit_facts as facts
from fanal.records.payments import debits as acts
from fanal.reports.invariants import verify
from tests.billing import bill_on, rows
from tests.records.test_elsewhere import BILL, hand_over, keep, open_with

pytestmark = pytest.mark.django_db
ENDED_ON = date(2026, 1, 5)  # so that a bill is due in March
BACK_ON, BILLED_ON = date(2026, 2, 16), date(2026, 3, 6)
APRIL = {"from_on": BILLED_ON, "to_on": date(2026, 4, 15)}


def unfunded() -> int:
    """A debited house, read in March, whose debit of February came back for want of funds."""
    account_id, reference = sent()
    acts.return_debits(returns=[back(reference)], by="theodule", on=BACK_ON)
    return account_id


def sent() -> tuple[int, str]:
    """A debited house, read in March, and the reference of its debit of February."""
    place, account_id = make_place(), make_account()
    subscription_id = make_subscription(point=place.point, account_id=account_id)
    reads = [typed(place, 12_000, ENDED_ON, quality=Quality.ESTIMATED), typed(place, 13_000, date(2026, 3, 5))]
    metering.record_readings(readings=reads, by="paul", on=BILLED_ON)
    keep("bills", account_id=account_id, subscription_id=subscription_id, **(BILL | {"to_on": ENDED_ON}))
    hand_over(subscription_id, account_id, ENDED_ON, issued_on=date(2026, 1, 7))
    elsewhere.switch_cycles(cycles=[1], **CLERK)
    open_with(account_id, OWED, debited.DUE_ON)
    promised.debit(account_id)
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)
    return account_id, debit.reference


def billed() -> int:
    """The total of the bill of March."""
    bill_on(BILLED_ON)
    return int(rows("SELECT total_cents FROM billing_bill")[0].total_cents)


def asked(batch_id: int) -> list[tuple[int, int]]:
    return [(it.attempt, it.cents) for it in facts.debits_of(batch_id)]


def test_what_is_being_presented_again_is_not_debited_with_the_next_bill() -> None:
    account_id = unfunded()
    march = {"from_on": date(2026, 3, 9), "to_on": date(2026, 3, 12), "again": True}
    again = prepared(BACK_ON, **march)
    released(again, BACK_ON, **march)
    assert asked(again) == [(2, OWED)]

    total = billed()
    batch_id = prepared(BILLED_ON, **APRIL)
    assert asked(batch_id) == [(1, total)]  # the bill asks for what was late too: it is on its way already
    released(batch_id, date(2026, 3, 10), **APRIL)
    debited.settled(on=date(2026, 4, 15))

    assert ledger.balance(account_id, date(2026, 4, 15)) == 0
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_once_a_later_bill_asks_for_it_a_debit_is_not_presented_again_but_taken_with_it() -> None:
    account_id = unfunded()
    total = billed()

    batch_id = prepared(BILLED_ON, **APRIL, again=True)
    released(batch_id, BILLED_ON, **APRIL, again=True)
    debited.settled(on=date(2026, 4, 15))

    assert asked(batch_id) == [(1, OWED + total)]
    assert ledger.balance(account_id, date(2026, 4, 15)) == 0
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_what_comes_back_once_a_bill_was_issued_is_not_debited_with_that_bill_which_did_not_say_it() -> None:
    _account_id, reference = sent()
    debited.settled(on=debited.DUE_ON)
    total = billed()
    late = date(2026, 3, 7)
    acts.return_debits(returns=[back(reference, on=late)], by="theodule", on=late)

    batch_id = prepared(late, **APRIL, again=True)

    assert sorted(asked(batch_id)) == [(1, total), (2, OWED)]
