SELECT file_id, line, jsonb_build_object('meter', meter, 'on', read_on) FROM staged_readings WHERE index IS NULL
