from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Of what went to the bank, what is already a receipt is not looked at again each morning."""

    dependencies = [("payments", "0009_debits_of_our_cycles")]
    operations = [
        migrations.AddField("debit", "settled", models.BooleanField(db_default=False)),
        migrations.AddConstraint(
            "debit",
            models.CheckConstraint(
                condition=Q(settled=False) | Q(state__in=["RELEASED", "RETURNED"]), name="debit_settled_once_released"
            ),
        ),
        migrations.RemoveIndex("debit", "debits_by_their_day"),
        migrations.AddIndex("debit", models.Index(
            fields=["debited_on"], condition=Q(state__in=["PREPARED", "RELEASED"], settled=False),
            name="debits_to_come",
        )),
        migrations.AddIndex("debit", models.Index(
            fields=["returned_on"], condition=Q(state="RETURNED"), name="debits_sent_back"
        )),
        migrations.AddIndex("debit", models.Index(
            fields=["debited_on"], condition=Q(state="RETURNED", attempt=1), name="debits_sent_back_once"
        )),
    ]  # fmt: skip
