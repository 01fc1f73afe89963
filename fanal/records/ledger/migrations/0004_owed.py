from django.db import migrations, models


class Migration(migrations.Migration):
    """The balances and the ages of all the accounts are read from one index, without the postings themselves."""

    dependencies = [("ledger", "0003_chart")]
    operations = [
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("ledger_account_id", 1200)),
                fields=["account_id", "on"],
                include=("kind", "source", "debit_cents", "credit_cents"),
                name="owed",
            ),
        ),
        migrations.RemoveIndex(model_name="posting", name="receivable"),
    ]
