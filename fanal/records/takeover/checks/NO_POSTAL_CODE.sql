SELECT file_id, line, jsonb_build_object('address', address) FROM staged_customers
WHERE postal_code IS NULL AND address IS NOT NULL
