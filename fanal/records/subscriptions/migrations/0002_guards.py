from django.db import migrations

from fanal.records.journal.guards import never_deleted, only_ended


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial"), ("journal", "0002_guards")]
    operations = [never_deleted("subscriptions_subscription"), only_ended("subscriptions_subscription")]
