from importlib import import_module

from django.db import migrations

WITH_ACCENTS = import_module("fanal.records.journal.migrations.0004_person_key").PERSON_KEY.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
# « márie » does not confirm what « marie » proposed: accents come off their letters, then go with what is not seen.
WITHOUT_ACCENTS = WITH_ACCENTS.replace("NFKC", "NFKD").replace("'[\\u0009", "'[\\u0300-\\u036F\\u0009")


class Migration(migrations.Migration):
    dependencies = [("journal", "0005_end_once")]
    operations = [migrations.RunSQL(WITHOUT_ACCENTS, WITH_ACCENTS)]
