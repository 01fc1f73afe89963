-- A meter that counted nothing for weeks before it was said to be removed: it was gone already.
SELECT meter.file_id, meter.line, jsonb_build_object('meter', used.meter, 'premises', used.premises,
    'removed', used.read_on, 'last', used.read_before_on)
FROM staged_uses used JOIN staged_meters meter ON meter.serial = used.meter AND meter.premises = used.premises
JOIN staged_usual usual ON usual.premises = used.premises
WHERE used.type = 'REMOVAL' AND used.units = 0 AND used.days > 20 AND usual.a_day > 1000
    AND EXISTS (SELECT FROM staged_subscriptions held WHERE held.premises = used.premises
        AND held.starts_on <= used.read_before_on AND (held.ends_on IS NULL OR held.ends_on >= used.read_on))
