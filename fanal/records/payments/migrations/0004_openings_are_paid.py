from importlib import import_module

from django.db import migrations

BEFORE = import_module("fanal.records.payments.migrations.0003_never_over_allocated").CHECK
REPLACED = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
# What was owed when Fanal took over is paid, or pays, as a bill does: its entry is of kind 5.
WITH_OPENINGS = REPLACED.replace("kind IN (1, 2)", "kind IN (1, 2, 5)")


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_never_over_allocated"), ("ledger", "0008_takeover")]
    operations = [migrations.RunSQL(WITH_OPENINGS, REPLACED)]
