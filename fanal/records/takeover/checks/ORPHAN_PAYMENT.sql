-- Who may have paid: accounts with a bill of that very amount, sent in the two months before.
SELECT file_id, line, jsonb_build_object('account', account, 'amount', amount, 'on', received_on, 'accounts', (
    SELECT string_agg(DISTINCT bill.account, ', ') FROM staged_bills bill
    WHERE bill.total = payment.amount AND bill.issued_on BETWEEN payment.received_on - 60 AND payment.received_on
        AND NOT EXISTS (SELECT FROM staged_payments other WHERE other.account = bill.account
            AND other.amount = bill.total AND other.received_on BETWEEN bill.issued_on AND bill.issued_on + 60)))
FROM staged_payments payment WHERE NOT EXISTS (SELECT FROM staged_subscriptions WHERE number = account)
