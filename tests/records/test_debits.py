"""Debits: prepared by one person, released by another, received on their day, sent back by the bank; never twice."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import debited
import promised
import pytest
from debited import DUE_ON, ON, OWED, back, house, prepared, released, settled
from django.db import DatabaseError, connection, transaction
from factories import make_receipt

from fanal.records.elsewhere import acts as elsewhere
from fanal.records.ledger import facts as ledger
from fanal.records.payments import debit_facts as facts
from fanal.records.payments import debits as acts
from fanal.records.payments import facts as paid
from fanal.records.payments.models import PaymentChannel
from fanal.reports.invariants import verify
from fanal.values.refusal import Refused
from tests.billing import rows

pytestmark = pytest.mark.django_db


def states(batch_id: int) -> list[tuple[str, int, str]]:
    return [(it.state, it.cents, it.withdrawn) for it in facts.debits_of(batch_id)]


def holds(batch_id: int) -> list[tuple[str, str]]:
    known = facts.batch(batch_id)
    assert known
    return [(it["due_on"], it["hold"]) for it in known.held]


def test_what_falls_due_is_prepared_then_released_and_its_file_is_kept_to_the_byte() -> None:
    account_id = house()

    batch_id = prepared()
    number = released(batch_id)
    [debit] = facts.debits_of(batch_id)
    known = facts.batch(batch_id)

    assert known
    assert (number, known.file_number, known.debits, known.cents) == (1, 1, 1, OWED)
    assert (debit.account_id, debit.due_on, debit.debited_on, debit.cents) == (account_id, DUE_ON, DUE_ON, OWED)
    assert (debit.told_on, debit.account_ends, len(debit.reference)) == (date(2026, 1, 22), "518", 19)
    assert facts.file_of(batch_id) == f"0001\n{debit.reference} 4477518 {OWED}".encode()
    assert facts.debit_of(debit.reference) == debit.id


@pytest.mark.parametrize("again", ["theodule", "Théodule", " THEODULE ", "theo dule"])
def test_who_prepared_a_batch_does_not_release_it_however_the_name_is_written(again: str) -> None:
    house()
    batch_id = prepared()

    with pytest.raises(Refused, match="Une deuxième personne remet le lot"):
        released(batch_id, by=again)

    assert states(batch_id) == [("PREPARED", OWED, "")]
    assert facts.file_of(batch_id) is None


def test_a_bill_paid_at_the_counter_in_between_takes_less_or_is_taken_out() -> None:
    account_id = house()
    batch_id = prepared()
    make_receipt(account_id, 1_498)
    released(batch_id)
    assert states(batch_id) == [("RELEASED", 10_000, "")]

    other = house(bank_account="1112223")
    second = prepared()
    make_receipt(other, OWED)
    with pytest.raises(Refused, match="Plus rien de ce lot n’est à prélever"):
        released(second)


def test_what_is_paid_since_is_taken_out_of_a_batch_that_keeps_the_others() -> None:
    first, second = house(), house(bank_account="1112223")
    batch_id = prepared()
    make_receipt(first, OWED)

    released(batch_id)

    assert sorted(states(batch_id)) == [("RELEASED", OWED, ""), ("WITHDRAWN", OWED, "NOT_DUE")]
    assert [it.account_id for it in facts.debits_of(batch_id) if it.state == "RELEASED"] == [second]


def test_an_agreement_that_ends_before_its_day_debits_nothing() -> None:
    account_id = house()
    batch_id = prepared()
    [promise] = debited_promises(account_id)
    elsewhere.end_promise(promise=promise, ended_on=DUE_ON, asked_on=ON, reason="ASKED", note="", by="rose", on=ON,
                          grounds={})  # fmt: skip

    with pytest.raises(Refused, match="Plus rien de ce lot"):
        released(batch_id)


def debited_promises(account_id: int) -> list[object]:
    from fanal.records.elsewhere import promises

    return [it for it in promises.going_on(ON)[account_id] if it.kind == "DEBIT"]


def test_a_debit_is_in_one_live_batch_only_until_it_is_abandoned() -> None:
    house()
    first = prepared()
    with pytest.raises(Refused, match="Rien à prélever"):
        prepared()

    acts.abandon_debits(batch_id=first, reason="mauvais jours", by="theodule", on=ON)

    assert states(prepared()) == [("PREPARED", OWED, "")]
    with pytest.raises(Refused, match="est déjà abandonné"):
        released(first)


def test_the_database_refuses_the_same_debit_in_two_live_files() -> None:
    house()
    batch_id = prepared()
    acts.abandon_debits(batch_id=batch_id, reason="essai", by="theodule", on=ON)
    live = prepared()

    with pytest.raises(DatabaseError, match="debit_in_one_live_file"), transaction.atomic():
        rows("INSERT INTO payments_debit (batch_id, account_id, kind, number, due_on, attempt, debited_on, told_on,"
             " account_ends, prepared_cents, cents, state) SELECT batch_id, account_id, kind, number, due_on, attempt,"
             " debited_on, told_on, account_ends, prepared_cents, cents, state FROM payments_debit"
             " WHERE batch_id = %s RETURNING id", live)  # fmt: skip


@pytest.mark.parametrize(
    ("hold", "on", "agreement"),
    [
        ("TOO_SOON", date(2026, 2, 11), {}),
        ("NO_ACCOUNT", ON, {"bank_account": ""}),
        ("NO_ACCOUNT", ON, {"bank_account": "12345678901234"}),
    ],
)
def test_what_may_not_be_debited_is_held_and_says_why(hold: str, on: date, agreement: dict[str, str]) -> None:
    house(**agreement)

    assert [it.hold for it in debited.looked(on)(0)] == [hold]


def test_what_its_customer_did_not_know_ten_days_before_is_held() -> None:
    account_id = house(told_on=date(2026, 2, 3))

    [found] = debited.looked()(0)

    assert (found.account_id, found.hold, found.told_on) == (account_id, "NOT_TOLD", date(2026, 2, 3))
    with pytest.raises(Refused, match="Rien à prélever"):
        prepared()


def test_a_new_agreement_has_its_ten_days_too() -> None:
    account_id = debited.indebted()
    promised.promise(account_id, "DEBIT", starts_on=date(2026, 2, 3), institution="913", transit="11932",
                     bank_account="4477518", holder="A. SPÉCIMEN")  # fmt: skip

    assert [it.hold for it in debited.looked(date(2026, 2, 3))(0)] == ["NOT_TOLD"]


def test_instalments_of_a_plan_are_debited_on_their_day_and_held_ones_are_listed() -> None:
    planned = house()
    promised.equal_payments(planned, 6_200)
    house(bank_account="")

    batch_id = prepared()

    [debit] = facts.debits_of(batch_id)
    assert (debit.kind, debit.debited_on, debit.cents) == ("EQUAL_PAYMENTS", date(2026, 2, 20), 6_200)
    assert holds(batch_id) == [("2026-02-12", "NO_ACCOUNT")]


def test_a_released_debit_is_received_on_its_day_and_not_before() -> None:
    account_id = house()
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)

    assert settled(on=DUE_ON - timedelta(days=1)) == 0
    assert ledger.balance(account_id, DUE_ON) == OWED

    assert (settled(on=DUE_ON), settled(on=DUE_ON)) == (1, 0)

    [receipt] = paid.receipts_of(account_id)
    assert (receipt.received_on, receipt.amount_cents, receipt.reference) == (DUE_ON, OWED, debit.reference)
    assert receipt.channel == PaymentChannel.PREAUTHORISED
    assert ledger.balance(account_id, DUE_ON) == 0
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_what_is_received_is_looked_at_no_more_and_stays_so() -> None:
    house()
    batch_id = prepared()
    released(batch_id)
    assert facts.waiting(DUE_ON) == 1
    settled(on=DUE_ON)

    assert [it.settled for it in rows("SELECT settled FROM payments_debit")] == [True]
    assert (facts.waiting(DUE_ON), states(batch_id)) == (0, [("RELEASED", OWED, "")])
    for forced in ("settled = false", "settled = true, cents = cents - 1", "settled = false, state = 'RETURNED',"
                   " returned_on = '2026-02-14', return_code = 901"):  # fmt: skip
        with pytest.raises(DatabaseError, match="ne se modifie pas ainsi"), transaction.atomic():
            rows(f"UPDATE payments_debit SET {forced} RETURNING id")


def test_what_an_older_version_received_is_found_settled_by_migrate() -> None:
    house()
    released(prepared())
    promised.debit(debited.indebted(), "1112223")
    released(prepared())
    settled(on=DUE_ON)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE payments_debit DISABLE TRIGGER payments_debit_changes"
        )
        cursor.execute("UPDATE payments_debit SET settled = false")
        cursor.execute("ALTER TABLE payments_debit ENABLE TRIGGER payments_debit_changes")
        assert facts.waiting(DUE_ON) == 2
        cursor.execute(import_module("fanal.records.payments.migrations.0011_settled_once").ALREADY)

    assert facts.waiting(DUE_ON) == 0


def test_what_waits_is_found_by_an_index_of_what_waits_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        waiting = "state = 'RELEASED' AND NOT settled AND debited_on <= %s"
        cursor.execute(f"EXPLAIN SELECT FROM payments_debit WHERE {waiting}", [DUE_ON])
        assert "debits_to_come" in str(cursor.fetchall())


def test_a_debit_that_was_received_at_the_counter_with_its_reference_is_received_once() -> None:
    account_id = house()
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)
    make_receipt(account_id, OWED, reference=debit.reference)

    assert settled(on=DUE_ON) == 0
    assert (facts.waiting(DUE_ON), len(paid.receipts_of(account_id))) == (0, 1)


def test_a_return_owes_again_once_however_often_the_bank_says_it() -> None:
    account_id = house()
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)
    settled(on=DUE_ON)
    who = {"by": "theodule", "on": date(2026, 2, 16)}

    [returned] = acts.return_debits(returns=[back(debit.reference)], **who)
    assert acts.return_debits(returns=[back(debit.reference)], **who) == []

    assert (returned.state, returned.return_code, returned.returned_on) == ("RETURNED", 901, date(2026, 2, 14))
    assert ledger.balance(account_id, date(2026, 2, 16)) == OWED
    [receipt] = paid.receipts_of(account_id)
    assert (receipt.returned_on, receipt.return_reason) == (date(2026, 2, 14), "sans provision")
    assert settled(on=date(2026, 3, 1)) == 0
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_a_debit_sent_back_before_its_day_never_becomes_a_receipt() -> None:
    account_id = house()
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)

    acts.return_debits(returns=[back(debit.reference, 900, date(2026, 2, 4))], by="theodule", on=date(2026, 2, 5))

    assert settled(on=DUE_ON) == 0
    assert paid.receipts_of(account_id) == []


def test_returns_that_are_none_of_ours_are_named_and_nothing_is_kept() -> None:
    account_id = house()
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)
    returns = [back(debit.reference), back("FANAL00000000099999", 905, cents=5_000), back("AUTRE", 905),
               back(debit.reference, cents=1)]  # fmt: skip

    with pytest.raises(Refused) as refused:
        acts.return_debits(returns=returns, by="theodule", on=date(2026, 2, 16))

    assert [(it.row, it.field) for it in refused.value.problems] == [(2, "reference"), (3, "reference"), (4, "cents")]
    assert "FANAL00000000099999, de 50,00" in str(refused.value)
    assert ledger.balance(account_id, date(2026, 2, 16)) == OWED  # not even the receipt of its day
    assert [it.state for it in facts.debits_of(batch_id)] == ["RELEASED"]


def returned_unfunded(code: int = 901) -> int:
    account_id = house()
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)
    acts.return_debits(returns=[back(debit.reference, code)], by="theodule", on=date(2026, 2, 16))
    return account_id


MARCH = {"from_on": date(2026, 2, 17), "to_on": date(2026, 3, 10), "again": True}


def test_a_debit_without_funds_is_presented_again_once_for_the_same_amount() -> None:
    account_id = returned_unfunded()
    on = date(2026, 2, 16)

    batch_id = prepared(on, **MARCH)
    released(batch_id, on, **MARCH)
    [debit] = facts.debits_of(batch_id)

    assert (debit.attempt, debit.cents, debit.due_on, debit.debited_on) == (2, OWED, DUE_ON, date(2026, 2, 18))
    settled(on=date(2026, 2, 18))
    assert ledger.balance(account_id, date(2026, 2, 18)) == 0
    acts.return_debits(returns=[back(debit.reference, 901, date(2026, 2, 20))], by="theodule", on=date(2026, 2, 20))
    with pytest.raises(Refused, match="Rien à prélever"):
        prepared(date(2026, 2, 20), from_on=date(2026, 2, 21), to_on=date(2026, 3, 10), again=True)


@pytest.mark.parametrize(("code", "on"), [(905, date(2026, 2, 16)), (901, date(2026, 3, 16))])
def test_another_reason_or_too_long_after_is_not_presented_again(code: int, on: date) -> None:
    returned_unfunded(code)

    with pytest.raises(Refused, match="Rien à prélever"):
        prepared(on, from_on=on, to_on=on + timedelta(days=20), again=True)


def test_what_was_paid_in_part_since_its_return_is_not_presented_again() -> None:
    account_id = returned_unfunded()
    make_receipt(account_id, 100)

    with pytest.raises(Refused, match="Rien à prélever"):
        prepared(date(2026, 2, 17), **MARCH)


@pytest.mark.parametrize(
    "forced",
    [
        "UPDATE payments_debitbatch SET content = 'x', sha256 = sha256('x') RETURNING id",
        "UPDATE payments_debitbatch SET state = 'ABANDONED', reason = 'x' RETURNING id",
        "UPDATE payments_debit SET cents = cents - 1 RETURNING id",
        "UPDATE payments_debit SET state = 'PREPARED' RETURNING id",
        "UPDATE payments_debit SET settled = true RETURNING id",  # no receipt yet
        "DELETE FROM payments_debit RETURNING id",
        "DELETE FROM payments_debitbatch RETURNING id",
    ],
)
def test_what_was_released_never_changes(forced: str) -> None:
    house()
    released(prepared())

    with pytest.raises(DatabaseError), transaction.atomic():
        rows(forced)


def test_a_file_whose_total_is_not_that_of_its_rows_is_refused_by_the_database() -> None:
    house()
    batch_id = prepared()
    rows("UPDATE payments_debit SET state = 'RELEASED' RETURNING id")

    with pytest.raises(DatabaseError, match="annonce 1 cents ; ses lignes en portent 11498"), transaction.atomic():
        rows("UPDATE payments_debitbatch SET state = 'RELEASED', decided_by = 'maude', decided_on = '2026-02-02',"
             " file_rank = 1, debits = 1, cents = 1, content = 'x', sha256 = sha256('x') WHERE id = %s RETURNING id",
             batch_id)  # fmt: skip


def test_a_file_that_cannot_be_written_releases_nothing() -> None:
    house()
    batch_id = prepared()

    def broken(_number: int, _rows: object) -> bytes:
        raise OSError

    with pytest.raises(OSError), transaction.atomic():
        released(batch_id, write=broken)

    assert states(batch_id) == [("PREPARED", OWED, "")]
    assert released(batch_id) == 1  # no number is lost


def test_the_same_return_twice_in_one_file_counts_once() -> None:
    account_id = house()
    batch_id = prepared()
    released(batch_id)
    [debit] = facts.debits_of(batch_id)

    returned = acts.return_debits(
        returns=[back(debit.reference), back(debit.reference)], by="theodule", on=date(2026, 2, 16)
    )

    assert len(returned) == 1
    assert ledger.balance(account_id, date(2026, 2, 16)) == OWED


def test_who_pays_at_the_counter_after_the_release_has_a_visible_credit() -> None:
    account_id = house()
    released(prepared())
    make_receipt(account_id, OWED)

    settled(on=DUE_ON)

    assert ledger.balance(account_id, DUE_ON) == -OWED


def test_a_cycle_whose_debits_are_at_the_bank_does_not_go_back_until_they_came_back() -> None:
    house()
    batch_id = prepared()
    released(batch_id)
    way_back: dict[str, Any] = {"cycles": [1], "reason": "essai", "by": "maude", "on": ON}
    with pytest.raises(Refused, match=f"le lot de prélèvements {batch_id} est à la banque"):
        elsewhere.give_back_cycles(**way_back)

    [debit] = facts.debits_of(batch_id)
    acts.return_debits(returns=[back(debit.reference)], by="theodule", on=date(2026, 2, 14))
    elsewhere.give_back_cycles(**way_back)


def test_the_database_releases_no_debit_of_a_cycle_that_went_back() -> None:
    house()
    batch_id = prepared()
    elsewhere.give_back_cycles(cycles=[1], reason="essai", by="maude", on=ON)
    with pytest.raises(Refused):
        released(batch_id)
    with pytest.raises(DatabaseError, match="encore à l’ancien système"), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_debit SET state = 'RELEASED' WHERE batch_id = %s", [batch_id])
