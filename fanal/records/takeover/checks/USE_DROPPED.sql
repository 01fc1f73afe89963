-- Under one account and one meter the use fell at once below three quarters of that of the same months before, and stayed there
-- a year's worth of readings without stopping: a phase lost, a load taken before the meter, or people who live otherwise.
WITH held AS (
    SELECT used.file_id, used.line, used.premises, used.meter, account.number AS account, used.read_on, used.read_before_on,
        extract(month FROM used.read_on - used.days / 2) AS month, used.units * used.multiplier * 1000.0 / used.days AS a_day
    FROM staged_uses used JOIN staged_subscriptions account ON account.premises = used.premises
        AND account.starts_on <= used.read_before_on AND (account.ends_on IS NULL OR account.ends_on >= used.read_on)
    WHERE used.days > 20
), compared AS (
    SELECT it.file_id, it.line, it.premises, it.meter, it.account, it.read_on, it.read_before_on, it.a_day,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY old.a_day) AS usual
    FROM held it JOIN held old ON old.account = it.account AND old.meter = it.meter AND old.month = it.month
        AND old.read_on < it.read_on - 200
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING percentile_disc(0.5) WITHIN GROUP (ORDER BY old.a_day) > 5000
), around AS (
    SELECT *, a_day / usual AS ratio, min(a_day / usual) OVER before AS least_before, count(*) OVER before AS known_before,
        max(a_day / usual) OVER after AS most_after, min(a_day / usual) OVER after AS least_after,
        count(*) OVER after AS known_after, avg(a_day) OVER after AS left_a_day, avg(usual) OVER after AS usual_a_day
    FROM compared
    WINDOW before AS (PARTITION BY account, meter ORDER BY read_on ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING),
        after AS (PARTITION BY account, meter ORDER BY read_on ROWS BETWEEN 1 FOLLOWING AND 5 FOLLOWING)
)
SELECT DISTINCT ON (account, meter) file_id, line, jsonb_build_object('premises', premises, 'meter', meter, 'account', account,
    'since', read_before_on, 'before', round(usual_a_day / 1000), 'after', round(left_a_day / 1000),
    'percent', round(100 * left_a_day / usual_a_day))
FROM around
WHERE known_before = 3 AND least_before >= 0.8 AND ratio < 0.85 AND known_after >= 4 AND most_after < 0.75 AND least_after > 0.1
ORDER BY account, meter, read_on
