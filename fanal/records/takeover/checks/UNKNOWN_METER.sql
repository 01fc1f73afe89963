SELECT file_id, line, jsonb_build_object('meter', reading.meter, 'premises', reading.premises, 'elsewhere', (
    SELECT string_agg(DISTINCT other.premises, ', ') FROM staged_meters other WHERE other.serial = reading.meter))
FROM staged_readings reading WHERE NOT EXISTS (
    SELECT FROM staged_meters meter WHERE meter.serial = reading.meter AND meter.premises = reading.premises)
