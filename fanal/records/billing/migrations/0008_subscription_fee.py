from django.db import migrations

# Each book kept before learns the charge that bears the subscription fee, after its own.
CHARGES = """
INSERT INTO billing_charge (book_id, position, code, ledger_account_id, counts_energy, is_tax, detail)
SELECT book_id, max(position) + 1, 'subscription_fee', 4210, false, false, '{"fee": "2.1"}'
FROM billing_charge GROUP BY book_id
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_second_person"), ("ledger", "0006_fees"), ("subscriptions", "0004_requests")]
    operations = [migrations.RunSQL(CHARGES, migrations.RunSQL.noop)]
