import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from fanal.records.journal.guards import append_only

# One acceptance of a finding stands at a time; each that was withdrawn makes room for the next.
CHECK = """
CREATE FUNCTION shadow_check_acceptance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.again <> (SELECT count(w.id) FROM shadow_acceptance a LEFT JOIN shadow_withdrawal w ON w.acceptance_id = a.id
            WHERE (a.code, a.about, a.bills, a.there_cents) = (NEW.code, NEW.about, NEW.bills, NEW.there_cents)) THEN
        RAISE EXCEPTION 'Ce constat est déjà accepté.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ON_INSERT = """
CREATE TRIGGER shadow_acceptance_stands_alone BEFORE INSERT ON shadow_acceptance
    FOR EACH ROW EXECUTE FUNCTION shadow_check_acceptance()
"""
ONCE = "finding_accepted_once"


class Migration(migrations.Migration):
    dependencies = [("shadow", "0004_acceptances")]
    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("acceptance", models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="shadow.acceptance",
                )),
                ("reason", models.CharField(max_length=400)),
                ("withdrawn_by", models.CharField(max_length=150)),
                ("withdrawn_on", models.DateField()),
            ],
            options={"constraints": [models.CheckConstraint(
                condition=~Q(reason="") & ~Q(withdrawn_by=""), name="withdrawal_says_why_and_who",
            )]},
        ),
        migrations.AddField("acceptance", "again", models.SmallIntegerField(default=0)),
        migrations.RemoveConstraint("acceptance", ONCE),
        migrations.AddConstraint("acceptance", models.UniqueConstraint(
            fields=["code", "about", "bills", "there_cents", "again"], name=ONCE,
        )),
        migrations.RunSQL(CHECK, "DROP FUNCTION shadow_check_acceptance CASCADE"),
        migrations.RunSQL(ON_INSERT, migrations.RunSQL.noop),
        append_only("shadow_withdrawal"),
    ]  # fmt: skip
