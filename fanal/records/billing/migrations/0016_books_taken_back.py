from importlib import import_module

from django.db import migrations

BEFORE: str = import_module("fanal.records.billing.migrations.0004_proposals").IN_FORCE
# A bill computed while its book was being taken back is not issued.
OTHER_BOOK = """    SELECT b.id, k.code INTO bad FROM added a
        JOIN billing_bill b ON b.account_id = a.account_id AND b.id = a.bill_id AND b.kind = 0
        JOIN billing_book k ON k.id = b.book_id
        JOIN subscriptions_subscription s ON s.id = b.subscription_id WHERE s.book <> k.code LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'La facture % ne peut pas être émise : son abonnement n’est plus au livre %.', bad.id, bad.code
            USING ERRCODE = 'restrict_violation';
    END IF;
"""
REPLACED = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
ISSUED_BY_ITS_BOOK = REPLACED.replace("    RETURN NULL;", f"{OTHER_BOOK}    RETURN NULL;")
# A book given to a rate that was taken over without one is taken back until its first bill.
NOT_BILLED = """
CREATE FUNCTION billing_check_book_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bill record;
BEGIN
    SELECT b.run_id, i.bill_id IS NOT NULL AS issued INTO bill FROM billing_bill b
        JOIN billing_run r ON r.id = b.run_id
        LEFT JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
        WHERE b.account_id = OLD.account_id AND b.subscription_id = OLD.id
            AND (i.bill_id IS NOT NULL OR r.state NOT IN ('ISSUED', 'ABANDONED'))
        ORDER BY issued DESC, b.run_id LIMIT 1;
    IF FOUND AND bill.issued THEN
        RAISE EXCEPTION 'L’abonnement % garde le livre % : le lot % l’a facturé.', OLD.id, OLD.book, bill.run_id
            USING ERRCODE = 'restrict_violation';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'Le lot % a calculé une facture de l’abonnement % : l’abandonner d’abord.', bill.run_id, OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
TAKEN_BACK = """
CREATE TRIGGER billing_book_taken_back BEFORE UPDATE ON subscriptions_subscription
    FOR EACH ROW WHEN (OLD.book NOT LIKE '?/%' AND NEW.book LIKE '?/%')
    EXECUTE FUNCTION billing_check_book_taken_back()
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0015_payment_mode"), ("subscriptions", "0006_books_taken_back")]
    operations = [
        migrations.RunSQL(ISSUED_BY_ITS_BOOK, REPLACED),
        migrations.RunSQL(NOT_BILLED, "DROP FUNCTION billing_check_book_taken_back CASCADE"),
        migrations.RunSQL(TAKEN_BACK, migrations.RunSQL.noop),
    ]
