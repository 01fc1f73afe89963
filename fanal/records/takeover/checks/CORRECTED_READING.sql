SELECT made.file_id, made.line, jsonb_build_object('meter', made.meter, 'on', made.read_on, 'index', made.index, 'was', was.index)
FROM staged_readings made JOIN staged_readings was ON was.premises = made.premises AND was.meter = made.meter
    AND was.read_on = made.read_on AND was.type <> 'CORRECTED' AND was.index <> made.index
WHERE made.type = 'CORRECTED'
