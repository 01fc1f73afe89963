from django.db import migrations, models


class Migration(migrations.Migration):
    """Each bill writes in fewer pages that lie far apart: one index of its days, and one of its account alone."""

    dependencies = [("billing", "0008_subscription_fee")]
    operations = [
        migrations.AddIndex(
            model_name="billeddays",
            index=models.Index(fields=["delivery_point_id", "subscription_id", "to_on"], name="who_is_billed_to_when"),
        ),
        migrations.RemoveIndex(model_name="billeddays", name="billing_bil_deliver_1dd5ce_idx"),
        migrations.RemoveIndex(model_name="billeddays", name="billing_bil_subscri_73e9ed_idx"),
        migrations.AddIndex(model_name="issue", index=models.Index(fields=["account_id"], name="issued_to")),
        migrations.RemoveIndex(model_name="issue", name="billing_iss_account_7dd1ad_idx"),
    ]
