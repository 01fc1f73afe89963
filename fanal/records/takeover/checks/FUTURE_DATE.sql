SELECT file_id, line, jsonb_build_object('on', authorized_on, 'until', as_of) FROM staged_debits, staged_export
WHERE authorized_on > as_of
UNION ALL
SELECT file_id, line, jsonb_build_object('on', read_on, 'until', as_of) FROM staged_readings, staged_export WHERE read_on > as_of + 1
UNION ALL
SELECT file_id, line, jsonb_build_object('on', received_on, 'until', as_of) FROM staged_payments, staged_export
WHERE received_on > as_of + 1
