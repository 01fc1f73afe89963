-- fr: Les numéros de facture d’une année se suivent sans trou ni doublon (sauf les blocs réservés d’un lot en émission)
-- en: The bill numbers of a year follow without hole or double (but for blocks reserved by a run being issued)
-- unit: numéro, numéros; number, numbers
-- looked: SELECT count(*) FROM billing_issue
WITH numbered AS (
    SELECT number / 1000000000 AS year, mod(number, 1000000000) AS rank FROM billing_issue
), marks AS (
    SELECT year, rank FROM numbered
    UNION ALL SELECT year, 0 FROM billing_series
    UNION ALL SELECT year, next_number FROM billing_series
), holes AS (
    SELECT year, rank + 1 AS from_rank, lead(rank) OVER (PARTITION BY year ORDER BY rank) AS to_rank FROM marks
), reserved AS (
    SELECT first_number / 1000000000 AS year, mod(first_number, 1000000000) AS from_rank,
        mod(first_number, 1000000000) + bills AS to_rank
    FROM billing_chunk c JOIN billing_run r ON r.id = c.run_id
    WHERE r.state = 'ISSUING' AND NOT c.issued AND c.first_number > 0
)
SELECT 'hole' AS fault, year, from_rank, to_rank FROM holes h
WHERE to_rank - from_rank > coalesce((
    SELECT sum(least(r.to_rank, h.to_rank) - greatest(r.from_rank, h.from_rank)) FROM reserved r
    WHERE r.year = h.year AND r.from_rank < h.to_rank AND r.to_rank > h.from_rank), 0) AND to_rank > from_rank
UNION ALL
SELECT 'double', year, rank, rank + count(*) FROM numbered GROUP BY year, rank HAVING count(*) > 1
UNION ALL
SELECT 'beyond_its_series', n.year, max(rank), max(s.next_number)
FROM numbered n LEFT JOIN billing_series s ON s.year = n.year GROUP BY n.year
HAVING max(s.next_number) IS NULL OR max(rank) >= max(s.next_number)
