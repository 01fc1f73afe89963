"""A job may be about what no number says: the folder of an export."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_said_in_english"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="about",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
    ]
