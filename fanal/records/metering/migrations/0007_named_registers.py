from django.db import migrations, models

# What a register counts is said once: bills and readings already rest on it.
NOT_CHANGED = """
CREATE TRIGGER metering_register_not_changed BEFORE UPDATE ON metering_register
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0006_photos"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="register", name="one_register_per_meter_and_kind"),
        migrations.RemoveConstraint(model_name="estimate", name="same_estimate_from_history_once"),
        migrations.AddField(model_name="register", name="name", field=models.CharField(default="total", max_length=30)),
        migrations.AddField(model_name="estimate", name="name", field=models.CharField(default="total", max_length=30)),
        migrations.AlterField(
            model_name="register",
            name="kind",
            field=models.SmallIntegerField(choices=[(1, "kWh"), (2, "kW"), (3, "kVA"), (4, "kvarh")]),
        ),
        migrations.AlterField(
            model_name="estimate",
            name="kind",
            field=models.SmallIntegerField(choices=[(1, "kWh"), (2, "kW"), (3, "kVA"), (4, "kvarh")]),
        ),
        migrations.AddConstraint(
            model_name="register",
            constraint=models.UniqueConstraint(
                fields=("meter", "kind", "name"), name="one_register_per_meter_kind_and_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="register",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__regex", "^[a-z][a-z0-9_]{0,29}$")), name="register_name_as_books_write_it"
            ),
        ),
        migrations.AddConstraint(
            model_name="estimate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("method", "a")),
                fields=("delivery_point_id", "kind", "name", "from_on", "to_on", "quantity", "inputs"),
                name="same_estimate_from_history_once",
            ),
        ),
        migrations.RunSQL(NOT_CHANGED, "DROP TRIGGER metering_register_not_changed ON metering_register"),
    ]
