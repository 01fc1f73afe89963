-- fr: Un dépôt est détenu en entier ou rendu en entier, une fois ; chaque jour ne porte intérêt qu’une fois
-- en: A deposit is held whole or given back whole, once; each day bears interest only once
-- unit: dépôt, dépôts; deposit, deposits
-- looked: SELECT count(*) FROM elsewhere_undertaking WHERE kind = 'DEPOSIT' AND live
WITH held AS (
    SELECT account_id, number, -sum(cents) AS opened_cents FROM elsewhere_opening
    WHERE ledger_account_id = {deposits} GROUP BY account_id, number
), given AS (
    SELECT account_id, number, sum(deposit_cents) AS returned_cents, count(*) FILTER (WHERE what = 'RETURN') AS returns
    FROM elsewhere_depositentry GROUP BY account_id, number
), over AS (
    SELECT account_id, number, from_on < lag(to_on) OVER (PARTITION BY account_id, number ORDER BY from_on, to_on) AS twice
    FROM elsewhere_depositentry
)
SELECT 'not_whole' AS fault, account_id, number, coalesce(h.opened_cents, 0) AS opened_cents,
    coalesce(g.returned_cents, 0) AS returned_cents
FROM given g LEFT JOIN held h USING (account_id, number)
WHERE g.returned_cents <> CASE WHEN EXISTS (SELECT FROM elsewhere_promiseend e WHERE e.kind = 'DEPOSIT'
    AND (e.account_id, e.number) = (g.account_id, g.number)) THEN coalesce(h.opened_cents, 0) ELSE 0 END
UNION ALL
SELECT 'end_without_return', e.account_id, e.number, coalesce(h.opened_cents, 0), 0
FROM elsewhere_promiseend e LEFT JOIN held h USING (account_id, number) LEFT JOIN given g USING (account_id, number)
WHERE e.kind = 'DEPOSIT' AND coalesce(g.returns, 0) <> 1
UNION ALL
SELECT 'interest_twice', account_id, number, NULL, NULL FROM over WHERE twice
