"""I17 and I18 are green on debits as the acts make them, and red on the bug planted for each."""

from datetime import date

import pytest
from debited import DUE_ON, ON, back, house, prepared, released, settled
from django.db import connection

from fanal.records.payments import debit_facts as facts
from fanal.records.payments import debits as acts
from fanal.reports.invariants import verify

pytestmark = pytest.mark.django_db
NO_GUARD = "SET LOCAL session_replication_role = replica"
AGAIN = """
DROP INDEX debit_in_one_live_file; DROP INDEX debit_presented_once;
INSERT INTO payments_debit (batch_id, account_id, kind, number, due_on, attempt, debited_on, told_on, account_ends,
    prepared_cents, cents, state) SELECT batch_id, account_id, kind, number, due_on, attempt, debited_on, told_on,
    account_ends, prepared_cents, cents, state FROM payments_debit
"""
PLANTED = [
    ("I17", "no_agreement", "UPDATE elsewhere_undertaking SET starts_on = '2026-02-11' WHERE kind = 'DEBIT'"),
    ("I17", "no_agreement", "UPDATE elsewhere_undertaking SET ends_on = '2026-02-12' WHERE kind = 'DEBIT'"),
    ("I17", "not_told", "ALTER TABLE payments_debit DROP CONSTRAINT debit_was_told;"
     " UPDATE payments_debit SET told_on = '2026-02-03'"),
    ("I17", "in_two_files", AGAIN),
    ("I17", "more_than_due", "UPDATE payments_debit SET cents = cents + 1, prepared_cents = cents + 1"),
    ("I17", "more_than_due", "UPDATE payments_debit SET due_on = due_on - 1"),
    ("I17", "more_than_due", "UPDATE payments_debit SET kind = 'EQUAL_PAYMENTS', number = 'X'"),
    ("I17", "another_receipt", "UPDATE payments_receipt SET amount_cents = amount_cents - 1"),
    ("I17", "another_receipt", "INSERT INTO payments_returnedpayment SELECT id, received_on, 'x'"
     " FROM payments_receipt"),
    ("I18", "totals_differ", "UPDATE payments_debit SET cents = cents - 1"),
    ("I18", "totals_differ", "DELETE FROM payments_debit"),
    ("I18", "digest_differs", "ALTER TABLE payments_debitbatch DROP CONSTRAINT debit_batch_file_is_its_digest;"
     " UPDATE payments_debitbatch SET content = content || 'x'"),
]  # fmt: skip


def planted(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(NO_GUARD)
        cursor.execute(statement)


def faults(code: str) -> set[str]:
    return {row["fault"] for row in verify(only=[code])[0].violations}


@pytest.mark.parametrize(("code", "fault", "bug"), PLANTED)
def test_a_planted_bug_is_caught(code: str, fault: str, bug: str) -> None:
    house()
    released(prepared())
    settled(on=DUE_ON)
    assert (faults("I17"), faults("I18")) == (set(), set())
    assert [it.looked for it in verify(only=["I17", "I18"])] == [1, 1]

    planted(bug)

    assert fault in faults(code)


def test_a_file_number_that_is_skipped_is_caught() -> None:
    house()
    released(prepared())
    house(bank_account="1112223")
    released(prepared())
    assert faults("I18") == set()

    planted("UPDATE payments_debitbatch SET file_rank = 7 WHERE file_rank = 2")

    assert faults("I18") == {"number_skipped"}


def test_an_agreement_that_ends_by_a_return_does_not_blame_the_debits_before() -> None:
    house()
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)
    acts.return_debits(returns=[back(debit.reference, 905)], by="theodule", on=date(2026, 2, 16))

    assert ON < DUE_ON
    assert (faults("I17"), faults("I18")) == (set(), set())
