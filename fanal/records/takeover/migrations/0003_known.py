from django.db import migrations, models

from fanal.records.journal.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("takeover", "0002_guards"), ("journal", "0002_guards"), ("elsewhere", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="Known",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("key", models.TextField()),
                ("digest", models.UUIDField()),
                ("our_id", models.BigIntegerField(null=True)),
            ],
        ),
        append_only("takeover_known"),
    ]
