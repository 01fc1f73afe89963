-- fr: Une facture et sa note de crédit s’annulent dans chaque compte du grand livre ; une seule note par facture
-- en: A bill and its credit note cancel out in every ledger account; one credit note a bill at most
-- unit: note de crédit, notes de crédit; credit note, credit notes
-- looked: SELECT count(*) FROM billing_bill b JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id WHERE b.kind = 1
WITH notes AS (
    SELECT b.account_id, b.id, b.reverses_id, b.total_cents
    FROM billing_bill b JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id WHERE b.kind = 1
), sides AS (
    SELECT n.account_id, n.id, p.ledger_account_id, p.debit_cents - p.credit_cents AS cents
    FROM notes n JOIN ledger_posting p ON p.account_id = n.account_id AND p.kind = 2 AND p.source = n.id
    UNION ALL
    SELECT n.account_id, n.id, p.ledger_account_id, p.debit_cents - p.credit_cents
    FROM notes n JOIN ledger_posting p ON p.account_id = n.account_id AND p.kind = 1 AND p.source = n.reverses_id
)
SELECT 'does_not_cancel' AS fault, account_id, id AS credit_note_id, ledger_account_id::bigint AS about, sum(cents) AS cents
FROM sides GROUP BY account_id, id, ledger_account_id HAVING sum(cents) <> 0
UNION ALL
SELECT 'line_not_taken_back', n.account_id, n.id, l.charge_id, sum(l.amount_cents)
FROM notes n JOIN billing_line l ON l.account_id = n.account_id AND l.bill_id IN (n.id, n.reverses_id)
GROUP BY n.account_id, n.id, l.charge_id HAVING sum(l.amount_cents) <> 0
UNION ALL
SELECT 'reversed_twice', account_id, min(id), reverses_id, sum(total_cents)
FROM notes GROUP BY account_id, reverses_id HAVING count(*) > 1
UNION ALL
SELECT 'reverses_no_issued_bill', n.account_id, n.id, n.reverses_id, n.total_cents
FROM notes n LEFT JOIN billing_bill b ON b.account_id = n.account_id AND b.id = n.reverses_id AND b.kind = 0
    LEFT JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
WHERE i.bill_id IS NULL OR b.total_cents + n.total_cents <> 0
