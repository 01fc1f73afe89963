-- fr: Chaque facture émise, paiement et retour a exactement une écriture, de son montant, ses lignes chacune à son compte ; aucune écriture sans événement
-- en: Each issued bill, receipt and return has exactly one entry, of its amount, its lines each to its account; no entry without its event
-- unit: écriture, écritures; entry, entries
-- looked: SELECT count(*) FROM ledger_posting WHERE line = 1
WITH issued AS MATERIALIZED (
    SELECT b.account_id, (CASE b.kind WHEN 0 THEN 1 ELSE 2 END)::smallint AS kind, b.id, b.total_cents AS cents
    FROM billing_issue i JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
), paid AS (
    SELECT account_id, 3::smallint AS kind, id, -amount_cents AS cents FROM payments_receipt
    UNION ALL SELECT r.account_id, 4::smallint, r.id, r.amount_cents
    FROM payments_returnedpayment back JOIN payments_receipt r ON r.id = back.receipt_id
), billed AS (
    SELECT l.account_id, l.bill_id, c.ledger_account_id, sum(l.amount_cents) AS cents
    FROM billing_line l JOIN billing_charge c ON c.id = l.charge_id GROUP BY l.account_id, l.bill_id, c.ledger_account_id
), of_deposits AS (
    SELECT account_id, (CASE what WHEN 'INTEREST' THEN 6 ELSE 7 END)::smallint AS kind, id, deposit_cents, interest_cents
    FROM elsewhere_depositentry
), events AS (
    SELECT account_id, kind, id AS source, {receivable}::smallint AS ledger_account_id, cents FROM issued
    UNION ALL SELECT account_id, kind, id, {receivable}::smallint, cents FROM paid
    UNION ALL SELECT account_id, kind, id, {cash}::smallint, -cents FROM paid
    UNION ALL SELECT account_id, 5::smallint, id, ledger_account_id, cents FROM elsewhere_opening
    UNION ALL SELECT account_id, 5::smallint, id, {takeover}::smallint, -cents FROM elsewhere_opening
    UNION ALL SELECT account_id, kind, id, {receivable}::smallint, -deposit_cents - interest_cents FROM of_deposits
    UNION ALL SELECT account_id, kind, id, {deposits}::smallint, deposit_cents FROM of_deposits WHERE deposit_cents <> 0
    UNION ALL SELECT account_id, kind, id, {deposit_interest}::smallint, interest_cents FROM of_deposits
        WHERE interest_cents <> 0
    UNION ALL SELECT i.account_id, i.kind, i.id, b.ledger_account_id, -b.cents
    FROM issued i JOIN billed b ON b.account_id = i.account_id AND b.bill_id = i.id
), entries AS (
    SELECT account_id, kind, source, ledger_account_id, sum(debit_cents - credit_cents) AS cents
    FROM ledger_posting GROUP BY account_id, kind, source, ledger_account_id
)
-- A bill of nothing at all (0 $ in every line) has nothing to enter.
SELECT CASE WHEN count(n.cents) = 0 THEN 'event_without_entry' WHEN count(e.cents) = 0 THEN 'entry_without_event'
        WHEN bool_or(ledger_account_id = {receivable} AND coalesce(e.cents, 0) <> coalesce(n.cents, 0)) THEN 'another_amount'
        ELSE 'another_account' END AS fault, account_id, kind, source,
    min(ledger_account_id) FILTER (WHERE coalesce(e.cents, 0) <> coalesce(n.cents, 0)) AS ledger_account_id,
    sum(e.cents) FILTER (WHERE ledger_account_id = {receivable}) AS event_cents,
    sum(n.cents) FILTER (WHERE ledger_account_id = {receivable}) AS entry_cents
FROM events e FULL JOIN entries n USING (account_id, kind, source, ledger_account_id)
GROUP BY account_id, kind, source
HAVING bool_or(coalesce(e.cents, 0) <> coalesce(n.cents, 0)) OR count(e.cents) = 0
