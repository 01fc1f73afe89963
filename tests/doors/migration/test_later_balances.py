"""After a later export what is owed is owed by the bills that are still open, and ages by their days."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from factories import new_receipt
from towns import Town, small_town

from fanal.records.billing import facts as billing
from fanal.records.elsewhere import acts as switched
from fanal.records.elsewhere import facts as elsewhere
from fanal.records.payments import acts as payments
from fanal.reports import account as accounts
from fanal.reports import financial
from fanal.reports.invariants import verify
from tests.billing import rows
from tests.doors.migration.conftest import ON, Taken

pytestmark = pytest.mark.django_db
FIRST, NEXT = "260000001", "260000011"  # 81,11 $ due on 26 October; 97,15 $ due on 16 December
LATER = "HVILLE DE VAL-DES-PINS                  CONTROLE DE FIN DE PERIODE   2026-11-30"


def unpaid_town() -> Town:
    """The first account owes its bill."""
    town = small_town()
    town.rows["payments"].pop(0)
    return town


def next_month(town: Town) -> Town:
    town.control = [LATER]
    return town


def pay(town: Town, amount: str, number: str = "0000021") -> Town:
    return town.add("payments", {"number": number, "account": "1000001", "received_on": "2026-11-10",
                                 "amount": amount, "channel": "BQ"})  # fmt: skip


def bill(town: Town, number: str, total: str, *, sort: str = "FA", due: str = "2026-12-16", corrects: str = "",
         days: tuple[str, str] = ("2026-10-01", "2026-11-20"), kwh: str = "700") -> Town:  # fmt: skip
    return town.bill(number=number, account="1000001", type=sort, issued_on="2026-11-25", due_on=due, from_on=days[0],
                     to_on=days[1], days="50", tariff="DOM", kwh=kwh, net=total, gst="0,00", qst="0,00",
                     total=total, corrects=corrects)  # fmt: skip


def opened() -> list[tuple[str, int]]:
    """The parts of the first account, in the order in which they were entered."""
    found = rows(
        "SELECT number, cents FROM elsewhere_opening WHERE account_id = %s ORDER BY on_date, number DESC", first()
    )
    return [(it.number, it.cents) for it in found]


def first() -> int:
    [it] = rows("SELECT account_id FROM elsewhere_handover WHERE number = '1000001'")
    return int(it.account_id)


def dues(on: date) -> list[tuple[date, int]]:
    [number] = rows("SELECT number FROM ledger_account WHERE id = %s", first())
    known = accounts.account(number.number, on=on)
    assert known is not None
    return [(due_on, cents) for due_on, cents, _ in known.dues]


def aged(on: date) -> tuple[int, int, int, int]:
    """Of the first account: not due, 1 to 30 days, 31 to 60 days, in credit."""
    found = [it for it in financial.aged_balance(on) if it.account_id == first()]
    [it] = found or [None]
    return (it.not_due_cents, it.days_1_30_cents, it.days_31_60_cents, it.credit_cents) if it else (0, 0, 0, 0)


def sound() -> None:
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_a_bill_paid_since_is_open_no_more_and_a_new_one_is_late_from_its_own_day(take_over: Taken) -> None:
    town = unpaid_town()
    take_over(town)
    assert opened() == [(FIRST, 8_111)]

    take_over(next_month(bill(pay(town, "81,11"), NEXT, "97,15")))

    assert opened() == [(FIRST, 8_111), (NEXT, 9_715), (FIRST, -8_111)]
    assert dues(date(2026, 12, 1)) == [(date(2026, 12, 16), 9_715)]
    assert (aged(date(2026, 12, 16)), aged(date(2026, 12, 17))) == ((9_715, 0, 0, 0), (0, 9_715, 0, 0))
    assert billing.overdue([first()], on=date(2026, 12, 16)) == {first(): 0}
    assert billing.overdue([first()], on=date(2026, 12, 17)) == {first(): 9_715}
    sound()


CASES: dict[str, tuple[Callable[[Town], Any], list[tuple[str, int]], tuple[int, int, int, int]]] = {
    "nothing": (lambda town: town, [], (0, 0, 8_111, 0)),
    "a part of it paid": (lambda town: pay(town, "50,00"), [(FIRST, -5_000)], (0, 0, 3_111, 0)),
    "all paid": (lambda town: pay(town, "81,11"), [(FIRST, -8_111)], (0, 0, 0, 0)),
    "more than all paid": (lambda town: pay(town, "90,00"), [(FIRST, -8_111), ("", -889)], (0, 0, 0, -889)),
    "another bill": (lambda town: bill(town, NEXT, "97,15"), [(NEXT, 9_715)], (9_715, 0, 8_111, 0)),
    "another bill, the first paid in part": (
        lambda town: bill(pay(town, "50,00"), NEXT, "97,15"), [(NEXT, 9_715), (FIRST, -5_000)], (9_715, 0, 3_111, 0),
    ),
    "a credit note": (
        lambda town: bill(town, "260000012", "-81,11", sort="NC", corrects=FIRST, kwh="-600",
                          days=("2026-08-01", "2026-10-01")),
        [(FIRST, -8_111)], (0, 0, 0, 0),
    ),
    "a fee that no bill asks": (
        lambda town: town.add("entries", {"number": "E1", "account": "1000001", "entered_on": "2026-11-20",
                                          "code": "FRA", "amount": "15,00", "label": "frais"}),
        [("", 1_500)], (1_500, 0, 8_111, 0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("since", CASES)
def test_of_what_was_opened_each_part_moves_by_its_own_difference(take_over: Taken, since: str) -> None:
    change, expected, ages = CASES[since]
    town = unpaid_town()
    take_over(town)
    change(next_month(town))

    take_over(town)

    assert opened() == [(FIRST, 8_111), *expected]
    assert aged(date(2026, 11, 30)) == ages
    assert sum(cents for _, cents in dues(date(2026, 11, 30))) == sum(ages[:3])
    sound()


def test_a_payment_that_the_bank_took_back_makes_its_bill_late_from_its_own_day(take_over: Taken) -> None:
    town = pay(unpaid_town(), "81,11")
    take_over(town)
    pay(next_month(town), "-81,11", "0000022")

    take_over(town)

    assert (opened(), aged(date(2026, 11, 30))) == ([(FIRST, 8_111)], (0, 0, 8_111, 0))
    sound()


def test_three_exports_in_a_row_leave_what_the_last_one_says(take_over: Taken) -> None:
    town = unpaid_town()
    take_over(town)
    take_over(pay(town, "100,00"))
    assert aged(ON) == (0, 0, 0, -1_889)

    take_over(next_month(bill(pay(town, "-100,00", "0000022"), NEXT, "97,15")))

    assert aged(date(2026, 11, 30)) == (9_715, 0, 8_111, 0)
    sound()


def test_what_was_paid_here_and_there_is_a_credit(take_over: Taken) -> None:
    town = unpaid_town()
    take_over(town)
    here = new_receipt(first(), 8_111, received_on=ON, reference="R1")
    payments.record_receipts(receipts=[here], by="paul", on=ON)
    payments.allocate(by="paul", on=ON, account_ids=[first()])
    switched.switch_cycles(cycles=[1], by="marie", on=ON)
    sound()

    take_over(next_month(pay(town, "81,11")))

    assert (opened(), aged(date(2026, 11, 30))) == ([(FIRST, 8_111), (FIRST, -8_111)], (0, 0, 0, -8_111))
    sound()


def test_a_bill_taken_back_and_made_again_hands_over_where_the_new_one_ends(take_over: Taken) -> None:
    town = unpaid_town()
    take_over(town)
    bill(next_month(town), "260000012", "-81,11", sort="NC", corrects=FIRST, kwh="-600",
         days=("2026-08-01", "2026-10-01"))  # fmt: skip
    bill(town, "260000013", "70,00", sort="RF", corrects=FIRST, kwh="520", days=("2026-08-01", "2026-09-28"))

    take_over(town)

    [subscription] = rows("SELECT our_id AS id FROM takeover_known WHERE kind = 'subscriptions' AND key = '1000001'")
    handed = elsewhere.handovers([subscription.id])[subscription.id]
    assert (handed.last_bill, handed.to_on) == ("260000013", date(2026, 9, 28))
    assert opened() == [(FIRST, 8_111), ("260000013", 7_000), (FIRST, -8_111)]
    assert aged(date(2026, 11, 30)) == (7_000, 0, 0, 0)
    sound()


def test_a_bill_only_taken_back_hands_over_where_the_one_before_ended(take_over: Taken) -> None:
    town = unpaid_town()
    bill(town, NEXT, "97,15")
    take_over(town)
    bill(next_month(town), "260000012", "-97,15", sort="NC", corrects=NEXT, kwh="-700")

    take_over(town)

    [handed] = rows("SELECT last_bill, to_on FROM elsewhere_handover WHERE number = '1000001'")
    assert (handed.last_bill, handed.to_on) == (FIRST, date(2026, 10, 1))
    assert aged(date(2026, 11, 30)) == (0, 0, 8_111, 0)
    sound()


def test_the_same_row_twice_in_one_file_is_one_row(take_over: Taken) -> None:
    town = unpaid_town()
    take_over(town)
    pay(next_month(town), "50,00")
    pay(town, "50,00")

    loaded = take_over(town)

    assert (loaded["payments"], opened()) == (1, [(FIRST, 8_111), (FIRST, -5_000)])
    sound()
