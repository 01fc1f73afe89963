-- The balance, by the old system's own rule: bills, less payments, and entries.
SELECT subscription.file_id, subscription.line,
    jsonb_build_object('balance', -moved.balance, 'ends', subscription.ends_on)
FROM staged_subscriptions subscription JOIN (
    SELECT account, sum(amount) AS balance FROM (
        SELECT account, total AS amount FROM staged_bills UNION ALL
        SELECT account, -amount FROM staged_payments UNION ALL
        SELECT account, amount FROM staged_entries
    ) every GROUP BY account
) moved ON moved.account = subscription.number
WHERE subscription.ends_on IS NOT NULL AND moved.balance < 0
