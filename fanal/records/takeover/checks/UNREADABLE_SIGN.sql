SELECT file_id, line, '{}'::jsonb FROM takeover_stagedrow
WHERE file_id IN (SELECT id FROM staged_files) AND raw LIKE '%' || chr(65533) || '%'
