from django.db import migrations

# A cycle goes back while no bill of ours stands: a run that ended without one holds nothing.
WAY_BACK = """
CREATE OR REPLACE FUNCTION billing_check_way_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    run record;
BEGIN
    SELECT id, issued INTO run FROM (
        SELECT r.id, r.state, EXISTS (
            SELECT FROM billing_bill b JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
            WHERE b.run_id = r.id
        ) AS issued
        FROM billing_run r
        WHERE r.cycle IN (0, OLD.cycle) AND r.corrects_subscription_id = 0 AND r.state <> 'ABANDONED'
    ) ours WHERE issued OR state <> 'ISSUED' ORDER BY issued DESC, id LIMIT 1;
    IF FOUND AND run.issued THEN
        RAISE EXCEPTION 'Le cycle % ne revient plus à l’ancien système : le lot % a émis des factures.',
            OLD.cycle, run.id USING ERRCODE = 'restrict_violation';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'Le lot % du cycle % est ouvert : l’abandonner d’abord.', run.id, OLD.cycle
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0013_switch")]
    operations = [migrations.RunSQL(WAY_BACK, migrations.RunSQL.noop)]
