import django.db.models.deletion
from django.db import migrations, models

from fanal.values import address
from fanal.values.refusal import Fault

# As the act kept them on that day: it may keep more since, in columns that this migration does not know.
COLUMNS = "premises_id, number, suffix, street_type, street_name, street_direction, street_language"
MANY = 10_000  # premises held in memory at once


def read_what_is_there(apps, schema_editor):
    connection = schema_editor.connection
    with connection.chunked_cursor() as found, connection.cursor() as cursor:
        found.execute("SELECT id, civic_number, street FROM premises_premises")
        while premises := found.fetchmany(MANY):
            rows = [(id, *parts) for id, number, street in premises if (parts := _parts(number, street))]
            with cursor.copy(f"COPY premises_civicaddress ({COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _parts(civic_number, street):
    try:
        number, suffix = address.civic_number(civic_number)
        way = address.street(street)
    except Fault:
        return None
    return (int(number) if number else None, suffix, way.type, way.name, way.direction, way.lang)


class Migration(migrations.Migration):
    dependencies = [("premises", "0003_search")]
    operations = [
        migrations.CreateModel(
            name="CivicAddress",
            fields=[
                (
                    "premises",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="civic_address",
                        serialize=False,
                        to="premises.premises",
                    ),
                ),
                ("number", models.IntegerField(null=True)),
                ("suffix", models.CharField(blank=True, max_length=5)),
                ("street_type", models.CharField(blank=True, max_length=10)),
                ("street_name", models.CharField(max_length=120)),
                ("street_direction", models.CharField(blank=True, max_length=2)),
                ("street_language", models.CharField(max_length=2)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("street_name", ""), _negated=True), name="street_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("street_language__in", ["fr", "en"])), name="street_french_or_english"
                    ),
                ],
            },
        ),
        migrations.RunPython(read_what_is_there, migrations.RunPython.noop),
    ]
