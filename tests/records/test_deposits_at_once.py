"""Two who enter the same days of a deposit at once: one does, and the database refuses the other."""

from concurrency import while_another
from django.db import IntegrityError

from fanal.records.elsewhere import deposits
from fanal.records.elsewhere.deposits import pay_interest
from tests.records.test_deposits import SPRING, enter, give_back, house


def test_of_two_who_pay_the_interest_at_once_one_does_and_the_other_finds_nothing_to_pay(own_database: str) -> None:
    account_id = house()

    done, second = while_another(lambda: pay_interest(by="rose", on=SPRING), lambda: pay_interest(by="ana", on=SPRING))

    assert (done, second) == ([account_id], [])


def test_the_database_lets_one_of_two_interests_planted_at_once_stand(own_database: str) -> None:
    account_id = house()

    _, refused = while_another(
        lambda: enter(account_id, "INTEREST", 0, interest=5), lambda: enter(account_id, "INTEREST", 0, interest=6)
    )

    assert isinstance(refused, IntegrityError)
    assert "deposit_entry_of_new_days" in str(refused)
    assert [it.interest_cents for it in deposits.entries_of(account_id)] == [5]


def test_the_database_lets_one_of_interest_and_a_return_planted_at_once_stand(own_database: str) -> None:
    account_id = house()

    _, refused = while_another(
        lambda: enter(account_id, "RETURN", 25_000, interest=5), lambda: enter(account_id, "INTEREST", 0, interest=5)
    )

    assert isinstance(refused, IntegrityError)
    assert [it.what for it in deposits.entries_of(account_id)] == ["RETURN"]


def test_interest_paid_this_morning_does_not_keep_the_deposit_from_going_back_today(own_database: str) -> None:
    account_id = house()
    pay_interest(by="rose", on=SPRING)

    give_back(account_id, SPRING, note="essai")

    assert [it.what for it in deposits.entries_of(account_id)] == ["INTEREST", "RETURN"]
