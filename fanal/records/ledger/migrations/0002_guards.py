from django.db import migrations

from fanal.records.journal.guards import append_only, never_deleted

# All postings of an entry come in one statement: its lines run from 1 without a gap, on one day, and balance. Line 1
# being taken, nothing can be added to an entry later.
WHOLE_ENTRIES = """
CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT account_id, kind, source INTO bad FROM added GROUP BY account_id, kind, source
        HAVING sum(debit_cents) <> sum(credit_cents) OR min(line) <> 1 OR max(line) <> count(*) OR count(*) < 2
            OR min(on_date) <> max(on_date) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'L’écriture (compte %, sorte %, source %) n’est pas entière ou n’est pas équilibrée.',
            bad.account_id, bad.kind, bad.source USING ERRCODE = 'check_violation';
    END IF;
    SELECT min(on_date) AS on_date, (SELECT max(through_on) FROM ledger_closing) AS through_on INTO bad FROM added;
    IF bad.on_date <= bad.through_on THEN
        RAISE EXCEPTION 'La période comptable est fermée jusqu’au % : aucune écriture datée du %.',
            bad.through_on, bad.on_date USING ERRCODE = 'check_violation';
    END IF;
    SELECT a.account_id INTO bad FROM (SELECT DISTINCT account_id FROM added) a
        WHERE NOT EXISTS (SELECT FROM ledger_account known WHERE known.id = a.account_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le compte client % n’existe pas.', bad.account_id USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT a.ledger_account_id INTO bad FROM (SELECT DISTINCT ledger_account_id FROM added) a
        WHERE NOT EXISTS (SELECT FROM ledger_ledgeraccount known WHERE known.code = a.ledger_account_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le compte % n’est pas au plan comptable.', bad.ledger_account_id
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
"""
ON_INSERT = """
CREATE TRIGGER ledger_posting_whole_entries AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries()
"""
CLOSING_ADVANCES = """
CREATE FUNCTION ledger_check_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_closing WHERE through_on >= NEW.through_on) THEN
        RAISE EXCEPTION 'Une fermeture va déjà jusqu’au % ou au-delà.', NEW.through_on
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_CLOSING = """
CREATE TRIGGER ledger_closing_advances BEFORE INSERT ON ledger_closing
    FOR EACH ROW EXECUTE FUNCTION ledger_check_closing()
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        migrations.RunSQL(WHOLE_ENTRIES, "DROP FUNCTION ledger_check_entries CASCADE"),
        migrations.RunSQL(ON_INSERT, migrations.RunSQL.noop),
        migrations.RunSQL(CLOSING_ADVANCES, "DROP FUNCTION ledger_check_closing CASCADE"),
        migrations.RunSQL(ON_CLOSING, migrations.RunSQL.noop),
        append_only("ledger_posting", "ledger_closing"),
        never_deleted("ledger_account", "ledger_ledgeraccount"),
    ]
