import django.db.models.deletion
from django.db import migrations, models

from fanal.records.premises.addresses import keep_parts


def read_what_is_there(apps, schema_editor):
    keep_parts("SELECT id FROM premises_premises")


class Migration(migrations.Migration):
    dependencies = [("premises", "0003_search")]
    operations = [
        migrations.CreateModel(
            name="CivicAddress",
            fields=[
                (
                    "premises",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="civic_address",
                        serialize=False,
                        to="premises.premises",
                    ),
                ),
                ("number", models.IntegerField(null=True)),
                ("suffix", models.CharField(blank=True, max_length=5)),
                ("street_type", models.CharField(blank=True, max_length=10)),
                ("street_name", models.CharField(max_length=120)),
                ("street_direction", models.CharField(blank=True, max_length=2)),
                ("street_language", models.CharField(max_length=2)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("street_name", ""), _negated=True), name="street_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("street_language__in", ["fr", "en"])), name="street_french_or_english"
                    ),
                ],
            },
        ),
        migrations.RunPython(read_what_is_there, migrations.RunPython.noop),
    ]
