SELECT file_id, line, jsonb_build_object('meter', meter, 'before', index_before, 'index', index, 'dials', dials, 'units', units)
FROM staged_uses WHERE rolled
