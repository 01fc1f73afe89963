"""Corrected readings are few: find the bills that rest on what was read before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metering", "0007_named_registers")]

    operations = [
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(
                fields=["delivery_point_id", "register_id", "read_on"],
                condition=models.Q(sequence__gt=1),
                name="corrected_readings",
            ),
        ),
    ]
