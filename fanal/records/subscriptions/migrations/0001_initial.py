import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("journal", "0002_guards"),  # btree_gist
        ("customers", "0001_initial"),
        ("ledger", "0001_initial"),
        ("premises", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("book", models.CharField(max_length=60)),
                ("domestic", models.BooleanField()),
                ("multiplier", models.SmallIntegerField(default=1)),
                ("units", models.IntegerField(default=0)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="ledger.account",
                    ),
                ),
                (
                    "delivery_point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="premises.deliverypoint",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubscriptionHolder",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("rank", models.SmallIntegerField(default=1)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holders",
                        to="subscriptions.subscription",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnerAgreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "premises",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="premises.premises"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["premises"], name="subscriptio_premise_9c39b3_idx")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("premises", "="),
                            (models.Func("starts_on", "ends_on", function="daterange"), "&&"),
                        ],
                        name="one_owner_on_file_per_premises_and_day",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["delivery_point", "starts_on"], name="subscriptio_deliver_784fbc_idx"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("delivery_point", "="),
                    (models.Func("starts_on", "ends_on", function="daterange"), "&&"),
                ],
                name="one_subscription_per_delivery_point_and_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                name="subscription_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("multiplier__gte", 1)), name="multiplier_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(condition=models.Q(("units__gte", 0)), name="units_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="subscriptionholder",
            constraint=models.UniqueConstraint(fields=("subscription", "customer"), name="holder_once"),
        ),
        migrations.AddConstraint(
            model_name="subscriptionholder",
            constraint=models.UniqueConstraint(fields=("subscription", "rank"), name="holder_rank_once"),
        ),
    ]
