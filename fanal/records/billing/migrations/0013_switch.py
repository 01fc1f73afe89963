from django.db import migrations

# Two systems never bill one cycle. A run holds its cycle as it is; a cycle goes back while no run of ours stands.
RUN_OF_OURS = """
CREATE FUNCTION billing_check_cycle_is_ours() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    theirs smallint;
BEGIN
    PERFORM FROM elsewhere_takencycle WHERE NEW.cycle IN (0, cycle) ORDER BY cycle FOR SHARE;
    SELECT cycle INTO theirs FROM elsewhere_takencycle
        WHERE NOT ours AND NEW.cycle IN (0, cycle) ORDER BY cycle LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le cycle % est encore facturé par l’ancien système : le basculer d’abord.', theirs
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
WAY_BACK = """
CREATE FUNCTION billing_check_way_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    run record;
BEGIN
    SELECT id, state IN ('ISSUING', 'ISSUED') AS issued INTO run FROM billing_run
        WHERE cycle IN (0, OLD.cycle) AND corrects_subscription_id = 0 AND state <> 'ABANDONED'
        ORDER BY 2 DESC, id LIMIT 1;
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
TRIGGERS = """
CREATE TRIGGER billing_run_of_a_cycle_that_is_ours BEFORE INSERT ON billing_run
    FOR EACH ROW WHEN (NEW.corrects_subscription_id = 0) EXECUTE FUNCTION billing_check_cycle_is_ours();
CREATE TRIGGER elsewhere_takencycle_way_back BEFORE UPDATE ON elsewhere_takencycle
    FOR EACH ROW WHEN (OLD.ours AND NOT NEW.ours) EXECUTE FUNCTION billing_check_way_back()
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0012_past_kw"), ("elsewhere", "0003_cycles")]
    operations = [
        migrations.RunSQL(RUN_OF_OURS, "DROP FUNCTION billing_check_cycle_is_ours CASCADE"),
        migrations.RunSQL(WAY_BACK, "DROP FUNCTION billing_check_way_back CASCADE"),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
