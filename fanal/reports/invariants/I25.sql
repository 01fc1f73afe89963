-- fr: Aucune écriture n’est entrée dans une période comptable après sa fermeture
-- en: No entry was made in an accounting period after it was closed
-- unit: période fermée, périodes fermées; closed period, closed periods
-- looked: SELECT count(*) FROM ledger_closing
-- The journal line of a closing seals the totals of the ledger through its day ("postings", "debit_cents").
WITH seals AS (
    SELECT c.through_on, e.id AS event_id, (e.grounds ->> 'postings')::bigint AS postings,
        (e.grounds ->> 'debit_cents')::bigint AS debit_cents
    FROM ledger_closing c LEFT JOIN journal_event e ON e.act = 'close_period' AND e.about = 'period:' || c.through_on
), days AS (
    SELECT on_date, count(*) AS postings, sum(debit_cents) AS debit_cents FROM ledger_posting GROUP BY on_date
), totals AS (
    SELECT s.through_on, coalesce(sum(d.postings), 0) AS postings, coalesce(sum(d.debit_cents), 0) AS debit_cents
    FROM seals s LEFT JOIN days d ON d.on_date <= s.through_on GROUP BY s.through_on
)
SELECT 'differs_from_its_seal' AS fault, s.through_on, s.postings AS sealed_postings, t.postings,
    s.debit_cents AS sealed_cents, t.debit_cents
FROM seals s JOIN totals t USING (through_on)
WHERE s.postings <> t.postings OR s.debit_cents <> t.debit_cents
UNION ALL
SELECT 'closing_without_seal', s.through_on, s.postings, t.postings, s.debit_cents, t.debit_cents
FROM seals s JOIN totals t USING (through_on) WHERE s.event_id IS NULL OR s.postings IS NULL OR s.debit_cents IS NULL
