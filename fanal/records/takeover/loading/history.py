"""What the old system billed, received, entered and sent; until when it billed; what was owed then."""

from fanal.records.elsewhere import acts as elsewhere
from fanal.records.elsewhere.facts import STANDS
from fanal.records.ledger.acts import Chart
from fanal.records.payments import acts as payments
from fanal.records.takeover.loading.contracts import OURS
from fanal.records.takeover.loading.steps import Load

# The greatest demand that readings of the period showed; a reading of day J is at its start.
BILLS = """
SELECT account.account_id, new.number, account.subscription_id,
    CASE new.type WHEN 'REBILL' THEN 'AGAIN' ELSE new.type END AS kind, new.issued_on,
    coalesce(new.due_on, new.issued_on) AS due_on, coalesce(new.from_on, new.issued_on) AS from_on,
    coalesce(new.to_on, new.issued_on) AS to_on, coalesce(new.tariff, '') AS tariff, coalesce(new.kwh, 0) * 1000 AS kwh,
    coalesce(new.billed_kw, 0) AS billing_kw, coalesce(power.kw, 0) AS kw, coalesce(power.kva, 0) AS kva,
    coalesce(new.estimated = 'ESTIMATED', false) AS estimated, new.net AS net_cents, new.gst AS gst_cents,
    new.qst AS qst_cents, new.total AS total_cents, coalesce(new.corrects, '') AS corrects
FROM new_bills new JOIN account_of account ON account.number = new.account
LEFT JOIN LATERAL (SELECT max(p.kw) AS kw, max(p.kva) AS kva FROM power_read p
    WHERE new.billed_kw > 0 AND p.delivery_point_id = account.delivery_point_id AND p.read_on > new.from_on
        AND p.read_on <= new.to_on) power ON true
"""
POWER = """
SELECT r.delivery_point_id, r.read_on, max(r.value * i.multiplier) FILTER (WHERE g.kind = 2) AS kw,
    max(r.value * i.multiplier) FILTER (WHERE g.kind = 3) AS kva
FROM metering_register g JOIN metering_installation i ON i.meter_id = g.meter_id
JOIN metering_reading r ON r.register_id = g.id AND r.delivery_point_id = i.delivery_point_id
WHERE g.kind IN (2, 3) GROUP BY r.delivery_point_id, r.read_on
"""
LINES = """
SELECT bill.account_id, bill.number, new.rank AS line, new.component,
    coalesce(new.from_on, bill.from_on) AS from_on, coalesce(new.to_on, bill.to_on) AS to_on,
    coalesce(new.quantity, 0) AS quantity, coalesce(new.price, 0) AS price, new.amount AS amount_cents
FROM new_bill_lines new JOIN elsewhere_pastbill bill ON bill.number = new.bill AND bill.account_id = new.account_id
"""
PAYMENTS = """
SELECT account.account_id, new.number, new.received_on, new.amount AS amount_cents,
    coalesce(new.channel, '') AS channel, coalesce(new.note, '') AS note
FROM new_payments new JOIN account_of account ON account.number = new.account
"""
ENTRIES = """
SELECT account.account_id, new.number, new.entered_on AS on_date, new.code, new.amount AS amount_cents,
    coalesce(new.label, '') AS label, coalesce(new.reference, '') AS reference
FROM new_entries new JOIN account_of account ON account.number = new.account
"""
NOTICES = """
SELECT account.account_id, new.number, new.type AS kind, new.sent_on AS on_date,
    coalesce(new.amount, 0) AS amount_cents, coalesce(new.channel, '') AS sent_by,
    coalesce(new.note, '') AS note
FROM new_notices new JOIN account_of account ON account.number = new.account
"""
KEPT = {"payments": PAYMENTS, "entries": ENTRIES, "notices": NOTICES}
# The last bill that stands says until when the old system billed; without any, Fanal bills from the first day.
HANDOVERS = f"""
SELECT account.subscription_id, account.account_id, account.number, coalesce(last.number, '') AS last_bill,
    coalesce(last.to_on, account.starts_on) AS to_on, coalesce(last.issued_on, account.starts_on) AS issued_on,
    coalesce(last.estimated AND (account.ends_on IS NULL OR last.to_on < account.ends_on), false) AS estimated
FROM account_of account
LEFT JOIN (
    SELECT DISTINCT ON (b.subscription_id) b.subscription_id, b.number, b.to_on, b.issued_on, b.estimated
    FROM elsewhere_pastbill b WHERE {STANDS.format(bill="b")} ORDER BY b.subscription_id, b.to_on DESC, b.issued_on DESC
) last ON last.subscription_id = account.subscription_id
"""
# What is owed, by the bills that are still open, the latest paid last; what no bill explains is one more part. Of what
# was opened before, each part moves by its own difference: a bill paid since is taken back, a new one is opened.
OPENINGS = f"""
WITH owed AS (
    SELECT account_id, sum(cents)::bigint AS cents FROM (
        SELECT account_id, total_cents AS cents FROM elsewhere_pastbill
        UNION ALL SELECT account_id, -amount_cents FROM elsewhere_pastpayment
        UNION ALL SELECT account_id, amount_cents FROM elsewhere_pastentry
    ) past GROUP BY account_id HAVING sum(cents) <> 0
), open_bills AS (
    SELECT o.account_id, o.cents AS owed, b.number, b.due_on, b.total_cents,
        sum(b.total_cents) OVER (PARTITION BY o.account_id ORDER BY b.due_on DESC, b.number DESC) AS upto
    FROM owed o JOIN elsewhere_pastbill b ON b.account_id = o.account_id AND b.total_cents > 0
    WHERE o.cents > 0 AND {STANDS.format(bill="b")}
), bills AS (
    SELECT account_id, number, due_on, least(total_cents, owed - (upto - total_cents))::bigint AS cents
    FROM open_bills WHERE upto - total_cents < owed
), parts AS (
    SELECT account_id, number, due_on, cents FROM bills
    UNION ALL SELECT account_id, '', %(as_of)s::date, cents FROM owed
    UNION ALL SELECT account_id, '', %(as_of)s::date, -cents FROM bills
    UNION ALL SELECT account_id, number, CASE number WHEN '' THEN %(as_of)s::date ELSE due_on END, -cents
    FROM elsewhere_opening WHERE ledger_account_id = {Chart.RECEIVABLE.value}
)
SELECT account_id, {Chart.RECEIVABLE.value}::smallint AS ledger_account_id, %(as_of)s::date AS on_date, due_on, number,
    sum(cents)::bigint AS cents
FROM parts GROUP BY account_id, number, due_on HAVING sum(cents) <> 0
UNION ALL
SELECT u.account_id, {Chart.DEPOSITS.value}::smallint, %(as_of)s::date, u.starts_on, u.number,
    -(CASE WHEN u.live THEN u.amount_cents ELSE 0 END + coalesce(o.cents, 0))::bigint
FROM elsewhere_undertaking u
LEFT JOIN (SELECT account_id, number, sum(cents) AS cents FROM elsewhere_opening
    WHERE ledger_account_id = {Chart.DEPOSITS.value} GROUP BY account_id, number) o USING (account_id, number)
WHERE u.kind = 'DEPOSIT' AND CASE WHEN u.live THEN u.amount_cents ELSE 0 END + coalesce(o.cents, 0) <> 0
"""
# A part that is taken back pays the part that was opened, on each account that was opened before and moves now.
OPENED_BEFORE = f"""
SELECT DISTINCT account_id FROM opening_parts JOIN elsewhere_opening USING (account_id, ledger_account_id)
WHERE ledger_account_id = {Chart.RECEIVABLE.value}
"""


def load_bills(load: Load) -> None:
    """Garder les factures et leurs lignes, as they were printed."""
    load.table("power_read", POWER)
    load.run("CREATE INDEX ON power_read (delivery_point_id, read_on)")
    load.take("bills")
    load.missing("bills", "account", "subscriptions")
    load.aside("bills", f"EXISTS ({OURS})", "CYCLE_IS_OURS")
    elsewhere.keep(what="bills", query=BILLS)
    load.know("bills", "(SELECT account_id FROM account_of a WHERE a.number = new.account)")
    load.take("bill_lines", ", NULL::bigint AS account_id")
    load.missing("bill_lines", "bill", "bills")
    load.run("""UPDATE new_bill_lines new SET account_id = k.our_id FROM takeover_known k
        WHERE k.kind = 'bills' AND k.key = new.bill""")
    elsewhere.keep(what="lines", query=LINES)
    load.know("bill_lines")


def load_money(load: Load) -> None:
    """Garder les paiements, les écritures et les avis."""
    for kind, query in KEPT.items():
        load.take(kind)
        load.missing(kind, "account", "subscriptions")
        elsewhere.keep(what=kind, query=query)
        load.know(kind)


def hand_over(load: Load, *, by: str) -> None:
    """Dire jusqu’où l’ancien système a facturé, and enter what was owed on its last day."""
    load.run("ANALYZE elsewhere_pastbill")
    elsewhere.hand_over(query=HANDOVERS, by=by, on=load.as_of)
    load.table("opening_parts", OPENINGS)
    moved = [account for (account,) in load.rows(OPENED_BEFORE)]
    elsewhere.open_balances(query="TABLE opening_parts", by=by, on=load.as_of)
    if moved:
        payments.allocate(account_ids=moved, by=by, on=load.as_of)
