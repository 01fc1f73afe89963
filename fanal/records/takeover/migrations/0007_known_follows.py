from django.db import migrations

from fanal.records.journal.guards import never_deleted, no_longer_append_only

# A later export may say a row otherwise: what it was loaded as follows, never what it is here.
BODY = """
CREATE FUNCTION takeover_check_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.key, NEW.our_id) IS DISTINCT FROM (OLD.kind, OLD.key, OLD.our_id) THEN
        RAISE EXCEPTION 'La ligne % (%) est chargée : seul ce qu’elle disait peut suivre une autre exportation.',
            OLD.key, OLD.kind USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_UPDATE = """
CREATE TRIGGER takeover_known_follows BEFORE UPDATE ON takeover_known
    FOR EACH ROW EXECUTE FUNCTION takeover_check_known()
"""


class Migration(migrations.Migration):
    dependencies = [("takeover", "0006_second_person")]
    operations = [
        no_longer_append_only("takeover_known"),
        never_deleted("takeover_known"),
        migrations.RunSQL(BODY, "DROP FUNCTION takeover_check_known CASCADE"),
        migrations.RunSQL(ON_UPDATE, migrations.RunSQL.noop),
    ]
