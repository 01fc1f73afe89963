from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION journal_refuse_all_but_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'ends_on' <> to_jsonb(OLD) - 'ends_on' THEN
        RAISE EXCEPTION 'Dans la table %, seule la date de fin peut changer : y mettre fin, puis inscrire la suite.',
            TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;{once}
    RETURN NEW;
END $$
"""
# Bills rest on an end: once dated, it stays.
ONCE = """
    IF OLD.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on THEN
        RAISE EXCEPTION 'Dans la table %, la fin du % ne se déplace plus.', TG_TABLE_NAME, OLD.ends_on
            USING ERRCODE = 'restrict_violation';
    END IF;"""


class Migration(migrations.Migration):
    """An end once set is not moved, whoever writes."""

    dependencies = [("journal", "0004_person_key")]
    operations = [migrations.RunSQL(BODY.format(once=ONCE), BODY.format(once=""))]
