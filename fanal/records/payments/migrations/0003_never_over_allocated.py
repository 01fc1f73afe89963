from django.db import migrations

# I10: what a credit pays never exceeds it, what pays a bill never exceeds it, and nothing taken back was not given.
# The accounts are locked by the acts, so that two statements never look at the same credit at once.
CHECK = """
CREATE FUNCTION payments_check_allocations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT t.id, t.cents INTO bad FROM (
        SELECT a.receipt_id AS id, a.account_id, sum(a.amount_cents) AS cents FROM payments_allocation a
        WHERE (a.account_id, a.receipt_id) IN (SELECT account_id, receipt_id FROM added WHERE receipt_id <> 0)
        GROUP BY a.receipt_id, a.account_id) t
        LEFT JOIN payments_receipt r ON r.id = t.id AND r.account_id = t.account_id
        WHERE t.cents < 0 OR t.cents > coalesce(r.amount_cents, 0)
            OR t.cents > 0 AND EXISTS (SELECT FROM payments_returnedpayment b WHERE b.receipt_id = t.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le paiement % ne peut porter % cents d’affectations.', bad.id, bad.cents
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT t.id, t.cents INTO bad FROM (
        SELECT a.credit_bill_id AS id, a.account_id, sum(a.amount_cents) AS cents FROM payments_allocation a
        WHERE (a.account_id, a.credit_bill_id) IN (
            SELECT account_id, credit_bill_id FROM added WHERE credit_bill_id <> 0)
        GROUP BY a.credit_bill_id, a.account_id) t
        LEFT JOIN billing_bill b ON b.id = t.id AND b.account_id = t.account_id
        WHERE t.cents < 0 OR t.cents > -coalesce(b.total_cents, 0) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le crédit de la facture % ne peut porter % cents d’affectations.', bad.id, bad.cents
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT t.id, t.cents INTO bad FROM (
        SELECT a.bill_id AS id, a.account_id, sum(a.amount_cents) AS cents FROM payments_allocation a
        WHERE (a.account_id, a.bill_id) IN (SELECT account_id, bill_id FROM added)
        GROUP BY a.bill_id, a.account_id) t
        LEFT JOIN billing_bill b ON b.id = t.id AND b.account_id = t.account_id
        LEFT JOIN billing_issue i ON i.bill_id = b.id AND i.account_id = b.account_id
        WHERE t.cents < 0 OR t.cents > coalesce(b.total_cents, 0) OR i.bill_id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'La facture % ne peut recevoir % cents d’affectations.', bad.id, bad.cents
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
ON_INSERT = """
CREATE TRIGGER payments_allocation_never_too_much AFTER INSERT ON payments_allocation REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION payments_check_allocations()
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_guards"), ("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(CHECK, "DROP FUNCTION payments_check_allocations CASCADE"),
        migrations.RunSQL(ON_INSERT, migrations.RunSQL.noop),
    ]
