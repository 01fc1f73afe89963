from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0004_search"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="estimate",
            name="estimate_from_history_once",
        ),
        migrations.AddConstraint(
            model_name="estimate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("method", "a")),
                fields=("delivery_point_id", "kind", "from_on", "to_on", "quantity", "inputs"),
                name="same_estimate_from_history_once",
            ),
        ),
    ]
