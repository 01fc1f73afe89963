SELECT file_id, line, jsonb_build_object('paid', paid_count, 'count', count) FROM staged_arrangements
WHERE status = 'RUNNING' AND paid_count > count
