SELECT subscription.file_id, subscription.line, jsonb_build_object('ends', subscription.ends_on, 'billed', billed.to_on)
FROM staged_subscriptions subscription JOIN (SELECT account, max(to_on) AS to_on FROM staged_bills GROUP BY account) billed
    ON billed.account = subscription.number
WHERE subscription.ends_on > billed.to_on
