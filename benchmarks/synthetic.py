"""A synthetic town for measuring: N houses on rate D, each with its meter, its reads, and months of bills behind it.

Made by SQL alone, without the acts: it loads in seconds, and nothing of it is ever shown to a person.
"""

import datetime
from typing import Any

RUN_DAY = datetime.date(2026, 5, 31)
PERIOD_DAYS = 60

TOWN = """
INSERT INTO premises_premises (id, civic_number, street, unit, city, postal_code, heating)
    SELECT n, n::text, 'rue de la Mesure', '', 'Lac-aux-Ormes', 'G0X 0X0', 'ELECTRIC' FROM generate_series(1, %(n)s) n;
INSERT INTO premises_deliverypoint (id, number, premises_id, phases, cycle, sequence, energised_on)
    SELECT n, n::text, n, 1, 1, n, '2015-01-01' FROM generate_series(1, %(n)s) n;
INSERT INTO ledger_account (id, number, opened_on)
    SELECT n, lpad(n::text, 10, '0'), '2015-01-01' FROM generate_series(1, %(n)s) n;
INSERT INTO customers_customer (id, kind, name, given_name, language)
    SELECT n, 'PERSON', 'Spécimen', n::text, 'fr' FROM generate_series(1, %(n)s) n;
INSERT INTO subscriptions_subscription
    (id, account_id, delivery_point_id, book, domestic, multiplier, units, starts_on)
    SELECT n, n, n, 'hydro_quebec/D', true, 1, 0, %(first)s::date FROM generate_series(1, %(n)s) n;
INSERT INTO subscriptions_subscriptionholder (subscription_id, customer_id, rank)
    SELECT n, n, 1 FROM generate_series(1, %(n)s) n;
INSERT INTO metering_meter (id, serial, model) SELECT n, n::text, '' FROM generate_series(1, %(n)s) n;
INSERT INTO metering_register (id, meter_id, kind, dials) SELECT n, n, 1, 6 FROM generate_series(1, %(n)s) n;
INSERT INTO metering_installation (meter_id, delivery_point_id, multiplier, starts_on)
    SELECT n, n, 1, %(first)s::date FROM generate_series(1, %(n)s) n;
"""
READINGS = """
INSERT INTO metering_reading
    (delivery_point_id, register_id, read_on, sequence, value, source, quality, recorded_on)
    SELECT n, n, %(first)s::date + k * 60, 1, (1000 + k * (1500 + n %% 1000))::bigint * 1000, 1, 1,
        %(first)s::date + k * 60 FROM generate_series(1, %(n)s) n, generate_series(0, %(periods)s + 1) k;
"""
# Past bills as they would stand, one run each; their lines, postings and deliveries copied from a bill of today.
HISTORY = """
INSERT INTO billing_run (id, on_date, cycle, corrects_subscription_id, state, paused, opened_by, reviewed_by, approved_by)
    SELECT k, %(first)s::date + k * 60, 1, 0, 'ISSUED', false, 'a', 'a', 'b' FROM generate_series(1, %(periods)s) k;
INSERT INTO billing_bill SELECT n, (k::bigint << 33) | (n << 1), 0, %(first)s::date + (k - 1) * 60,
    %(first)s::date + k * 60, %(first)s::date + (k - 1) * 60, 0, false,
    (1500 + n %% 1000)::bigint * 1000, 0, 0, 0, 0, 1, 1, 0, 15000, 15000, 2246, 17246,
    CASE WHEN k = 1 THEN 0 ELSE (k - 1)::bigint << 33 | (n << 1) END, 0, 0, 1, k, n, n, 1
    FROM generate_series(1, %(n)s) n, generate_series(1, %(periods)s) k;
"""


def build(cursor: Any, *, subscriptions: int, periods: int) -> None:
    """Fill an empty database; `periods` past bills of 60 days each, the next one due on RUN_DAY."""
    first = RUN_DAY - datetime.timedelta(days=PERIOD_DAYS * (periods + 1))
    parameters = {"n": subscriptions, "periods": periods, "first": first}
    cursor.execute("SET session_replication_role = replica")
    for statement in (TOWN + READINGS).split(";"):
        if statement.strip():
            cursor.execute(statement, parameters)
    cursor.execute("SET session_replication_role = DEFAULT")
    cursor.execute("ANALYZE")
