-- fr: Aucun jour facturé deux fois à un point de livraison, aucun trou dans un abonnement, et chaque facture vivante réclame ses jours
-- en: No day billed twice at a delivery point, no gap inside a subscription, and each live bill claims its days
-- unit: facture en vigueur, factures en vigueur; live bill, live bills
-- looked: SELECT count(*) FROM billing_billeddays
WITH reversed AS (
    SELECT n.account_id, n.reverses_id AS id
    FROM billing_bill n JOIN billing_issue i ON i.account_id = n.account_id AND i.bill_id = n.id WHERE n.kind = 1
), standing AS (
    SELECT b.* FROM billing_bill b JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
    WHERE b.kind = 0 AND NOT EXISTS (SELECT FROM reversed r WHERE r.account_id = b.account_id AND r.id = b.id)
), claims AS (
    SELECT d.*,
        max(to_on) OVER (PARTITION BY delivery_point_id ORDER BY from_on, bill_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS billed_there_to,
        lag(to_on) OVER (PARTITION BY subscription_id ORDER BY from_on, bill_id) AS billed_to
    FROM billing_billeddays d
)
SELECT CASE WHEN from_on < billed_there_to THEN 'billed_twice' ELSE 'gap' END AS fault,
    account_id, bill_id, delivery_point_id, subscription_id, from_on, to_on, billed_to
FROM claims WHERE from_on < billed_there_to OR from_on > billed_to
UNION ALL
SELECT CASE WHEN b.id IS NULL THEN 'claim_without_live_bill' ELSE 'live_bill_without_its_days' END,
    coalesce(b.account_id, d.account_id), coalesce(b.id, d.bill_id), coalesce(b.delivery_point_id, d.delivery_point_id),
    coalesce(b.subscription_id, d.subscription_id), d.from_on, d.to_on, b.to_on
FROM standing b FULL JOIN billing_billeddays d ON d.account_id = b.account_id AND d.bill_id = b.id
WHERE (b.from_on, b.to_on, b.delivery_point_id, b.subscription_id)
    IS DISTINCT FROM (d.from_on, d.to_on, d.delivery_point_id, d.subscription_id)
UNION ALL
SELECT 'outside_its_subscription', d.account_id, d.bill_id, d.delivery_point_id, d.subscription_id, d.from_on, d.to_on,
    s.ends_on
FROM billing_billeddays d LEFT JOIN subscriptions_subscription s ON s.id = d.subscription_id
    AND s.account_id = d.account_id AND s.delivery_point_id = d.delivery_point_id
WHERE s.id IS NULL OR d.from_on < s.starts_on OR d.to_on > s.ends_on
UNION ALL
SELECT 'billed_elsewhere', d.account_id, d.bill_id, d.delivery_point_id, d.subscription_id, d.from_on, d.to_on, h.to_on
FROM billing_billeddays d JOIN elsewhere_handover h ON h.subscription_id = d.subscription_id WHERE d.from_on < h.to_on
