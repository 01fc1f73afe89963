SELECT file_id, line, jsonb_build_object('since', starts_on) FROM staged_equal_payments
WHERE status = 'ACTIVE' AND debit_day IS NULL
