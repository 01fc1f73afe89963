from django.db import migrations, models

from fanal.records.journal.guards import never_deleted

# Until a cycle is switched, the old system goes on: a later export says anew until when it billed. Then it stays.
HANDED_OVER = """
CREATE FUNCTION elsewhere_check_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.subscription_id <> OLD.subscription_id OR EXISTS (
        SELECT FROM subscriptions_subscription s JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
        JOIN elsewhere_takencycle c ON c.cycle = d.cycle WHERE s.id = NEW.subscription_id AND c.ours)
    THEN
        RAISE EXCEPTION 'L’abonnement % est passé à Fanal : l’ancien système ne le facture plus.', OLD.subscription_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_HANDOVER = """
CREATE TRIGGER elsewhere_handover_moves_before_its_switch BEFORE UPDATE ON elsewhere_handover
    FOR EACH ROW EXECUTE FUNCTION elsewhere_check_handover()
"""


class Migration(migrations.Migration):
    dependencies = [("elsewhere", "0002_guards"), ("premises", "0001_initial"), ("subscriptions", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="TakenCycle",
            fields=[
                ("cycle", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("ours", models.BooleanField(default=False)),
                ("changed_by", models.CharField(max_length=150)),
                ("changed_on", models.DateField()),
            ],
        ),
        migrations.RunSQL(HANDED_OVER, "DROP FUNCTION elsewhere_check_handover CASCADE"),
        migrations.RunSQL(ON_HANDOVER, migrations.RunSQL.noop),
        never_deleted("elsewhere_handover", "elsewhere_takencycle"),
    ]
