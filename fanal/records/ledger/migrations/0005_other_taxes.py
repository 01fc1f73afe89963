from django.db import migrations


def load(apps, schema_editor):
    apps.get_model("ledger", "LedgerAccount").objects.create(
        code=2390, name="Autres taxes à remettre", kind="LIABILITY"
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_owed")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
