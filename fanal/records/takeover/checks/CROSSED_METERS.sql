-- Two units of one building: while nobody lived in one, its meter ran as ever and that of the other stood still.
WITH neighbours AS (
    SELECT mine.number, other.number AS other FROM staged_premises mine JOIN staged_premises other
        ON other.civic_number = mine.civic_number AND other.number <> mine.number
        AND upper(unaccent(other.street)) = upper(unaccent(mine.street))
    WHERE mine.civic_number IS NOT NULL
), empty AS (
    SELECT used.premises, used.read_before_on, used.read_on, used.units * used.multiplier * 1000 / used.days AS a_day
    FROM staged_uses used WHERE used.days > 20 AND NOT EXISTS (
        SELECT FROM staged_subscriptions held WHERE held.premises = used.premises
            AND held.nature IS DISTINCT FROM 'RELAY' AND held.starts_on < used.read_on
            AND (held.ends_on IS NULL OR held.ends_on > used.read_before_on))
)
SELECT meter.file_id, meter.line, jsonb_build_object('premises', empty.premises, 'other', neighbours.other,
    'from', min(empty.read_before_on), 'to', max(empty.read_on))
FROM empty JOIN neighbours ON neighbours.number = empty.premises
JOIN staged_usual mine ON mine.premises = empty.premises JOIN staged_usual theirs ON theirs.premises = neighbours.other
JOIN staged_uses still ON still.premises = neighbours.other AND still.days > 20
    AND still.read_before_on < empty.read_on AND still.read_on > empty.read_before_on
JOIN staged_meters meter ON meter.premises = empty.premises AND meter.installed_on <= empty.read_on
    AND (meter.removed_on IS NULL OR meter.removed_on > empty.read_before_on)
WHERE empty.a_day > mine.a_day / 2 AND theirs.a_day > 3000
    AND still.units * still.multiplier * 1000 / still.days < theirs.a_day / 5
GROUP BY meter.file_id, meter.line, empty.premises, neighbours.other
