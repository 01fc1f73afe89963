-- fr: Les tranches d’âge d’un compte client font son solde
-- en: The aged buckets of an account sum to its balance
-- unit: compte client, comptes clients; account, accounts
-- looked: SELECT count(DISTINCT account_id) FROM ledger_posting WHERE ledger_account_id = {receivable}
WITH aged AS ({aged}
), balances AS (
    SELECT account_id, sum(debit_cents - credit_cents)::bigint AS cents FROM ledger_posting
    WHERE ledger_account_id = {receivable} GROUP BY account_id
)
SELECT account_id, b.cents AS balance_cents, a.balance_cents AS aged_cents
FROM balances b FULL JOIN aged a USING (account_id)
WHERE coalesce(b.cents, 0) <> coalesce(a.balance_cents, 0)
    OR a.balance_cents <> not_due_cents + days_1_30_cents + days_31_60_cents + days_61_90_cents + days_over_90_cents
        + credit_cents
