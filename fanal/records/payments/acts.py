"""Record receipts, return payments, allocate credits to bills."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from django.db import connection, transaction

from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.ledger import acts as ledger
from fanal.records.ledger.acts import Chart, EntryKind
from fanal.records.payments import facts
from fanal.records.payments.facts import KnownReceipt
from fanal.records.payments.models import PaymentChannel
from fanal.values import wording
from fanal.values.refusal import Phrase, Problem, in_each, refuse_any
from fanal.values.wording import Lang
from fanal.values.writing import REASON_MAX, unreadable

__all__ = ["PaymentChannel"]

# What is left of the credits of some accounts, and what remains of their bills, and of what was owed when Fanal took
# over. Each is worth what it put on the customer's account (1200): found by account, whatever the length of the
# others' history.
WHAT_IS_LEFT = """
    WITH entry AS MATERIALIZED (
        SELECT account_id, source AS id, on_date, debit_cents - credit_cents AS cents FROM ledger_posting
        WHERE account_id = ANY(%(accounts)s) AND ledger_account_id = 1200 AND kind IN (1, 2, 5, 6, 7)
    ), given AS MATERIALIZED (
        SELECT account_id, receipt_id, credit_bill_id, bill_id, amount_cents AS cents FROM payments_allocation
        WHERE account_id = ANY(%(accounts)s)
    ), spent AS (
        SELECT account_id, receipt_id, credit_bill_id, sum(cents)::bigint AS cents
        FROM given GROUP BY account_id, receipt_id, credit_bill_id
    ), paid AS (
        SELECT account_id, bill_id AS id, sum(cents)::bigint AS cents FROM given GROUP BY account_id, bill_id
    ), credit AS (
        SELECT r.account_id, r.id AS receipt_id, 0::bigint AS credit_bill_id, r.received_on AS since,
            r.amount_cents - coalesce(s.cents, 0) AS cents
        FROM payments_receipt r LEFT JOIN spent s ON s.account_id = r.account_id AND s.receipt_id = r.id
        WHERE r.account_id = ANY(%(accounts)s)
            AND NOT EXISTS (SELECT FROM payments_returnedpayment b WHERE b.receipt_id = r.id)
        UNION ALL
        SELECT e.account_id, 0, e.id, e.on_date, -e.cents - coalesce(s.cents, 0)
        FROM entry e LEFT JOIN spent s ON s.account_id = e.account_id AND s.credit_bill_id = e.id WHERE e.cents < 0
    ), owed AS (
        SELECT account_id, id AS bill_id, e.cents - coalesce(paid.cents, 0) AS cents
        FROM entry e LEFT JOIN paid USING (account_id, id) WHERE e.cents > coalesce(paid.cents, 0)
    )
"""
ALLOCATE = """
    INSERT INTO payments_allocation (account_id, receipt_id, credit_bill_id, bill_id, on_date, amount_cents)
"""
# A credit note first pays what remains of the bill it takes back: the customer no longer owes that one.
CREDIT_NOTES_TO_THEIR_BILLS = f"""
    {WHAT_IS_LEFT}, note AS (
        SELECT account_id, credit_bill_id, cents, (SELECT reverses_id FROM billing_bill b
            WHERE b.id = credit_bill_id AND b.account_id = credit.account_id) AS bill_id
        FROM credit WHERE credit_bill_id <> 0 AND cents > 0
    )
    {ALLOCATE}
    SELECT account_id, 0, credit_bill_id, bill_id, %(on)s, least(note.cents, owed.cents)
    FROM note JOIN owed USING (account_id, bill_id) ORDER BY account_id, credit_bill_id
"""
# Credits and bills are laid end to end, each in its order; where they overlap, one pays the other.
END_TO_END = f"""
    , laid_credits AS (
        SELECT *, sum(cents) OVER (PARTITION BY {{of}} ORDER BY since, receipt_id, credit_bill_id) AS upto
        FROM {{credits}} WHERE cents > 0
    ), laid_bills AS (
        SELECT *, sum(cents) OVER (PARTITION BY {{of}} ORDER BY due_on, bill_id) AS upto FROM {{bills}}
    )
    {ALLOCATE}
    SELECT c.account_id, c.receipt_id, c.credit_bill_id, b.bill_id, %(on)s,
        least(c.upto, b.upto) - greatest(c.upto - c.cents, b.upto - b.cents)
    FROM laid_credits c JOIN laid_bills b USING ({{of}})
    WHERE c.upto - c.cents < b.upto AND b.upto - b.cents < c.upto
    ORDER BY c.account_id, c.upto, b.upto
"""
# Of what was owed when Fanal took over, what a later export takes back pays the part of the same bill.
OPENINGS_TAKEN_BACK = f"""
    {WHAT_IS_LEFT}, taken_back AS (
        SELECT credit.*, o.number FROM credit JOIN elsewhere_opening o ON o.id = credit_bill_id
            AND o.account_id = credit.account_id
    ), opened AS (
        SELECT owed.*, o.number, o.due_on FROM owed JOIN elsewhere_opening o ON o.id = bill_id
            AND o.account_id = owed.account_id
    ){END_TO_END.format(of="account_id, number", credits="taken_back", bills="opened")}
"""
OLDEST_FIRST = f"""
    {WHAT_IS_LEFT}, due AS (
        SELECT *, coalesce((SELECT due_on FROM billing_issue i
                WHERE i.bill_id = owed.bill_id AND i.account_id = owed.account_id),
            (SELECT due_on FROM elsewhere_opening o WHERE o.id = owed.bill_id)) AS due_on FROM owed
    ){END_TO_END.format(of="account_id", credits="credit", bills="due")}
"""
TAKE_BACK = """
    INSERT INTO payments_allocation (account_id, receipt_id, credit_bill_id, bill_id, on_date, amount_cents)
    SELECT account_id, receipt_id, 0, bill_id, %(on)s, -sum(amount_cents) FROM payments_allocation
    WHERE account_id = ANY(%(accounts)s) AND receipt_id = ANY(%(receipts)s)
    GROUP BY account_id, receipt_id, bill_id HAVING sum(amount_cents) <> 0 ORDER BY account_id, receipt_id, bill_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceipt:
    """Money that came: it counts on the day it was received (art. 4.3.1); its reference is its own for good."""

    account_id: int
    received_on: date
    amount_cents: int
    channel: PaymentChannel
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReturn:
    """A payment that the bank took back (art. 4.3.5), by its reference."""

    reference: str
    returned_on: date
    reason: str


@transaction.atomic
def record_receipts(*, receipts: Sequence[NewReceipt], by: str, on: date) -> list[int]:
    """Encaisser des paiements: their ids, in order.

    The same reference with the same content is already there: its id comes back and nothing is added. With another
    content it is refused.
    """
    accounts = ledger.lock_accounts(it.account_id for it in receipts)
    refuse_any(problem for row, it in enumerate(receipts, 1) for problem in _wrong(row, it, accounts, on))
    added = _insert(receipts)
    kept = facts.receipts_referenced({it.reference for it in receipts})
    refuse_any(problem for row, it in enumerate(receipts, 1) for problem in _other_content(row, it, kept))
    ids = np.array(sorted(added), np.int64)
    of_id = {it.id: it for it in kept.values()}
    ledger.post_transfers(
        kind=EntryKind.RECEIPT,
        account_ids=np.array([of_id[it].account_id for it in ids.tolist()], np.int64),
        sources=ids,
        debit=Chart.CASH,
        credit=Chart.RECEIVABLE,
        cents=np.array([of_id[it].amount_cents for it in ids.tolist()], np.int64),
        on=on,
    )
    journal.record_many("record_receipts", noun="receipt", ids=ids.tolist(), by=by, on=on)
    return [kept[it.reference].id for it in receipts]


@transaction.atomic
def return_payments(*, returns: Sequence[NewReturn], by: str, on: date) -> None:
    """Retourner des paiements, once each: the entry reversed and the allocations taken back."""
    references = [it.reference for it in returns]
    ledger.lock_accounts(it.account_id for it in facts.receipts_referenced(references).values())
    known = facts.receipts_referenced(references)  # afresh, under the lock
    refuse_any(
        problem
        for row, it in enumerate(returns, 1)
        for problem in _wrong_return(row, it, known.get(it.reference), references[: row - 1], on)
    )
    taken = [known[reference] for reference in references]
    ids = [it.id for it in taken]
    with connection.cursor() as cursor, saying({"payments_returnedpayment_pkey": "Ce paiement est déjà retourné."}):
        cursor.execute(
            "INSERT INTO payments_returnedpayment (receipt_id, returned_on, reason) "
            "SELECT * FROM unnest(%s::bigint[], %s::date[], %s::text[])",
            [ids, [it.returned_on for it in returns], [it.reason for it in returns]],
        )
        cursor.execute(TAKE_BACK, {"on": on, "accounts": [it.account_id for it in taken], "receipts": ids})
    ledger.post_transfers(
        kind=EntryKind.RETURNED_PAYMENT,
        account_ids=np.array([it.account_id for it in taken], np.int64),
        sources=np.array(ids, np.int64),
        debit=Chart.RECEIVABLE,
        credit=Chart.CASH,
        cents=np.array([it.amount_cents for it in taken], np.int64),
        on=on,
    )
    grounds = {"reasons": {it.reference: it.reason for it in returns}}
    journal.record_many("return_payments", noun="receipt", ids=ids, by=by, on=on, grounds=grounds)


@transaction.atomic
def allocate(*, by: str, on: date, account_ids: Sequence[int] | None = None) -> int:
    """Affecter les crédits aux factures: the oldest credit pays the bill due first; the number of allocations made.

    A credit is a receipt that was not returned, or an issued bill in the customer's favour. Without `account_ids`, all
    the accounts that hold a credit.
    """
    wanted = facts.accounts_with_credit() if account_ids is None else account_ids
    accounts = sorted(ledger.lock_accounts(wanted))
    parameters = {"accounts": accounts, "on": on}
    with connection.cursor() as cursor:
        # Right after a load there are no statistics yet: nested loops would make this quadratic.
        cursor.execute("SET LOCAL enable_nestloop = off")
        made = 0
        for step in (CREDIT_NOTES_TO_THEIR_BILLS, OPENINGS_TAKEN_BACK, OLDEST_FIRST):
            cursor.execute(step, parameters)
            made += cursor.rowcount
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")  # the caller's transaction may go on
    journal.record("allocate", about=f"allocations:×{made}", by=by, on=on, grounds={"accounts": len(accounts)})
    return made


def _insert(receipts: Sequence[NewReceipt]) -> set[int]:
    """Insert what has a new reference, after any other transaction that holds the same one has ended; the new ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_receipt (account_id, received_on, amount_cents, channel, reference) "
            "SELECT account_id, received_on, amount_cents, channel, reference "
            "FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::smallint[], %s::text[]) WITH ORDINALITY "
            "n (account_id, received_on, amount_cents, channel, reference, row) ORDER BY reference, row "
            "ON CONFLICT (reference) DO NOTHING RETURNING id",
            [
                [it.account_id for it in receipts],
                [it.received_on for it in receipts],
                [it.amount_cents for it in receipts],
                [int(it.channel) for it in receipts],
                [it.reference for it in receipts],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _wrong(row: int, new: NewReceipt, accounts: set[int], on: date) -> Iterator[Problem]:
    if new.account_id not in accounts:
        yield Problem(row, "account_id", "Le compte client {id} n’existe pas.", id=str(new.account_id))
    if new.amount_cents <= 0:
        yield Problem(row, "amount_cents", "Un paiement de {paid} ne s’encaisse pas.", paid=_money(new.amount_cents))
    if new.received_on > on:
        yield Problem(row, "received_on", "Le paiement est daté du {on}, dans l’avenir.", on=new.received_on)
    if new.channel not in PaymentChannel.values:
        yield Problem(row, "channel", "« {channel} » n’est pas un moyen de paiement.", channel=str(new.channel))
    if not 0 < len(new.reference.strip()) == len(new.reference) <= 60:
        yield Problem(row, "reference", "La référence a de 1 à 60 caractères, sans espace autour.")


def _other_content(row: int, new: NewReceipt, kept: Mapping[str, KnownReceipt]) -> Iterator[Problem]:
    there = kept[new.reference]
    if (there.account_id, there.received_on, there.amount_cents, there.channel) != (
        new.account_id,
        new.received_on,
        new.amount_cents,
        new.channel,
    ):
        yield Problem(
            row, "reference",
            "La référence {reference} est déjà celle d’un paiement de {paid} reçu le {on}, dont le contenu diffère.",
            reference=new.reference, paid=_money(there.amount_cents), on=there.received_on,
        )  # fmt: skip


def _wrong_return(
    row: int, new: NewReturn, receipt: KnownReceipt | None, before: Sequence[str], on: date
) -> Iterator[Problem]:
    if receipt is None:
        yield Problem(row, "reference", "Aucun paiement ne porte la référence {reference}.", reference=new.reference)
        return
    if receipt.returned_on is not None or new.reference in before:
        yield Problem(row, "reference", "Le paiement {reference} est déjà retourné.", reference=new.reference)
    if not receipt.received_on <= new.returned_on <= on:
        yield Problem(row, "returned_on", "Le retour vient après le paiement, et pas dans l’avenir.")
    if fault := unreadable(new.reason) if new.reason.strip() else Phrase("Un retour a une raison."):
        yield Problem(row, "reason", fault, count=len(new.reason), most=REASON_MAX)


def _money(cents: int) -> Mapping[Lang, str]:
    return in_each(partial(wording.money, cents))
