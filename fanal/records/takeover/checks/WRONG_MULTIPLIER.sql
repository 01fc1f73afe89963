-- A meter behind measuring transformers: on the day of its exchange, under one account, the use or the load factor changed
-- by the ratio of two multipliers, at once and for good. Each interval is compared with those of its season before.
WITH exchanges AS (
    SELECT old.premises, old.serial AS old_serial, new.serial, new.file_id, new.line, old.multiplier AS old_multiplier,
        new.multiplier, new.installed_on, held.starts_on, held.ends_on
    FROM staged_meters old JOIN staged_meters new ON new.premises = old.premises AND new.installed_on = old.removed_on
    JOIN staged_subscriptions held ON held.premises = new.premises AND held.starts_on < new.installed_on
        AND (held.ends_on IS NULL OR held.ends_on > new.installed_on)
    WHERE greatest(old.multiplier, new.multiplier) > 1
), intervals AS (
    SELECT it.file_id, it.line, it.multiplier, used.meter = it.serial AS is_new, used.read_on, used.demand_kw,
        used.read_on - used.days / 2 AS middle, used.units * used.multiplier * 1000.0 / used.days AS a_day
    FROM exchanges it JOIN staged_uses used ON used.premises = it.premises AND used.meter IN (it.old_serial, it.serial)
        AND used.days > 15 AND used.units > 0 AND used.read_on BETWEEN it.installed_on - 1100 AND it.installed_on + 800
        AND used.read_before_on >= it.starts_on AND (it.ends_on IS NULL OR used.read_on <= it.ends_on)
), signs AS MATERIALIZED (
    SELECT file_id, line, is_new, read_on, middle, 'USE' AS sign, a_day AS measured FROM intervals UNION ALL
    SELECT file_id, line, is_new, read_on, middle, 'LOAD_FACTOR', a_day / demand_kw FROM intervals WHERE demand_kw > 0
), seasonal AS (
    SELECT it.file_id, it.line, it.sign, it.is_new, it.read_on,
        it.measured / percentile_disc(0.5) WITHIN GROUP (ORDER BY old.measured) AS ratio
    FROM signs it JOIN signs old ON old.file_id = it.file_id AND old.line = it.line AND old.sign = it.sign
        AND NOT old.is_new AND (old.middle - it.middle + 31 + 10 * 365) % 365 <= 62
    GROUP BY it.file_id, it.line, it.sign, it.is_new, it.read_on, it.measured
), shared AS (
    SELECT file_id, line, sign, percentile_disc(0.5) WITHIN GROUP (ORDER BY ratio) FILTER (WHERE is_new) AS ratio
    FROM seasonal GROUP BY file_id, line, sign
), steady AS (
    -- Nine intervals in ten, with the last before and the first after, are within an eighth of the middle one of their side.
    SELECT file_id, line, sign, shared.ratio
    FROM seasonal JOIN shared USING (file_id, line, sign),
        LATERAL (SELECT abs(seasonal.ratio / CASE WHEN is_new THEN shared.ratio ELSE 1 END - 1) AS away) side
    GROUP BY file_id, line, sign, shared.ratio
    HAVING count(*) FILTER (WHERE is_new) >= 3 AND count(*) FILTER (WHERE NOT is_new) >= 3
        AND percentile_disc(0.9) WITHIN GROUP (ORDER BY away) FILTER (WHERE is_new) <= 0.125
        AND percentile_disc(0.9) WITHIN GROUP (ORDER BY away) FILTER (WHERE NOT is_new) <= 0.125
        AND (array_agg(away ORDER BY read_on) FILTER (WHERE is_new))[1] <= 0.125
        AND (array_agg(away ORDER BY read_on DESC) FILTER (WHERE NOT is_new))[1] <= 0.125
), multipliers AS (
    -- Transformers of 50 to 2000 A for 5 A, and what this town has.
    SELECT unnest(ARRAY[10, 15, 20, 30, 40, 50, 60, 80, 100, 120, 160, 200, 240, 300, 400]) AS likely
    UNION SELECT multiplier FROM staged_meters WHERE multiplier > 0
), named AS (
    SELECT DISTINCT ON (file_id, line) it.*, likely
    FROM steady JOIN exchanges it USING (file_id, line)
    JOIN multipliers ON abs(multiplier / ratio - likely) <= 0.04 * likely AND abs(multiplier - likely) >= 0.15 * multiplier
    ORDER BY file_id, line, abs(multiplier / ratio / likely - 1)
)
SELECT file_id, line, jsonb_build_object('meter', serial, 'premises', premises, 'on', installed_on, 'multiplier', multiplier,
    'old_multiplier', old_multiplier, 'likely', likely, 'before', round(avg(a_day) FILTER (WHERE NOT is_new) / 1000),
    'after', round(avg(a_day) FILTER (WHERE is_new) / 1000))
FROM named JOIN intervals USING (file_id, line, multiplier)
GROUP BY file_id, line, serial, premises, installed_on, multiplier, old_multiplier, likely
