from importlib import import_module

from django.db import migrations, models

BEFORE: str = import_module("fanal.records.customers.migrations.0003_merges").BODY.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
# What was confirmed says for good, too, which places were owned since.
BODY = BEFORE.replace("NEW.last_subscription)", "NEW.last_subscription, NEW.last_agreement)").replace(
    "OLD.last_subscription)", "OLD.last_subscription, OLD.last_agreement)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_gained_contacts"),
    ]

    operations = [
        migrations.AddField(
            model_name="merge",
            name="last_agreement",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunSQL(BODY, BEFORE),
    ]
