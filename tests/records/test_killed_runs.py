"""A bill run killed at any moment, again and again: nothing lost, nothing doubled, nothing unbalanced, no hole.

`make campaign` is the long one.
"""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
from django.db import connection

from fanal.records.billing import acts
from tests.billing import rows
from tests.factories import make_place, make_subscription, typed

KILLS = int(os.environ.get("KILLS", "8"))
MAY = date(2025, 5, 1)
DAY = MAY + timedelta(days=60)
HOUSES = 40
# What a person does after a crash: the same command again.
CHILD = """
import sys, django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from datetime import date
from fanal.doors.jobs import bill_run
from fanal.records.billing import acts, facts
acts.SUBSCRIPTIONS_PER_CHUNK = 4
day, cycle = date.fromisoformat(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
run_id = facts.open_run_on(day, cycle) or acts.open_run(on=day, cycle=cycle, by="paul")
state = facts.run(run_id).state
if state == "OPEN":
    bill_run.compute_run(run_id=run_id, by="paul", on=day)
    state = "COMPUTED"
if state == "COMPUTED":
    acts.finish_review(run_id=run_id, by="paul", on=day)
    state = "REVIEWED"
if state == "REVIEWED":
    acts.approve_run(run_id=run_id, by="marie", on=day)
bill_run.issue_run(run_id=run_id, by="paul", on=day)
"""


def a_cycle(cycle: int) -> None:
    """Houses of a cycle, read and ready to be billed."""
    from fanal.records.metering import acts as metering

    places = [make_place(opening=1000, starts_on=MAY) for _ in range(HOUSES)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE premises_deliverypoint SET cycle = %s WHERE id = ANY(%s)",
                       [cycle, [it.point for it in places]])  # fmt: skip
    for place in places:
        make_subscription(point=place.point, starts_on=MAY)
    metering.record_readings(readings=[typed(it, 3000, DAY) for it in places], by="releveur", on=DAY)


def run_until_killed(database: str, cycle: int, patience: float | None) -> bool:
    """Run the child and kill -9 it after `patience` seconds of work; True when it ended by itself."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, database, DAY.isoformat(), str(cycle)], stdout=subprocess.PIPE,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "fanal.settings.test"},
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.readline()
    try:
        return child.wait(timeout=patience) == 0
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()
        return False


def what_is_wrong() -> list[str]:
    """Each safety promise as a query that finds what breaks it."""
    promises = {
        "an issued bill without its entry": "SELECT 1 FROM billing_issue i WHERE NOT EXISTS "
        "(SELECT FROM ledger_posting p WHERE p.kind = 1 AND p.source = i.bill_id)",
        "an issued bill without its delivery": "SELECT 1 FROM billing_issue i WHERE NOT EXISTS "
        "(SELECT FROM notices_delivery n WHERE n.subject = i.bill_id)",
        "an issued bill without its days": "SELECT 1 FROM billing_issue i WHERE NOT EXISTS "
        "(SELECT FROM billing_billeddays d WHERE d.bill_id = i.bill_id)",
        "an unbalanced entry": "SELECT 1 FROM ledger_posting GROUP BY kind, source "
        "HAVING sum(debit_cents) <> sum(credit_cents)",
        "a hole in the numbers": "SELECT 1 FROM billing_issue HAVING count(*) <> 0 AND "
        "max(number) - min(number) + 1 <> count(*)",
        "a place billed twice": "SELECT 1 FROM billing_billeddays GROUP BY delivery_point_id HAVING count(*) > 1",
    }  # fmt: skip
    return [name for name, query in promises.items() if rows(query)]


@pytest.mark.timeout(3000)
def test_a_run_killed_anywhere_and_started_again_bills_everyone_once(own_database):
    seed = int(os.environ.get("SEED", "0")) or random.randrange(10**6)
    print(f"SEED={seed}")
    dice = random.Random(seed)
    kills, cycle = 0, 0
    while kills < KILLS:
        cycle += 1
        a_cycle(cycle)
        longest = 0.4
        while not run_until_killed(own_database, cycle, dice.uniform(0.02, longest)):
            kills += 1
            longest *= 1.1  # on a machine so busy that nothing is done in so little, it would never end
            time.sleep(0.05)  # the server notices its client is gone
        assert what_is_wrong() == []
    assert rows("SELECT count(*) AS bills FROM billing_issue")[0].bills == HOUSES * cycle


@pytest.mark.django_db
def test_the_promises_see_a_run_that_numbers_its_bills_outside_the_transaction():
    """The planted bug: the numbers are kept, the rest is lost."""
    a_cycle(1)
    run_id = acts.open_run(on=DAY, cycle=1, by="paul")
    acts.compute_chunk(run_id=run_id, position=1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "INSERT INTO billing_issue SELECT account_id, id, 2025000000000 + 2 * row_number() OVER (), %s, %s, %s "
            "FROM billing_bill",
            [DAY, DAY, DAY],
        )

    assert {"an issued bill without its entry", "a hole in the numbers"} <= set(what_is_wrong())
