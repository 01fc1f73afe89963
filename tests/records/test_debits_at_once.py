"""Two people at once: a batch is released once, files follow, a bill is debited once."""

from concurrency import while_another
from debited import house, prepared, released

from fanal.records.payments import debit_facts as facts
from fanal.values.refusal import Refused


def test_of_two_releases_at_once_one_wins_and_the_other_says_so(own_database: str) -> None:
    house()
    batch_id = prepared()

    number, second = while_another(lambda: released(batch_id), lambda: released(batch_id, by="hortense"))

    assert number == 1
    assert isinstance(second, Refused)
    assert "est déjà remis" in str(second)
    assert [it.state for it in facts.debits_of(batch_id)] == ["RELEASED"]


def test_two_batches_released_at_once_have_two_numbers_in_a_row(own_database: str) -> None:
    house()
    first = prepared()
    house(bank_account="1112223")
    second = prepared()

    numbers = while_another(lambda: released(first), lambda: released(second, by="hortense"))

    assert numbers == (1, 2)


def test_the_bills_of_two_batches_prepared_at_once_are_debited_once(own_database: str) -> None:
    house()

    first, second = while_another(prepared, lambda: prepared(by="maude"))

    assert isinstance(first, int)
    assert isinstance(second, Refused)
    assert "déjà dans un autre lot" in str(second)
