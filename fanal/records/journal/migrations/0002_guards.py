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

# What lasts until it is ended (an installation, a subscription): its end is dated, nothing else of it moves.
REFUSE_ALL_BUT_THE_END = """
CREATE FUNCTION journal_refuse_all_but_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'ends_on' <> to_jsonb(OLD) - 'ends_on' THEN
        RAISE EXCEPTION 'Dans la table %, seule la date de fin peut changer : y mettre fin, puis inscrire la suite.',
            TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION journal_refuse_change"),
        migrations.RunSQL(REFUSE_ALL_BUT_THE_END, "DROP FUNCTION journal_refuse_all_but_the_end"),
        append_only("journal_event"),
    ]
