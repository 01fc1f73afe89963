-- fr: Un prélèvement remis a un accord, un avis de dix jours, un seul fichier vivant, et prend ce qui était dû, pas plus
-- en: A debit that was released has an agreement, ten days of notice, one live file, and takes what was due, no more
-- unit: prélèvement remis, prélèvements remis; debit released, debits released
-- looked: SELECT count(*) FROM payments_debit WHERE state IN ('RELEASED', 'RETURNED')
WITH sent AS (
    SELECT d.*, b.decided_on, 'FANAL' || lpad(d.id::text, 14, '0') AS reference
    FROM payments_debit d JOIN payments_debitbatch b ON b.id = d.batch_id WHERE d.state IN ('RELEASED', 'RETURNED')
), asked AS (
    SELECT i.account_id, day.due_on, sum(b.total_cents) AS cents
    FROM billing_issue i JOIN billing_bill b ON (b.account_id, b.id) = (i.account_id, i.bill_id) AND b.total_cents > 0
    CROSS JOIN LATERAL (SELECT i.due_on UNION SELECT i.second_due_on) day GROUP BY i.account_id, day.due_on
    UNION ALL
    SELECT account_id, due_on, sum(cents) FROM elsewhere_opening
    WHERE ledger_account_id = {receivable} AND cents > 0 GROUP BY account_id, due_on
), due AS (  -- a bill asks for what was late before it too
    SELECT s.id, coalesce(sum(a.cents), 0)::bigint AS cents
    FROM sent s LEFT JOIN asked a ON a.account_id = s.account_id AND a.due_on <= s.due_on GROUP BY s.id
)
SELECT 'no_agreement' AS fault, s.account_id, s.batch_id, s.debited_on, s.cents AS taken_cents, NULL::bigint AS due_cents
FROM sent s WHERE NOT EXISTS (
    SELECT FROM elsewhere_undertaking u WHERE u.account_id = s.account_id AND u.kind = 'DEBIT'
        AND u.starts_on <= s.told_on AND (u.ends_on IS NULL OR u.ends_on > s.debited_on)
        AND NOT EXISTS (SELECT FROM elsewhere_promiseend e
            WHERE (e.account_id, e.kind, e.number) = (u.account_id, u.kind, u.number)
                AND e.ended_on <= s.debited_on AND e.recorded_on < s.decided_on))
UNION ALL
SELECT 'not_told', account_id, batch_id, debited_on, cents, NULL FROM sent WHERE told_on + 10 > debited_on
UNION ALL
SELECT 'in_two_files', account_id, max(batch_id), max(debited_on), sum(cents)::bigint, NULL FROM sent
WHERE state = 'RELEASED' GROUP BY account_id, kind, number, due_on HAVING count(*) > 1
UNION ALL
SELECT 'more_than_due', s.account_id, s.batch_id, s.debited_on, s.cents, d.cents FROM sent s
JOIN due d USING (id) WHERE s.kind = 'DEBIT' AND s.cents > d.cents
UNION ALL
SELECT 'more_than_due', s.account_id, s.batch_id, s.debited_on, s.cents, coalesce(u.cents, 0) FROM sent s
LEFT JOIN (SELECT account_id, kind, number, greatest(amount_cents, (terms ->> 'last_cents')::bigint) AS cents
    FROM elsewhere_undertaking) u ON (u.account_id, u.kind, u.number) = (s.account_id, s.kind, s.number)
WHERE s.kind <> 'DEBIT' AND s.cents > coalesce(u.cents, 0)
UNION ALL
SELECT 'another_receipt', s.account_id, s.batch_id, s.debited_on, s.cents, r.amount_cents
FROM sent s JOIN payments_receipt r ON r.reference = s.reference
LEFT JOIN payments_returnedpayment back ON back.receipt_id = r.id
WHERE (r.account_id, r.received_on, r.amount_cents) <> (s.account_id, s.debited_on, s.cents)
    OR (back.receipt_id IS NOT NULL) <> (s.state = 'RETURNED')
