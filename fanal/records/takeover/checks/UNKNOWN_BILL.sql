SELECT file_id, line, jsonb_build_object('bill', bill) FROM staged_bill_lines
WHERE NOT EXISTS (SELECT FROM staged_bills WHERE number = bill)
