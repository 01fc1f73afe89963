from django.db import migrations

# Who opened a run, or reviewed it, does not approve it, whatever the case and the spaces of the name.
SECOND_PERSON = r"""
ALTER TABLE billing_run ADD CONSTRAINT run_approved_by_a_second_person CHECK (approved_by = ''
    OR lower(regexp_replace(approved_by, '\s', '', 'g')) <> lower(regexp_replace(opened_by, '\s', '', 'g'))
    AND lower(regexp_replace(approved_by, '\s', '', 'g')) <> lower(regexp_replace(reviewed_by, '\s', '', 'g')))
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_held_bills")]
    operations = [
        migrations.RemoveConstraint(model_name="run", name="run_approved_by_a_second_person"),
        migrations.RunSQL(SECOND_PERSON, "ALTER TABLE billing_run DROP CONSTRAINT run_approved_by_a_second_person"),
    ]
