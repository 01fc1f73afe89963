SELECT file_id, line, jsonb_build_object('premises', number, 'account', (
        SELECT min(s.number) FROM staged_subscriptions s WHERE s.premises = staged_premises.number AND s.ends_on IS NULL
    ), 'cycle', 9999)
FROM staged_premises
WHERE round IS NULL AND number IN (SELECT premises FROM staged_subscriptions WHERE ends_on IS NULL)
