from django.db import migrations, models
from django.db.models import Q

# What was received before this state was kept: the journal says which were examined.
EXAMINED = """
UPDATE takeover_export SET state = 'EXAMINED' WHERE state = 'STAGED' AND EXISTS (SELECT FROM journal_event e
    WHERE e.act = 'takeover.examine' AND e.about = 'export:' || takeover_export.id)
"""
RECEIVED = "UPDATE takeover_export SET state = 'STAGED' WHERE state = 'EXAMINED'"
# A merge held for one export: of those that say the same customer, one holds now: the last that a second person
# confirmed, else the last one proposed.
LAST_ALONE = """
UPDATE takeover_merge SET undone_by = proposed_by, undone_on = proposed_on WHERE undone_on IS NULL
    AND EXISTS (SELECT FROM takeover_merge later WHERE later.merged = takeover_merge.merged
        AND later.undone_on IS NULL
        AND (later.confirmed_by <> '', later.id) > (takeover_merge.confirmed_by <> '', takeover_merge.id))
"""
BODY = """
CREATE FUNCTION takeover_check_export() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'STAGED' AND NEW.state = 'LOADED' THEN
        RAISE EXCEPTION 'L’exportation % n’est pas examinée : l’examiner avant de la charger.', OLD.id
            USING ERRCODE = 'restrict_violation';
    ELSIF OLD.state = 'LOADED' AND NEW.state <> 'LOADED' THEN
        RAISE EXCEPTION 'L’exportation % est chargée, et le reste.', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_UPDATE = """
CREATE TRIGGER takeover_export_examined_then_loaded BEFORE UPDATE OF state ON takeover_export
    FOR EACH ROW EXECUTE FUNCTION takeover_check_export()
"""
DROP = "DROP FUNCTION takeover_check_export CASCADE"
ONCE = "merge_once_at_a_time"
BY_SOMEBODY = "export_loaded_by_somebody"


class Migration(migrations.Migration):
    dependencies = [("takeover", "0007_known_follows")]
    operations = [
        migrations.AlterField(
            "export", "state", models.CharField(
                choices=[("STAGED", "reçue"), ("EXAMINED", "examinée"), ("LOADED", "chargée")], default="STAGED",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("export", BY_SOMEBODY),
        migrations.RunSQL(EXAMINED, RECEIVED),
        migrations.AddConstraint("export", models.CheckConstraint(
            condition=Q(state__in=["STAGED", "EXAMINED"], loaded_by="", loaded_on=None)
            | Q(state="LOADED", loaded_on__isnull=False) & ~Q(loaded_by=""),
            name=BY_SOMEBODY,
        )),
        migrations.RunSQL(BODY, DROP),
        migrations.RunSQL(ON_UPDATE, migrations.RunSQL.noop),
        migrations.RemoveConstraint("merge", ONCE),
        migrations.RunSQL(LAST_ALONE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "merge", models.UniqueConstraint(fields=["merged"], condition=Q(undone_on=None), name=ONCE)
        ),
    ]  # fmt: skip
