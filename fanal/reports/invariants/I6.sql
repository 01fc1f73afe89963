-- fr: Entre deux relèves réelles facturées, les kWh facturés nets valent la différence d’index × le multiplicateur
-- en: Between two real readings that were billed, the net kWh billed are the difference of the index × the multiplier
-- A bill's measures run from the last real reading, so that an estimated bill is taken back whole by the bill that
-- settles it: + the measures of live bills, − those of the bills they settle. What was read comes from the readings
-- (the last correction of a day) and the installations, never from the copy that the bill keeps.
WITH live AS MATERIALIZED (
    SELECT b.account_id, b.id, b.subscription_id, b.delivery_point_id, b.settles_id, b.kwh
    FROM billing_billeddays d JOIN billing_bill b ON b.account_id = d.account_id AND b.id = d.bill_id
), billed AS MATERIALIZED (
    SELECT l.account_id, l.id, l.subscription_id, l.delivery_point_id, m.register_id, m.from_on, m.to_on,
        m.from_sequence > 0 AS from_real, m.to_sequence > 0 AS to_real, m.quantity
    FROM live l JOIN billing_measure m ON m.account_id = l.account_id AND m.bill_id = l.id WHERE m.kind = 1
), taken_back AS (
    SELECT l.subscription_id, m.register_id, m.from_on, m.to_on, -m.quantity AS quantity
    FROM live l JOIN billing_measure m ON m.account_id = l.account_id AND m.bill_id = l.settles_id
    WHERE l.settles_id <> 0 AND m.kind = 1
), anchors AS (
    SELECT subscription_id, delivery_point_id, register_id, from_on AS on_date FROM billed WHERE from_real
    UNION SELECT subscription_id, delivery_point_id, register_id, to_on FROM billed WHERE to_real
), readings AS (
    SELECT DISTINCT ON (delivery_point_id, register_id, read_on) delivery_point_id, register_id, read_on, value, quality
    FROM metering_reading ORDER BY delivery_point_id, register_id, read_on, sequence DESC
), steps AS (
    SELECT a.subscription_id, a.delivery_point_id, a.register_id, a.on_date, r.value,
        lag(a.on_date) OVER step AS from_on, lag(r.value) OVER step AS from_value
    FROM anchors a LEFT JOIN readings r ON r.delivery_point_id = a.delivery_point_id AND r.register_id = a.register_id
        AND r.read_on = a.on_date AND r.quality = 1
    WINDOW step AS (PARTITION BY a.subscription_id, a.register_id ORDER BY a.on_date)
), registers AS (
    SELECT id, meter_id, (1000 * 10::numeric ^ dials)::bigint AS span FROM metering_register
), read AS (
    SELECT s.subscription_id, s.register_id, min(s.on_date) AS from_on, max(s.on_date) AS to_on,
        min(s.delivery_point_id) AS delivery_point_id, bool_or(s.value IS NULL) AS reading_missing,
        coalesce(sum(mod(s.value - s.from_value + r.span, r.span) * i.multiplier), 0) AS quantity
    FROM steps s JOIN registers r ON r.id = s.register_id
    LEFT JOIN metering_installation i ON i.meter_id = r.meter_id AND i.delivery_point_id = s.delivery_point_id
        AND i.starts_on <= s.from_on AND (i.ends_on IS NULL OR i.ends_on >= s.on_date)
    GROUP BY s.subscription_id, s.register_id
), net AS (
    SELECT q.subscription_id, q.register_id, sum(q.quantity) AS quantity
    FROM (SELECT subscription_id, register_id, from_on, to_on, quantity FROM billed
          UNION ALL SELECT * FROM taken_back) q
    JOIN read ON read.subscription_id = q.subscription_id AND read.register_id = q.register_id
        AND q.from_on >= read.from_on AND q.to_on <= read.to_on
    GROUP BY q.subscription_id, q.register_id
), following AS (
    SELECT *, lag(to_on) OVER (PARTITION BY delivery_point_id, register_id ORDER BY from_on, to_on) AS billed_to FROM read
)
SELECT CASE WHEN read.reading_missing THEN 'reading_missing' ELSE 'kwh_not_conserved' END AS fault,
    read.delivery_point_id, subscription_id, register_id, read.from_on, read.to_on,
    read.quantity AS read_quantity, coalesce(net.quantity, 0) AS billed_quantity
FROM read LEFT JOIN net USING (subscription_id, register_id)
WHERE read.reading_missing OR read.quantity <> coalesce(net.quantity, 0)
UNION ALL
SELECT 'read_billed_to_two_subscriptions', delivery_point_id, subscription_id, register_id, from_on, billed_to, 0, 0
FROM following WHERE from_on < billed_to
UNION ALL
SELECT 'bill_differs_from_its_measures', min(l.delivery_point_id), min(l.subscription_id), min(b.register_id),
    min(b.from_on), max(b.to_on), sum(b.quantity), min(l.kwh)
FROM live l JOIN billed b ON b.account_id = l.account_id AND b.id = l.id
GROUP BY l.account_id, l.id HAVING sum(b.quantity) <> min(l.kwh)
