"""Preauthorized debits: a batch prepared by a person, released by another as a file; then receipts, then returns.

What falls due is looked at afresh when a batch is prepared and when it is released: a bill paid at the counter in
between is taken out, or takes less. The bytes of the file live in the row of its batch, in the transaction that numbers
it: a machine that dies leaves both or none.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import connection, transaction

from fanal.law.debits import Hold
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.ledger import acts as ledger
from fanal.records.payments import acts, debit_facts, facts
from fanal.records.payments.debit_facts import Due, KnownDebit, file_number
from fanal.records.payments.models import BatchState, Debit, DebitBatch, DebitState, PaymentChannel
from fanal.values import wording
from fanal.values.refusal import Phrase, Problem, in_each, refuse, refuse_any
from fanal.values.wording import Lang
from fanal.values.writing import line

Look = Callable[[int], Sequence[Due]]  # what falls due now, but for what other batches than that one hold
Write = Callable[[int, Sequence[tuple[KnownDebit, Due]]], bytes]  # the file of that number
SECOND_PERSON = Phrase("Une deuxième personne remet le lot : pas celle qui l’a préparé.")
SENTENCES = {
    "debit_batch_people_have_names": "Dire qui agit.",
    "debit_batch_released_by_a_second_person": SECOND_PERSON,
    "debit_in_one_live_file": "Un de ces prélèvements est déjà dans un autre lot : préparer de nouveau.",
    "debit_presented_once": "Un de ces prélèvements est déjà dans un autre lot : préparer de nouveau.",
}
NOTHING_DUE = Phrase("Rien à prélever ces jours-là : aucun lot n’est préparé.")
NOTHING_LEFT = Phrase("Plus rien de ce lot n’est à prélever : l’abandonner, avec cette raison.")
DECIDED = Phrase("Le lot de prélèvements {id} est déjà {state}.")
ADDED = """
INSERT INTO payments_debit (batch_id, account_id, kind, number, due_on, attempt, debited_on, told_on, account_ends,
    prepared_cents, cents, state)
SELECT %s, *, cents, 'PREPARED' FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::smallint[],
    %s::date[], %s::date[], %s::text[], %s::bigint[]) n (account_id, kind, number, due_on, attempt, debited_on, told_on,
    account_ends, cents)
"""
DECIDED_ROWS = """
UPDATE payments_debit d SET state = n.state, cents = n.cents, withdrawn = n.withdrawn
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[]) n (id, state, cents, withdrawn) WHERE d.id = n.id
"""
SETTLED = "UPDATE payments_debit SET settled = true WHERE id = ANY(%s) AND state = 'RELEASED' AND NOT settled"
SENT_BACK = """
UPDATE payments_debit d SET state = 'RETURNED', returned_on = n.returned_on, return_code = n.code
FROM unnest(%s::bigint[], %s::date[], %s::smallint[]) n (id, returned_on, code) WHERE d.id = n.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDebitReturn:
    """A debit that the bank sent back: by its reference, for that amount, with its code and what it means."""

    reference: str
    cents: int
    returned_on: date
    code: int
    reason: str


@transaction.atomic
def prepare_debits(*, from_on: date, to_on: date, again: bool, look: Look, by: str, on: date) -> int:
    """Préparer un lot of what falls due in [from_on, to_on) and is debited: its id. What may not be is held, and why.

    Refused when nothing at all is to be debited, or when the days are not.
    """
    if to_on <= from_on:
        raise refuse("Le dernier jour vient avant le premier.", field="to_on")
    _pay_first(look(0), by, on)
    found = look(0)
    wanted = [it for it in found if not it.hold]
    if not wanted:
        raise refuse(NOTHING_DUE, field="to_on")
    held = [_told(it) for it in found if it.hold]
    with saying(SENTENCES):
        made = DebitBatch.objects.create(from_on=from_on, to_on=to_on, again=again, held=held, prepared_by=by.strip(),
                                         prepared_on=on)  # fmt: skip
    with saying(SENTENCES), connection.cursor() as cursor:
        cursor.execute(ADDED, [made.pk, *map(list, zip(*map(_columns, wanted), strict=True))])
    grounds = {"debits": len(wanted), "total_cents": sum(it.cents for it in wanted), "held": len(held),
               "from_on": from_on.isoformat(), "to_on": to_on.isoformat(), "again": again}  # fmt: skip
    journal.record("prepare_debits", about=f"debits_batch:{made.pk}", by=by, on=on, grounds=grounds)
    return made.pk


@transaction.atomic
def release_debits(*, batch_id: int, look: Look, write: Write, by: str, on: date, first_number: int = 1) -> int:
    """Remettre un lot à la banque, by a second person: its file is numbered, written and kept; its number.

    Each row is looked at again: what was paid since is taken out or takes less, never more than was prepared. Two
    releases at once wait for one another, so that the numbers follow; the very first is `first_number`.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE payments_debitbatch IN SHARE ROW EXCLUSIVE MODE")
    batch = _prepared(batch_id)
    rows = debit_facts.debits_of(batch_id)
    ledger.lock_accounts(it.account_id for it in rows)
    _pay_first(look(batch_id), by, on)
    now = {it.key: it for it in look(batch_id)}
    decided = [(it, now.get(it.key), *_decided(it, now.get(it.key))) for it in rows]
    kept = [(it, due) for it, due, state, _cents, _why in decided if state == DebitState.RELEASED]
    if not kept:
        raise refuse(NOTHING_LEFT)
    with saying(SENTENCES), connection.cursor() as cursor:
        outcomes = zip(*(it[2:] for it in decided), strict=True)
        cursor.execute(DECIDED_ROWS, [[it.id for it in rows], *map(list, outcomes)])
    taken = debit_facts.debits([it.id for it, _due in kept])
    rank = _next_rank(first_number)
    content = write(file_number(rank), [(taken[it.id], due) for it, due in kept if due])
    batch.state, batch.decided_by, batch.decided_on, batch.file_rank = BatchState.RELEASED, by.strip(), on, rank
    batch.debits, batch.cents = len(taken), sum(it.cents for it in taken.values())
    batch.content, batch.sha256 = content, hashlib.sha256(content).digest()
    with saying(SENTENCES):
        batch.save()
    grounds = {"file": file_number(rank), "debits": batch.debits, "total_cents": batch.cents,
               "withdrawn": len(rows) - len(taken), "digest": batch.sha256.hex()}  # fmt: skip
    journal.record("release_debits", about=f"debits_batch:{batch_id}", by=by, on=on, grounds=grounds)
    return file_number(rank)


@transaction.atomic
def abandon_debits(*, batch_id: int, reason: str, by: str, on: date) -> None:
    """Abandonner un lot préparé, by anyone, with a reason: what it held may go in another one."""
    batch = _prepared(batch_id)
    batch.reason = line(reason, missing="Dire pourquoi le lot est abandonné.")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_debit SET state = 'WITHDRAWN', withdrawn = 'ABANDONED' WHERE batch_id = %s", [batch_id]
        )
    batch.state, batch.decided_by, batch.decided_on = BatchState.ABANDONED, by.strip(), on
    with saying(SENTENCES):
        batch.save()
    journal.record("abandon_debits", about=f"debits_batch:{batch_id}", by=by, on=on, grounds={"reason": batch.reason})


@transaction.atomic
def settle_debits(*, by: str, on: date) -> int:
    """Encaisser les prélèvements dont le jour est venu, each received on its day, and allocate them; how many.

    Not before: until the bank takes it, nothing is received. Done twice, it is done once.
    """
    rows = _locked([it.id for it in debit_facts.to_settle(on)])
    new = [it for it in rows if it.state == DebitState.RELEASED and not it.received]
    if new:
        _receive(new, by, on)
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, [[it.id for it in rows]])
    return len(new)


def _receive(new: Sequence[KnownDebit], by: str, on: date) -> None:
    acts.record_receipts(
        receipts=[
            acts.NewReceipt(account_id=it.account_id, received_on=it.debited_on, amount_cents=it.cents,
                            channel=PaymentChannel.PREAUTHORISED, reference=it.reference)
            for it in new
        ], by=by, on=on,
    )  # fmt: skip
    acts.allocate(account_ids=sorted({it.account_id for it in new}), by=by, on=on)
    grounds = {"batches": sorted({it.batch_id for it in new}), "total_cents": sum(it.cents for it in new)}
    journal.record("settle_debits", about=f"debits:×{len(new)}", by=by, on=on, grounds=grounds)


@transaction.atomic
def return_debits(*, returns: Sequence[NewDebitReturn], by: str, on: date) -> list[KnownDebit]:
    """Inscrire les retours de la banque, all or nothing; those that are new. Said again the same, one is there already.

    What was received is returned as any payment; a debit sent back before its day never becomes a receipt. Each one
    that is none of our files, or says otherwise than before, is named.
    """
    settle_debits(by=by, on=on)
    ids = [debit_facts.debit_of(it.reference) for it in returns]
    known = {it.id: it for it in _locked(ids)}
    refuse_any(problem for row, (at, it) in enumerate(zip(ids, returns, strict=True), 1)
               for problem in _wrong(row, it, known.get(at), on))  # fmt: skip
    told: dict[int, NewDebitReturn] = {}
    for row, (at, it) in enumerate(zip(ids, returns, strict=True), 1):
        if told.setdefault(at, it).code != it.code:
            raise refuse(OTHERWISE, row=row, reference=it.reference, code=told[at].code)
    new = [known[at] for at in told if known[at].state == DebitState.RELEASED]
    if not new:
        return []
    received = [it for it in new if it.received]
    if received:
        acts.return_payments(returns=[_new_return(it, told[it.id]) for it in received], by=by, on=on)
        acts.allocate(account_ids=sorted({it.account_id for it in received}), by=by, on=on)
    days = [_returned_on(it, told[it.id]) for it in new]
    with connection.cursor() as cursor:
        cursor.execute(SENT_BACK, [[it.id for it in new], days, [told[it.id].code for it in new]])
    grounds = {"codes": {it.reference: told[it.id].code for it in new}, "total_cents": sum(it.cents for it in new)}
    journal.record("return_debits", about=f"debits:×{len(new)}", by=by, on=on, grounds=grounds)
    return list(debit_facts.debits([it.id for it in new]).values())


OTHERWISE = Phrase("Le prélèvement {reference} est déjà retourné, avec le code {code}.")


def _wrong(row: int, new: NewDebitReturn, known: KnownDebit | None, on: date) -> Iterator[Problem]:
    if known is None or known.state in (DebitState.PREPARED, DebitState.WITHDRAWN):
        yield Problem(row, "reference", "Le retour {reference}, de {amount}, n’est celui d’aucun prélèvement remis.",
                      reference=new.reference, amount=_money(new.cents))  # fmt: skip
        return
    if known.cents != new.cents:
        yield Problem(row, "cents", "Le retour {reference} dit {amount} ; le prélèvement était de {taken}.",
                      reference=new.reference, amount=_money(new.cents), taken=_money(known.cents))  # fmt: skip
    if known.state == DebitState.RETURNED and known.return_code != new.code:
        yield Problem(row, "code", OTHERWISE, reference=new.reference, code=known.return_code)
    if not 900 <= new.code <= 999:
        yield Problem(row, "code", "Le retour {reference} n’a pas de code de retour, de 900 à 999.",
                      reference=new.reference)  # fmt: skip
    if new.returned_on > on:
        yield Problem(row, "returned_on", "Le retour {reference} est daté du {day}, dans l’avenir.",
                      reference=new.reference, day=new.returned_on)  # fmt: skip


def _returned_on(it: KnownDebit, new: NewDebitReturn) -> date:
    """The day of its return; what was received came back that day or later."""
    return max(new.returned_on, it.debited_on) if it.received else new.returned_on


def _new_return(it: KnownDebit, new: NewDebitReturn) -> acts.NewReturn:
    return acts.NewReturn(reference=it.reference, returned_on=_returned_on(it, new), reason=new.reason)


def _decided(row: KnownDebit, due: Due | None) -> tuple[str, int, str]:
    """What becomes of a prepared row at the release: its state, its cents, why it is taken out."""
    if due is None:
        return DebitState.WITHDRAWN, row.cents, Hold.NOT_DUE
    if due.hold:
        return DebitState.WITHDRAWN, row.cents, due.hold
    if due.debited_on != row.debited_on:
        return DebitState.WITHDRAWN, row.cents, Hold.TOO_SOON
    if row.attempt > 1 and due.cents != row.cents:
        return DebitState.WITHDRAWN, row.cents, Hold.NOT_DUE
    return DebitState.RELEASED, min(row.cents, due.cents), ""


def _pay_first(found: Sequence[Due], by: str, on: date) -> None:
    """Receive what had its day, and let the credits of those accounts pay: what is received is not debited again."""
    settle_debits(by=by, on=on)
    if accounts := sorted({it.account_id for it in found} & set(facts.accounts_with_credit())):
        acts.allocate(account_ids=accounts, by=by, on=on)


def _prepared(batch_id: int) -> DebitBatch:
    batch = DebitBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise refuse("Le lot de prélèvements {id} n’existe pas.", id=str(batch_id))
    if batch.state != BatchState.PREPARED:
        raise refuse(DECIDED, id=str(batch_id), state=BatchState(batch.state).label)
    return batch


def _next_rank(first: int) -> int:
    last = DebitBatch.objects.filter(file_rank__isnull=False).order_by("-file_rank").first()
    return (last.file_rank or 0) + 1 if last else first


def _locked(ids: Sequence[int]) -> list[KnownDebit]:
    """Those debits, as they are once whoever else settles or returns them has ended."""
    list(Debit.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    return list(debit_facts.debits(ids).values())


def _columns(it: Due) -> tuple[Any, ...]:
    return (it.account_id, it.kind, it.number, it.due_on, it.attempt, it.debited_on, it.told_on, it.account_ends,
            it.cents)  # fmt: skip


def _told(it: Due) -> dict[str, Any]:
    """A held one as the batch keeps it."""
    return {"account": it.account_id, "kind": it.kind, "number": it.number, "due_on": it.due_on.isoformat(),
            "cents": it.cents, "hold": it.hold, "told_on": it.told_on.isoformat() if it.told_on else None}  # fmt: skip


def _money(cents: int) -> Mapping[Lang, str]:
    return in_each(partial(wording.money, cents))
