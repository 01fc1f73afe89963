from importlib import import_module

from django.db import migrations

OURS = import_module("fanal.records.payments.migrations.0009_debits_of_our_cycles").OURS
# A debit is settled once, when it is a receipt; its release alone asks whose cycle it is.
RECEIPT = "SELECT FROM payments_receipt WHERE reference = 'FANAL' || lpad({id}::text, 14, '0')"
DEBIT = f"""
CREATE OR REPLACE FUNCTION payments_check_debit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    outcome text[] := ARRAY['state', 'cents', 'withdrawn', 'returned_on', 'return_code'];
BEGIN
    IF OLD.state = 'RELEASED' AND NEW.settled AND NOT OLD.settled AND EXISTS ({RECEIPT.format(id="OLD.id")})
        AND to_jsonb(OLD) - 'settled' = to_jsonb(NEW) - 'settled'
    THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - outcome <> to_jsonb(NEW) - outcome OR NOT (
        OLD.state = 'PREPARED' AND NEW.state IN ('RELEASED', 'WITHDRAWN')
            AND (OLD.attempt = 1 OR NEW.cents = OLD.cents)
            AND EXISTS (SELECT FROM payments_debitbatch WHERE id = OLD.batch_id AND state = 'PREPARED')
        OR OLD.state = 'RELEASED' AND NEW.state = 'RETURNED' AND NEW.cents = OLD.cents)
    THEN
        RAISE EXCEPTION 'Le prélèvement % ne se modifie pas ainsi : préparé, puis remis ou retiré, puis retourné.',
            OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ALREADY = f"""
UPDATE payments_debit d SET settled = true
WHERE state = 'RELEASED' AND NOT settled AND EXISTS ({RECEIPT.format(id="d.id")})
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_settled_debits")]
    operations = [
        migrations.RunSQL(DEBIT, migrations.RunSQL.noop),
        migrations.RunSQL(
            OURS.replace("told.state = 'RELEASED'", "told.state = 'RELEASED' AND NOT told.settled"), OURS
        ),
        migrations.RunSQL(ALREADY, migrations.RunSQL.noop),
    ]
