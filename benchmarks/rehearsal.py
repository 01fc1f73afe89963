"""A rehearsal of rate D with a dearer access over a synthetic town with a year of bills, six a customer.

`python -m benchmarks.rehearsal 1000000` measures a million customers; the database is dropped and built again.
"""

import resource
import sys
import time
from datetime import timedelta

from django.db import connection

from benchmarks import synthetic

CODE = "hydro_quebec/D"
CUSTOMERS, PERIODS = 200_000, 6
PROMISED = {5_300: 3, 1_000_000: 60}  # customers: seconds


def main(customers: int = CUSTOMERS) -> None:
    """Print what was measured."""
    from benchmarks.bill_run import _fresh_database
    from fanal.law.tariffs.book import Book, dump
    from fanal.law.tariffs.shelf import load
    from fanal.records.billing import shelf
    from fanal.reports.rehearsal import rehearse

    _fresh_database()
    current = load(CODE)
    shelf.keep(current)
    with connection.cursor() as cursor:
        synthetic.build(cursor, subscriptions=customers, periods=PERIODS, whole=False)
    content = dump(current)
    next(it for it in content["version"][-1]["charges"] if it["kind"] == "fixed")["price"] = "0.60"
    since = synthetic.RUN_DAY - timedelta(days=synthetic.PERIOD_DAYS * (PERIODS + 1))
    began = time.perf_counter()
    found = rehearse(Book.model_validate(content), current={CODE: current}, from_on=since, to_on=synthetic.RUN_DAY)
    seconds = time.perf_counter() - began
    if (found.bills, found.total.losers) != (customers * PERIODS, customers):
        raise SystemExit(f"The rehearsal measured is not whole: {found.bills} bills, {found.total.losers} customers")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    promise = f" (promis : {PROMISED[customers]} s)" if customers in PROMISED else ""
    print(f"Répétition d’un livre, {customers} clients, {found.bills} factures :")
    print(f"  {seconds:.1f} s{promise}, {found.bills / seconds:,.0f} factures/s sous deux livres, {memory} Mo au plus")


if __name__ == "__main__":
    from benchmarks.__main__ import HOME
    from fanal.doors import office
    from fanal.settings import embedded_postgres

    office.migrate()
    try:
        for size in [int(it) for it in sys.argv[1:]] or PROMISED:
            main(size)
    finally:
        embedded_postgres.stop(HOME)
