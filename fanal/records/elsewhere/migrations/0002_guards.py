from django.db import migrations

from fanal.records.journal.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("elsewhere", "0001_initial"), ("journal", "0002_guards"), ("ledger", "0008_takeover")]
    operations = [
        append_only(
            "elsewhere_pastbill", "elsewhere_pastline", "elsewhere_pastpayment", "elsewhere_pastentry",
            "elsewhere_pastnotice", "elsewhere_rejectedreading", "elsewhere_undertaking", "elsewhere_opening",
        )
    ]  # fmt: skip
