SELECT file_id, line, jsonb_build_object('institution', institution, 'transit', transit, 'account', right(bank_account, 3))
FROM staged_debits WHERE ends_on IS NOT NULL AND (institution IS NULL OR transit IS NULL OR bank_account IS NULL
    OR institution !~ '^[0-9]{3}$' OR transit !~ '^[0-9]{5}$' OR bank_account !~ '^[0-9]{7,12}$')
