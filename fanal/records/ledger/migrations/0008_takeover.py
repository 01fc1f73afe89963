from django.db import migrations, models

ACCOUNTS = ((2410, "Dépôts de garantie des clients", "LIABILITY"), (3900, "Reprise de l’ancien système", "LIABILITY"))
KINDS = [(1, "facture"), (2, "note de crédit"), (3, "paiement"), (4, "paiement retourné"), (5, "solde repris")]


def load(apps, schema_editor):
    account = apps.get_model("ledger", "LedgerAccount")
    account.objects.bulk_create(account(code=code, name=name, kind=kind) for code, name, kind in ACCOUNTS)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_narrow_index")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.AlterField("posting", "kind", models.SmallIntegerField(choices=KINDS)),
    ]
