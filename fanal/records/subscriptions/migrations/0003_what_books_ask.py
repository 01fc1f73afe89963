import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

from fanal.records.journal.guards import append_only, never_deleted, only_ended

KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
DAYS = models.Func("starts_on", "ends_on", function="daterange")


def of_subscription(related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to="subscriptions.subscription"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Households",
            fields=[
                ("id", KEY),
                ("count", models.IntegerField()),
                ("starts_on", models.DateField()),
                ("subscription", of_subscription("households")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("count__range", (1, 1_000_000))), name="households_count_from_one"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxExemption",
            fields=[
                ("id", KEY),
                ("tax", models.CharField(max_length=60)),
                ("certificate", models.CharField(max_length=60)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("subscription", of_subscription("exemptions")),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("subscription", "="), ("tax", "="), (DAYS, "&&")],
                        name="one_exemption_per_tax_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                        name="exemption_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certificate__regex", r"\S")), name="exemption_has_its_certificate"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnergyBank",
            fields=[
                ("id", KEY),
                ("opening_kwh", models.BigIntegerField(default=0)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("subscription", of_subscription("banks")),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("subscription", "="), (DAYS, "&&")], name="one_energy_bank_per_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                        name="energy_bank_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("opening_kwh__gte", 0)), name="energy_bank_opens_with_kwh"
                    ),
                ],
            },
        ),
        append_only("subscriptions_households"),
        never_deleted("subscriptions_taxexemption", "subscriptions_energybank"),
        only_ended("subscriptions_taxexemption", "subscriptions_energybank"),
    ]
