SELECT file_id, line, jsonb_build_object('meter', meter, 'before', index_before, 'index', index, 'units', units,
    'estimated', type_before = 'ESTIMATED')
FROM staged_uses WHERE units < 0
