-- fr: Chaque facture émise, paiement et retour a exactement une écriture, de son montant ; aucune écriture sans événement
-- en: Each issued bill, receipt and return has exactly one entry, of its amount; no entry without its event
WITH events AS (
    SELECT b.account_id, (CASE b.kind WHEN 0 THEN 1 ELSE 2 END)::smallint AS kind, b.id AS source, b.total_cents AS cents
    FROM billing_issue i JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
    UNION ALL SELECT account_id, 3::smallint, id, -amount_cents FROM payments_receipt
    UNION ALL SELECT r.account_id, 4::smallint, r.id, r.amount_cents
    FROM payments_returnedpayment back JOIN payments_receipt r ON r.id = back.receipt_id
), entries AS (
    SELECT account_id, kind, source,
        sum(CASE WHEN ledger_account_id = {receivable} THEN debit_cents - credit_cents ELSE 0 END) AS cents
    FROM ledger_posting GROUP BY account_id, kind, source
)
-- A bill of nothing at all (0 $ in every line) has nothing to enter.
SELECT CASE WHEN n.kind IS NULL THEN 'event_without_entry' WHEN e.kind IS NULL THEN 'entry_without_event'
    ELSE 'another_amount' END AS fault, account_id, kind, source, e.cents AS event_cents, n.cents AS entry_cents
FROM events e FULL JOIN entries n USING (account_id, kind, source)
WHERE e.cents IS DISTINCT FROM n.cents AND NOT (n.kind IS NULL AND e.cents = 0)
