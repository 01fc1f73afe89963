from django.db import migrations

# No day is billed here that another system billed: a subscription taken over begins where that one ended.
BILLED_ELSEWHERE = """
CREATE FUNCTION billing_check_billed_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT a.bill_id, h.to_on INTO bad FROM added a JOIN elsewhere_handover h ON h.subscription_id = a.subscription_id
        WHERE a.from_on < h.to_on LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'La facture % ne peut pas être émise : l’ancien système a facturé jusqu’au %.',
            bad.bill_id, bad.to_on USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""
ON_CLAIM = """
CREATE TRIGGER billing_billeddays_not_billed_elsewhere AFTER INSERT ON billing_billeddays
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION billing_check_billed_elsewhere()
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_person_key"), ("elsewhere", "0002_guards")]
    operations = [
        migrations.RunSQL(BILLED_ELSEWHERE, "DROP FUNCTION billing_check_billed_elsewhere CASCADE"),
        migrations.RunSQL(ON_CLAIM, migrations.RunSQL.noop),
    ]
