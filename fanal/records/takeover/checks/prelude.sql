-- What several checks look at. Each interval between two readings of a meter, its units counted as the old system does:
-- modulo the dials, unless what is missing after an estimate is little: then it is a negative use.
CREATE TEMP TABLE staged_uses ON COMMIT DROP AS
WITH ordered AS (
    SELECT reading.file_id, reading.line, reading.premises, reading.meter, reading.read_on, reading.index, reading.type,
        reading.demand_kw, meter.dials, meter.multiplier, (10 ^ meter.dials)::bigint AS turn,
        lag(reading.index) OVER one AS index_before, lag(reading.read_on) OVER one AS read_before_on,
        lag(reading.type) OVER one AS type_before, lead(reading.index) OVER one AS index_after,
        lead(reading.read_on) OVER one AS read_after_on
    FROM (
        SELECT DISTINCT ON (premises, meter, read_on, type) * FROM staged_readings
        WHERE type <> 'REJECTED' AND index IS NOT NULL ORDER BY premises, meter, read_on, type, line
    ) reading
    JOIN staged_meters meter ON meter.serial = reading.meter AND meter.premises = reading.premises
    WINDOW one AS (PARTITION BY reading.premises, reading.meter
        ORDER BY reading.read_on, (reading.type = 'CORRECTED')::int, reading.line)
)
SELECT *, read_on - read_before_on AS days,
    CASE WHEN index >= index_before THEN index - index_before
        WHEN index_before - index > turn / 2 THEN index - index_before + turn
        ELSE index - index_before END AS units,
    index < index_before AND index_before - index > turn / 2 AS rolled
FROM ordered WHERE index_before IS NOT NULL;

-- What each premises uses a day, in thousandths of kWh: the middle one of its intervals, so that a wild one weighs nothing.
CREATE TEMP TABLE staged_usual ON COMMIT DROP AS
SELECT premises, percentile_disc(0.5) WITHIN GROUP (ORDER BY units * multiplier * 1000 / days) AS a_day, sum(days) AS days
FROM staged_uses WHERE days > 0 AND units >= 0 GROUP BY premises;

-- The kinds of rows that name an account.
CREATE TEMP TABLE staged_of_account ON COMMIT DROP AS
SELECT file_id, line, account FROM staged_entries UNION ALL
SELECT file_id, line, account FROM staged_bills UNION ALL
SELECT file_id, line, account FROM staged_deposits UNION ALL
SELECT file_id, line, account FROM staged_arrangements UNION ALL
SELECT file_id, line, account FROM staged_equal_payments UNION ALL
SELECT file_id, line, account FROM staged_notices UNION ALL
SELECT file_id, line, account FROM staged_debits;

-- Customers as they compare: words of the name in order of the alphabet, digits of the phone, the address without signs.
CREATE TEMP TABLE staged_compared ON COMMIT DROP AS
SELECT file_id, line, number, kind, name, given_name, lower(email) AS email, business_number,
    nullif(right(regexp_replace(split_part(lower(coalesce(phone, other_phone)), 'p', 1), '[^0-9]', '', 'g'), 7), '') AS phone,
    nullif(upper(unaccent(regexp_replace(address, '[^[:alnum:]]', '', 'g'))), '') AS address,
    words.words, array_to_string(words.words, ' ') AS whole,
    (SELECT string_agg(letter, '' ORDER BY letter) FROM regexp_split_to_table(array_to_string(words.words, ''), '') letter) AS letters
FROM staged_customers, LATERAL (
    SELECT array_agg(word ORDER BY word) AS words FROM regexp_split_to_table(
        upper(unaccent(regexp_replace(concat_ws(' ', name, given_name), '[^[:alnum:]]+', ' ', 'g'))), ' +') word
    WHERE word <> ''
) words;

-- The signs that a customer bears: an e-mail or a business number alone, a phone or an address with the start of a word.
CREATE TEMP TABLE staged_signs ON COMMIT DROP AS
SELECT DISTINCT number, sign FROM staged_compared, LATERAL (
    SELECT 'email ' || email AS sign WHERE email IS NOT NULL UNION ALL
    SELECT 'business ' || business_number WHERE business_number IS NOT NULL UNION ALL
    SELECT way || left(word, 3) FROM unnest(words) word, unnest(ARRAY['phone ' || phone, 'address ' || address]) way
        WHERE length(word) > 2 AND way IS NOT NULL
) borne;

-- Pairs of customers that may be one: they share a sign, and their names are one, or one spelt otherwise.
CREATE TEMP TABLE staged_alike ON COMMIT DROP AS
WITH shared AS (
    SELECT DISTINCT one.number, other.number AS other
    FROM staged_signs one JOIN staged_signs other ON one.sign = other.sign AND one.number > other.number
)
SELECT one.file_id, one.line, one.number, other.number AS other,
    concat_ws(' ', other.given_name, other.name) AS other_name,
    one.whole = other.whole AS same_name,
    coalesce(one.email = other.email, false) AS same_email, coalesce(one.phone = other.phone, false) AS same_phone,
    coalesce(one.address = other.address, false) AS same_address,
    coalesce(one.business_number = other.business_number, false) AS same_business
FROM shared JOIN staged_compared one ON one.number = shared.number JOIN staged_compared other ON other.number = shared.other
WHERE one.kind = other.kind AND (
    one.whole = other.whole OR one.letters = other.letters OR similarity(one.whole, other.whole) > 0.55
    OR one.words <@ other.words OR other.words <@ one.words
    OR (one.words && other.words AND (
        EXISTS (SELECT FROM unnest(one.words) mine, unnest(other.words) theirs
            WHERE mine <> theirs AND (length(mine) = 1 AND theirs LIKE mine || '%' OR length(theirs) = 1 AND mine LIKE theirs || '%')))));
