from django.db import migrations, models
from django.db.models.functions import Trim

from fanal.records.journal.guards import never_deleted

# A proposal keeps what was shown; a person decides of it once.
DECIDED_ONCE = """
CREATE FUNCTION billing_check_correction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    verdict text[] := ARRAY['verdict', 'decided_by', 'decided_on', 'refused_because'];
BEGIN
    IF OLD.verdict <> '' OR to_jsonb(OLD) - verdict <> to_jsonb(NEW) - verdict THEN
        RAISE EXCEPTION 'La correction proposée % ne se modifie pas ; elle se décide une seule fois.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# Who proposed does not approve, whatever the case and the spaces of the name.
SECOND_PERSON = r"""
ALTER TABLE billing_correction ADD CONSTRAINT correction_approved_by_a_second_person CHECK (verdict <> 'APPROVED'
    OR lower(regexp_replace(decided_by, '\s', '', 'g')) <> lower(regexp_replace(proposed_by, '\s', '', 'g')))
"""
# Once numbers are reserved for the bills that leave, nobody decides of them any more: their count cannot change.
REVIEWS = """
CREATE FUNCTION billing_check_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT r.id INTO bad FROM (SELECT DISTINCT bill_id >> 33 AS id FROM added) a JOIN billing_run r ON r.id = a.id
        WHERE r.state IN ('ISSUING', 'ISSUED') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Les numéros du lot % sont réservés : on ne décide plus de ses factures.', bad.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("subscription_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                ("cause", models.CharField(max_length=20)),
                ("reason", models.CharField(max_length=300)),
                ("reported_on", models.DateField()),
                ("period_known", models.BooleanField()),
                ("customer_knew", models.BooleanField()),
                ("shown", models.JSONField()),
                ("difference_cents", models.BigIntegerField()),
                ("period", models.JSONField()),
                ("proposed_by", models.CharField(max_length=150)),
                ("proposed_on", models.DateField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True, choices=[("APPROVED", "approuvée"), ("REFUSED", "refusée")], max_length=10
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_on", models.DateField(null=True)),
                ("refused_because", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("verdict", "")),
                        fields=("subscription_id",),
                        name="one_open_correction_per_subscription",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_by", ""), _negated=True),
                            ("decided_by", Trim("decided_by")),
                            ("proposed_by", Trim("proposed_by")),
                            models.Q(
                                models.Q(("decided_by", ""), ("decided_on", None), ("verdict", "")),
                                models.Q(
                                    models.Q(("verdict", ""), _negated=True),
                                    models.Q(("decided_by", ""), _negated=True),
                                    models.Q(("decided_on", None), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="correction_people_have_names",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(
                                models.Q(("verdict", "REFUSED"), _negated=True),
                                models.Q(("refused_because", ""), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="correction_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SECOND_PERSON, migrations.RunSQL.noop),
        migrations.RunSQL(DECIDED_ONCE, "DROP FUNCTION billing_check_correction CASCADE"),
        migrations.RunSQL(
            "CREATE TRIGGER billing_correction_decided_once BEFORE UPDATE ON billing_correction "
            "FOR EACH ROW EXECUTE FUNCTION billing_check_correction()",
            migrations.RunSQL.noop,
        ),
        never_deleted("billing_correction"),
        migrations.RunSQL(REVIEWS, "DROP FUNCTION billing_check_reviews CASCADE"),
        migrations.RunSQL(
            "CREATE TRIGGER billing_review_before_issuing AFTER INSERT ON billing_review "
            "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION billing_check_reviews()",
            migrations.RunSQL.noop,
        ),
    ]
