"""The ledger balances, keeps what was entered, and answers to the cent."""

from datetime import date, timedelta

import numpy as np
import pytest
from concurrency import while_another
from django.db import IntegrityError, connection, transaction
from factories import CLERK, TODAY, make_account

from fanal.records import columns
from fanal.records.ledger import acts, facts
from fanal.records.ledger.acts import EntryKind
from fanal.records.ledger.models import Closing
from fanal.values.check_digit import luhn_digit, luhn_holds
from fanal.values.refusal import Refused

CASH, RECEIVABLE, SALES = 1010, 1200, 4110


def entry(account_id: int, *lines: tuple[int, int, int], source: int = 1, on: date = TODAY) -> columns.Columns:
    """Postings of one entry from (ledger account, debit, credit)."""
    count = len(lines)
    return {
        "account_id": np.full(count, account_id, np.int64),
        "kind": np.full(count, EntryKind.BILL, np.int16),
        "source": np.full(count, source, np.int64),
        "line": np.arange(1, count + 1, dtype=np.int16),
        "on_date": np.full(count, on, "datetime64[D]"),
        "ledger_account_id": np.array([line[0] for line in lines], np.int16),
        "debit_cents": np.array([line[1] for line in lines], np.int64),
        "credit_cents": np.array([line[2] for line in lines], np.int64),
    }


def refused(postings: columns.Columns) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        acts.post_entries(postings=postings)
    return str(refusal.value)


@pytest.mark.django_db
def test_account_numbers_end_in_a_luhn_digit():
    accounts = facts.accounts(acts.open_accounts(count=50, **CLERK))
    assert len({it.number for it in accounts.values()}) == 50
    assert all(len(it.number) == 10 and luhn_holds(it.number) for it in accounts.values())
    one = next(iter(accounts.values()))
    assert facts.account_numbered(f"{one.number[:3]} {one.number[3:6]} {one.number[6:]}") == one


@pytest.mark.django_db
def test_one_wrong_digit_or_two_swapped_are_no_account():
    number = facts.account_number(7_992_739)
    assert luhn_digit("7992739871") == "3"  # the example of the standard
    for at in range(10):
        wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
        assert not luhn_holds(wrong)
    swapped = number[:5] + number[6] + number[5] + number[7:]
    assert swapped != number
    assert not luhn_holds(swapped)
    assert facts.account_numbered("²345678901") is None


@pytest.mark.django_db
def test_an_entry_that_does_not_balance_is_refused():
    account = make_account()
    assert "n’est pas équilibrée" in refused(entry(account, (RECEIVABLE, 100, 0), (SALES, 0, 99)))
    with connection.cursor() as cursor:  # without its guard it would pass: the trial balance would no longer be zero
        cursor.execute("DROP TRIGGER ledger_posting_whole_entries ON ledger_posting")
    acts.post_entries(postings=entry(account, (RECEIVABLE, 100, 0), (SALES, 0, 99)))
    assert sum(it.debit_cents - it.credit_cents for it in facts.trial_balance(TODAY)) == 1


@pytest.mark.django_db
def test_one_operation_is_entered_once():
    account = make_account()
    acts.post_entries(postings=entry(account, (RECEIVABLE, 100, 0), (SALES, 0, 100)))
    assert "déjà inscrite" in refused(entry(account, (RECEIVABLE, 100, 0), (SALES, 0, 100)))
    added = entry(account, (RECEIVABLE, 100, 0), (SALES, 0, 100))
    added["line"] += 2
    assert "n’est pas entière" in refused(added)


@pytest.mark.django_db
def test_an_unknown_account_or_an_account_off_the_chart_is_refused():
    account = make_account()
    assert (
        refused(entry(account + 1, (RECEIVABLE, 1, 0), (SALES, 0, 1)))
        == f"Le compte client {account + 1} n’existe pas."
    )
    assert refused(entry(account, (RECEIVABLE, 1, 0), (9999, 0, 1))) == "Le compte 9999 n’est pas au plan comptable."


@pytest.mark.django_db
def test_a_closed_period_takes_no_entry():
    account, last = make_account(), TODAY - timedelta(days=15)
    acts.close_period(through_on=last, **CLERK)
    assert "fermée jusqu’au" in refused(entry(account, (RECEIVABLE, 1, 0), (SALES, 0, 1), on=last))
    acts.post_entries(postings=entry(account, (RECEIVABLE, 1, 0), (SALES, 0, 1), on=last + timedelta(days=1)))
    assert facts.closed_through() == last


@pytest.mark.django_db
def test_a_period_closes_once_and_only_when_it_is_over():
    with pytest.raises(Refused, match="n’est pas terminée"):
        acts.close_period(through_on=TODAY, **CLERK)
    acts.close_period(through_on=TODAY - timedelta(days=1), **CLERK)
    with pytest.raises(Refused, match="va déjà jusqu’au"):
        acts.close_period(through_on=TODAY - timedelta(days=2), **CLERK)


def test_an_entry_that_meets_a_closing_under_way_waits_for_it_and_is_refused(own_database):
    account, last = make_account(), TODAY - timedelta(days=15)
    inside = entry(account, (RECEIVABLE, 1, 0), (SALES, 0, 1), on=last)
    _, second = while_another(
        lambda: acts.close_period(through_on=last, **CLERK), lambda: acts.post_entries(postings=inside)
    )
    assert isinstance(second, Refused)
    assert facts.balance(account) == 0


def test_a_closing_that_does_not_lock_would_let_the_entry_in(own_database):
    account, last = make_account(), TODAY - timedelta(days=15)
    inside = entry(account, (RECEIVABLE, 1, 0), (SALES, 0, 1), on=last)
    while_another(
        lambda: Closing.objects.create(through_on=last, closed_by="commis"),
        lambda: acts.post_entries(postings=inside),
    )
    assert facts.closed_through() == last
    assert facts.balance(account) == 1


@pytest.mark.django_db
def test_balances_statements_and_the_trial_balance_say_the_same():
    account, other = acts.open_accounts(count=2, **CLERK)
    later = TODAY + timedelta(days=10)
    acts.post_entries(postings=entry(account, (RECEIVABLE, 115, 0), (SALES, 0, 100), (2310, 0, 5), (2320, 0, 10)))
    one = np.array([account], np.int64)
    acts.post_transfers(
        kind=EntryKind.RECEIPT, account_ids=one, sources=one, debit=CASH, credit=RECEIVABLE,
        cents=np.array([40], np.int64), on=later,
    )  # fmt: skip
    assert facts.balances([account, other]) == {account: 75, other: 0}
    assert facts.balance(account, as_of=TODAY) == 115
    assert facts.balance(account, as_of=TODAY - timedelta(days=1)) == 0
    told = [(it.kind, it.amount_cents, it.balance_cents) for it in facts.statement(account)]
    assert told == [(EntryKind.BILL, 115, 115), (EntryKind.RECEIPT, -40, 75)]
    trial = {it.code: it.debit_cents - it.credit_cents for it in facts.trial_balance(later)}
    assert trial[RECEIVABLE] == 75
    assert trial[CASH] == 40
    assert sum(trial.values()) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE {} SET on_date = '2020-01-01'", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_entered_stays(change):
    acts.post_entries(postings=entry(make_account(), (RECEIVABLE, 1, 0), (SALES, 0, 1)))
    with pytest.raises(IntegrityError, match="ne se modifie pas"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format("ledger_posting"))
