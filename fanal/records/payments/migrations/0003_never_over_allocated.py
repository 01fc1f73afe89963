from django.db import migrations

# I10: what a credit pays never exceeds it, what pays a bill never exceeds it, and nothing taken back was not given.
# A bill is worth what it put on the customer's account (1200). The acts lock the accounts, so that two statements
# never look at the same credit at once. Without nested loops, the look stays linear whatever the statistics say.
CHECK = """
CREATE FUNCTION payments_check_allocations() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    touched bigint[] := ARRAY(SELECT DISTINCT account_id FROM added);
    bad record;
BEGIN
    WITH given AS (
        SELECT account_id, receipt_id, credit_bill_id, bill_id, amount_cents AS cents
        FROM payments_allocation WHERE account_id = ANY(touched)
    ), used AS (
        SELECT account_id, 'paiement' AS what, receipt_id AS id, sum(cents) AS cents
        FROM given WHERE receipt_id <> 0 GROUP BY account_id, receipt_id
        UNION ALL
        SELECT account_id, 'crédit', credit_bill_id, sum(cents)
        FROM given WHERE credit_bill_id <> 0 GROUP BY account_id, credit_bill_id
        UNION ALL
        SELECT account_id, 'facture', bill_id, sum(cents) FROM given GROUP BY account_id, bill_id
    ), worth AS (
        SELECT account_id, 'paiement' AS what, id, CASE WHEN EXISTS (
            SELECT FROM payments_returnedpayment b WHERE b.receipt_id = r.id) THEN 0 ELSE amount_cents END AS cents
        FROM payments_receipt r WHERE account_id = ANY(touched)
        UNION ALL
        SELECT account_id, CASE WHEN credit_cents > 0 THEN 'crédit' ELSE 'facture' END, source,
            debit_cents + credit_cents
        FROM ledger_posting WHERE ledger_account_id = 1200 AND kind IN (1, 2) AND account_id = ANY(touched)
    )
    SELECT used.*, coalesce(worth.cents, 0) AS worth INTO bad FROM used LEFT JOIN worth USING (account_id, what, id)
        WHERE used.cents < 0 OR used.cents > coalesce(worth.cents, 0) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Affectations de % cents : % % du compte % en vaut %.',
            bad.cents, bad.what, bad.id, bad.account_id, bad.worth USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
ON_INSERT = """
CREATE TRIGGER payments_allocation_never_too_much AFTER INSERT ON payments_allocation REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION payments_check_allocations()
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_guards"), ("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(CHECK, "DROP FUNCTION payments_check_allocations CASCADE"),
        migrations.RunSQL(ON_INSERT, migrations.RunSQL.noop),
    ]
