from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# The lowest room keeps what every room's search stands on. unaccent() is only STABLE, its dictionary could be edited:
# ours never is, so that an index may be made of it.
PLAIN_TEXT = """
CREATE FUNCTION journal_plain_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1))
$$
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_guards")]
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(PLAIN_TEXT, "DROP FUNCTION journal_plain_text(text)"),
    ]
