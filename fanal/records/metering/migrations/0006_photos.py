from django.db import migrations, models

from fanal.records.journal.guards import append_only

# A photo is of one reading, a bare JPEG of a size that a dial needs, and its digest is that of its bytes. It is
# compressed already: PostgreSQL must not try again.
GUARDS = [
    """ALTER TABLE metering_photo
    ALTER content SET STORAGE EXTERNAL,
    ADD CONSTRAINT photo_of_a_reading FOREIGN KEY (delivery_point_id, register_id, read_on, sequence)
        REFERENCES metering_reading (delivery_point_id, register_id, read_on, sequence),
    ADD CONSTRAINT photo_has_its_digest CHECK (sha256 = sha256(content)),
    ADD CONSTRAINT photo_is_a_jpeg CHECK (
        substring(content FOR 3) = '\\xffd8ff' AND octet_length(content) <= 4 * 1024 * 1024)""",
]
UNGUARDED = """ALTER TABLE metering_photo DROP CONSTRAINT photo_of_a_reading, DROP CONSTRAINT photo_has_its_digest,
    DROP CONSTRAINT photo_is_a_jpeg"""


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0005_estimate_by_inputs"),
        ("journal", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("delivery_point_id", models.BigIntegerField()),
                ("register_id", models.BigIntegerField()),
                ("read_on", models.DateField()),
                ("sequence", models.SmallIntegerField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("content", models.BinaryField()),
                ("width", models.SmallIntegerField()),
                ("height", models.SmallIntegerField()),
                ("by", models.CharField(db_column="by_whom", max_length=150)),
                ("recorded_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("delivery_point_id", "register_id", "read_on", "sequence", "sha256"),
                        name="photo_once_a_reading",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recorded_on__gte", models.F("read_on"))),
                        name="photo_not_before_its_reading",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__range", (1, 1600)), ("width__range", (1, 1600))),
                        name="photo_has_its_size",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
        append_only("metering_photo"),
    ]
