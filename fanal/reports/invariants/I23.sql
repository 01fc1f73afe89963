-- fr: L’export au grand livre est le grand livre, mois par mois et compte par compte, et s’équilibre
-- en: The general ledger export is the ledger, month by month and account by account, and balances
-- unit: ligne d’écriture, lignes d’écriture; posting, postings
-- looked: SELECT count(*) FROM ledger_posting
WITH exported AS ({totals}
), by_account AS (
    SELECT ledger_account_id, sum(debit_cents) AS debit_cents, sum(credit_cents) AS credit_cents
    FROM exported GROUP BY ledger_account_id
), ledger AS (
    SELECT ledger_account_id, sum(debit_cents) AS debit_cents, sum(credit_cents) AS credit_cents
    FROM ledger_posting GROUP BY ledger_account_id
)
SELECT 'differs' AS fault, NULL::date AS on_date, ledger_account_id, e.debit_cents - e.credit_cents AS exported_cents,
    l.debit_cents - l.credit_cents AS ledger_cents
FROM by_account e FULL JOIN ledger l USING (ledger_account_id)
WHERE (e.debit_cents, e.credit_cents) IS DISTINCT FROM (l.debit_cents, l.credit_cents)
UNION ALL
SELECT 'not_balanced', on_date, kind, sum(debit_cents - credit_cents), 0
FROM exported GROUP BY on_date, kind HAVING sum(debit_cents) <> sum(credit_cents)
