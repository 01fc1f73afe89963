SELECT file_id, line, jsonb_build_object('meter', meter, 'before', index_before, 'index', index, 'units', units)
FROM staged_uses WHERE units < 0 AND days > 0 AND type_before = 'ESTIMATED'
