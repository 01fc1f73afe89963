"""What a batch of stories asks the database: one query per question, whatever the number of bills."""

from fanal.records.billing.gather import SUBSCRIPTION_FEE
from fanal.records.elsewhere.facts import STANDS
from fanal.records.metering.facts import PHOTOS
from fanal.records.subscriptions.facts import HELD_ON

# What the bill was rated with beyond its row, by name.
QUANTITIES = """coalesce((SELECT jsonb_object_agg(q.name, q.value) FROM billing_quantity q
        WHERE q.account_id = b.account_id AND q.bill_id = b.id), '{}') AS quantities"""
# The certificates of the taxes that are not owed on the last day, by tax.
CERTIFICATES = """coalesce((SELECT jsonb_object_agg(e.tax, e.certificate) FROM subscriptions_taxexemption e
        WHERE e.subscription_id = b.subscription_id AND e.starts_on < b.to_on
            AND (e.ends_on IS NULL OR e.ends_on >= b.to_on)), '{}') AS certificates"""
BILLS = f"""
SELECT b.*, {QUANTITIES}, {CERTIFICATES},
    a.number AS account_number, r.on_date AS run_on, s.starts_on, s.ends_on, s.domestic,
    p.civic_number, p.street, p.unit, p.city, p.postal_code, d.number AS delivery_point, to_jsonb(civic) AS parts,
    i.number, i.issued_on, i.due_on, i.second_due_on,
    coalesce((SELECT channel FROM notices_delivery n WHERE n.account_id = b.account_id
        AND n.subject_kind = 1 + b.kind AND n.subject = b.id ORDER BY channel LIMIT 1), 0) AS channel,
    EXISTS (SELECT FROM billing_billeddays c WHERE c.account_id = b.account_id AND c.bill_id = b.id) AS stands,
    (SELECT id FROM billing_correction c
        WHERE c.subscription_id = b.subscription_id AND c.verdict = '') AS correction_id
FROM billing_bill b
JOIN ledger_account a ON a.id = b.account_id
JOIN billing_run r ON r.id = b.run_id
JOIN subscriptions_subscription s ON s.id = b.subscription_id
JOIN premises_deliverypoint d ON d.id = b.delivery_point_id
JOIN premises_premises p ON p.id = d.premises_id
LEFT JOIN premises_civicaddress civic ON civic.premises_id = p.id
LEFT JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
WHERE b.id = ANY(%(ids)s)
"""
OF_BILLS = "unnest(%(accounts)s::bigint[], %(bills)s::bigint[]) AS of(account_id, bill_id)"
LINES = f"""
SELECT l.*, c.detail, c.is_tax, c.detail = '{{}}'::jsonb AS is_credit, c.code = 'subscription_fee' AS is_fee
FROM {OF_BILLS}
JOIN billing_line l USING (account_id, bill_id) JOIN billing_charge c ON c.id = l.charge_id ORDER BY l.bill_id, l.line
"""
# The day of a highest demand is the first on which the register showed it.
MEASURES = f"""
SELECT m.*, r.name, meter.serial, r.dials, hung.starts_on AS hung_on,
    CASE WHEN hung.ends_on <= m.to_on THEN hung.ends_on END AS removed_on,
    coalesce(opening.quality, 1) <> 1 AS from_estimated,
    coalesce(opening.source, 0) AS from_source, coalesce(closing.source, 0) AS to_source,
    coalesce(closing.read_on, m.to_on) AS shown_on,
    e.method, e.from_on AS e_from_on, e.to_on AS e_to_on, e.quantity AS e_quantity, e.inputs, e.by_whom,
    {PHOTOS.format(point="b.delivery_point_id", register="m.register_id", day="m.from_on")} AS from_photos,
    {PHOTOS.format(point="b.delivery_point_id", register="m.register_id", day="coalesce(closing.read_on, m.to_on)")}
        AS to_photos
FROM {OF_BILLS}
JOIN billing_measure m USING (account_id, bill_id)
JOIN billing_bill b ON b.account_id = m.account_id AND b.id = m.bill_id
JOIN metering_register r ON r.id = m.register_id
JOIN metering_meter meter ON meter.id = r.meter_id
LEFT JOIN LATERAL (
    SELECT starts_on, ends_on FROM metering_installation h
    WHERE h.meter_id = r.meter_id AND h.delivery_point_id = b.delivery_point_id AND h.starts_on < m.to_on
    ORDER BY h.starts_on DESC LIMIT 1) hung ON true
LEFT JOIN metering_reading opening ON opening.delivery_point_id = b.delivery_point_id
    AND opening.register_id = m.register_id AND opening.read_on = m.from_on AND opening.sequence = m.from_sequence
LEFT JOIN LATERAL (
    SELECT source, read_on FROM metering_reading c
    WHERE c.delivery_point_id = b.delivery_point_id AND c.register_id = m.register_id AND c.quality = 1
        AND c.read_on > m.from_on AND c.read_on <= m.to_on AND m.estimate_id = 0
        AND CASE WHEN m.kind IN (1, 4) THEN c.read_on = m.to_on AND c.sequence = m.to_sequence
            ELSE c.value = m.to_value END
    ORDER BY c.read_on LIMIT 1) closing ON true
LEFT JOIN metering_estimate e ON e.id = m.estimate_id AND m.estimate_id <> 0
ORDER BY m.bill_id, m.position
"""
# Who held that day: a bill that was issued keeps its names, whoever was merged since.
HOLDERS = f"""
SELECT b.id AS bill_id, c.name, c.given_name, c.kind, c.language,
    coalesce((SELECT value FROM customers_contact t WHERE t.customer_id = c.id AND t.kind = 'POST'
        ORDER BY t.gained, t.id LIMIT 1), '') AS address
FROM {OF_BILLS}
JOIN billing_bill b ON b.account_id = of.account_id AND b.id = of.bill_id
LEFT JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
CROSS JOIN LATERAL ({HELD_ON.format(subscription="b.subscription_id", day="coalesce(i.issued_on, 'infinity')")}) h
JOIN customers_customer c ON c.id = h.customer_id
ORDER BY b.id, h.rank
"""
DOCUMENTS = f"""
SELECT b.account_id, b.id, b.subscription_id, b.kind, b.book_id, k.code AS book_code, b.from_on, b.to_on,
    b.rated_from_on, b.estimates_in_a_row, b.kwh, b.kw, b.kva, b.past_kw, b.billing_kw, b.multiplier, b.phases,
    b.units, b.rated_cents, b.total_cents, b.settles_id, b.reverses_id, i.number, i.issued_on, i.due_on,
    i.second_due_on, {QUANTITIES},
    CASE WHEN b.kind = 0 AND b.previous_id = 0
        THEN {SUBSCRIPTION_FEE.format(subscription="b.subscription_id")} ELSE 0 END AS fee_cents, false AS elsewhere
FROM billing_issue i
JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
JOIN billing_book k ON k.id = b.book_id
WHERE i.account_id = ANY(%(accounts)s) AND i.issued_on BETWEEN %(since)s AND %(until)s
ORDER BY i.issued_on, i.number
"""
# What the account owed before a day, all entries together.
OPENINGS = """
SELECT of.bill_id, coalesce(sum(p.debit_cents - p.credit_cents), 0)::bigint AS cents
FROM unnest(%(accounts)s::bigint[], %(bills)s::bigint[], %(days)s::date[]) AS of(account_id, bill_id, day)
LEFT JOIN ledger_posting p ON p.account_id = of.account_id AND p.ledger_account_id = 1200 AND p.on_date < of.day
GROUP BY of.bill_id
"""
MOVEMENTS = """
SELECT p.account_id, p.kind, p.source, p.on_date, coalesce(r.received_on, p.on_date) AS on,
    p.debit_cents - p.credit_cents AS cents
FROM ledger_posting p LEFT JOIN payments_receipt r ON r.id = p.source AND p.kind = 3
WHERE p.account_id = ANY(%(accounts)s) AND p.kind IN (3, 4, 6, 7) AND p.ledger_account_id = 1200
    AND p.on_date BETWEEN %(since)s AND %(until)s
ORDER BY p.on_date, p.kind, p.source
"""
CORRECTIONS = """
SELECT about, on_date, by_whom, grounds FROM journal_event
WHERE about = ANY(%(abouts)s) AND act = 'billing.correct_bills' ORDER BY id
"""
HOLDS = f"""
SELECT h.bill_id, h.reason, h.evidence FROM {OF_BILLS}
JOIN billing_hold h USING (account_id, bill_id) ORDER BY h.bill_id, h.reason
"""
REVIEWS = f"""
SELECT v.bill_id, v.act, v.reason, v.by_whom, v.on_date FROM {OF_BILLS}
JOIN billing_review v USING (account_id, bill_id) ORDER BY v.id
"""
# The fee of the request that opened a subscription, with the ground that the customer was told.
FEES = """
SELECT q.subscription_id, q.fee_cents AS cents, q.received_on,
    jsonb_path_query_first(q.answer, '$.grounds[*] ? (@.rule == "subscription_fee_is_charged")') AS ground
FROM subscriptions_request q WHERE q.subscription_id = ANY(%(subscriptions)s)
"""
# How the bill said that its account is paid, where not by its due date alone.
MODES = f"SELECT m.* FROM {OF_BILLS} JOIN billing_paymentmode m USING (account_id, bill_id)"
# What was promised and ended since the bill before: the first bill after says why it asks otherwise.
ENDED = f"""
SELECT i.bill_id, e.kind, e.ended_on FROM {OF_BILLS} JOIN billing_issue i USING (account_id, bill_id)
JOIN elsewhere_promiseend e ON e.account_id = i.account_id AND e.ended_on <= i.issued_on
    AND NOT EXISTS (SELECT FROM billing_issue before
        JOIN billing_bill b ON b.account_id = before.account_id AND b.id = before.bill_id AND b.kind = 0
        WHERE before.account_id = i.account_id AND before.issued_on >= e.ended_on AND before.issued_on < i.issued_on)
ORDER BY e.ended_on, e.kind <> 'EQUAL_PAYMENTS', e.kind, e.number
"""
# What another system billed the subscription before, as documents: named by no number of ours, by the book of today.
ELSEWHERE = f"""
SELECT b.subscription_id, -row_number() OVER () AS id, 0 AS kind,
    0 AS book_id, s.book AS book_code, b.from_on, b.to_on, b.from_on AS rated_from_on,
    b.estimated::integer AS estimates_in_a_row, b.kwh, b.kw, b.kva, 0 AS past_kw, b.billing_kw, s.multiplier, p.phases,
    s.units, b.net_cents AS rated_cents, b.total_cents, 0 AS settles_id, 0 AS reverses_id, 0 AS number, b.issued_on,
    b.due_on, b.due_on AS second_due_on, '{{}}'::jsonb AS quantities, 0 AS fee_cents, true AS elsewhere
FROM elsewhere_pastbill b JOIN subscriptions_subscription s ON s.id = b.subscription_id
JOIN premises_deliverypoint p ON p.id = s.delivery_point_id
WHERE b.subscription_id = ANY(%(subscriptions)s) AND b.issued_on >= %(since)s AND b.to_on > b.from_on
    AND {STANDS.format(bill="b")}
ORDER BY b.subscription_id, b.to_on DESC, b.number
"""
BOOKS = "SELECT id, content FROM billing_book WHERE id = ANY(%(books)s)"
# What was doubtful about the readings that close a bill.
FINDINGS = f"""
SELECT b.id AS bill_id, f.code, f.evidence FROM {OF_BILLS}
JOIN billing_measure m USING (account_id, bill_id)
JOIN billing_bill b ON b.account_id = m.account_id AND b.id = m.bill_id
JOIN metering_finding f ON f.delivery_point_id = b.delivery_point_id AND f.register_id = m.register_id
    AND f.read_on = m.to_on AND f.sequence = m.to_sequence
ORDER BY b.id, f.id
"""
# What is short and stands around a bill, asked for at once: which part, in its order, as JSON.
_AROUND = {"holders": HOLDERS, "holds": HOLDS, "reviews": REVIEWS, "corrections": CORRECTIONS, "doubts": FINDINGS,
           "fees": FEES, "modes": MODES, "ended": ENDED, "books": BOOKS, "elsewhere": ELSEWHERE}  # fmt: skip
AROUND = (
    "\nUNION ALL\n".join(
        f"SELECT '{part}' AS part, row_number() OVER () AS position, to_jsonb(t)::text AS said FROM ({query}) t"
        for part, query in _AROUND.items()
    )
    + "\nORDER BY part, position"
)
