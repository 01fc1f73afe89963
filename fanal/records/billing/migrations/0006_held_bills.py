from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_quantities")]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(condition=models.Q(("held", True)), fields=["id"], name="held_bills"),
        ),
    ]
