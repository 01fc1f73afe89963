from django.db import migrations


class Migration(migrations.Migration):
    """A book may look back at any season: the past demand is not always the winter's."""

    dependencies = [("billing", "0011_billed_elsewhere")]
    operations = [migrations.RenameField(model_name="bill", old_name="winter_kw", new_name="past_kw")]
