-- fr: Le total d’une facture est la somme de ses lignes, de la TPS et de la TVQ, chaque taxe sur le net (jamais la TVQ sur la TPS)
-- en: The total of a bill is the sum of its lines, GST and QST, each tax on the net (never QST on GST)
-- unit: facture, factures; bill, bills
-- looked: SELECT count(*) FROM billing_bill
-- The quantity of a tax line is what it taxes, in thousandths of a dollar: cents × 10.
WITH added AS (
    SELECT l.account_id, l.bill_id, sum(l.amount_cents) FILTER (WHERE NOT c.is_tax) AS net_cents,
        sum(l.amount_cents) FILTER (WHERE NOT c.is_tax AND c.code NOT IN ('already_billed', 'subscription_fee')) AS rated_cents,
        sum(l.amount_cents) FILTER (WHERE c.is_tax) AS tax_cents,
        min(l.quantity) FILTER (WHERE c.is_tax) AS least_base, max(l.quantity) FILTER (WHERE c.is_tax) AS greatest_base,
        count(*) FILTER (WHERE c.is_tax) - count(DISTINCT l.charge_id) FILTER (WHERE c.is_tax) AS taxed_twice
    FROM billing_line l JOIN billing_charge c ON c.id = l.charge_id GROUP BY l.account_id, l.bill_id
)
SELECT coalesce(b.account_id, a.account_id) AS account_id, coalesce(b.id, a.bill_id) AS bill_id, b.rated_cents,
    a.rated_cents AS rated_lines, b.net_cents, a.net_cents AS net_lines,
    b.tax_cents, a.tax_cents AS tax_lines, b.total_cents, a.least_base, a.greatest_base
FROM billing_bill b FULL JOIN added a ON a.account_id = b.account_id AND a.bill_id = b.id
WHERE b.id IS NULL OR b.net_cents <> coalesce(a.net_cents, 0) OR b.tax_cents <> coalesce(a.tax_cents, 0)
    OR b.rated_cents <> coalesce(a.rated_cents, 0) OR b.total_cents <> b.net_cents + b.tax_cents
    OR a.least_base <> b.net_cents * 10 OR a.greatest_base <> b.net_cents * 10 OR a.taxed_twice > 0
