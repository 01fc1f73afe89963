from django.db import migrations

from fanal.records.journal.guards import never_deleted

# Who prepared does not release, however the name is written; the digest is that of the bytes; ten days of notice (H1).
CHECKS = """
ALTER TABLE payments_debitbatch ADD CONSTRAINT debit_batch_released_by_a_second_person CHECK (state <> 'RELEASED'
    OR journal_person_key(decided_by) <> '' AND journal_person_key(decided_by) <> journal_person_key(prepared_by));
ALTER TABLE payments_debitbatch ADD CONSTRAINT debit_batch_file_is_its_digest CHECK (
    content IS NULL OR sha256 = sha256(content));
ALTER TABLE payments_debit ADD CONSTRAINT debit_was_told CHECK (told_on + 10 <= debited_on);
"""
# A batch is decided once; what it sends is what its rows say, to the cent, and none of them is left undecided.
BATCH = """
CREATE FUNCTION payments_check_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision text[] := ARRAY['state', 'decided_by', 'decided_on', 'reason', 'file_rank', 'debits', 'cents', 'content',
        'sha256'];
    told record;
BEGIN
    IF OLD.state <> 'PREPARED' OR NEW.state = 'PREPARED'
        OR to_jsonb(OLD) - decision <> to_jsonb(NEW) - decision THEN
        RAISE EXCEPTION 'Le lot de prélèvements % ne se modifie pas ; il se décide une seule fois.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT count(*) FILTER (WHERE state = 'RELEASED') AS debits,
        coalesce(sum(cents) FILTER (WHERE state = 'RELEASED'), 0) AS cents,
        count(*) FILTER (WHERE state = 'PREPARED') AS undecided
        INTO told FROM payments_debit WHERE batch_id = NEW.id;
    IF told.undecided > 0 OR (NEW.debits, NEW.cents) <> (told.debits, told.cents) THEN
        RAISE EXCEPTION 'Le lot de prélèvements % annonce % cents ; ses lignes en portent %.', NEW.id, NEW.cents,
            told.cents USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_debitbatch_changes BEFORE UPDATE ON payments_debitbatch
    FOR EACH ROW EXECUTE FUNCTION payments_check_batch();
"""
# Prepared, then in the file or taken out of it with its batch; in the file, then returned. Nothing else of it moves.
DEBIT = """
CREATE FUNCTION payments_check_debit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    outcome text[] := ARRAY['state', 'cents', 'withdrawn', 'returned_on', 'return_code'];
BEGIN
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
END $$;
CREATE TRIGGER payments_debit_changes BEFORE UPDATE ON payments_debit
    FOR EACH ROW EXECUTE FUNCTION payments_check_debit();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_debits"), ("journal", "0006_person_key_accents")]
    operations = [
        migrations.RunSQL(CHECKS, migrations.RunSQL.noop),
        migrations.RunSQL(BATCH, "DROP FUNCTION payments_check_batch CASCADE"),
        migrations.RunSQL(DEBIT, "DROP FUNCTION payments_check_debit CASCADE"),
        never_deleted("payments_debitbatch", "payments_debit"),
    ]
