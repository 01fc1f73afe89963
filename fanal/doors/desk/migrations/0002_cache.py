from django.db import migrations

# Attempts to sign in are counted here, for every process that serves. A crash may forget them: they are minutes old.
TABLE = """
CREATE UNLOGGED TABLE desk_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX desk_cache_expires ON desk_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_roles")]
    operations = [migrations.RunSQL(TABLE, "DROP TABLE desk_cache")]
