-- fr: Le solde repris d’un compte est la somme de ce que l’ancien système lui a facturé, crédité et encaissé
-- en: What an account opened with is the sum of what the old system billed it, credited it and received of it
-- unit: compte repris, comptes repris; account taken over, accounts taken over
-- looked: SELECT count(DISTINCT account_id) FROM elsewhere_handover
WITH past AS (
    SELECT account_id, total_cents AS cents FROM elsewhere_pastbill
    UNION ALL SELECT account_id, -amount_cents FROM elsewhere_pastpayment
    UNION ALL SELECT account_id, amount_cents FROM elsewhere_pastentry
), of_past AS (
    SELECT account_id, sum(cents) AS cents FROM past GROUP BY account_id
), opened AS (
    SELECT account_id, sum(cents) AS cents FROM elsewhere_opening
    WHERE ledger_account_id = {receivable} GROUP BY account_id
)
SELECT account_id, opened.cents AS opened_cents, of_past.cents AS past_cents
FROM opened FULL JOIN of_past USING (account_id) WHERE coalesce(opened.cents, 0) <> coalesce(of_past.cents, 0)
