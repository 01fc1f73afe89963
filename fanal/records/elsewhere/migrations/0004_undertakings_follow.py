from django.db import migrations

from fanal.records.journal.guards import never_deleted, no_longer_append_only

# Until a cycle is switched, its promises are kept by the old system: a later export says what became of them.
BODY = """
CREATE FUNCTION elsewhere_check_undertaking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.account_id, NEW.kind, NEW.number, NEW.starts_on) IS DISTINCT FROM
        (OLD.account_id, OLD.kind, OLD.number, OLD.starts_on)
    THEN
        RAISE EXCEPTION 'L’engagement % reste celui de son compte, depuis son premier jour.', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM subscriptions_subscription s JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
        JOIN elsewhere_takencycle c ON c.cycle = d.cycle WHERE s.account_id = NEW.account_id AND c.ours)
    THEN
        RAISE EXCEPTION 'L’engagement % est passé à Fanal avec son cycle : l’ancien système ne le suit plus.',
            OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_UPDATE = """
CREATE TRIGGER elsewhere_undertaking_moves_before_its_switch BEFORE UPDATE ON elsewhere_undertaking
    FOR EACH ROW EXECUTE FUNCTION elsewhere_check_undertaking()
"""


class Migration(migrations.Migration):
    dependencies = [("elsewhere", "0003_cycles"), ("premises", "0001_initial"), ("subscriptions", "0001_initial")]
    operations = [
        no_longer_append_only("elsewhere_undertaking"),
        never_deleted("elsewhere_undertaking"),
        migrations.RunSQL(BODY, "DROP FUNCTION elsewhere_check_undertaking CASCADE"),
        migrations.RunSQL(ON_UPDATE, migrations.RunSQL.noop),
    ]
