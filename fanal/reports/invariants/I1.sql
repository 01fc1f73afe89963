-- fr: Chaque écriture s’équilibre, a au moins deux lignes, une seule date, et aucune à 0 $
-- en: Each entry balances, has two postings or more, one date, and none of $0
-- unit: écriture, écritures; entry, entries
-- looked: SELECT count(*) FROM ledger_posting WHERE line = 1
SELECT account_id, kind, source, sum(debit_cents) AS debit_cents, sum(credit_cents) AS credit_cents, count(*) AS postings
FROM ledger_posting
GROUP BY account_id, kind, source
HAVING sum(debit_cents) <> sum(credit_cents) OR count(*) < 2 OR min(line) <> 1 OR max(line) <> count(*)
    OR min(on_date) <> max(on_date) OR min(debit_cents + credit_cents) <= 0 OR min(least(debit_cents, credit_cents)) <> 0
    OR max(least(debit_cents, credit_cents)) <> 0
