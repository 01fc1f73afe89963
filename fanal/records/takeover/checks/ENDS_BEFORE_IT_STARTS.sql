SELECT file_id, line, jsonb_build_object('starts', starts_on, 'ends', ends_on) FROM staged_subscriptions
WHERE ends_on <= starts_on
