"""Open accounts, post entries, close periods."""

from collections.abc import Iterable
from datetime import date

import numpy as np
from django.db import connection, transaction

from fanal.records import columns
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.ledger.facts import Chart, account_number
from fanal.records.ledger.models import Closing, EntryKind
from fanal.values.refusal import refuse

__all__ = ["Chart", "EntryKind"]

ENTERED_TWICE = "Cette opération est déjà inscrite au grand livre : une opération fait une seule écriture."


@transaction.atomic
def open_accounts(*, count: int, by: str, on: date) -> list[int]:
    """Ouvrir des comptes clients: their ids, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('ledger_account', 'id')) FROM generate_series(1, %s)", [count]
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO ledger_account (id, number, opened_on) SELECT *, %s FROM unnest(%s::bigint[], %s::text[])",
            [on, ids, [account_number(it) for it in ids]],
        )
    journal.record_many("open_accounts", noun="account", ids=ids, by=by, on=on)
    return ids


def lock_accounts(account_ids: Iterable[int]) -> set[int]:
    """Lock those accounts until the transaction ends, in the order of their ids; return those that exist.

    Every act that moves money takes these locks first, so that two of them never wait for each other in a ring.
    """
    with connection.cursor() as cursor:
        cursor.execute(  # NO KEY: a new row that only refers to the account need not wait
            "SELECT id FROM ledger_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(set(account_ids))]
        )
        return {row[0] for row in cursor.fetchall()}


def post_entries(*, postings: columns.Columns) -> None:
    """Inscrire des écritures, in the caller's transaction and under its journal line.

    Columns: account_id i64, kind i16, source i64, line i16, on_date D, ledger_account_id i16, debit_cents i64,
    credit_cents i64. Refused when an entry does not balance, is entered twice, or is dated in a closed period.
    """
    if not len(postings["account_id"]):
        return
    with saying({"ledger_posting_pkey": ENTERED_TWICE}), connection.cursor() as cursor:
        columns.write(cursor, "ledger_posting", postings)


def post_transfers(
    *,
    kind: EntryKind,
    account_ids: np.ndarray,
    sources: np.ndarray,
    debit: int,
    credit: int,
    cents: np.ndarray,
    on: date,
) -> None:
    """Inscrire des écritures à deux lignes: each debits one ledger account and credits another by `cents`."""
    count, none = len(account_ids), np.zeros(len(account_ids), np.int64)
    post_entries(
        postings={
            "account_id": np.repeat(account_ids.astype(np.int64), 2),
            "kind": np.full(2 * count, kind, np.int16),
            "source": np.repeat(sources.astype(np.int64), 2),
            "line": np.tile(np.array([1, 2], np.int16), count),
            "on_date": np.full(2 * count, on, "datetime64[D]"),
            "ledger_account_id": np.tile(np.array([debit, credit], np.int16), count),
            "debit_cents": np.stack([cents.astype(np.int64), none], axis=1).ravel(),
            "credit_cents": np.stack([none, cents.astype(np.int64)], axis=1).ravel(),
        }
    )


@transaction.atomic
def close_period(*, through_on: date, by: str, on: date) -> None:
    """Fermer une période comptable: nothing is dated that day or before any more. Waits for the entries under way."""
    if through_on >= on:
        raise refuse("La période qui finit le {on} n’est pas terminée.", field="through_on", on=through_on)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ledger_posting IN SHARE ROW EXCLUSIVE MODE")
    with saying({}):
        Closing.objects.create(through_on=through_on, closed_by=by)
    journal.record("close_period", about=f"period:{through_on}", by=by, on=on, grounds=_seal(through_on))


def _seal(through_on: date) -> dict[str, int]:
    """What the closed period holds, kept with its closing: an entry slipped in afterwards shows (I25)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(debit_cents), 0)::bigint FROM ledger_posting WHERE on_date <= %s",
            [through_on],
        )
        return dict(zip(("postings", "debit_cents"), cursor.fetchone(), strict=True))
