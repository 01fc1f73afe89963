-- Premises in service whose meter turns, and that nobody pays for.
SELECT place.file_id, place.line, jsonb_build_object('premises', place.number, 'since', min(used.read_before_on),
    'kwh', sum(used.units * used.multiplier))
FROM staged_premises place JOIN staged_uses used ON used.premises = place.number
WHERE place.status IS DISTINCT FROM 'DISMANTLED'
    AND NOT EXISTS (SELECT FROM staged_subscriptions WHERE premises = place.number)
GROUP BY place.file_id, place.line, place.number HAVING sum(used.units) > 0
