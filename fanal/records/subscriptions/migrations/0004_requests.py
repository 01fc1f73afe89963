import django.db.models.deletion
from django.db import migrations, models

from fanal.records.journal.guards import append_only

# Nothing but names stands there: a number of a person, typed by mistake, is refused.
NAMES = """
ALTER TABLE subscriptions_request ADD CONSTRAINT request_keeps_names_of_annex_1_only CHECK (
    jsonb_typeof(provided) = 'array' AND provided <@ '["USE", "ACTIVITIES", "SERVICE_ADDRESS", "BILLING_ADDRESS",
        "NAME", "CURRENT_ADDRESS", "PREVIOUS_ADDRESS", "TELEPHONE", "SOCIAL_INSURANCE_NUMBER", "ENTERPRISE_NUMBER",
        "OCCUPANCY", "NOMINAL_CURRENT", "CONNECTED_LOADS", "DEMAND", "WANTED_ON", "DROP_KIND", "SITE_PLAN",
        "CONNECTION_PLACE", "LEASE", "CHARTER"]'
    AND jsonb_typeof(identity_pieces) = 'array' AND identity_pieces <@ '["DRIVING_LICENCE", "HEALTH_INSURANCE_CARD",
        "CANADIAN_PASSPORT", "CITIZENSHIP_CERTIFICATE", "BIRTH_CERTIFICATE", "INDIAN_STATUS_CERTIFICATE",
        "SOCIAL_INSURANCE_CARD", "OLD_AGE_SECURITY_CARD"]')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_search"),
        ("premises", "0003_search"),
        ("subscriptions", "0003_what_books_ask"),
        ("journal", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("applicant", models.CharField(max_length=301)),
                ("received_on", models.DateField()),
                ("channel", models.CharField(max_length=20)),
                ("rate_class", models.CharField(max_length=20)),
                ("book", models.CharField(max_length=60)),
                ("use", models.CharField(max_length=20)),
                ("person", models.CharField(max_length=20)),
                ("occupancy", models.CharField(max_length=20)),
                ("provided", models.JSONField()),
                ("identity_pieces", models.JSONField()),
                ("information_is_wrong", models.BooleanField()),
                ("agreed_on", models.DateField(null=True)),
                ("owed_cents", models.BigIntegerField()),
                ("answer", models.JSONField()),
                ("start", models.JSONField()),
                ("accepted", models.BooleanField()),
                ("fee_cents", models.BigIntegerField()),
                ("decided_by", models.CharField(max_length=150)),
                ("decided_on", models.DateField()),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "delivery_point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="premises.deliverypoint"
                    ),
                ),
                (
                    "subscription",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="subscriptions.subscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("accepted", True),
                                ("customer__isnull", False),
                                ("fee_cents__gte", 0),
                                ("subscription__isnull", False),
                            ),
                            models.Q(("accepted", False), ("fee_cents", 0), ("subscription", None)),
                            _connector="OR",
                        ),
                        name="request_opens_a_subscription_when_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("applicant__regex", "\\S"), ("decided_by__regex", "\\S")),
                        name="request_people_have_names",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("received_on__lte", models.F("decided_on"))),
                        name="request_decided_once_received",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            NAMES, "ALTER TABLE subscriptions_request DROP CONSTRAINT request_keeps_names_of_annex_1_only"
        ),
        append_only("subscriptions_request"),
    ]
