from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

from fanal.records.journal.guards import append_only

REFUSE_CHANGE = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'La table % ne se modifie pas : corriger par un ajout.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION journal_refuse_change"),
        append_only("journal_event"),
    ]
