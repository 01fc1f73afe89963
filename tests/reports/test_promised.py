"""Notices that run, deposits that are held, instalments that fall due: as the law tells them on a day."""

from datetime import date, timedelta

import promised
import pytest
from factories import CLERK, make_account, make_place, make_receipt, make_subscription

from fanal.records.elsewhere import acts
from fanal.reports.promised import Stage, UnderNotice, coming, deposits, under_notice
from tests.billing import rows
from tests.records.test_elsewhere import hand_over, open_with

pytestmark = pytest.mark.django_db
SWITCHED_ON = date(2026, 1, 15)


def house(heating: str = "OTHER", due_on: date = date(2026, 2, 12)) -> int:
    """A house of a cycle that is ours since 15 January, which owes 114,98 $ since that day."""
    place, account_id = make_place(), make_account()
    subscription_id = make_subscription(point=place.point, account_id=account_id)
    hand_over(subscription_id, account_id, date(2026, 1, 10))
    acts.switch_cycles(cycles=[1], **CLERK)
    open_with(account_id, 11_498, due_on)
    rows("UPDATE premises_premises SET heating = %s RETURNING id", heating)
    return account_id


def noticed(on: date) -> UnderNotice:
    [found] = under_notice(on)
    return found


def test_the_clock_of_a_late_notice_runs_sixteen_days_then_an_interruption_notice_may_leave() -> None:
    account_id = house()
    promised.notice(account_id, "LATE", date(2026, 5, 6))

    told = noticed(date(2026, 5, 20))
    assert (told.stage, told.lawful_from, told.overdue_cents) == (Stage.LATE_RUNS, date(2026, 5, 23), 11_498)
    assert noticed(date(2026, 5, 23)).stage == Stage.NOTICE_MAY_LEAVE


def test_an_interruption_is_lawful_from_the_day_after_its_nine_days_to_the_forty_fifth() -> None:
    account_id = house()
    promised.notice(account_id, "LATE", date(2026, 5, 6))
    promised.notice(account_id, "DISCONNECTION", date(2026, 5, 25))

    told = noticed(date(2026, 5, 28))
    assert (told.stage, told.lawful_from, told.lawful_to) == (Stage.NOTICE_RUNS, date(2026, 6, 4), date(2026, 7, 9))
    assert noticed(date(2026, 6, 4)).stage == Stage.MAY_DISCONNECT
    assert noticed(date(2026, 7, 10)).stage == Stage.LAPSED


def test_an_account_that_the_old_system_bills_still_is_under_no_notice_of_ours() -> None:
    account_id = house()
    promised.notice(account_id, "LATE", date(2026, 5, 6))
    assert [it.who.account_id for it in under_notice(date(2026, 5, 20))] == [account_id]

    acts.give_back_cycles(cycles=[1], reason="essai", **CLERK)

    assert under_notice(date(2026, 5, 20)) == []


def test_winter_protects_a_home_heated_by_electricity_until_its_notice_lapses() -> None:
    account_id = house(heating="ELECTRIC", due_on=date(2026, 10, 1))
    promised.notice(account_id, "LATE", date(2026, 11, 11))
    promised.notice(account_id, "DISCONNECTION", date(2026, 11, 28))

    told = noticed(date(2026, 12, 8))
    assert (told.stage, told.lawful_from) == (Stage.WINTER, None)
    rows("UPDATE premises_premises SET heating = 'OTHER' RETURNING id")
    assert noticed(date(2026, 12, 8)).lawful_from == date(2026, 12, 8)


def test_an_interruption_notice_that_left_too_early_allows_nothing() -> None:
    account_id = house()
    promised.notice(account_id, "LATE", date(2026, 5, 6))
    promised.notice(account_id, "DISCONNECTION", date(2026, 5, 12))

    told = noticed(date(2026, 5, 28))
    assert (told.stage, told.lawful_from) == (Stage.INCOMPLETE, None)


def test_a_payment_or_an_arrangement_stops_the_clock() -> None:
    account_id = house()
    promised.notice(account_id, "LATE", date(2026, 5, 6))
    on = date(2026, 5, 25)
    assert noticed(on).stage == Stage.NOTICE_MAY_LEAVE

    promised.arrangement(account_id, cents=6_000, count=2, last_cents=5_498, starts_on=date(2026, 5, 24))
    assert noticed(on).stage == Stage.STOPPED
    rows("UPDATE premises_premises SET heating = 'OTHER' RETURNING id")
    assert noticed(date(2026, 6, 30)).stage == Stage.NOTICE_MAY_LEAVE  # the arrangement is broken: it runs again

    make_receipt(account_id, 11_498)
    assert noticed(on).stage == Stage.STOPPED


def test_a_notice_of_what_was_paid_since_concerns_nobody() -> None:
    account_id = house(due_on=date(2026, 5, 10))
    promised.notice(account_id, "LATE", date(2026, 5, 6))

    assert under_notice(date(2026, 5, 25)) == []


def test_a_cut_ends_the_notices_before_it() -> None:
    account_id = house()
    promised.notice(account_id, "LATE", date(2026, 5, 6))
    promised.notice(account_id, "CUT", date(2026, 6, 5))

    assert under_notice(date(2026, 6, 8)) == []


def test_instalments_fall_due_day_by_day_with_what_is_received() -> None:
    account_id = house()
    promised.equal_payments(account_id, 6_200)
    promised.debit(account_id)
    make_receipt(account_id, 6_200, received_on=SWITCHED_ON)

    told = coming(date(2026, 2, 25), date(2026, 1, 15), date(2026, 3, 31))

    assert [(it.due_on, it.cents, it.left_cents, it.debited, it.account_ends) for it in told] == [
        (date(2026, 1, 20), 6_200, 0, True, "518"),
        (date(2026, 2, 20), 6_200, 6_200, True, "518"),
        (date(2026, 3, 20), 6_200, 6_200, True, "518"),
    ]


def test_a_debit_without_a_plan_takes_what_is_open_on_its_due_date() -> None:
    account_id = house()
    promised.debit(account_id)

    told = coming(date(2026, 2, 11), date(2026, 2, 11), date(2026, 3, 1))

    assert [(it.due_on, it.kind, it.cents) for it in told] == [(date(2026, 2, 12), "DEBIT", 11_498)]


def test_a_debit_takes_no_more_than_what_is_owed() -> None:
    account_id = house()
    promised.debit(account_id)
    open_with(account_id, -2_000, SWITCHED_ON, number="a credit")

    told = coming(date(2026, 2, 11), date(2026, 2, 11), date(2026, 3, 1))

    assert [(it.due_on, it.cents, it.left_cents) for it in told] == [(date(2026, 2, 12), 9_498, 9_498)]


def test_what_an_arrangement_pays_is_not_debited_with_the_bill_too() -> None:
    account_id = house()
    promised.debit(account_id)
    promised.arrangement(account_id, cents=6_000, count=2, last_cents=5_000, starts_on=date(2026, 2, 1))

    told = coming(date(2026, 2, 11), date(2026, 2, 11), date(2026, 4, 15))

    assert [(it.due_on, it.kind, it.cents, it.debited) for it in told] == [
        (date(2026, 2, 12), "DEBIT", 498, True),
        (date(2026, 3, 3), "ARRANGEMENT", 6_000, True),
        (date(2026, 4, 2), "ARRANGEMENT", 5_000, True),
    ]


def test_a_plan_without_a_day_is_debited_by_its_instalment_and_one_not_kept_is_not_debited() -> None:
    account_id = house()
    promised.debit(account_id)
    promised.equal_payments(account_id, day=0, starts_on=date(2025, 4, 21))
    day = date(2026, 2, 12)

    assert [(it.due_on, it.kind, it.debited) for it in coming(day, day, day + timedelta(days=20))] == [
        (date(2026, 2, 23), "EQUAL_PAYMENTS", True)  # the 21st is a Saturday
    ]
    assert coming(date(2026, 5, 10), day, date(2026, 6, 30)) == []


def test_what_the_old_system_collects_is_not_ours_to_collect() -> None:
    account_id = house()
    promised.equal_payments(account_id)
    promised.debit(account_id)
    rows("UPDATE elsewhere_takencycle SET ours = false RETURNING cycle")

    assert coming(date(2026, 2, 11), date(2026, 1, 1), date(2026, 12, 31)) == []


def test_a_deposit_earns_interest_since_the_first_of_april_and_is_kept_two_years() -> None:
    account_id = house()
    promised.promise(account_id, "DEPOSIT", 25_000, starts_on=date(2025, 6, 2), number="D1")

    [held] = deposits(date(2026, 6, 30))

    assert held.interest_cents == 92  # 250 $ at 1,5 % for 90 days of 365
    assert (held.kept_until, held.refund_by) == (date(2027, 6, 2), None)


def test_the_interest_of_the_year_before_is_said_until_it_is_paid() -> None:
    account_id = house()
    promised.promise(account_id, "DEPOSIT", 25_000, starts_on=date(2025, 6, 2), number="D1")

    def last_year(on: date) -> tuple[int, date] | None:
        [held] = deposits(on)
        return (held.due_cents, held.pay_by) if held.pay_by else None

    earned = (311, date(2026, 5, 31))  # 250 $ at 1,5 % for 303 days of 365
    assert [last_year(date(2026, *it)) for it in ((3, 31), (4, 1), (4, 15), (5, 31), (6, 1))] == [
        None, earned, earned, earned, earned,
    ]  # fmt: skip


def test_a_deposit_is_due_for_return_once_its_time_is_over_and_renewed_by_a_late_notice() -> None:
    account_id = house()
    promised.promise(account_id, "DEPOSIT", 25_000, starts_on=date(2024, 5, 6), number="D1")

    [held] = deposits(date(2026, 5, 20))
    assert held.refund_by == date(2026, 7, 6)  # 60 days after 6 May 2026: a Sunday
    promised.notice(account_id, "LATE", date(2025, 5, 6))
    [kept] = deposits(date(2026, 5, 20))
    assert (kept.refund_by, kept.kept_until) == (None, date(2028, 5, 6))
    assert kept.kept_until - held.kept_until > timedelta(days=700)
