from django.db import migrations, models


class Migration(migrations.Migration):
    """Two entries of a deposit at once do not see each other: the days that one begins with are of one only."""

    dependencies = [("elsewhere", "0008_deposit_entries")]
    operations = [
        migrations.AddConstraint(
            "depositentry",
            models.UniqueConstraint(fields=["account_id", "number", "from_on"], name="deposit_entry_of_new_days"),
        ),
        migrations.RemoveIndex("depositentry", "entries_of_deposits"),
    ]
