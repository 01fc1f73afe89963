-- An account in force for two months of readings, without a single bill.
SELECT subscription.file_id, subscription.line, jsonb_build_object('starts', subscription.starts_on, 'read', last.read_on)
FROM staged_subscriptions subscription
JOIN (SELECT premises, max(read_on) AS read_on FROM staged_uses GROUP BY premises) last USING (premises)
WHERE subscription.ends_on IS NULL AND last.read_on - subscription.starts_on > 62
    AND NOT EXISTS (SELECT FROM staged_bills WHERE account = subscription.number)
