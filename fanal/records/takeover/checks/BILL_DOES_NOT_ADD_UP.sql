WITH summed AS (SELECT bill, sum(amount) AS amount FROM staged_bill_lines GROUP BY bill)
SELECT file_id, line, jsonb_build_object('bill', number, 'total', total, 'net', net, 'lines', summed.amount)
FROM staged_bills LEFT JOIN summed ON summed.bill = number
WHERE abs(total - net - gst - qst) > 1 OR abs(net - summed.amount) > 1
