from importlib import import_module

from django.db import migrations, models
from django.db.models import F, Q

from fanal.records.journal.guards import append_only

ENDS = import_module("fanal.records.elsewhere.migrations.0007_promise_end")
REASONS = [*ENDS.REASONS, ("RETURNED", "dépôt rendu")]
FITS = ENDS.FITS | Q(kind="DEPOSIT", reason="RETURNED")
# What is held of a deposit is what was opened less what was given back: nothing goes back twice, nor more than that.
OF_A_DEPOSIT = """
CREATE FUNCTION elsewhere_check_deposit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
    since date;
BEGIN
    SELECT starts_on INTO since FROM elsewhere_undertaking u
        WHERE (u.account_id, u.kind, u.number) = (NEW.account_id, 'DEPOSIT', NEW.number) AND u.live;
    SELECT coalesce((SELECT -sum(cents) FROM elsewhere_opening o WHERE o.ledger_account_id = 2410
            AND (o.account_id, o.number) = (NEW.account_id, NEW.number)), 0)
        - coalesce((SELECT sum(deposit_cents) FROM elsewhere_depositentry e
            WHERE (e.account_id, e.number) = (NEW.account_id, NEW.number)), 0) INTO held;
    IF since IS NULL OR held <= 0 THEN
        RAISE EXCEPTION 'Aucun dépôt % n’est détenu à ce compte.', NEW.number USING ERRCODE = 'restrict_violation';
    ELSIF NOT EXISTS (
        SELECT FROM subscriptions_subscription s JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
        JOIN elsewhere_takencycle c ON c.cycle = d.cycle WHERE s.account_id = NEW.account_id AND c.ours)
    THEN
        RAISE EXCEPTION 'L’ancien système suit encore le dépôt % : ce qu’il en fait viendra de son exportation.',
            NEW.number USING ERRCODE = 'restrict_violation';
    ELSIF NEW.what = 'RETURN' AND NEW.deposit_cents <> held THEN
        RAISE EXCEPTION 'Le dépôt % se rend en entier : % cents sont détenus, et non %.', NEW.number, held,
            NEW.deposit_cents USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT max(to_on) INTO since FROM elsewhere_depositentry e
        WHERE (e.account_id, e.number) = (NEW.account_id, NEW.number);
    IF NEW.from_on < since THEN
        RAISE EXCEPTION 'Les intérêts du dépôt % sont déjà portés au compte jusqu’au %.', NEW.number, since
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_ENTRY = """
CREATE TRIGGER elsewhere_depositentry_of_what_is_held BEFORE INSERT ON elsewhere_depositentry
    FOR EACH ROW EXECUTE FUNCTION elsewhere_check_deposit_entry()
"""
BACK_WITH_AN_ENTRY = """
CREATE FUNCTION elsewhere_check_deposits_way_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entered record;
BEGIN
    SELECT e.number INTO entered FROM elsewhere_depositentry e
        JOIN subscriptions_subscription s ON s.account_id = e.account_id
        JOIN premises_deliverypoint d ON d.id = s.delivery_point_id WHERE d.cycle = OLD.cycle LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le cycle % ne revient plus à l’ancien système : le dépôt % est rendu ou porte intérêt ici.',
            OLD.cycle, entered.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_WAY_BACK = """
CREATE TRIGGER elsewhere_takencycle_keeps_deposits BEFORE UPDATE ON elsewhere_takencycle
    FOR EACH ROW WHEN (OLD.ours AND NOT NEW.ours) EXECUTE FUNCTION elsewhere_check_deposits_way_back()
"""
OWN_NUMBERS = "ALTER SEQUENCE elsewhere_depositentry_id_seq MINVALUE 4294967296 START 4294967296 RESTART 4294967296"
ENTRY_RULES = [
    models.CheckConstraint(
        condition=Q(what="INTEREST", deposit_cents=0, interest_cents__gt=0)
        | Q(what="RETURN", deposit_cents__gt=0, interest_cents__gte=0),
        name="deposit_entry_of_its_kind",
    ),
    models.CheckConstraint(condition=Q(from_on__lte=F("to_on")), name="deposit_entry_of_some_days"),
    models.CheckConstraint(condition=Q(to_on__lte=F("on")), name="deposit_entry_of_days_gone"),
    models.CheckConstraint(condition=Q(id__gte=2**32, id__lt=2**33), name="deposit_entry_has_its_own_numbers"),
]


class Migration(migrations.Migration):
    """A deposit bears interest and goes back here; its entries are numbered between the openings and the bills."""

    dependencies = [("elsewhere", "0007_promise_end"), ("ledger", "0009_deposits"), ("journal", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="DepositEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account_id", models.BigIntegerField()),
                ("number", models.CharField(max_length=40)),
                ("what", models.CharField(
                    choices=[("INTEREST", "intérêts"), ("RETURN", "dépôt rendu")], max_length=8
                )),
                ("on", models.DateField(db_column="on_date")),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("deposit_cents", models.BigIntegerField()),
                ("interest_cents", models.BigIntegerField()),
                ("entered_by", models.CharField(max_length=150)),
            ],
            options={"constraints": ENTRY_RULES,
                     "indexes": [models.Index(fields=["account_id"], name="entries_of_deposits")]},
        ),
        migrations.RunSQL(OWN_NUMBERS, migrations.RunSQL.noop),
        append_only("elsewhere_depositentry"),
        migrations.RunSQL(OF_A_DEPOSIT, "DROP FUNCTION elsewhere_check_deposit_entry CASCADE"),
        migrations.RunSQL(ON_ENTRY, migrations.RunSQL.noop),
        migrations.RunSQL(BACK_WITH_AN_ENTRY, "DROP FUNCTION elsewhere_check_deposits_way_back CASCADE"),
        migrations.RunSQL(ON_WAY_BACK, migrations.RunSQL.noop),
        migrations.AlterField("promiseend", "reason", models.CharField(choices=REASONS, max_length=10)),
        migrations.RemoveConstraint("promiseend", "promise_end_reason_known"),
        migrations.AddConstraint("promiseend", models.CheckConstraint(
            condition=Q(reason__in=[code for code, _ in REASONS]), name="promise_end_reason_known"
        )),
        migrations.RemoveConstraint("promiseend", "promise_end_fits_its_kind"),
        migrations.AddConstraint(
            "promiseend", models.CheckConstraint(condition=FITS, name="promise_end_fits_its_kind")
        ),
        migrations.RemoveConstraint("opening", "opening_is_no_bill"),
        migrations.AddConstraint(
            "opening", models.CheckConstraint(condition=Q(id__lt=2**32), name="opening_is_no_bill")
        ),
    ]  # fmt: skip
