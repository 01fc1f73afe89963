-- fr: On n’affecte d’un crédit pas plus que son montant, et à une facture pas plus que son dû
-- en: No more is allocated from a credit than its amount, nor to a bill than it asks
-- unit: affectation, affectations; allocation, allocations
-- looked: SELECT count(*) FROM payments_allocation
WITH bills AS (
    SELECT b.account_id, b.id, b.total_cents
    FROM billing_issue i JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
), allocated AS (
    SELECT 'bill' AS what, account_id, bill_id AS id, sum(amount_cents) AS cents
    FROM payments_allocation GROUP BY account_id, bill_id
    UNION ALL
    SELECT 'receipt', account_id, receipt_id, sum(amount_cents)
    FROM payments_allocation WHERE receipt_id <> 0 GROUP BY account_id, receipt_id
    UNION ALL
    SELECT 'credit', account_id, credit_bill_id, sum(amount_cents)
    FROM payments_allocation WHERE credit_bill_id <> 0 GROUP BY account_id, credit_bill_id
), limits AS (
    SELECT CASE WHEN total_cents > 0 THEN 'bill' ELSE 'credit' END AS what, account_id, id, abs(total_cents) AS cents FROM bills
    UNION ALL
    SELECT CASE WHEN cents > 0 THEN 'bill' ELSE 'credit' END, account_id, id, abs(cents)
    FROM elsewhere_opening WHERE ledger_account_id = {receivable}
    UNION ALL
    SELECT 'credit', account_id, id, deposit_cents + interest_cents FROM elsewhere_depositentry
    UNION ALL
    SELECT 'receipt', r.account_id, r.id, CASE WHEN back.receipt_id IS NULL THEN r.amount_cents ELSE 0 END
    FROM payments_receipt r LEFT JOIN payments_returnedpayment back ON back.receipt_id = r.id
)
SELECT what, account_id, id, a.cents AS allocated_cents, l.cents AS limit_cents
FROM allocated a LEFT JOIN limits l USING (what, account_id, id)
WHERE a.cents < 0 OR a.cents > coalesce(l.cents, 0)
