-- A vacant place whose meter turns as if it were lived in.
SELECT used.file_id, used.line, jsonb_build_object('premises', used.premises, 'from', used.read_before_on, 'to', used.read_on,
    'kwh', used.units * used.multiplier)
FROM staged_uses used JOIN staged_usual usual USING (premises)
WHERE used.days > 20 AND used.units * used.multiplier * 1000 > used.days * greatest(usual.a_day / 2, 2000)
    AND EXISTS (SELECT FROM staged_subscriptions WHERE premises = used.premises)
    AND NOT EXISTS (SELECT FROM staged_subscriptions held WHERE held.premises = used.premises
        AND held.starts_on < used.read_on AND (held.ends_on IS NULL OR held.ends_on > used.read_before_on))
