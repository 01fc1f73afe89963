SELECT file_id, line, jsonb_build_object('round', round, 'premises', number, 'cycle', 9999) FROM staged_premises
WHERE round !~ '^0*[1-9][0-9]{0,3}$' OR round ~ '^0*9999$'
