"""Every start day of 2024–2036 by every delay of the bylaw, against a calendar walked day by day."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from calendar_oracle import same_date, walk, walk_clear, walk_months

from fanal.law.conditions import ch05_end as ch05
from fanal.law.conditions import ch06_deposit as ch06
from fanal.law.conditions import ch07_interruption as ch07
from fanal.law.conditions import ch14_supply as ch14
from fanal.law.conditions import ch15_voltages as ch15
from fanal.law.conditions import ch16_large_power as ch16
from fanal.law.conditions.part8_definitions import RateClass, Use
from fanal.law.delays import holidays, last_clear_day, last_day, last_day_of_months, last_days
from fanal.law.rules import Rule, all_rules
from fanal.values.dates import add_months, to_days

HOLIDAYS = holidays("alma")
FIRST, LAST = date(2024, 1, 1), date(2036, 12, 31)
STARTS = [FIRST + timedelta(days=it) for it in range((LAST - FIRST).days + 1)]

# 7 (16.3.2), 8 (16.3.1, 16.3.3), 9 (6.1.2, 7.2.1, 7.2.2), 10 (4.4), 16 (7.2.1), 21 (4.2.2, 4.3.1), 30 (5.1, 15.1.2),
# 60 (6.5).
DAYS = (7, 8, 9, 10, 16, 21, 30, 60)
MONTHS_BACK = (6, 12, 36)  # 4.5
Delay = Callable[[date], date]
DELAYS: dict[str, tuple[Delay, Delay]] = {
    **{f"{days} days": (lambda it, n=days: last_day(it, n, HOLIDAYS), lambda it, n=days: walk(it, n)) for days in DAYS},
    "21 days, then 21 days (4.2.2)": (
        lambda it: last_day(last_day(it, 21, HOLIDAYS), 21, HOLIDAYS),
        lambda it: walk(walk(it, 21), 21),
    ),
    "16 days, the next day, then 9 days (7.2)": (
        lambda it: last_day(last_day(it, 16, HOLIDAYS) + timedelta(days=1), 9, HOLIDAYS),
        lambda it: walk(walk(it, 16) + timedelta(days=1), 9),
    ),
    "7 clear days (5.2.1)": (lambda it: last_clear_day(it, 7, HOLIDAYS), lambda it: walk_clear(it, 7)),
    **{
        f"{months} months ({article})": (
            lambda it, n=months: last_day_of_months(it, n, HOLIDAYS),
            lambda it, n=months: walk_months(it, n),
        )
        for months, article in ((6, "14.3"), (24, "6.5"), (48, "6.5"))
    },
    "24 months, then 60 days (6.5)": (
        lambda it: last_day(add_months(it, 24), 60, HOLIDAYS),
        lambda it: walk(same_date(it, 24), 60),
    ),
    **{
        f"{months} months back (4.5)": (lambda it, n=months: add_months(it, -n), lambda it, n=months: same_date(it, -n))
        for months in MONTHS_BACK
    },
}


@pytest.fixture(params=["UTC", "America/Toronto", "Pacific/Auckland"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine stands in that time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_the_matrix_has_every_day_of_thirteen_years_and_every_delay() -> None:
    assert (len(STARTS), len(DELAYS)) == (4749, 18)


@pytest.mark.parametrize("name", DELAYS)
def test_every_delay_ends_where_the_walk_ends(name: str) -> None:
    counted, walked = DELAYS[name]

    assert [(it, counted(it)) for it in STARTS] == [(it, walked(it)) for it in STARTS]


def test_the_same_days_come_whatever_the_zone_of_the_server(server_zone: str) -> None:
    starts = np.array([to_days(it) for it in STARTS], dtype=np.int32)

    for days in DAYS:
        assert last_days(starts, days, HOLIDAYS).tolist() == [to_days(walk(it, days)) for it in STARTS], server_zone


def test_an_oracle_without_holidays_would_be_caught() -> None:
    naive = [it + timedelta(days=21) for it in STARTS]

    assert naive != [last_day(it, 21, HOLIDAYS) for it in STARTS]


def rule_of(name: str) -> Rule:
    return all_rules()[name]


def test_no_protected_home_is_ever_cut_in_winter_and_a_window_is_what_may_be_cut() -> None:
    """T6: each day a notice may leave, and each of the 60 days that follow, over two years with a leap day."""
    cut, window = rule_of("ch07.may_disconnect"), rule_of("ch07.interruption_window")
    home = ch07.Home(principal_residence=True, occupied_by_customer=True, heated_by_electricity=True)
    sent = ch07.Interruption(cause=ch07.Cause.NO_ACCESS, use=Use.DOMESTIC, home=home)
    for start in (date(2027, 7, 1) + timedelta(days=it) for it in range(0, 731, 5)):
        case = replace(sent, interruption_notice_sent_on=start)
        days = [start + timedelta(days=it) for it in range(60)]
        cuts = [day for day in days if cut.decide(case, day, "alma").outcome]
        told = window.decide(case, start, "alma").outcome

        assert not [day for day in cuts if day.month in (12, 1, 2, 3)], start
        assert cuts == [day for day in days if told and told.opens_on <= day <= told.closes_on], start


def an_end(received_on: date) -> ch05.EndRequest:
    return ch05.EndRequest(rate_class=RateClass.MEDIUM_POWER, received_on=received_on)


def a_deposit(since: date) -> ch06.Kept:
    return ch06.Kept(use=Use.DOMESTIC, since=since)


def a_risky_bill(billed_on: date) -> ch16.RiskyBill:
    return ch16.RiskyBill(billed_on=billed_on, preauthorized=True)


@pytest.mark.parametrize(
    ("name", "facts", "walked"),
    [
        ("ch04.due_date", lambda it: None, lambda it: walk(it, 21)),
        ("ch05.subscription_ends_on", an_end, lambda it: walk(it, 30)),
        ("ch06.deposit_is_due_on", lambda it: ch06.Asked(sent_on=it), lambda it: walk(it, 9)),
        ("ch06.deposit_is_refunded_by", a_deposit, lambda it: walk(same_date(it, 24), 60)),
        ("ch14.overrun_is_remedied_by", lambda it: ch14.OverrunNotice(sent_on=it), lambda it: walk_months(it, 6)),
        ("ch15.upgrade_is_due_on", lambda it: ch15.ConversionNotice(sent_on=it), lambda it: walk(it, 30)),
        ("ch16.risky_bill_is_due_on", a_risky_bill, lambda it: walk(it, 7)),
        ("ch16.very_risky_deposit_is_due_on", lambda it: ch16.Sent(sent_on=it), lambda it: walk(it, 8)),
    ],
)
def test_a_rule_dates_its_delay_as_the_walk_does(
    name: str, facts: Callable[[date], object], walked: Callable[[date], date]
) -> None:
    rule = rule_of(name)
    starts = STARTS[::7] + STARTS[3::31]

    assert [rule.decide(facts(it), it, "alma").outcome for it in starts] == [walked(it) for it in starts]


def test_a_voltage_is_converted_from_the_day_after_the_upgrade_was_due_and_no_sooner() -> None:
    rule, old = rule_of("ch15.voltage_may_be_converted"), ch15.LowVoltage.THREE_600_THREE_WIRES
    for start in STARTS[::31]:
        case, last_on = ch15.Conversion(voltage=old, notice_sent_on=start), walk(start, 30)
        days = [last_on + timedelta(days=it) for it in (-1, 0, 1)]

        assert [rule.decide(case, day, "alma").outcome for day in days] == [False, False, True], start
