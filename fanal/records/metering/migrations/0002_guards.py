from django.db import migrations

from fanal.records.journal.guards import append_only, never_deleted, only_ended

# A reading is of a register that hangs at that delivery point that day (both ends count: removal is read too), fits its
# dials, and corrections follow one another without a hole.
READINGS = """
CREATE FUNCTION metering_check_readings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT a.* INTO bad FROM added a WHERE NOT EXISTS (
        SELECT FROM metering_register r JOIN metering_installation i ON i.meter_id = r.meter_id
        WHERE r.id = a.register_id AND i.delivery_point_id = a.delivery_point_id
            AND a.value < 1000 * 10::numeric ^ r.dials
            AND a.read_on >= i.starts_on AND (i.ends_on IS NULL OR a.read_on <= i.ends_on)) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Relève du % : le registre % n’est pas posé au point de livraison % ce jour-là, '
            'ou l’index % dépasse ses cadrans.', bad.read_on, bad.register_id, bad.delivery_point_id, bad.value / 1000
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT a.* INTO bad FROM added a WHERE a.sequence > 1 AND NOT EXISTS (
        SELECT FROM metering_reading r WHERE r.delivery_point_id = a.delivery_point_id AND r.register_id = a.register_id
            AND r.read_on = a.read_on AND r.sequence = a.sequence - 1) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Relève du % du registre % : la correction % n’a rien à corriger.',
            bad.read_on, bad.register_id, bad.sequence USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
ON_INSERT = """
CREATE TRIGGER metering_reading_fits AFTER INSERT ON metering_reading REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION metering_check_readings()
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        migrations.RunSQL(READINGS, "DROP FUNCTION metering_check_readings CASCADE"),
        migrations.RunSQL(ON_INSERT, migrations.RunSQL.noop),
        append_only("metering_reading", "metering_finding", "metering_estimate"),
        never_deleted("metering_register", "metering_meter", "metering_installation"),
        only_ended("metering_installation"),
    ]
