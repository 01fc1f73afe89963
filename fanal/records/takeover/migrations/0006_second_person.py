from django.db import migrations

ADD = """ALTER TABLE takeover_merge ADD CONSTRAINT merge_confirmed_by_a_second_person CHECK (confirmed_by = ''
    OR journal_person_key(confirmed_by) <> ''
    AND journal_person_key(confirmed_by) <> journal_person_key(proposed_by))"""
DROP = "ALTER TABLE takeover_merge DROP CONSTRAINT merge_confirmed_by_a_second_person"


class Migration(migrations.Migration):
    dependencies = [("takeover", "0005_merges"), ("journal", "0004_person_key")]
    operations = [migrations.RunSQL(ADD, DROP)]
