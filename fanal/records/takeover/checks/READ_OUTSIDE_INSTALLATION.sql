SELECT reading.file_id, reading.line, jsonb_build_object('meter', reading.meter, 'on', reading.read_on,
    'installed', meter.installed_on, 'removed', meter.removed_on)
FROM staged_readings reading JOIN staged_meters meter ON meter.serial = reading.meter AND meter.premises = reading.premises
WHERE reading.read_on < meter.installed_on OR reading.read_on > meter.removed_on
