SELECT file_id, line, jsonb_build_object('tariff', tariff) FROM staged_subscriptions
WHERE EXISTS (SELECT FROM staged_prices) AND NOT EXISTS (SELECT FROM staged_prices WHERE tariff = staged_subscriptions.tariff)
