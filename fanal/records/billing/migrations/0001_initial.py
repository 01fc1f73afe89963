import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("journal", "0002_guards"),  # btree_gist
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bill_id", "reason", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                ("reason", models.SmallIntegerField()),
                ("evidence", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bill_id", "line", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                ("line", models.SmallIntegerField()),
                ("charge_id", models.IntegerField()),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("days", models.SmallIntegerField()),
                ("quantity", models.BigIntegerField()),
                ("amount_cents", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bill_id",
                        "position",
                        "account_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                ("position", models.SmallIntegerField()),
                ("register_id", models.BigIntegerField()),
                ("kind", models.SmallIntegerField()),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("from_value", models.BigIntegerField()),
                ("to_value", models.BigIntegerField()),
                ("from_sequence", models.SmallIntegerField()),
                ("to_sequence", models.SmallIntegerField()),
                ("multiplier", models.IntegerField()),
                ("rolled_over", models.BooleanField()),
                ("quantity", models.BigIntegerField()),
                ("estimate_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("year", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("next_number", models.BigIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="Bill",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("id", models.BigIntegerField()),
                ("run_id", models.IntegerField()),
                ("subscription_id", models.BigIntegerField()),
                ("delivery_point_id", models.BigIntegerField()),
                ("book_id", models.SmallIntegerField()),
                ("kind", models.SmallIntegerField(choices=[(0, "facture"), (1, "note de crédit")])),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("rated_from_on", models.DateField()),
                ("estimates_in_a_row", models.SmallIntegerField()),
                ("held", models.BooleanField()),
                ("kwh", models.BigIntegerField()),
                ("kw", models.BigIntegerField()),
                ("kva", models.BigIntegerField()),
                ("winter_kw", models.BigIntegerField()),
                ("billing_kw", models.BigIntegerField()),
                ("multiplier", models.SmallIntegerField()),
                ("phases", models.SmallIntegerField()),
                ("units", models.IntegerField()),
                ("rated_cents", models.BigIntegerField()),
                ("net_cents", models.BigIntegerField()),
                ("tax_cents", models.BigIntegerField()),
                ("total_cents", models.BigIntegerField()),
                ("previous_id", models.BigIntegerField()),
                ("settles_id", models.BigIntegerField()),
                ("reverses_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("to_on__gt", models.F("from_on"))), name="bill_has_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rated_from_on__lte", models.F("from_on"))), name="bill_rated_from_before"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total_cents",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_cents"), "+", models.F("tax_cents")
                                ),
                            )
                        ),
                        name="bill_total_is_net_and_tax",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reverses_id", 0), _negated=True),
                        fields=("account_id", "reverses_id"),
                        name="bill_reversed_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BilledDays",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bill_id", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                ("delivery_point_id", models.BigIntegerField()),
                ("subscription_id", models.BigIntegerField()),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("issued_on", models.DateField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["delivery_point_id", "to_on"], name="billing_bil_deliver_1dd5ce_idx"),
                    models.Index(fields=["subscription_id", "to_on"], name="billing_bil_subscri_73e9ed_idx"),
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("delivery_point_id", "="),
                            (models.Func("from_on", "to_on", function="daterange"), "&&"),
                        ],
                        name="no_day_billed_twice",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.JSONField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("code", "digest"), name="book_content_once")],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bill_id", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
                ("issued_on", models.DateField()),
                ("due_on", models.DateField()),
                ("second_due_on", models.DateField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account_id", "issued_on"], name="billing_iss_account_7dd1ad_idx"),
                ],
                "constraints": [models.UniqueConstraint(fields=("number",), name="bill_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[("ACCEPT", "accepter"), ("POSTPONE", "reporter"), ("RESET", "à revoir")], max_length=10
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(db_column="by_whom", max_length=150)),
                ("on", models.DateField(db_column="on_date")),
            ],
            options={
                "indexes": [models.Index(fields=["bill_id", "id"], name="billing_rev_bill_id_b2d499_idx")],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(db_column="on_date")),
                ("cycle", models.SmallIntegerField()),
                ("corrects_subscription_id", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "ouverte"),
                            ("COMPUTED", "calculée"),
                            ("REVIEWED", "revue"),
                            ("APPROVED", "approuvée"),
                            ("ISSUING", "en émission"),
                            ("ISSUED", "émise"),
                            ("ABANDONED", "abandonnée"),
                        ],
                        default="OPEN",
                        max_length=10,
                    ),
                ),
                ("paused", models.BooleanField(default=False)),
                ("opened_by", models.CharField(max_length=150)),
                ("reviewed_by", models.CharField(blank=True, max_length=150)),
                ("approved_by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("corrects_subscription_id", 0),
                            models.Q(("state__in", ["ISSUED", "ABANDONED"]), _negated=True),
                        ),
                        expressions=[
                            (
                                models.Func(
                                    models.F("cycle"),
                                    function="int4range",
                                    template="(CASE WHEN cycle = 0 THEN int4range(NULL, NULL)"
                                    " ELSE int4range(cycle, cycle + 1) END)",
                                ),
                                "&&",
                            )
                        ],
                        name="one_open_run_per_cycle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", ""),
                            models.Q(
                                models.Q(("approved_by__iexact", models.F("opened_by")), _negated=True),
                                models.Q(("approved_by__iexact", models.F("reviewed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="run_approved_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opened_by", ""), _negated=True),
                            ("approved_by", django.db.models.functions.text.Trim("approved_by")),
                            ("opened_by", django.db.models.functions.text.Trim("opened_by")),
                            ("reviewed_by", django.db.models.functions.text.Trim("reviewed_by")),
                        ),
                        name="run_people_have_names",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["OPEN", "COMPUTED", "ABANDONED", "REVIEWED"]),
                            models.Q(("approved_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="run_issued_only_once_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.SmallIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("ledger_account_id", models.SmallIntegerField()),
                ("counts_energy", models.BooleanField()),
                ("is_tax", models.BooleanField()),
                ("detail", models.JSONField()),
                (
                    "book",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="billing.book"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("book", "position"), name="charge_position_once")],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.IntegerField()),
                ("first_subscription_id", models.BigIntegerField()),
                ("last_subscription_id", models.BigIntegerField()),
                ("subscriptions", models.IntegerField()),
                ("computed", models.BooleanField(default=False)),
                ("issued", models.BooleanField(default=False)),
                ("bills", models.IntegerField(default=0)),
                ("first_number", models.BigIntegerField(default=0)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="billing.run"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "position"), name="chunk_position_once")],
            },
        ),
    ]
