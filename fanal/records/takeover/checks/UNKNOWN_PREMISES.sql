SELECT file_id, line, jsonb_build_object('premises', premises) FROM (
    SELECT file_id, line, premises FROM staged_subscriptions UNION ALL
    SELECT file_id, line, premises FROM staged_meters UNION ALL
    SELECT file_id, line, premises FROM staged_rounds
) named WHERE NOT EXISTS (SELECT FROM staged_premises WHERE number = premises)
