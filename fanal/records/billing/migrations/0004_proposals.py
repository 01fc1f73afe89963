import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from fanal.records.journal.guards import never_deleted

# What was proposed stays as it was; it is decided once.
DECIDED_ONCE = """
CREATE FUNCTION billing_check_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision text[] := ARRAY['state', 'decided_by', 'decided_on', 'reason'];
BEGIN
    IF OLD.state <> 'PROPOSED' OR to_jsonb(OLD) - decision <> to_jsonb(NEW) - decision THEN
        RAISE EXCEPTION 'La proposition % ne se modifie pas ; elle se décide une seule fois.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# Who proposed does not activate, whatever the case and the spaces of the name.
SECOND_PERSON = r"""
ALTER TABLE billing_proposal ADD CONSTRAINT proposal_activated_by_a_second_person CHECK (state <> 'ACTIVATED'
    OR lower(regexp_replace(decided_by, '\s', '', 'g')) <> lower(regexp_replace(proposed_by, '\s', '', 'g')))
"""
# The outcome of a rehearsal comes once; nothing else of it changes.
KEPT_ONCE = """
CREATE FUNCTION billing_check_rehearsal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outcome IS NOT NULL OR to_jsonb(OLD) - 'outcome' <> to_jsonb(NEW) - 'outcome' THEN
        RAISE EXCEPTION 'La répétition % ne se modifie pas : en demander une autre.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# No bill leaves that was computed with a book whose prices of its days were replaced since.
IN_FORCE = """
CREATE FUNCTION billing_check_issued_books() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT b.id, k.code INTO bad FROM added a
        JOIN billing_bill b ON b.account_id = a.account_id AND b.id = a.bill_id AND b.kind = 0
        JOIN billing_book k ON k.id = b.book_id
        JOIN billing_proposal p ON p.code = k.code AND p.state = 'ACTIVATED' AND p.changes_from_on < b.to_on
        WHERE p.id > coalesce((SELECT max(own.id) FROM billing_proposal own
            WHERE own.code = k.code AND own.digest = k.digest AND own.state = 'ACTIVATED'), 0) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'La facture % ne peut pas être émise : le livre % a été remplacé depuis son calcul.', bad.id,
            bad.code USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""


def on_update(table: str, function: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_changes BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_correction"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                ("replaces", models.CharField(blank=True, max_length=64)),
                ("changes_from_on", models.DateField(null=True)),
                ("retroactive", models.BooleanField()),
                ("note", models.CharField(max_length=300)),
                ("proposed_by", models.CharField(max_length=150)),
                ("proposed_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("PROPOSED", "proposé"), ("ACTIVATED", "activé"), ("WITHDRAWN", "retiré")],
                        default="PROPOSED",
                        max_length=10,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_on", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "PROPOSED")), fields=("code",), name="one_open_proposal_per_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_by", ""), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            ("decided_by", django.db.models.functions.text.Trim("decided_by")),
                            ("note", django.db.models.functions.text.Trim("note")),
                            ("proposed_by", django.db.models.functions.text.Trim("proposed_by")),
                            models.Q(
                                models.Q(("decided_by", ""), ("decided_on", None), ("state", "PROPOSED")),
                                models.Q(
                                    models.Q(("state", "PROPOSED"), _negated=True),
                                    models.Q(("decided_by", ""), _negated=True),
                                    models.Q(("decided_on", None), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="proposal_people_have_names",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "WITHDRAWN"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="proposal_withdrawn_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retroactive", True),
                            ("changes_from_on", None),
                            models.Q(
                                ("changes_from_on__gte", models.F("proposed_on")),
                                models.Q(
                                    models.Q(("state", "ACTIVATED"), _negated=True),
                                    ("changes_from_on__gte", models.F("decided_on")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_rewrites_no_past_unsaid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                ("replaced", models.JSONField()),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("dated", models.BooleanField()),
                ("by", models.CharField(db_column="by_whom", max_length=150)),
                ("on", models.DateField(db_column="on_date")),
                ("outcome", models.JSONField(null=True)),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rehearsals",
                        to="billing.proposal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("to_on__gt", models.F("from_on"))), name="rehearsal_has_days"
                    )
                ],
            },
        ),
        migrations.RunSQL(SECOND_PERSON, migrations.RunSQL.noop),
        migrations.RunSQL(DECIDED_ONCE, "DROP FUNCTION billing_check_proposal CASCADE"),
        on_update("billing_proposal", "billing_check_proposal"),
        migrations.RunSQL(KEPT_ONCE, "DROP FUNCTION billing_check_rehearsal CASCADE"),
        on_update("billing_rehearsal", "billing_check_rehearsal"),
        migrations.RunSQL(IN_FORCE, "DROP FUNCTION billing_check_issued_books CASCADE"),
        migrations.RunSQL(
            "CREATE TRIGGER billing_issue_in_force AFTER INSERT ON billing_issue REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION billing_check_issued_books()",
            migrations.RunSQL.noop,
        ),
        never_deleted("billing_proposal", "billing_rehearsal"),
    ]
