from django.db import migrations


class Migration(migrations.Migration):
    """The next day of a promise is told from its terms when it is asked: a column would go stale."""

    dependencies = [("elsewhere", "0004_undertakings_follow")]
    operations = [migrations.RemoveField(model_name="undertaking", name="next_on")]
