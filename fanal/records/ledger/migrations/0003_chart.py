from django.db import migrations

CHART = (
    (1010, "Encaisse", "ASSET"),
    (1200, "Comptes clients", "ASSET"),
    (2310, "TPS à remettre", "LIABILITY"),
    (2320, "TVQ à remettre", "LIABILITY"),
    (4110, "Ventes d’électricité, tarif D", "REVENUE"),
    (4120, "Ventes d’électricité, tarif DP", "REVENUE"),
    (4130, "Ventes d’électricité, tarif G", "REVENUE"),
    (4140, "Ventes d’électricité, tarif M", "REVENUE"),
    (4190, "Éclairage public et sentinelle", "REVENUE"),
    (4199, "Ventes d’électricité, autres tarifs", "REVENUE"),
)


def load_chart(apps, schema_editor):
    account = apps.get_model("ledger", "LedgerAccount")
    account.objects.bulk_create(account(code=code, name=name, kind=kind) for code, name, kind in CHART)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]
    operations = [migrations.RunPython(load_chart, migrations.RunPython.noop)]
