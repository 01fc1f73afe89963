SELECT reading.file_id, reading.line, jsonb_build_object('meter', reading.meter, 'index', reading.index, 'dials', meter.dials)
FROM staged_readings reading JOIN staged_meters meter ON meter.serial = reading.meter AND meter.premises = reading.premises
WHERE reading.index >= 10 ^ meter.dials
