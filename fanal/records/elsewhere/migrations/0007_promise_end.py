from django.db import migrations, models
from django.db.models import F, Q

from fanal.records.journal.guards import append_only

KINDS = [
    ("EQUAL_PAYMENTS", "versements égaux"), ("ARRANGEMENT", "entente de paiement"), ("DEBIT", "paiement préautorisé"),
    ("DEPOSIT", "dépôt"),
]  # fmt: skip
REASONS = [
    ("ASKED", "demande du client"), ("UNPAID", "versements non reçus"), ("BANK", "prélèvements refusés par la banque"),
]  # fmt: skip
FITS = (
    Q(kind="EQUAL_PAYMENTS", reason__in=["ASKED", "UNPAID"])
    | Q(kind="ARRANGEMENT", reason__in=["ASKED", "UNPAID"])
    | Q(kind="DEBIT", reason__in=["ASKED", "BANK"])
)
# As long as the old system follows a promise, its export says its end; once its cycle is ours, this table does.
OF_A_PROMISE = """
CREATE FUNCTION elsewhere_check_promise_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    promised record;
BEGIN
    SELECT starts_on INTO promised FROM elsewhere_undertaking u
        WHERE (u.account_id, u.kind, u.number) = (NEW.account_id, NEW.kind, NEW.number) AND u.live;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Aucun engagement % n’est en cours à ce compte.', NEW.number
            USING ERRCODE = 'restrict_violation';
    ELSIF NEW.ended_on < promised.starts_on THEN
        RAISE EXCEPTION 'L’engagement % commence le % : il ne finit pas avant.', NEW.number, promised.starts_on
            USING ERRCODE = 'restrict_violation';
    ELSIF NOT EXISTS (
        SELECT FROM subscriptions_subscription s JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
        JOIN elsewhere_takencycle c ON c.cycle = d.cycle WHERE s.account_id = NEW.account_id AND c.ours)
    THEN
        RAISE EXCEPTION 'L’ancien système suit encore l’engagement % : sa fin viendra de son exportation.', NEW.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
BACK_WITH_AN_END = """
CREATE FUNCTION elsewhere_check_ends_way_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ended record;
BEGIN
    SELECT e.number INTO ended FROM elsewhere_promiseend e
        JOIN subscriptions_subscription s ON s.account_id = e.account_id
        JOIN premises_deliverypoint d ON d.id = s.delivery_point_id WHERE d.cycle = OLD.cycle LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le cycle % ne revient plus à l’ancien système : la fin de l’engagement % est inscrite ici.',
            OLD.cycle, ended.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGERS = """
CREATE TRIGGER elsewhere_promiseend_of_a_promise BEFORE INSERT ON elsewhere_promiseend
    FOR EACH ROW EXECUTE FUNCTION elsewhere_check_promise_end();
CREATE TRIGGER elsewhere_takencycle_keeps_ends BEFORE UPDATE ON elsewhere_takencycle
    FOR EACH ROW WHEN (OLD.ours AND NOT NEW.ours) EXECUTE FUNCTION elsewhere_check_ends_way_back()
"""


class Migration(migrations.Migration):
    dependencies = [("elsewhere", "0006_terms_that_hold"), ("journal", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="PromiseEnd",
            fields=[
                ("pk", models.CompositePrimaryKey(
                    "account_id", "kind", "number", blank=True, editable=False, primary_key=True, serialize=False
                )),
                ("account_id", models.BigIntegerField()),
                ("kind", models.CharField(choices=KINDS, max_length=16)),
                ("number", models.CharField(max_length=40)),
                ("ended_on", models.DateField()),
                ("asked_on", models.DateField()),
                ("reason", models.CharField(choices=REASONS, max_length=10)),
                ("note", models.CharField(blank=True, db_default="", max_length=200)),
                ("ended_by", models.CharField(max_length=150)),
                ("recorded_on", models.DateField()),
            ],
            options={"constraints": [
                models.CheckConstraint(
                    condition=Q(reason__in=["ASKED", "UNPAID", "BANK"]), name="promise_end_reason_known"
                ),
                models.CheckConstraint(condition=FITS, name="promise_end_fits_its_kind"),
                models.CheckConstraint(condition=Q(asked_on__lte=F("recorded_on")), name="promise_end_was_asked"),
            ]},
        ),
        append_only("elsewhere_promiseend"),
        migrations.RunSQL(OF_A_PROMISE, "DROP FUNCTION elsewhere_check_promise_end CASCADE"),
        migrations.RunSQL(BACK_WITH_AN_END, "DROP FUNCTION elsewhere_check_ends_way_back CASCADE"),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]  # fmt: skip
