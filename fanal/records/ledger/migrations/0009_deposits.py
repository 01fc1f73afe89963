from django.db import migrations, models

KINDS = [
    (1, "facture"), (2, "note de crédit"), (3, "paiement"), (4, "paiement retourné"), (5, "solde repris"),
    (6, "intérêts sur un dépôt"), (7, "dépôt rendu"),
]  # fmt: skip


def load(apps, schema_editor):
    account = apps.get_model("ledger", "LedgerAccount")
    account.objects.create(code=5310, name="Intérêts sur les dépôts des clients", kind="EXPENSE")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_takeover")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.AlterField("posting", "kind", models.SmallIntegerField(choices=KINDS)),
    ]
