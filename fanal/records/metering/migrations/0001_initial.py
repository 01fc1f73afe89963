import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("journal", "0002_guards"),  # btree_gist
        ("premises", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Meter",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("serial", models.CharField(max_length=30, unique=True)),
                ("model", models.CharField(blank=True, max_length=60)),
                ("verified_until", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Estimate",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("delivery_point_id", models.BigIntegerField()),
                ("kind", models.SmallIntegerField(choices=[(1, "kWh"), (2, "kW"), (3, "kVA")])),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("method", models.CharField(max_length=1)),
                ("quantity", models.BigIntegerField()),
                ("inputs", models.JSONField()),
                ("by", models.CharField(db_column="by_whom", max_length=150)),
            ],
            options={
                "indexes": [models.Index(fields=["delivery_point_id", "to_on"], name="metering_es_deliver_32f8fa_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["a", "b", "c", "d"])),
                        name="estimate_method_of_412",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_on__gt", models.F("from_on"))), name="estimate_has_days"
                    ),
                    models.CheckConstraint(condition=models.Q(("quantity__gte", 0)), name="estimate_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("delivery_point_id", models.BigIntegerField()),
                ("register_id", models.BigIntegerField()),
                ("read_on", models.DateField()),
                ("sequence", models.SmallIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("evidence", models.JSONField(default=dict)),
                ("found_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("delivery_point_id", "register_id", "read_on", "sequence", "code"),
                        name="finding_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "delivery_point_id",
                        "register_id",
                        "read_on",
                        "sequence",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("delivery_point_id", models.BigIntegerField()),
                ("register_id", models.BigIntegerField()),
                ("read_on", models.DateField()),
                ("sequence", models.SmallIntegerField()),
                ("value", models.BigIntegerField()),
                (
                    "source",
                    models.SmallIntegerField(
                        choices=[
                            (1, "employé"),
                            (2, "client"),
                            (3, "télérelève"),
                            (4, "pose"),
                            (5, "dépose"),
                            (6, "reprise"),
                        ]
                    ),
                ),
                ("quality", models.SmallIntegerField(choices=[(1, "réelle"), (2, "estimée")])),
                ("recorded_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("value__gte", 0)), name="reading_not_negative"),
                    models.CheckConstraint(condition=models.Q(("sequence__gte", 1)), name="reading_sequence_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("recorded_on__gte", models.F("read_on"))),
                        name="reading_not_in_the_future",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("multiplier", models.IntegerField(default=1)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "delivery_point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="installations",
                        to="premises.deliverypoint",
                    ),
                ),
                (
                    "meter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="installations",
                        to="metering.meter",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["delivery_point", "starts_on"],
                        include=("ends_on", "meter", "multiplier"),
                        name="what_hangs_where",
                    )
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("meter", "="),
                            (models.Func("starts_on", "ends_on", function="daterange"), "&&"),
                        ],
                        name="a_meter_hangs_in_one_place",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("delivery_point", "="),
                            (models.Func("starts_on", "ends_on", function="daterange"), "&&"),
                        ],
                        name="one_meter_per_delivery_point_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("multiplier__gte", 1)), name="meter_multiplier_counts_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Register",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("kind", models.SmallIntegerField(choices=[(1, "kWh"), (2, "kW"), (3, "kVA")])),
                ("dials", models.SmallIntegerField()),
                (
                    "meter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registers",
                        to="metering.meter",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("meter", "kind"), name="one_register_per_meter_and_kind"),
                    models.CheckConstraint(condition=models.Q(("dials__range", (3, 9))), name="dials_three_to_nine"),
                ],
            },
        ),
    ]
