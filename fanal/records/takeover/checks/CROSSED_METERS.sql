-- Two units of one building: while nobody lived in one, its meter ran as ever and that of the other stood still; or, under the
-- same two accounts, each began on one day to use what the other used in that season.
WITH neighbours AS (
    SELECT mine.number, other.number AS other FROM staged_premises mine JOIN staged_premises other
        ON other.civic_number = mine.civic_number AND other.number <> mine.number
        AND upper(unaccent(other.street)) = upper(unaccent(mine.street))
    WHERE mine.civic_number IS NOT NULL
), empty AS (
    SELECT used.premises, used.read_before_on, used.read_on, used.units * used.multiplier * 1000 / used.days AS a_day
    FROM staged_uses used WHERE used.days > 20
        AND EXISTS (SELECT FROM staged_subscriptions held WHERE held.premises = used.premises)
        AND NOT EXISTS (
            SELECT FROM staged_subscriptions held WHERE held.premises = used.premises
                AND held.nature IS DISTINCT FROM 'RELAY' AND held.starts_on < used.read_on
                AND (held.ends_on IS NULL OR held.ends_on > used.read_before_on))
), still AS (
    SELECT empty.premises, neighbours.other, empty.read_before_on AS from_on, empty.read_on AS to_on
    FROM empty JOIN neighbours ON neighbours.number = empty.premises
    JOIN staged_usual mine ON mine.premises = empty.premises JOIN staged_usual theirs ON theirs.premises = neighbours.other
    JOIN staged_uses still ON still.premises = neighbours.other AND still.days > 20
        AND still.read_before_on < empty.read_on AND still.read_on > empty.read_before_on
    WHERE empty.a_day > mine.a_day / 2 AND theirs.a_day > 3000
        AND still.units * still.multiplier * 1000 / still.days < theirs.a_day / 5
), held AS (
    SELECT used.premises, account.number AS account, used.read_on, used.read_before_on,
        extract(month FROM used.read_on - used.days / 2) AS month, used.units * used.multiplier * 1000.0 / used.days AS a_day
    FROM staged_uses used JOIN neighbours ON neighbours.number = used.premises
    JOIN staged_subscriptions account ON account.premises = used.premises
        AND account.starts_on <= used.read_before_on AND (account.ends_on IS NULL OR account.ends_on >= used.read_on)
    WHERE used.days > 20 GROUP BY 1, 2, 3, 4, 5, 6
), seasonal AS (
    SELECT it.premises, it.account, it.read_on, it.read_before_on, it.a_day,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY old.a_day) AS usual
    FROM held it JOIN held old ON old.account = it.account AND old.month = it.month AND old.read_on < it.read_on - 200
    GROUP BY 1, 2, 3, 4, 5 HAVING percentile_disc(0.5) WITHIN GROUP (ORDER BY old.a_day) > 3000
), exchanged AS (
    SELECT mine.premises, theirs.premises AS other, min(mine.read_before_on) AS from_on, max(mine.read_on) AS to_on
    FROM seasonal mine JOIN neighbours ON neighbours.number = mine.premises
    JOIN seasonal theirs ON theirs.premises = neighbours.other AND theirs.read_on BETWEEN mine.read_on - 8 AND mine.read_on + 8
    WHERE mine.a_day < mine.usual * 0.72 AND theirs.a_day > theirs.usual * 1.35
    GROUP BY mine.premises, theirs.premises, mine.account, theirs.account
    HAVING count(*) >= 3 AND avg(mine.a_day) BETWEEN avg(theirs.usual) * 0.75 AND avg(theirs.usual) * 1.33
        AND avg(theirs.a_day) BETWEEN avg(mine.usual) * 0.75 AND avg(mine.usual) * 1.33
), found AS (TABLE still UNION TABLE exchanged)
SELECT meter.file_id, meter.line, jsonb_build_object('premises', found.premises, 'other', found.other,
    'from', min(found.from_on), 'to', max(found.to_on))
FROM found JOIN staged_meters meter ON meter.premises = found.premises AND meter.installed_on <= found.to_on
    AND (meter.removed_on IS NULL OR meter.removed_on > found.from_on)
GROUP BY meter.file_id, meter.line, found.premises, found.other
