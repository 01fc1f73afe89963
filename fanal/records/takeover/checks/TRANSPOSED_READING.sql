-- Two neighbouring digits exchanged give a use three times nearer to the usual one, before and after.
WITH doubtful AS (
    SELECT used.*, usual.a_day, (index_after - index) AS after, (read_after_on - read_on) AS days_after
    FROM staged_uses used JOIN staged_usual usual USING (premises)
    WHERE used.type IN ('REAL', 'CUSTOMER', 'CORRECTED') AND used.days > 20 AND usual.days > 300 AND usual.a_day > 3000
        AND index_after IS NOT NULL AND read_after_on - read_on > 20 AND NOT rolled
        AND (abs(units) * multiplier * 1000 > 3 * usual.a_day * used.days AND (index_after - index) * multiplier * 1000 < usual.a_day * (read_after_on - read_on) / 4
            OR units * multiplier * 1000 < usual.a_day * used.days / 4 AND (index_after - index) * multiplier * 1000 > 3 * usual.a_day * (read_after_on - read_on))
), swapped AS (
    SELECT doubtful.*, place, (overlay(index::text PLACING substr(index::text, place + 1, 1) || substr(index::text, place, 1)
        FROM place FOR 2))::bigint AS meant
    FROM doubtful, generate_series(1, greatest(length(index::text) - 1, 0)) place
)
SELECT DISTINCT ON (file_id, line) file_id, line,
    jsonb_build_object('meter', meter, 'on', read_on, 'index', index, 'meant', meant, 'before', index_before)
FROM swapped
WHERE meant BETWEEN index_before AND index_after
    AND (meant - index_before) * multiplier * 1000 BETWEEN a_day * days / 3 AND 3 * a_day * days
    AND (index_after - meant) * multiplier * 1000 BETWEEN a_day * days_after / 3 AND 3 * a_day * days_after
ORDER BY file_id, line, abs((meant - index_before) * multiplier * 1000 - a_day * days)
