-- Two neighbouring digits exchanged bring the use back to the usual one of its season, before and after: one is far above
-- and the other far below. Where no season is known, the usual of the whole place judges, and both must be much farther.
WITH seasons AS (
    SELECT premises, extract(month FROM read_on - days / 2) AS month,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY units * multiplier * 1000 / days) AS a_day
    FROM staged_uses WHERE days > 20 AND units > 0 GROUP BY 1, 2 HAVING count(*) > 3
), compared AS (
    SELECT used.*, index_after - index AS units_after,
        CASE WHEN known THEN 1.25 ELSE 3 END AS far, CASE WHEN known THEN 1.4 ELSE 3 END AS near,
        used.days * CASE WHEN known THEN before.a_day ELSE usual.a_day END / (multiplier * 1000) AS expected,
        (read_after_on - read_on) * CASE WHEN known THEN after.a_day ELSE usual.a_day END / (multiplier * 1000) AS expected_after
    FROM staged_uses used JOIN staged_usual usual USING (premises)
    LEFT JOIN seasons before ON before.premises = used.premises AND before.month = extract(month FROM read_on - used.days / 2)
    LEFT JOIN seasons after ON after.premises = used.premises
        AND after.month = extract(month FROM read_on + (read_after_on - read_on) / 2),
    LATERAL (SELECT before.a_day IS NOT NULL AND after.a_day IS NOT NULL AS known) season
    WHERE used.type IN ('REAL', 'CUSTOMER', 'CORRECTED') AND NOT rolled AND used.days > 20 AND read_after_on - read_on > 20
        AND usual.days > 300 AND usual.a_day > 3000
), swapped AS (
    SELECT compared.*, index + 9 * (index / ten % 10 - index / ten / 10 % 10) * ten AS meant
    FROM compared, unnest(ARRAY[1, 10, 100, 1000, 10000, 100000, 1000000, 10000000]::bigint[]) ten
    WHERE ten * 10 < turn AND (units > far * expected AND units_after * far < expected_after
        OR units * far < expected AND units_after > far * expected_after)
)
SELECT DISTINCT ON (file_id, line) file_id, line,
    jsonb_build_object('meter', meter, 'on', read_on, 'index', index, 'meant', meant, 'before', index_before)
FROM swapped
WHERE (meant - index_before) * near >= expected AND meant - index_before <= near * expected
    AND (index_after - meant) * near >= expected_after AND index_after - meant <= near * expected_after
    AND abs(meant - index) * 4 > expected + expected_after
ORDER BY file_id, line, abs(meant - index_before - expected)
