SELECT file_id, line, jsonb_build_object('at', ends_at) FROM staged_feed_hours WHERE quality = 'MISSING'
