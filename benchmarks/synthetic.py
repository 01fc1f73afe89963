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
INSERT INTO metering_register (id, meter_id, kind, name, dials)
    SELECT n, n, 1, 'total', 6 FROM generate_series(1, %(n)s) n;
INSERT INTO metering_installation (meter_id, delivery_point_id, multiplier, starts_on)
    SELECT n, n, 1, %(first)s::date FROM generate_series(1, %(n)s) n;
"""
READINGS = """
INSERT INTO metering_reading
    (delivery_point_id, register_id, read_on, sequence, value, source, quality, recorded_on)
    SELECT n, n, %(first)s::date + k * 60, 1, (1000 + k * (1500 + n %% 1000))::bigint * 1000, 1, 1,
        %(first)s::date + k * 60 FROM generate_series(1, %(n)s) n, generate_series(0, %(periods)s + 1) k;
"""
# Past bills as they would stand, one run for each 60 days, with their live days.
BILLS = """
INSERT INTO billing_run (id, on_date, cycle, corrects_subscription_id, state, paused, opened_by, reviewed_by,
    approved_by)
    SELECT k, %(first)s::date + k * 60, 1, 0, 'ISSUED', false, 'a', 'a', 'b' FROM generate_series(1, %(periods)s) k;
INSERT INTO billing_bill (account_id, id, run_id, subscription_id, delivery_point_id, book_id, kind, from_on, to_on,
    rated_from_on, estimates_in_a_row, held, kwh, kw, kva, past_kw, billing_kw, multiplier, phases, units,
    rated_cents, net_cents, tax_cents, total_cents, previous_id, settles_id, reverses_id)
    SELECT n, (k::bigint << 33) | (n << 1), k, n, n, 1, 0, %(first)s::date + (k - 1) * 60, %(first)s::date + k * 60,
        %(first)s::date + (k - 1) * 60, 0, false, (1500 + n %% 1000)::bigint * 1000, 0, 0, 0, 0, 1, 1, 0,
        17000, 17000, 2546, 19546, CASE k WHEN 1 THEN 0 ELSE ((k - 1)::bigint << 33) | (n << 1) END, 0, 0
    FROM generate_series(1, %(periods)s) k, generate_series(1, %(n)s) n;
INSERT INTO billing_billeddays (account_id, bill_id, delivery_point_id, subscription_id, from_on, to_on, issued_on)
    SELECT account_id, id, delivery_point_id, subscription_id, from_on, to_on, to_on FROM billing_bill;
SELECT setval(pg_get_serial_sequence('billing_run', 'id'), %(periods)s + 1);
"""
# And so many rows in every other table that the run writes.
HISTORY = """
INSERT INTO billing_line (account_id, bill_id, line, charge_id, from_on, to_on, days, quantity, amount_cents)
    SELECT account_id, id, line, 1, from_on, to_on, 60, kwh, 5000 FROM billing_bill, generate_series(1, 4) line;
INSERT INTO billing_measure (account_id, bill_id, position, register_id, kind, from_on, to_on, from_value, to_value,
    from_sequence, to_sequence, multiplier, rolled_over, quantity, estimate_id, apart)
    SELECT account_id, id, 1, account_id, 1, from_on, to_on, 0, kwh, 1, 1, 1, false, kwh, 0, false FROM billing_bill;
INSERT INTO billing_issue (account_id, bill_id, number, issued_on, due_on, second_due_on)
    SELECT account_id, id, id, to_on, to_on + 21, to_on + 21 FROM billing_bill;
INSERT INTO ledger_posting (account_id, kind, source, line, on_date, ledger_account_id, debit_cents, credit_cents)
    SELECT account_id, 1, id, line, to_on, CASE line WHEN 1 THEN 1200 ELSE 4010 END, 100, 0
    FROM billing_bill, generate_series(1, 4) line;
INSERT INTO ledger_posting (account_id, kind, source, line, on_date, ledger_account_id, debit_cents, credit_cents)
    SELECT account_id, 3, id, line, to_on + 21, CASE line WHEN 1 THEN 1010 ELSE 1200 END, 100, 0
    FROM billing_bill, generate_series(1, 2) line;
INSERT INTO notices_delivery (account_id, subject_kind, subject, channel, queued_on)
    SELECT account_id, 1, id, 1, to_on FROM billing_bill;
"""


def build(cursor: Any, *, subscriptions: int, periods: int, whole: bool = True) -> None:
    """Fill an empty database; `periods` past bills of 60 days each, the next one due on RUN_DAY.

    Of a town that is not `whole` there are the bills and their days, nothing else that a run writes.
    """
    first = RUN_DAY - datetime.timedelta(days=PERIOD_DAYS * (periods + 1))
    parameters = {"n": subscriptions, "periods": periods, "first": first}
    cursor.execute("SET session_replication_role = replica")
    history = BILLS + HISTORY if whole else BILLS
    for statement in (TOWN + (READINGS if whole else "") + (history if periods else "")).split(";"):
        if statement.strip():
            cursor.execute(statement, parameters)
    cursor.execute("SET session_replication_role = DEFAULT")
    cursor.execute("VACUUM ANALYZE")  # as autovacuum leaves tables that grew over the years
    cursor.execute("CHECKPOINT")
