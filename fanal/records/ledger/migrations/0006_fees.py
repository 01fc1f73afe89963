from django.db import migrations


def load(apps, schema_editor):
    apps.get_model("ledger", "LedgerAccount").objects.create(code=4210, name="Frais d’abonnement", kind="REVENUE")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_other_taxes")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
