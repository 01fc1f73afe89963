"""What was promised elsewhere goes on: what comes next, what is late, and what no longer calls for a reminder."""

from datetime import date, timedelta

import promised
import pytest
from factories import make_receipt, new_receipt

from fanal.law.instalments import Instalment
from fanal.records.billing import facts as billing
from fanal.records.elsewhere import acts, promises
from fanal.records.payments import acts as payments
from fanal.reports.account import account
from fanal.reports.financial import aged_balance
from fanal.reports.promised import coming
from tests.billing import rows
from tests.records.test_elsewhere import taken_over

pytestmark = pytest.mark.django_db
OWED, LATER = 11_498, date(2026, 6, 1)


def number_of(account_id: int) -> str:
    return str(rows("SELECT number FROM ledger_account WHERE id = %s", account_id)[0].number)


def paid(account_id: int, cents: int, on: date) -> None:
    """A payment received and recorded that day."""
    new = new_receipt(account_id, cents, received_on=on, reference=f"R{on}-{cents}")
    payments.record_receipts(receipts=[new], by="paul", on=on)


def test_an_account_on_equal_payments_is_not_in_arrears_while_they_are_received() -> None:
    _, account_id = taken_over(13_500)
    on = date(2026, 2, 16)  # switched on 15 January: one instalment is late, which 4.4 allows
    assert billing.overdue([account_id], on) == {account_id: OWED}

    promised.equal_payments(account_id, 6_200)

    assert billing.overdue([account_id], on) == {account_id: 0}
    known = account(number_of(account_id), on)
    assert (known.overdue_cents, known.dues, known.balance_cents) == (0, [], OWED)
    [aged] = aged_balance(on)
    assert (aged.spread_cents, aged.days_1_30_cents + aged.days_31_60_cents + aged.days_61_90_cents) == (OWED, 0)
    assert aged.balance_cents == OWED


def test_a_plan_of_which_two_instalments_are_missed_is_in_arrears_again() -> None:
    _, account_id = taken_over(13_500)
    switched_on = rows("SELECT changed_on FROM elsewhere_takencycle")[0].changed_on
    promised.equal_payments(account_id, 6_200)
    on = switched_on + timedelta(days=75)
    [plan] = promises.going_on(on)[account_id]
    stands = plan.standing(on)
    assert stands is not None

    assert stands.late_count >= 2
    assert promises.apart([plan], on) is None
    assert billing.overdue([account_id], on) == {account_id: OWED}
    make_receipt(account_id, stands.late_cents)
    assert promises.apart(promises.going_on(on)[account_id], on) is not None


def test_an_arrangement_that_is_kept_covers_what_it_was_made_for_and_no_more() -> None:
    _, account_id = taken_over(13_500)
    on = date(2026, 2, 20)
    promised.arrangement(account_id, cents=3_000, count=3, last_cents=2_000, starts_on=on - timedelta(days=1))

    assert billing.overdue([account_id], on) == {account_id: OWED - 8_000}
    assert account(number_of(account_id), on).overdue_cents == OWED - 8_000
    missed = on + timedelta(days=40)
    assert billing.overdue([account_id], missed) == {account_id: OWED}  # Part VIII: breached, it is a default


def test_an_instalment_due_between_the_export_and_the_switch_is_not_missed_and_stays_to_be_paid() -> None:
    _, account_id = taken_over(13_500)
    rows("UPDATE elsewhere_takencycle SET changed_on = '2026-02-10' RETURNING cycle")
    promised.arrangement(account_id, cents=3_000, count=3, last_cents=2_000, starts_on=date(2026, 1, 2), paid=0)
    told = promises.apart(promises.going_on(LATER)[account_id], on := date(2026, 2, 20))

    assert told is not None  # the one of 1 February was for the old system to receive
    assert (told.cents, told.standing.next) == (8_000, Instalment(date(2026, 3, 3), date(2026, 3, 3), 3_000))
    assert billing.overdue([account_id], on) == {account_id: OWED - 8_000}
    assert billing.overdue([account_id], date(2026, 3, 5)) == {account_id: OWED}  # that one was for us


def test_two_arrangements_are_both_counted_and_a_payment_pays_one_instalment_alone() -> None:
    _, account_id = taken_over(13_500)
    on = date(2026, 2, 20)
    for number, starts_on in (("1", on - timedelta(days=2)), ("2", on - timedelta(days=1))):
        promised.arrangement(account_id, cents=3_000, count=2, last_cents=2_000, starts_on=starts_on, number=number)

    assert billing.overdue([account_id], on) == {account_id: OWED - 10_000}
    make_receipt(account_id, 3_500)
    told = {it.number: it.received_cents for it in promises.going_on(date(2026, 12, 1))[account_id]}
    assert told == {"1": 3_000, "2": 500}


def test_who_pays_the_bill_beside_an_arrangement_is_not_in_arrears_for_the_instalments_to_come() -> None:
    _, account_id = taken_over(13_500)
    on = date(2026, 2, 20)
    promised.arrangement(account_id, cents=3_000, count=3, last_cents=2_000, starts_on=on - timedelta(days=1))
    paid(account_id, OWED - 8_000, on)  # all that is asked beside its instalments
    [it] = promises.going_on(on)[account_id]

    assert (stands := it.standing(on)) is not None
    assert stands.next is not None
    assert (stands.left_cents, stands.next.cents) == (8_000, 3_000)
    assert billing.overdue([account_id], on) == {account_id: 0}
    paid(account_id, 3_000, on)  # the first instalment, ahead of its day
    [it] = promises.going_on(on)[account_id]
    assert (it.received_cents, it.owed_cents) == (3_000, 5_000)
    assert billing.overdue([account_id], date(2026, 3, 25)) == {account_id: 0}


def test_what_is_received_pays_an_instalment_that_fell_due_before_a_bill_beside_it() -> None:
    _, account_id = taken_over(13_500)
    due_on = date(2026, 3, 23)  # a Monday, as the 21st is not
    promised.arrangement(account_id, cents=3_000, count=3, last_cents=2_000, starts_on=date(2026, 2, 19))
    paid(account_id, 3_000, due_on)

    assert billing.overdue([account_id], due_on + timedelta(days=1)) == {account_id: OWED - 8_000}


def test_an_arrangement_asks_no_more_than_what_is_owed() -> None:
    _, account_id = taken_over(13_500)
    on = date(2026, 2, 20)
    rows("UPDATE elsewhere_takencycle SET changed_on = %s RETURNING cycle", on)
    promised.arrangement(account_id, cents=3_000, count=3, last_cents=2_000, starts_on=on)
    paid(account_id, OWED - 4_000, date(2026, 2, 10))  # before its terms were counted
    day = date(2026, 6, 30)

    [it] = promises.going_on(on)[account_id]
    assert [left for _instalment, left in it.due_within(on, day)] == [3_000, 1_000, 0]
    paid(account_id, 4_000, date(2026, 2, 11))
    [it] = promises.going_on(on)[account_id]
    assert [left for _instalment, left in it.due_within(on, day)] == [0, 0, 0]
    assert promises.apart([it], on) is None
    [it] = promises.going_on(day)[account_id]
    assert (stands := it.standing(day)) is not None
    assert stands.is_kept


def test_a_plan_goes_on_whatever_is_owed() -> None:
    _, account_id = taken_over(13_500)
    rows("UPDATE elsewhere_takencycle SET changed_on = '2026-02-12' RETURNING cycle")
    promised.equal_payments(account_id, 6_200)
    paid(account_id, OWED + 5_000, date(2026, 2, 10))
    [plan] = promises.going_on(on := date(2026, 2, 16))[account_id]

    assert [left for _instalment, left in plan.due_within(on, on + timedelta(days=30))] == [6_200]


def test_what_a_plan_received_ahead_is_not_what_comes_next() -> None:
    _, account_id = taken_over(13_500)
    rows("UPDATE elsewhere_takencycle SET changed_on = '2026-02-12' RETURNING cycle")
    promised.equal_payments(account_id, 6_200, ends_on=date(2026, 5, 1))
    paid(account_id, 2 * 6_200 + 1_000, on := date(2026, 2, 16))

    def told() -> Instalment | None:
        [plan] = promises.going_on(on)[account_id]
        stands = plan.standing(on)
        return stands.next if stands else None

    assert told() == Instalment(date(2026, 4, 20), date(2026, 4, 20), 6_200)  # not those of February and March
    paid(account_id, 6_200, on)
    assert told() == Instalment(date(2026, 2, 20), date(2026, 2, 20), 6_200)  # all received, it goes on until its end


def test_what_the_old_system_still_collects_is_late_of_nothing_here() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id)
    promised.arrangement(account_id, cents=3_000, count=3, last_cents=2_000, starts_on=date(2025, 1, 1))
    acts.give_back_cycles(cycles=[1], reason="essai", by="paul", on=date(2026, 3, 21))

    told = promises.going_on(LATER)[account_id]

    assert [it.since for it in told] == [None, None]
    assert {stands.late_cents for it in told if (stands := it.standing(LATER))} == {0}


def test_what_ended_and_what_has_not_begun_does_not_go_on() -> None:
    _, account_id = taken_over(13_500)
    promised.equal_payments(account_id, live=False)
    promised.promise(account_id, "DEBIT", ends_on=LATER, bank_account="1")
    promised.promise(account_id, "DEPOSIT", 25_000, starts_on=LATER + timedelta(days=1))

    assert promises.going_on(LATER) == {}
    assert [it.kind for it in promises.going_on(LATER - timedelta(days=1))[account_id]] == ["DEBIT"]


def test_a_plan_ends_with_the_subscription_and_a_debit_does_not() -> None:
    subscription_id, account_id = taken_over(13_500)
    promised.equal_payments(account_id)
    promised.debit(account_id)
    ended_on = date(2026, 3, 20)
    rows("UPDATE subscriptions_subscription SET ends_on = %s WHERE id = %s RETURNING id", ended_on, subscription_id)

    assert [it.kind for it in promises.going_on(ended_on)[account_id]] == ["DEBIT"]
    assert len(promises.going_on(ended_on - timedelta(days=1))[account_id]) == 2


def test_a_newer_plan_or_debit_takes_the_place_of_the_one_before_and_its_end_does_not_bring_that_one_back() -> None:
    _, account_id = taken_over(13_500)
    for started_on, cents in ((date(2025, 4, 21), 6_200), (date(2025, 10, 21), 7_000)):
        promised.equal_payments(account_id, cents, starts_on=started_on)
        promised.promise(account_id, "DEBIT", starts_on=started_on, bank_account=f"{cents}")
    on = date(2026, 2, 16)

    told = promises.going_on(on)[account_id]
    assert [(it.kind, it.cents, it.account_ends) for it in told] == [("DEBIT", 0, "000"), ("EQUAL_PAYMENTS", 7_000, "")]
    assert [it.cents for it in coming(on, on, on + timedelta(days=20))] == [7_000]  # one instalment, not two
    for it in told:
        acts.end_promise(promise=it, ended_on=on, asked_on=on, reason="ASKED", note="", by="paul", on=on, grounds={})
    assert promises.going_on(on) == {}
