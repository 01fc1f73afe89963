-- The old arithmetic: 5 % and 9.975 % of the net, each rounded to the cent, half away from zero.
WITH reckoned AS (
    SELECT file_id, line, number, issued_on, gst, qst, total, net,
        sign(net)::bigint * ((abs(net) * 5 + 50) / 100) AS gst_due,
        sign(net)::bigint * ((abs(net) * 9975 + 50000) / 100000) AS qst_due
    FROM staged_bills
), summed AS (SELECT bill, sum(amount) AS amount FROM staged_bill_lines GROUP BY bill)
SELECT file_id, line, jsonb_build_object('bill', number, 'on', issued_on, 'cents',
    total - net - gst - qst + (gst - gst_due) + (qst - qst_due) + coalesce(net - summed.amount, 0))
FROM reckoned LEFT JOIN summed ON summed.bill = reckoned.number
WHERE greatest(abs(total - net - gst - qst), abs(gst - gst_due), abs(qst - qst_due), abs(coalesce(net - summed.amount, 0))) = 1
