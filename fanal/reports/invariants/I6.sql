-- fr: Entre deux relèves réelles qui se suivent, les kWh facturés nets valent la différence d’index × le multiplicateur
-- en: Between two real readings that follow, the net kWh billed are the difference of the index × the multiplier
-- unit: intervalle relevé, intervalles relevés; interval read, intervals read
-- looked: SELECT count(*) FROM billing_billeddays d JOIN billing_bill b ON b.account_id = d.account_id AND b.id = d.bill_id WHERE b.estimates_in_a_row = 0 AND b.book_id NOT IN (SELECT id FROM billing_book WHERE content ->> 'flat_rate' = 'true')
-- A chain is the live bills of a subscription that are rated from one real reading: estimated ones, each taken back by
-- the next, and the one that a real reading closes. What was read comes from the readings and the installations, never
-- from the copy that the bill keeps. Of the readings of a day, it is the one that the bill names: a reading corrected
-- once the bill was being issued breaks nothing, the bill waits for its correction (see `reports.to_correct`); corrected
-- before, the bill ought to have known. And a bill opens on the very index that the one before closed on, or kWh are
-- billed twice, or never. Where one customer follows another, an estimated index dated the day of the move reads as a
-- real one for both. A meter may be exchanged in days that were billed on an estimate: the next bill, which takes that
-- one back, counts both. A register that has a name, or kvarh, is looked at where the book reads it; the kWh that the bill
-- counts apart are no part of its kWh. Where another system ended on estimates, ours follow them in the row.
WITH books AS MATERIALIZED (
    SELECT id FROM billing_book WHERE content ->> 'flat_rate' = 'true'
), asked AS MATERIALIZED (
    SELECT id AS book_id, 1 AS kind, register.key AS name FROM billing_book, jsonb_each(content -> 'registers') register
    WHERE register.value ->> 'unit' = 'kWh'
    UNION ALL
    SELECT id, 4, 'total' FROM billing_book WHERE content -> 'needs' ? 'kvarh'
), begun AS MATERIALIZED (
    SELECT about, max(on_date) AS on_date FROM journal_event WHERE act = 'billing.begin_issuing' GROUP BY about
), past AS MATERIALIZED (
    SELECT subscription_id, count(*) AS estimates FROM (
        SELECT b.subscription_id, count(*) FILTER (WHERE NOT b.estimated) OVER (
            PARTITION BY b.subscription_id ORDER BY b.to_on DESC) AS read_since
        FROM elsewhere_handover h JOIN elsewhere_pastbill b ON b.subscription_id = h.subscription_id
        WHERE h.estimated AND b.kind <> 'CREDIT_NOTE' AND NOT EXISTS (SELECT FROM elsewhere_pastbill note
            WHERE note.account_id = b.account_id AND note.corrects = b.number AND note.kind = 'CREDIT_NOTE')
    ) bills WHERE read_since = 0 GROUP BY subscription_id
), live AS MATERIALIZED (
    SELECT b.account_id, b.id, b.subscription_id, b.delivery_point_id, b.settles_id, b.kwh, b.book_id, b.from_on, b.to_on,
        coalesce(begun.on_date, d.issued_on) AS begun_on, b.rated_from_on, b.estimates_in_a_row, b.estimates_in_a_row = 0 AS is_read, books.id IS NULL AS is_metered,
        coalesce(h.to_on, s.starts_on) AS starts_on, s.ends_on,
        max(b.to_on) FILTER (WHERE b.estimates_in_a_row = 0) OVER (PARTITION BY b.subscription_id ORDER BY b.from_on, b.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS read_to,
        lag(b.id) OVER step AS previous_id, coalesce(lag(b.estimates_in_a_row) OVER step, 0) AS estimates_before,
        CASE WHEN lag(b.id) OVER step IS NULL THEN coalesce(past.estimates, 0) ELSE 0 END AS estimated_elsewhere
    FROM billing_billeddays d JOIN billing_bill b ON b.account_id = d.account_id AND b.id = d.bill_id
    LEFT JOIN subscriptions_subscription s ON s.id = b.subscription_id
    LEFT JOIN elsewhere_handover h ON h.subscription_id = b.subscription_id
    LEFT JOIN past ON past.subscription_id = b.subscription_id
    LEFT JOIN books ON books.id = b.book_id
    LEFT JOIN begun ON begun.about = 'run:' || b.run_id
    WINDOW step AS (PARTITION BY b.subscription_id ORDER BY b.from_on, b.id)
), measured AS MATERIALIZED (
    SELECT m.* FROM live l JOIN billing_measure m ON m.account_id = l.account_id AND m.bill_id = l.id
    WHERE m.kind IN (1, 4) AND l.is_metered
), hanging AS (
    SELECT l.account_id, l.id AS bill_id, r.id AS register_id, greatest(l.rated_from_on, i.starts_on) AS from_on,
        CASE WHEN known.to_on = l.to_on THEN l.to_on ELSE least(i.ends_on, l.to_on) END AS to_on, i.multiplier, (1000 * 10::numeric ^ r.dials)::bigint AS span
    FROM live l
    JOIN metering_installation i ON i.delivery_point_id = l.delivery_point_id AND i.starts_on < l.to_on
        AND (i.ends_on IS NULL OR i.ends_on > l.rated_from_on)
    JOIN metering_register r ON r.meter_id = i.meter_id AND (r.kind = 1 AND r.name = 'total' OR r.kind IN (1, 4)
        AND EXISTS (SELECT FROM asked WHERE asked.book_id = l.book_id AND asked.kind = r.kind AND asked.name = r.name))
    LEFT JOIN measured known ON NOT l.is_read AND known.account_id = l.account_id AND known.bill_id = l.id
        AND known.register_id = r.id AND known.from_on = greatest(l.rated_from_on, i.starts_on)
    WHERE l.is_metered AND (l.is_read OR i.starts_on <= l.rated_from_on OR known.to_on IS NOT NULL)
), readings AS MATERIALIZED (
    SELECT delivery_point_id, register_id, read_on, sequence, value, quality = 1 AS is_real,
        lead(recorded_on) OVER (PARTITION BY delivery_point_id, register_id, read_on ORDER BY sequence) AS corrected_on
    FROM metering_reading
), steps AS MATERIALIZED (
    SELECT l.subscription_id, l.delivery_point_id, l.rated_from_on, p.bill_id, p.register_id, p.from_on,
        p.to_on, p.span IS NULL AS without_meter, p.without_measure, p.quantity, p.from_value, p.to_value,
        l.is_read, l.is_read OR p.to_sequence > 0 AS is_closed,
        CASE WHEN opening.is_real OR p.from_on = l.starts_on THEN opening.value END AS from_read,
        CASE WHEN closing.is_real OR p.to_on = l.ends_on THEN closing.value END AS to_read,
        least(opening.corrected_on, closing.corrected_on) < l.begun_on AS was_corrected, p.span, p.multiplier
    FROM (
        SELECT account_id, bill_id, register_id, from_on, to_on, h.span, h.multiplier, m.quantity IS NULL AS without_measure,
            m.quantity, m.from_value, m.to_value, m.from_sequence, m.to_sequence
        FROM hanging h FULL JOIN measured m USING (account_id, bill_id, register_id, from_on, to_on)
    ) p JOIN live l ON l.account_id = p.account_id AND l.id = p.bill_id
    LEFT JOIN readings opening ON opening.delivery_point_id = l.delivery_point_id
        AND opening.register_id = p.register_id AND opening.read_on = p.from_on AND opening.sequence = p.from_sequence
    LEFT JOIN readings closing ON closing.delivery_point_id = l.delivery_point_id
        AND closing.register_id = p.register_id AND closing.read_on = p.to_on AND closing.sequence = p.to_sequence
), read AS (
    SELECT *, mod(to_read - from_read + span, span) * multiplier AS read_quantity FROM steps
), chains AS (
    SELECT subscription_id, rated_from_on, register_id, min(delivery_point_id) AS delivery_point_id,
        max(bill_id) AS bill_id, max(to_on) AS to_on, coalesce(sum(read_quantity), 0) AS quantity
    FROM read WHERE is_read GROUP BY subscription_id, rated_from_on, register_id
), net AS (
    SELECT subscription_id, rated_from_on, register_id, sum(quantity) AS quantity FROM (
        SELECT l.subscription_id, l.rated_from_on, m.register_id, m.quantity
        FROM live l JOIN measured m ON m.account_id = l.account_id AND m.bill_id = l.id
        UNION ALL
        SELECT l.subscription_id, l.rated_from_on, m.register_id, -m.quantity
        FROM live l JOIN billing_measure m ON m.account_id = l.account_id AND m.bill_id = l.settles_id
        WHERE l.settles_id <> 0 AND m.kind IN (1, 4)
    ) measures
    WHERE (subscription_id, rated_from_on) IN (SELECT subscription_id, rated_from_on FROM live WHERE is_read)
    GROUP BY subscription_id, rated_from_on, register_id
)
SELECT 'kwh_not_conserved' AS fault, delivery_point_id, subscription_id, bill_id, register_id, rated_from_on AS from_on,
    to_on, chains.quantity AS read_quantity, net.quantity AS billed_quantity
FROM chains FULL JOIN net USING (subscription_id, rated_from_on, register_id)
WHERE chains.quantity IS DISTINCT FROM net.quantity
UNION ALL
SELECT CASE WHEN without_measure THEN 'measure_missing' WHEN without_meter THEN 'measure_without_meter'
        WHEN from_read IS NULL OR is_closed AND to_read IS NULL THEN 'reading_missing'
        WHEN from_value <> from_read OR is_closed AND to_value <> to_read THEN 'index_differs'
        WHEN was_corrected THEN 'index_corrected_before'
        ELSE 'quantity_differs' END,
    delivery_point_id, subscription_id, bill_id, register_id, from_on, to_on, read_quantity, quantity
FROM read
WHERE without_measure OR without_meter OR was_corrected OR from_value IS DISTINCT FROM from_read
    OR is_closed AND (to_value IS DISTINCT FROM to_read OR quantity IS DISTINCT FROM read_quantity)
UNION ALL
SELECT 'index_not_followed', s.delivery_point_id, s.subscription_id, s.bill_id, s.register_id, s.from_on, s.to_on,
    before.to_value, s.from_value
FROM steps s JOIN steps before ON before.subscription_id = s.subscription_id AND before.register_id = s.register_id
    AND before.to_on = s.from_on AND before.is_read
WHERE s.from_value <> before.to_value
UNION ALL
SELECT CASE WHEN rated_from_on IS DISTINCT FROM coalesce(read_to, starts_on) THEN 'chain_broken'
        WHEN estimates_in_a_row NOT IN (0, estimates_before + estimated_elsewhere + 1) THEN 'estimates_miscounted' ELSE 'not_taken_back' END,
    delivery_point_id, subscription_id, id, NULL, rated_from_on, to_on, NULL, NULL
FROM live
WHERE rated_from_on IS DISTINCT FROM coalesce(read_to, starts_on)
    OR estimates_in_a_row NOT IN (0, estimates_before + estimated_elsewhere + 1)
    OR settles_id <> CASE WHEN estimates_before > 0 THEN previous_id ELSE 0 END
UNION ALL
SELECT CASE WHEN min(m.quantity) IS NULL THEN 'bill_without_measures' ELSE 'bill_differs_from_its_measures' END,
    min(l.delivery_point_id), min(l.subscription_id), l.id, min(m.register_id), min(l.rated_from_on), min(l.to_on),
    sum(m.quantity), min(l.kwh)
FROM live l LEFT JOIN measured m ON m.account_id = l.account_id AND m.bill_id = l.id AND m.kind = 1 AND NOT m.apart
WHERE l.is_metered GROUP BY l.account_id, l.id HAVING sum(m.quantity) IS DISTINCT FROM min(l.kwh)
UNION ALL
SELECT 'final_unsettled', l.delivery_point_id, l.subscription_id, l.id, m.register_id, l.rated_from_on, l.to_on,
    r.value, m.to_value
FROM live l JOIN measured m ON m.account_id = l.account_id AND m.bill_id = l.id AND m.to_on = l.to_on
JOIN metering_reading r ON r.delivery_point_id = l.delivery_point_id AND r.register_id = m.register_id
    AND r.read_on = m.to_on AND r.quality = 1 AND r.recorded_on < l.begun_on
WHERE NOT l.is_read AND l.to_on = l.ends_on
