from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Each book kept before learns the charge that bears the subscription fee, after its own.
CHARGES = """
INSERT INTO billing_charge (book_id, position, code, ledger_account_id, counts_energy, is_tax, detail)
SELECT book_id, max(position) + 1, 'subscription_fee', %s, false, false, '{"fee": "2.1"}'
FROM billing_charge GROUP BY book_id
"""


def teach_the_fee(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """By the distributor's chart, as the books kept since."""
    revenue = settings.FANAL_UTILITY["accounts"]["revenue"]
    editor.execute(CHARGES, [revenue.get("subscription_fee", revenue["other"])])


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_second_person"), ("ledger", "0006_fees"), ("subscriptions", "0004_requests")]
    operations = [migrations.RunPython(teach_the_fee, migrations.RunPython.noop)]
