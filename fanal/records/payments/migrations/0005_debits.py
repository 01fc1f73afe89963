import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_takeover"),
        ("payments", "0004_openings_are_paid"),
    ]

    operations = [
        migrations.CreateModel(
            name="DebitBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("again", models.BooleanField(default=False)),
                ("prepared_by", models.CharField(max_length=150)),
                ("prepared_on", models.DateField()),
                ("held", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("PREPARED", "préparé"), ("RELEASED", "remis"), ("ABANDONED", "abandonné")],
                        default="PREPARED",
                        max_length=10,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, db_default="", max_length=150)),
                ("decided_on", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, db_default="", max_length=300)),
                ("file_rank", models.BigIntegerField(null=True, unique=True)),
                ("debits", models.IntegerField(db_default=0)),
                ("cents", models.BigIntegerField(db_default=0)),
                ("content", models.BinaryField(null=True)),
                ("sha256", models.BinaryField(max_length=32, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PREPARED", "RELEASED", "ABANDONED"])),
                        name="debit_batch_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_on__gt", models.F("from_on"))), name="debit_batch_has_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("prepared_by", ""), _negated=True),
                            models.Q(
                                models.Q(("decided_by", ""), ("decided_on", None), ("state", "PREPARED")),
                                models.Q(
                                    models.Q(("state", "PREPARED"), _negated=True),
                                    models.Q(("decided_by", ""), _negated=True),
                                    models.Q(("decided_on", None), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="debit_batch_people_have_names",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ABANDONED"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="debit_batch_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cents__gte", 1),
                                ("content__isnull", False),
                                ("debits__gte", 1),
                                ("file_rank__gte", 1),
                                ("sha256__isnull", False),
                                ("state", "RELEASED"),
                            ),
                            models.Q(
                                models.Q(("state", "RELEASED"), _negated=True),
                                ("cents", 0),
                                ("content", None),
                                ("debits", 0),
                                ("file_rank", None),
                                ("sha256", None),
                            ),
                            _connector="OR",
                        ),
                        name="debit_batch_released_with_its_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Debit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("number", models.CharField(blank=True, max_length=40)),
                ("due_on", models.DateField()),
                ("attempt", models.SmallIntegerField(default=1)),
                ("debited_on", models.DateField()),
                ("told_on", models.DateField()),
                ("account_ends", models.CharField(blank=True, max_length=3)),
                ("prepared_cents", models.BigIntegerField()),
                ("cents", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PREPARED", "préparé"),
                            ("WITHDRAWN", "retiré"),
                            ("RELEASED", "remis"),
                            ("RETURNED", "retourné"),
                        ],
                        default="PREPARED",
                        max_length=10,
                    ),
                ),
                ("withdrawn", models.CharField(blank=True, db_default="", max_length=12)),
                ("returned_on", models.DateField(null=True)),
                ("return_code", models.SmallIntegerField(db_default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="debits", to="ledger.account"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="payments.debitbatch"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "RELEASED")), fields=["debited_on"], name="debits_by_their_day"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["PREPARED", "RELEASED"])),
                        fields=("account", "kind", "number", "due_on"),
                        name="debit_in_one_live_file",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "WITHDRAWN"), _negated=True),
                        fields=("account", "kind", "number", "due_on", "attempt"),
                        name="debit_presented_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attempt__in", [1, 2]), ("kind__in", ["DEBIT", "EQUAL_PAYMENTS", "ARRANGEMENT"])
                        ),
                        name="debit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cents__gte", 1), ("cents__lte", models.F("prepared_cents"))),
                        name="debit_takes_no_more_than_prepared",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("return_code", 0),
                                ("returned_on", None),
                                ("state__in", ["PREPARED", "RELEASED"]),
                                ("withdrawn", ""),
                            ),
                            models.Q(
                                ("return_code", 0),
                                ("returned_on", None),
                                ("state", "WITHDRAWN"),
                                models.Q(("withdrawn", ""), _negated=True),
                            ),
                            models.Q(
                                ("return_code__gte", 900),
                                ("returned_on__isnull", False),
                                ("state", "RETURNED"),
                                ("withdrawn", ""),
                            ),
                            _connector="OR",
                        ),
                        name="debit_says_what_became_of_it",
                    ),
                ],
            },
        ),
    ]
