-- A meter whose multiplier is not 1, where the use changed at the exchange by a ratio that multipliers have.
WITH exchanges AS (
    SELECT old.premises, old.serial AS old_serial, new.serial, new.file_id, new.line, old.multiplier AS old_multiplier,
        new.multiplier, new.installed_on
    FROM staged_meters old JOIN staged_meters new ON new.premises = old.premises AND new.installed_on = old.removed_on
    WHERE greatest(old.multiplier, new.multiplier) > 1
), sides AS (
    SELECT exchanges.*,
        sum(used.units * used.multiplier * 1000) FILTER (WHERE used.meter = old_serial) AS before,
        sum(used.days) FILTER (WHERE used.meter = old_serial) AS days_before,
        sum(used.units * used.multiplier * 1000) FILTER (WHERE used.meter = exchanges.serial) AS after,
        sum(used.days) FILTER (WHERE used.meter = exchanges.serial) AS days_after
    FROM exchanges JOIN staged_uses used ON used.premises = exchanges.premises AND used.meter IN (old_serial, exchanges.serial)
        AND used.read_on BETWEEN installed_on - 400 AND installed_on + 400 AND used.days > 0
    GROUP BY exchanges.premises, old_serial, exchanges.serial, exchanges.file_id, exchanges.line, old_multiplier,
        exchanges.multiplier, installed_on
), daily AS (
    SELECT *, before / nullif(days_before, 0) AS old_day, after / nullif(days_after, 0) AS new_day FROM sides
    WHERE days_before > 60 AND days_after > 60
)
SELECT file_id, line, jsonb_build_object('meter', serial, 'premises', premises, 'on', installed_on, 'multiplier', multiplier,
    'old_multiplier', old_multiplier, 'before', old_day / 1000, 'after', new_day / 1000)
FROM daily WHERE old_day > 2.5 * new_day AND new_day > 0 AND (multiplier <= old_multiplier)
    OR new_day > 2.5 * old_day AND old_day > 0 AND (multiplier >= old_multiplier)
