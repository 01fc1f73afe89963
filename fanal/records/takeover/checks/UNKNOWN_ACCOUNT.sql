SELECT file_id, line, jsonb_build_object('account', account) FROM staged_of_account
WHERE NOT EXISTS (SELECT FROM staged_subscriptions WHERE number = account)
