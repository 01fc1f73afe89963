from django.db import migrations

ADDRESSES = """
CREATE INDEX premises_premises_search ON premises_premises USING gin (journal_plain_text(
    civic_number || ' ' || street || ' ' || unit || ' ' || city || ' ' || postal_code) gin_trgm_ops)
"""


class Migration(migrations.Migration):
    dependencies = [("premises", "0002_guards"), ("journal", "0003_plain_text")]
    operations = [migrations.RunSQL(ADDRESSES, "DROP INDEX premises_premises_search")]
