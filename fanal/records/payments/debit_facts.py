"""Batches of debits and their rows; what falls due that a batch is made of."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from fanal.records.payments.models import BatchState, DebitState

__all__ = ["BatchState", "DebitState"]

REFERENCE = "FANAL{:014d}"  # 19 characters: what the bank gives back with a return, and the reference of the receipt
REFERENCE_SQL = "'FANAL' || lpad(d.id::text, 14, '0')"
BATCH = """id, from_on, to_on, again, prepared_by, prepared_on, held, state, decided_by, decided_on, reason, file_rank,
    debits, cents"""
DEBIT = f"""d.id, d.batch_id, d.account_id, d.kind, d.number, d.due_on, d.attempt, d.debited_on, d.told_on,
    d.account_ends, d.prepared_cents, d.cents, d.state, d.withdrawn, d.returned_on, d.return_code,
    r.id IS NOT NULL FROM payments_debit d LEFT JOIN payments_receipt r ON r.reference = {REFERENCE_SQL}"""
Key = tuple[int, str, str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where a debit is taken. Never shown nor logged whole: its own page tells the last digits."""

    institution: str = field(repr=False)
    transit: str = field(repr=False)
    account: str = field(repr=False)
    holder: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What falls due and is debited: how much is left, for which day, since when it was told; `hold`, why not now."""

    account_id: int
    kind: str
    number: str
    due_on: date
    debited_on: date
    told_on: date | None
    attempt: int
    cents: int
    domestic: bool
    bank: BankAccount = field(repr=False)
    account_ends: str
    hold: str

    @property
    def key(self) -> Key:
        """What is paid; a debit of it is in one live file only."""
        return self.account_id, self.kind, self.number, self.due_on


@dataclass(frozen=True, slots=True)
class KnownBatch:
    """A batch without the bytes of its file; `held` are rows of `Held.as_dict`."""

    id: int
    from_on: date
    to_on: date
    again: bool
    prepared_by: str
    prepared_on: date
    held: list[dict[str, Any]]
    state: str
    decided_by: str
    decided_on: date | None
    reason: str
    file_rank: int | None
    debits: int
    cents: int

    @property
    def file_number(self) -> int:
        """Numéro de création du fichier, four digits, from 1 again after 9999; 0 before it is released."""
        return file_number(self.file_rank) if self.file_rank else 0


@dataclass(frozen=True, slots=True)
class KnownDebit:
    """A debit of a batch, and whether it is received."""

    id: int
    batch_id: int
    account_id: int
    kind: str
    number: str
    due_on: date
    attempt: int
    debited_on: date
    told_on: date
    account_ends: str
    prepared_cents: int
    cents: int
    state: str
    withdrawn: str
    returned_on: date | None
    return_code: int
    received: bool

    @property
    def key(self) -> Key:
        """What is paid."""
        return self.account_id, self.kind, self.number, self.due_on

    @property
    def reference(self) -> str:
        """Its own, at the bank and in the ledger."""
        return REFERENCE.format(self.id)


def file_number(rank: int) -> int:
    """The number that the bank sees, four digits, from 1 again after 9999."""
    return (rank - 1) % 9999 + 1


def debit_of(reference: str) -> int:
    """The id of the debit of that reference; 0 when it is none of ours."""
    digits = reference.strip().removeprefix("FANAL")
    found = int(digits) if len(digits) == 14 and digits.isascii() and digits.isdigit() else 0
    return found if found and REFERENCE.format(found) == reference.strip() else 0


def batches() -> list[KnownBatch]:
    """The last hundred, the last one first."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {BATCH} FROM payments_debitbatch ORDER BY id DESC LIMIT 100")
        return [_batch(row) for row in cursor.fetchall()]


def batch(batch_id: int) -> KnownBatch | None:
    """That one; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {BATCH} FROM payments_debitbatch WHERE id = %s", [batch_id])
        row = cursor.fetchone()
    return _batch(row) if row else None


def file_of(batch_id: int) -> bytes | None:
    """The bytes of its file, the same at every reading; None before it is released."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM payments_debitbatch WHERE id = %s AND content IS NOT NULL", [batch_id])
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def released() -> list[int]:
    """The batches that have a file, in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM payments_debitbatch WHERE state = 'RELEASED' ORDER BY file_rank")
        return [row[0] for row in cursor.fetchall()]


def sent(batch_id: int) -> list[KnownDebit]:
    """The rows of a batch that are in its file."""
    return [it for it in debits_of(batch_id) if it.state in (DebitState.RELEASED, DebitState.RETURNED)]


def debits_of(batch_id: int) -> list[KnownDebit]:
    """The rows of a batch, by day and account."""
    return _debits("d.batch_id = %s", batch_id)


def debits(ids: Collection[int]) -> dict[int, KnownDebit]:
    """Those debits, by id; an unknown one is absent."""
    return {it.id: it for it in _debits("d.id = ANY(%s)", list(ids))}


def presented(accounts: Collection[int], but: int = 0) -> dict[Key, KnownDebit]:
    """Of what those accounts owe, the last debit that was not taken out of its batch; that batch left aside."""
    found = _debits("d.account_id = ANY(%s) AND d.state <> 'WITHDRAWN' AND d.batch_id <> %s", list(accounts), but)
    return {it.key: it for it in sorted(found, key=lambda it: (it.attempt, it.id))}


def returned(since_on: date) -> list[KnownDebit]:
    """What the bank sent back that day or since, the last first."""
    found = _debits("d.state = 'RETURNED' AND d.returned_on >= %s", since_on)
    return sorted(found, key=lambda it: (it.returned_on or since_on, it.id), reverse=True)


def returned_once(codes: Collection[int], since_on: date, but: int = 0) -> list[KnownDebit]:
    """Debits of that day or later that came back with one of those codes, and that no batch but that one presents."""
    found = _debits(
        "d.state = 'RETURNED' AND d.attempt = 1 AND d.return_code = ANY(%s) AND d.debited_on >= %s",
        list(codes), since_on,
    )  # fmt: skip
    last = presented({it.account_id for it in found}, but)
    return [it for it in found if last[it.key].id == it.id]


def under_way(but: int = 0) -> list[KnownDebit]:
    """What is presented again and not received yet, in other batches than that one."""
    return _debits("d.attempt > 1 AND d.state IN ('PREPARED', 'RELEASED') AND NOT d.settled AND d.batch_id <> %s", but)


def waiting(on: date) -> int:
    """How many released debits have had their day and are not receipts yet."""
    return len(to_settle(on))


def to_settle(on: date) -> list[KnownDebit]:
    """Released debits whose day has come, and that are not receipts yet."""
    return _debits("d.state = 'RELEASED' AND NOT d.settled AND d.debited_on <= %s", on)


def _debits(condition: str, *values: object) -> list[KnownDebit]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {DEBIT} WHERE {condition} ORDER BY d.debited_on, d.account_id, d.id", list(values))
        return [KnownDebit(*row) for row in cursor.fetchall()]


def _batch(row: tuple[Any, ...]) -> KnownBatch:
    held = json.loads(row[6]) if isinstance(row[6], str) else row[6]
    return KnownBatch(*row[:6], held, *row[7:])
