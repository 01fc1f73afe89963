"""A deposit taken over lives here: its interest is paid each spring, it goes back when its time is over, and once."""

from datetime import date

import promised
import pytest
from django.db import DatabaseError, connection, transaction
from factories import CLERK, make_account, make_place, make_subscription

from fanal.doors.bills import document
from fanal.records.elsewhere import acts, deposits, facts
from fanal.records.elsewhere.deposits import Return, pay_interest, return_deposits
from fanal.records.journal import facts as journal
from fanal.records.ledger import facts as ledger
from fanal.records.payments import acts as payments
from fanal.records.payments import facts as paid
from fanal.reports import financial
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import issued_by_run
from fanal.reports.invariants import verify
from fanal.values.refusal import Refused
from tests.billing import bill_on, rows
from tests.records.test_elsewhere import hand_over, keep, open_with, taken_over

pytestmark = pytest.mark.django_db
SPRING = date(2026, 4, 10)
YEAR_CENTS = 311  # 250 $ at 1,5 % for 303 days of 365


def house(starts_on: date = date(2025, 6, 2), ours: bool = True) -> int:
    """An account that owes 114,98 $ and whose deposit of 250 $ was taken over; its cycle is ours since 15 January."""
    place, account_id = make_place(), make_account()
    hand_over(make_subscription(point=place.point, account_id=account_id), account_id, date(2026, 1, 10))
    with_deposit(account_id, starts_on)
    keep("entries", account_id=account_id, number="E0", on_date=date(2025, 12, 1), code="TRANSFER", amount_cents=11_498,
         label="", reference="")  # fmt: skip
    open_with(account_id, 11_498, date(2026, 2, 12), number="")
    if ours:
        acts.switch_cycles(cycles=[1], **CLERK)
    return account_id


def with_deposit(account_id: int, starts_on: date = date(2025, 6, 2), number: str = "D1") -> None:
    promised.promise(account_id, "DEPOSIT", 25_000, starts_on=starts_on, number=number)
    open_with(account_id, -25_000, starts_on, number=number, code=2410)


def give_back(account_id: int, on: date, note: str = "", number: str = "D1") -> None:
    return_deposits(asked=[Return(account_id=account_id, number=number, note=note)], by="rose", on=on)


def held_cents(on: date = ledger.LAST_DAY) -> int:
    return sum(it.credit_cents - it.debit_cents for it in financial.trial_balance(on) if it.code == 2410)


def broken() -> dict[str, int]:
    return {it.code: it.count for it in verify() if it.count}


def test_the_interest_of_a_year_is_credited_once_and_the_next_year_follows() -> None:
    account_id = house()

    assert pay_interest(by="rose", on=date(2026, 3, 31)) == []  # the year is not over
    assert pay_interest(by="rose", on=SPRING) == [account_id]
    assert pay_interest(by="rose", on=date(2026, 5, 12)) == []

    assert ledger.balance(account_id) == 11_498 - YEAR_CENTS
    assert pay_interest(by="rose", on=date(2027, 4, 2)) == [account_id]
    assert ledger.balance(account_id) == 11_498 - YEAR_CENTS - 375  # a whole year
    assert (held_cents(), broken()) == (25_000, {})


def test_interest_forgotten_one_spring_is_paid_with_the_next_one() -> None:
    account_id = house()

    pay_interest(by="rose", on=date(2027, 4, 2))

    assert ledger.balance(account_id) == 11_498 - YEAR_CENTS - 375
    [entry] = deposits.entries_of(account_id)
    assert (entry.from_on, entry.to_on) == (date(2025, 6, 2), date(2027, 4, 1))


def test_the_journal_keeps_the_days_the_rate_and_the_article_of_the_interest() -> None:
    account_id = house()

    pay_interest(by="rose", on=SPRING)

    [event] = [it for it in journal.events_about(f"account:{account_id}") if it.act == "pay_deposit_interest"]
    [told] = event.grounds["deposits"]
    [earned] = [it for it in told["years"][0]["grounds"] if it["rule"] == "interest_is_earned"]
    assert (event.by, told["number"], told["cents"]) == ("rose", "D1", YEAR_CENTS)
    assert (earned["article"], earned["facts"]["days"], earned["facts"]["rate"]) == ("6.3.1", 303, 15_000)


@pytest.mark.parametrize(
    ("switched_on", "paid_on", "cents"),
    [
        (date(2026, 4, 20), None, YEAR_CENTS),  # the old system had until 31 May, and did not
        (date(2026, 4, 20), date(2026, 4, 15), 0),
        (date(2026, 6, 2), None, 0),  # it was for the old system to pay
    ],
)
def test_the_interest_of_a_year_that_ended_before_the_switch_is_paid_where_the_old_system_did_not(
    switched_on: date, paid_on: date | None, cents: int
) -> None:
    account_id = house(ours=False)
    acts.switch_cycles(cycles=[1], by="rose", on=switched_on)
    if paid_on:
        keep("entries", account_id=account_id, number="E1", on_date=paid_on, code="INTEREST", amount_cents=-YEAR_CENTS,
             label="", reference="D1")  # fmt: skip

    pay_interest(by="rose", on=date(2026, 6, 3))

    assert ledger.balance(account_id) == 11_498 - cents


def test_a_deposit_whose_time_is_over_goes_back_whole_with_its_interest_and_pays_what_is_owed() -> None:
    account_id = house(starts_on=date(2024, 5, 6))
    on = date(2026, 5, 20)
    pay_interest(by="rose", on=SPRING)

    give_back(account_id, on)
    payments.allocate(account_ids=[account_id], by="rose", on=on)

    running = 50  # 49 days of 365 of 375 cents
    assert ledger.balance(account_id) == 11_498 - 375 - 25_000 - running
    assert held_cents() == 0
    assert sum(it.amount_cents for it in paid.allocations_of(account_id)) == 11_498
    assert deposits.held(on) == []
    [kept] = facts.undertakings_of(account_id)
    assert (kept.ended_on, kept.reason) == (on, "RETURNED")
    assert broken() == {}


def test_before_its_time_a_deposit_goes_back_only_with_a_reason() -> None:
    account_id = house()

    with pytest.raises(Refused, match=r"gardé jusqu’au 2 juin 2027 \(art\. 6\.5\)"):
        give_back(account_id, SPRING)
    give_back(account_id, SPRING, note="Risque disparu")

    [event] = [it for it in journal.events_about(f"account:{account_id}") if it.act == "return_deposit"]
    assert (event.grounds["note"], event.grounds["interest_cents"]) == ("Risque disparu", YEAR_CENTS + 9)


def test_once_the_subscription_has_ended_the_deposit_pays_the_final_bill() -> None:
    account_id = house()
    rows("UPDATE subscriptions_subscription SET ends_on = '2026-04-01' RETURNING id")

    give_back(account_id, SPRING)
    payments.allocate(account_ids=[account_id], by="rose", on=SPRING)

    [event] = [it for it in journal.events_about(f"account:{account_id}") if it.act == "return_deposit"]
    used = event.grounds["answer"]["grounds"][0]
    assert (used["article"], used["rule"], used["holds"]) == ("6.4", "deposit_subscription_has_ended", True)
    assert paid.open_cents([]) == {}
    assert financial.aged_balance(SPRING)[0].credit_cents == -(25_000 + YEAR_CENTS + 9 - 11_498)
    assert broken() == {}


def test_what_the_old_system_follows_still_is_neither_paid_nor_given_back_here() -> None:
    account_id = house(ours=False)

    assert pay_interest(by="rose", on=SPRING) == []
    with pytest.raises(Refused, match="suit encore le dépôt D1"):
        give_back(account_id, SPRING, note="essai")


def test_a_deposit_goes_back_once() -> None:
    account_id = house()
    give_back(account_id, SPRING, note="essai")

    with pytest.raises(Refused, match="Aucun dépôt D1"):
        give_back(account_id, SPRING, note="essai")
    for cents in (25_000, 1):
        with pytest.raises(DatabaseError, match="Aucun dépôt D1 n’est détenu"), transaction.atomic():
            enter(account_id, "RETURN", cents)
    assert held_cents() == 0


def enter(account_id: int, what: str, cents: int, interest: int = 0, from_on: date = SPRING) -> None:
    """A row by hand, as a program gone wrong would write it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO elsewhere_depositentry (account_id, number, what, on_date, from_on, to_on, deposit_cents,"
            " interest_cents, entered_by) VALUES (%s, 'D1', %s, '2026-04-10', %s, '2026-04-10', %s, %s, 'x')",
            [account_id, what, from_on, cents, interest],
        )


@pytest.mark.parametrize("cents", [24_999, 25_001, 50_000])
def test_no_more_nor_less_than_what_is_held_goes_back(cents: int) -> None:
    account_id = house()

    with pytest.raises(DatabaseError, match="25000 cents sont détenus"), transaction.atomic():
        enter(account_id, "RETURN", cents)


def test_no_day_bears_interest_twice_and_the_way_back_is_closed_once_it_is_paid() -> None:
    account_id = house()
    pay_interest(by="rose", on=SPRING)

    with pytest.raises(DatabaseError, match="déjà portés au compte"), transaction.atomic():
        enter(account_id, "INTEREST", 0, interest=5, from_on=date(2026, 3, 31))
    with pytest.raises(Refused, match="ne revient plus à l’ancien système"):
        acts.give_back_cycles(cycles=[1], reason="essai", **CLERK)


def test_the_next_bill_shows_the_interest_and_the_deposit_given_back_each_on_its_line() -> None:
    _, account_id = taken_over(13_500)
    with_deposit(account_id, date(2025, 1, 10))
    bill_on(date(2026, 3, 21))
    pay_interest(by="rose", on=SPRING)
    give_back(account_id, date(2026, 5, 4), note="Risque disparu")

    bill = document.documents(stories(issued_by_run(bill_on(date(2026, 5, 21)))))[0]

    labels = [it.label for it in bill.balance]
    assert "Intérêts de votre dépôt, portés au compte le 10 avril 2026" in labels
    assert "Dépôt rendu le 4 mai 2026, avec ses intérêts" in labels
    assert broken() == {}


def test_a_deposit_entry_without_its_posting_is_seen() -> None:
    account_id = house()
    enter(account_id, "INTEREST", 0, interest=5)

    assert broken() == {"I3": 1, "I9": 1}
