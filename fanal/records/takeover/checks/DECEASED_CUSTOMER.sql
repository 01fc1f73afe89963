SELECT file_id, line, jsonb_build_object('note', note, 'accounts', (
    SELECT string_agg(number, ', ' ORDER BY number) FROM staged_subscriptions
    WHERE customer = staged_customers.number AND ends_on IS NULL))
FROM staged_customers WHERE status = 'DECEASED'
