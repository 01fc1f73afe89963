-- fr: Le fichier d’un lot de prélèvements a le compte et le total de ses lignes, son empreinte, et son numéro à la suite
-- en: The file of a batch of debits has the count and the total of its rows, its digest, and the next number
-- unit: lot remis, lots remis; batch released, batches released
-- looked: SELECT count(*) FROM payments_debitbatch WHERE state = 'RELEASED'
WITH told AS (
    SELECT b.id AS batch_id, b.file_rank, b.debits, b.cents, b.content, b.sha256, count(d.id) AS row_debits,
        coalesce(sum(d.cents), 0)::bigint AS row_cents,
        lag(b.file_rank) OVER (ORDER BY b.file_rank) AS before_rank
    FROM payments_debitbatch b
    LEFT JOIN payments_debit d ON d.batch_id = b.id AND d.state IN ('RELEASED', 'RETURNED')
    WHERE b.state = 'RELEASED' GROUP BY b.id
)
SELECT 'totals_differ' AS fault, batch_id, cents AS file_cents, row_cents FROM told
WHERE (debits, cents) <> (row_debits, row_cents)
UNION ALL
SELECT 'digest_differs', batch_id, cents, row_cents FROM told WHERE sha256 IS DISTINCT FROM sha256(content)
UNION ALL
SELECT 'number_skipped', batch_id, cents, row_cents FROM told WHERE file_rank <> before_rank + 1
