from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_quantities")]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(condition=models.Q(("held", True)), fields=["id"], name="held_bills"),
        ),
        migrations.AlterField(
            model_name="run",
            name="state",
            field=models.CharField(
                choices=[
                    ("OPEN", "ouvert"),
                    ("COMPUTED", "calculé"),
                    ("REVIEWED", "revu"),
                    ("APPROVED", "approuvé"),
                    ("ISSUING", "en émission"),
                    ("ISSUED", "émis"),
                    ("ABANDONED", "abandonné"),
                ],
                default="OPEN",
                max_length=10,
            ),
        ),
    ]
