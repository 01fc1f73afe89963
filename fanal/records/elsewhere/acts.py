"""Keep what another system issued, say where Fanal takes over, and enter what was owed then."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from django.db import connection, models, transaction

from fanal.records.columns import read, take_in
from fanal.records.elsewhere.models import (
    Handover,
    PastBill,
    PastEntry,
    PastLine,
    PastNotice,
    PastPayment,
    RejectedReading,
    Undertaking,
)
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.ledger import acts as ledger
from fanal.records.ledger.acts import Chart, EntryKind
from fanal.values.refusal import Phrase, refuse

KEPT: Mapping[str, type[models.Model]] = {
    "bills": PastBill, "lines": PastLine, "payments": PastPayment, "entries": PastEntry, "notices": PastNotice,
    "rejected_readings": RejectedReading, "undertakings": Undertaking, "handovers": Handover,
}  # fmt: skip
KEPT_TWICE = Phrase("Cette reprise contient deux fois la même ligne, ou une ligne déjà reprise avec un autre contenu.")
NEW_ENTRIES = """
SELECT o.id, o.account_id, o.ledger_account_id, o.cents, o.on_date FROM elsewhere_opening o
WHERE NOT EXISTS (SELECT FROM ledger_posting p WHERE p.kind = 5 AND p.source = o.id AND p.account_id = o.account_id)
ORDER BY o.id
"""
ENTRY_KINDS = {
    "id": "int64", "account_id": "int64", "ledger_account_id": "int16", "cents": "int64", "on_date": "datetime64[D]",
}  # fmt: skip


def keep(*, what: str, query: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Garder l’histoire d’un autre système: the rows of `query`, whose columns bear the names of `what`'s table.

    In the caller's transaction and under its journal line; how many were kept. Refused when a row is there twice.
    """
    table, names = KEPT[what]._meta.db_table, _columns(KEPT[what])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({query}) given LIMIT 0", parameters or {})
        given = [column.name for column in cursor.description]
    if unknown := sorted(set(given) - set(names)):
        raise ValueError(f"{table} has no column {unknown}")
    listed = ", ".join(given)
    keys = {f"{table}_pkey": KEPT_TWICE, "rejected_once": KEPT_TWICE}
    with saying(keys), connection.cursor() as cursor:
        return take_in(cursor, table, listed, query, parameters)


@transaction.atomic
def open_balances(*, query: str, by: str, on: date, parameters: Mapping[str, Any] | None = None) -> int:
    """Inscrire les soldes repris: account_id, ledger_account_id, on_date, due_on, number, cents of each row of `query`.

    Each is an entry between its account and the clearing account of the takeover; how many were entered. Refused
    when a period is closed, as any entry.
    """
    names = "account_id, ledger_account_id, on_date, due_on, number, cents"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO elsewhere_opening ({names}) SELECT {names} FROM ({query}) q", parameters or {})
        made = read(cursor, NEW_ENTRIES, ENTRY_KINDS)
    if not set(np.unique(made["ledger_account_id"]).tolist()) <= {Chart.RECEIVABLE, Chart.DEPOSITS}:
        raise refuse("Un solde repris est celui d’un compte client ou d’un dépôt.", field="ledger_account_id")
    for day in np.unique(made["on_date"]):
        rows = {name: column[made["on_date"] == day] for name, column in made.items()}
        _enter(rows, day.item())
    owed = made["ledger_account_id"] == Chart.RECEIVABLE
    grounds = {"receivable_cents": int(made["cents"][owed].sum()), "deposit_cents": -int(made["cents"][~owed].sum())}
    journal.record("open_balances", about=f"openings:×{len(owed)}", by=by, on=on, grounds=grounds)
    return len(made["id"])


def _enter(rows: dict[str, np.ndarray], on: date) -> None:
    """Post each opening against the clearing account: a debit of its account, or a credit of it."""
    for ledger_account in np.unique(rows["ledger_account_id"]):
        for owed in (True, False):
            some = (rows["ledger_account_id"] == ledger_account) & ((rows["cents"] > 0) == owed)
            sides = (int(ledger_account), int(Chart.TAKEOVER))
            debit, credit = sides if owed else sides[::-1]
            ledger.post_transfers(
                kind=EntryKind.OPENING, account_ids=rows["account_id"][some], sources=rows["id"][some],
                debit=debit, credit=credit, cents=np.abs(rows["cents"][some]), on=on,
            )  # fmt: skip


def _columns(model: type[models.Model]) -> list[str]:
    """Names of the columns of a table that has no generated one."""
    return [field.column for field in model._meta.concrete_fields if not isinstance(field, models.CompositePrimaryKey)]
