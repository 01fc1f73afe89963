from django.db import migrations, models
from django.db.models import Q

from fanal.records.journal.guards import append_only

PLANS = [("", "aucun versement"), ("EQUAL_PAYMENTS", "versements égaux"), ("ARRANGEMENT", "entente de paiement")]
SAYS_HOW = (
    Q(plan="", debited=True, instalment_cents=0, left_cents=0, next_on=None)
    | Q(plan="EQUAL_PAYMENTS", instalment_cents__gt=0, left_cents=0, next_on__isnull=False)
    | Q(plan="ARRANGEMENT", instalment_cents__gt=0, left_cents__gt=0)
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_way_back"), ("journal", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="PaymentMode",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bill_id", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                ("plan", models.CharField(blank=True, choices=PLANS, max_length=16)),
                ("instalment_cents", models.BigIntegerField(default=0)),
                ("month_day", models.SmallIntegerField(default=0)),
                ("every_days", models.SmallIntegerField(default=0)),
                ("next_on", models.DateField(null=True)),
                ("left_cents", models.BigIntegerField(default=0)),
                ("debited", models.BooleanField()),
                ("account_ends", models.CharField(blank=True, max_length=4)),
            ],
            options={"constraints": [models.CheckConstraint(condition=SAYS_HOW, name="payment_mode_says_how")]},
        ),
        append_only("billing_paymentmode"),
    ]
