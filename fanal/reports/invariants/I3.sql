-- fr: Le solde d’un compte client est la somme de ses écritures au compte 1200, soit factures − paiements + retours
-- en: The balance of an account is the sum of its 1200 postings, that is bills − payments + returns
-- unit: compte client, comptes clients; account, accounts
-- looked: SELECT count(DISTINCT account_id) FROM ledger_posting WHERE ledger_account_id = {receivable}
WITH recorded AS (
    SELECT b.account_id, b.total_cents AS cents
    FROM billing_issue i JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
    UNION ALL SELECT account_id, -amount_cents FROM payments_receipt
    UNION ALL SELECT account_id, cents FROM elsewhere_opening WHERE ledger_account_id = {receivable}
    UNION ALL SELECT account_id, -deposit_cents - interest_cents FROM elsewhere_depositentry
    UNION ALL SELECT r.account_id, r.amount_cents
    FROM payments_returnedpayment back JOIN payments_receipt r ON r.id = back.receipt_id
), of_records AS (
    SELECT account_id, sum(cents) AS cents FROM recorded GROUP BY account_id
), of_ledger AS (
    SELECT account_id, sum(debit_cents - credit_cents) AS cents FROM ledger_posting
    WHERE ledger_account_id = {receivable} GROUP BY account_id
)
SELECT account_id, of_ledger.cents AS ledger_cents, of_records.cents AS records_cents
FROM of_ledger FULL JOIN of_records USING (account_id)
WHERE coalesce(of_ledger.cents, 0) <> coalesce(of_records.cents, 0)
