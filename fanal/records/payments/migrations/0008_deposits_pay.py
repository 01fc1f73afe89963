from importlib import import_module

from django.db import migrations

BEFORE = import_module("fanal.records.payments.migrations.0004_openings_are_paid").WITH_OPENINGS
# The interest of a deposit and a deposit given back are credits of the account: their entries are of kinds 6 and 7.
WITH_DEPOSITS = BEFORE.replace("kind IN (1, 2, 5)", "kind IN (1, 2, 5, 6, 7)")


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_new_debits"), ("ledger", "0009_deposits")]
    operations = [migrations.RunSQL(WITH_DEPOSITS, BEFORE)]
