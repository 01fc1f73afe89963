-- fr: Chaque facture émise a un ordre d’envoi, un seul par canal ; aucun ordre sans facture émise
-- en: Each issued bill has a delivery order, one a channel; no order without an issued bill
-- unit: facture émise, factures émises; issued bill, issued bills
-- looked: SELECT count(*) FROM billing_issue
WITH issued AS (
    SELECT b.account_id, (b.kind + 1)::smallint AS subject_kind, b.id AS subject
    FROM billing_issue i JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
), ordered AS (
    SELECT account_id, subject_kind, subject, count(*) AS orders, count(DISTINCT channel) AS channels
    FROM notices_delivery WHERE subject_kind IN (1, 2) GROUP BY account_id, subject_kind, subject
)
SELECT CASE WHEN i.subject IS NULL THEN 'order_without_bill' WHEN o.subject IS NULL THEN 'bill_without_order'
    ELSE 'ordered_twice' END AS fault, account_id, subject_kind, subject
FROM issued i FULL JOIN ordered o USING (account_id, subject_kind, subject)
WHERE i.subject IS NULL OR o.subject IS NULL OR o.orders <> o.channels
