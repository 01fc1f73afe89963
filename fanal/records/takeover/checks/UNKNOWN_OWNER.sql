SELECT file_id, line, jsonb_build_object('customer', customer) FROM staged_owners
WHERE NOT EXISTS (SELECT FROM staged_customers WHERE number = customer)
