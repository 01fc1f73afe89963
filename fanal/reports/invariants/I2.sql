-- fr: La balance de vérification est à zéro à la fin de chaque jour, et chaque compte est au plan comptable
-- en: The trial balance is zero at the end of each day, and each account is in the chart
-- unit: jour, jours; day, days
-- looked: SELECT count(DISTINCT on_date) FROM ledger_posting
SELECT * FROM (
    SELECT 'not_zero' AS fault, on_date, 0 AS ledger_account_id,
        sum(sum(debit_cents - credit_cents)) OVER (ORDER BY on_date) AS balance_cents
    FROM ledger_posting GROUP BY on_date
) days WHERE balance_cents <> 0
UNION ALL
SELECT 'not_in_chart', min(on_date), ledger_account_id, sum(debit_cents - credit_cents)
FROM ledger_posting p
WHERE NOT EXISTS (SELECT FROM ledger_ledgeraccount a WHERE a.code = p.ledger_account_id)
GROUP BY ledger_account_id
