"""The bill run, from reads in PostgreSQL to issued bills, lines and postings, every constraint on.

Over the same synthetic town: one run alone, one with a year and one with five years of bills behind it, and the COPY of
the very rows that the run wrote, into tables without a key or a trigger, then with their keys and constraints. All in
one go on one machine: only ratios are meant.
"""

import time
from pathlib import Path

from django.db import connection

from benchmarks import synthetic

SUBSCRIPTIONS = 50_000
MONTHS = (12, 60)
WORKERS = 2
WRITTEN = ("billing_bill", "billing_line", "billing_measure", "billing_issue", "billing_billeddays", "ledger_posting",
           "notices_delivery")  # fmt: skip


def main() -> None:
    """Print what was measured."""
    first = _run(periods=0)
    text, binary, keyed = _copy("text"), _copy("binary"), _copy("text", like="INCLUDING ALL")
    later = {months: _run(periods=months * 30 // synthetic.PERIOD_DAYS) for months in MONTHS}
    print(f"Lot de facturation, {SUBSCRIPTIONS} abonnements, {WORKERS} processus :")
    print(f"  {SUBSCRIPTIONS / first:,.0f} factures/s, du relevé à l’émission (promis : 3 000)")
    print(f"  {first / text:.2f} × le COPY nu des mêmes lignes, en texte (promis : 4 au plus)")
    print(f"  {first / binary:.2f} × le COPY nu des mêmes lignes, en binaire")
    print(f"  {first / keyed:.2f} × le COPY des mêmes lignes dans des tables avec leurs clés et leurs contraintes")
    for months, seconds in later.items():
        print(f"  {seconds / first:.2f} × par facture avec {months} mois d’historique (promis : 1)")


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


def _copy(form: str, like: str = "") -> float:
    """Seconds to COPY the rows of the last run into empty tables, in one transaction.

    The rows are ready beforehand in the format of COPY: only the server's work is counted.
    """
    with connection.cursor() as cursor:
        streams = {}
        for table in WRITTEN:
            with cursor.copy(f"COPY {table} TO STDOUT (FORMAT {form})") as copy:
                streams[table] = b"".join(copy)
            cursor.execute(f"DROP TABLE IF EXISTS copied_{table}; CREATE TABLE copied_{table} (LIKE {table} {like})")
        began = time.perf_counter()
        cursor.execute("BEGIN")
        for table, stream in streams.items():
            with cursor.copy(f"COPY copied_{table} FROM STDIN (FORMAT {form})") as copy:
                copy.write(stream)
        cursor.execute("COMMIT")
        return time.perf_counter() - began


def _fresh_database() -> None:
    """Drop and build again the database of the measuring server, and of no other."""
    from django.conf import settings
    from django.core.management import call_command

    home, name = Path(settings.FANAL_HOME), connection.settings_dict["NAME"]
    if home.name != "bench" or not connection.settings_dict["HOST"].startswith("/"):
        raise SystemExit("The bench drops its database: run it by « make bench », on its own server.")
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    call_command("migrate", verbosity=0)
