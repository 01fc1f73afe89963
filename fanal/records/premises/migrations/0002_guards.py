from django.db import migrations

from fanal.records.journal.guards import never_deleted


class Migration(migrations.Migration):
    dependencies = [("premises", "0001_initial"), ("journal", "0002_guards")]
    operations = [never_deleted("premises_deliverypoint")]
