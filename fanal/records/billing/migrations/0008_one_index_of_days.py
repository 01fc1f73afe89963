from django.db import migrations


class Migration(migrations.Migration):
    """A subscription's days are found among those of its delivery point: each bill writes in one index less."""

    dependencies = [("billing", "0007_second_person")]
    operations = [migrations.RemoveIndex(model_name="billeddays", name="billing_bil_subscri_73e9ed_idx")]
