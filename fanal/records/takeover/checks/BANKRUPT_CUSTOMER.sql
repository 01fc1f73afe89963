SELECT file_id, line, jsonb_build_object('note', note, 'accounts', (
    SELECT string_agg(number, ', ' ORDER BY number) FROM staged_subscriptions WHERE customer = staged_customers.number))
FROM staged_customers WHERE status = 'BANKRUPT'
