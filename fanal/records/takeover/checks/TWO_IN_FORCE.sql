-- Of the plans or agreements of an account that go on, those before the newest, in the file of which each stands.
WITH live AS (
    SELECT 'equal_payments' AS label, file_id, line, account, starts_on FROM staged_equal_payments
    WHERE status = 'ACTIVE' AND ends_on IS NULL
    UNION ALL
    SELECT 'debits', file_id, line, account, authorized_on FROM staged_debits WHERE status = 'ACTIVE' AND ends_on IS NULL
), ranked AS (
    SELECT *, max(starts_on) OVER of_account AS newest, row_number() OVER (of_account
        ORDER BY starts_on DESC NULLS LAST, line DESC) AS rank
    FROM live WINDOW of_account AS (PARTITION BY label, account)
)
SELECT file_id, line, jsonb_build_object('since', starts_on, 'newest', newest) FROM ranked WHERE rank > 1
