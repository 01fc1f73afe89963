from django.db import migrations

from fanal.records.journal.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("shadow", "0001_initial"), ("journal", "0002_guards")]
    operations = [append_only("shadow_run", "shadow_comparedset", "shadow_tally", "shadow_difference")]
