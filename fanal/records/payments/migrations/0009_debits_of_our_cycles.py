from django.db import migrations

# Two systems never debit one bill: the cycle is held as it is while its debits go to the bank, and stays ours after.
CYCLES = """elsewhere_takencycle c JOIN premises_deliverypoint d ON d.cycle = c.cycle
    JOIN subscriptions_subscription s ON s.delivery_point_id = d.id"""
OURS = f"""
CREATE OR REPLACE FUNCTION payments_check_debits_are_ours() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    theirs bigint;
BEGIN
    PERFORM FROM elsewhere_takencycle WHERE cycle IN (
        SELECT c.cycle FROM {CYCLES} JOIN told ON told.account_id = s.account_id WHERE told.state = 'RELEASED'
    ) ORDER BY cycle FOR SHARE;
    SELECT told.account_id INTO theirs FROM told WHERE told.state = 'RELEASED' AND NOT EXISTS (
        SELECT FROM {CYCLES} WHERE s.account_id = told.account_id AND c.ours) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le compte % est encore à l’ancien système : Fanal n’y prélève rien.', theirs
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""
ON_RELEASE = """
CREATE OR REPLACE TRIGGER payments_debit_of_our_cycles AFTER UPDATE ON payments_debit
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION payments_check_debits_are_ours()
"""
WAY_BACK = """
CREATE OR REPLACE FUNCTION payments_check_way_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent bigint;
BEGIN
    SELECT debit.batch_id INTO sent FROM payments_debit debit
        JOIN subscriptions_subscription s ON s.account_id = debit.account_id
        JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
        WHERE d.cycle = OLD.cycle AND debit.state = 'RELEASED' ORDER BY debit.batch_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le cycle % ne revient plus à l’ancien système : le lot de prélèvements % est à la banque.',
            OLD.cycle, sent USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_WAY_BACK = """
CREATE OR REPLACE TRIGGER elsewhere_takencycle_keeps_debits BEFORE UPDATE ON elsewhere_takencycle
    FOR EACH ROW WHEN (OLD.ours AND NOT NEW.ours) EXECUTE FUNCTION payments_check_way_back()
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_deposits_pay"), ("elsewhere", "0003_cycles"), ("subscriptions", "0007_merges")]
    operations = [
        migrations.RunSQL(OURS, "DROP FUNCTION payments_check_debits_are_ours CASCADE"),
        migrations.RunSQL(ON_RELEASE, migrations.RunSQL.noop),
        migrations.RunSQL(WAY_BACK, "DROP FUNCTION payments_check_way_back CASCADE"),
        migrations.RunSQL(ON_WAY_BACK, migrations.RunSQL.noop),
    ]
