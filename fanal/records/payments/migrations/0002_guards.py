from django.db import migrations

from fanal.records.journal.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("journal", "0002_guards")]
    operations = [append_only("payments_receipt", "payments_returnedpayment", "payments_allocation")]
