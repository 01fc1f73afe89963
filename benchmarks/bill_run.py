"""The bill run, from reads in PostgreSQL to issued bills, lines and postings committed with every constraint on.

Three runs over the same synthetic town: one alone, one with five years of bills behind it, and the bare COPY of the very
rows that the run wrote, into tables without a key or a trigger. All in one go on one machine: only ratios are meant.
"""

import os
import time
from typing import Any

from django.db import connection

from benchmarks import synthetic
from fanal.records import columns

SUBSCRIPTIONS = 20_000
MONTHS = 60
WORKERS = 2
WRITTEN = ("billing_bill", "billing_line", "billing_measure", "billing_issue", "billing_billeddays", "ledger_posting",
           "notices_delivery")  # fmt: skip
KINDS = {"bigint": "int64", "integer": "int32", "smallint": "int16", "date": "datetime64[D]", "boolean": "bool"}


def main() -> None:
    """Print what was measured."""
    first = _run(periods=0)
    copied = _bare_copy()
    second = _run(periods=MONTHS * 30 // synthetic.PERIOD_DAYS)
    print(f"Lot de facturation, {SUBSCRIPTIONS} abonnements, {WORKERS} processus :")
    print(f"  {SUBSCRIPTIONS / first:,.0f} factures/s, du relevé à l’émission (promis : 3 000)")
    print(f"  {first / copied:.2f} × le COPY nu des mêmes lignes (promis : 4 au plus)")
    print(f"  {second / first:.2f} × par facture avec {MONTHS} mois d’historique (promis : 1)")


def _run(*, periods: int) -> float:
    """Seconds to compute and issue the run of a fresh town."""
    from fanal.doors.jobs import bill_run
    from fanal.records.billing import acts, facts

    _fresh_database()
    with connection.cursor() as cursor:
        synthetic.build(cursor, subscriptions=SUBSCRIPTIONS, periods=periods)
    on, began = synthetic.RUN_DAY, time.perf_counter()
    run_id = acts.open_run(on=on, cycle=1, by="a")
    bill_run.compute_run(run_id=run_id, by="a", on=on, workers=WORKERS)
    acts.finish_review(run_id=run_id, by="a", on=on)
    acts.approve_run(run_id=run_id, by="b", on=on)
    bill_run.issue_run(run_id=run_id, by="a", on=on, workers=WORKERS)
    seconds = time.perf_counter() - began
    totals = facts.run_totals(run_id)
    if totals["bills"] != SUBSCRIPTIONS or totals["held"]:
        raise SystemExit(f"The run measured is not whole: {totals}")
    return seconds


def _bare_copy() -> float:
    """Seconds to COPY the rows of the last run into bare tables, in one transaction."""
    with connection.cursor() as cursor:
        streams = [(table, _columns_of(cursor, table)) for table in WRITTEN]
        for table, _ in streams:
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table})")
        began = time.perf_counter()
        cursor.execute("BEGIN")
        for table, rows in streams:
            columns.write(cursor, f"bare_{table}", rows)
        cursor.execute("COMMIT")
        return time.perf_counter() - began


def _columns_of(cursor: Any, table: str) -> columns.Columns:
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
        [table],
    )
    kinds = {name: KINDS[kind] for name, kind in cursor.fetchall()}
    return columns.read(cursor, f"SELECT {', '.join(kinds)} FROM {table}", kinds)


def _fresh_database() -> None:
    from django.core.management import call_command

    connection.close()
    name = os.environ["FANAL_BENCH_DATABASE"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    call_command("migrate", verbosity=0)
