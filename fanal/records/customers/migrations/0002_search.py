from django.db import migrations

NAMES = """
CREATE INDEX customers_customer_search ON customers_customer
USING gin (journal_plain_text(given_name || ' ' || name) gin_trgm_ops)
"""
PHONES = """
CREATE INDEX customers_contact_phone ON customers_contact (regexp_replace(value, '[^0-9]', '', 'g'))
WHERE kind = 'PHONE'
"""
EMAILS = "CREATE INDEX customers_contact_email ON customers_contact (lower(value)) WHERE kind = 'EMAIL'"


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("journal", "0003_plain_text")]
    operations = [
        migrations.RunSQL(NAMES, "DROP INDEX customers_customer_search"),
        migrations.RunSQL(PHONES, "DROP INDEX customers_contact_phone"),
        migrations.RunSQL(EMAILS, "DROP INDEX customers_contact_email"),
    ]
