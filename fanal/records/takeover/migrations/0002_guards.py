from django.db import migrations

from fanal.records.journal.guards import append_only, never_deleted


class Migration(migrations.Migration):
    dependencies = [("takeover", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        append_only("takeover_stagedrow", "takeover_decision"),
        never_deleted("takeover_export", "takeover_rule"),
    ]
