from django.db import migrations

from fanal.records.journal.guards import append_only, never_deleted

# Computed rows come and go while their run is open or computed; from the review on they are frozen.
FROZEN = """
CREATE FUNCTION billing_check_run_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT run.id, run.state INTO bad FROM (SELECT DISTINCT {run} AS id FROM changed) c
        LEFT JOIN billing_run run ON run.id = c.id WHERE coalesce(run.state, '') NOT IN ('OPEN', 'COMPUTED') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le lot % est « % » : ses factures sont figées.', bad.id, bad.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""
COMPUTED = ("billing_bill", "billing_line", "billing_measure", "billing_hold")
TRANSITIONS = """
CREATE FUNCTION billing_check_run_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN (
        'OPEN>COMPUTED', 'COMPUTED>REVIEWED', 'REVIEWED>COMPUTED', 'REVIEWED>APPROVED', 'APPROVED>COMPUTED',
        'APPROVED>ISSUING', 'ISSUING>ISSUED', 'OPEN>ABANDONED', 'COMPUTED>ABANDONED', 'REVIEWED>ABANDONED',
        'APPROVED>ABANDONED') THEN
        RAISE EXCEPTION 'Le lot % ne passe pas de « % » à « % ».', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.opened_by, OLD.on_date, OLD.cycle, OLD.corrects_subscription_id)
        IS DISTINCT FROM (NEW.opened_by, NEW.on_date, NEW.cycle, NEW.corrects_subscription_id)
        OR OLD.state = NEW.state AND (OLD.reviewed_by, OLD.approved_by) <> (NEW.reviewed_by, NEW.approved_by) THEN
        RAISE EXCEPTION 'Le lot % garde son jour, son cycle et les noms de ceux qui l’ont ouvert, revu et approuvé.',
            OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# A number once reserved is not reserved again.
SERIES = """
CREATE FUNCTION billing_check_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.next_number < OLD.next_number OR NEW.year <> OLD.year THEN
        RAISE EXCEPTION 'La série % n’avance qu’en avant : le prochain numéro est le %.', OLD.year, OLD.next_number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# What is issued was computed, is not held without a person's acceptance, and belongs to a run being issued.
ISSUES = """
CREATE FUNCTION billing_check_issues() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT a.account_id, a.bill_id INTO bad FROM added a
        LEFT JOIN billing_bill b ON b.account_id = a.account_id AND b.id = a.bill_id
        LEFT JOIN billing_run r ON r.id = b.run_id
        WHERE coalesce(r.state, '') <> 'ISSUING' OR coalesce(nullif((
            SELECT act FROM billing_review v WHERE v.bill_id = a.bill_id ORDER BY v.id DESC LIMIT 1), 'RESET'),
            CASE WHEN b.held THEN 'HOLD' ELSE 'ACCEPT' END) <> 'ACCEPT' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'La facture % ne peut pas être émise : son lot n’est pas en émission, ou elle est retenue.',
            bad.bill_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""
# Days become free again only when a credit note has taken their bill back.
FREED_DAYS = """
CREATE FUNCTION billing_check_freed_days() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT f.account_id, f.bill_id INTO bad FROM freed f WHERE NOT EXISTS (
        SELECT FROM billing_bill b JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
        WHERE b.account_id = f.account_id AND b.reverses_id = f.bill_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Les jours de la facture % restent facturés : aucune note de crédit émise ne la contrepasse.',
            bad.bill_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""


def computed_rows_guard(table: str) -> list[str]:
    """Insert and delete only while the run is open; never update."""
    statements = []
    for event, rows in (("INSERT", "NEW"), ("DELETE", "OLD")):
        statements.append(
            f"CREATE TRIGGER {table}_{event.lower()}_while_open AFTER {event} ON {table} REFERENCING {rows} TABLE AS "
            "changed FOR EACH STATEMENT EXECUTE FUNCTION billing_check_run_open"
            + ("_of_bill()" if table == "billing_bill" else "()")
        )
    statements.append(
        f"CREATE TRIGGER {table}_not_updated BEFORE UPDATE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()"
    )
    return statements


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("journal", "0002_guards")]
    operations = [
        migrations.RunSQL(FROZEN.format(run="bill_id >> 33"), "DROP FUNCTION billing_check_run_open CASCADE"),
        migrations.RunSQL(
            FROZEN.format(run="run_id").replace("run_open()", "run_open_of_bill()"),
            "DROP FUNCTION billing_check_run_open_of_bill CASCADE",
        ),
        *(migrations.RunSQL(computed_rows_guard(table), migrations.RunSQL.noop) for table in COMPUTED),
        migrations.RunSQL(
            "ALTER TABLE billing_bill ADD CONSTRAINT bill_id_says_run_subscription_and_kind "
            "CHECK (id = (run_id::bigint << 33) | (subscription_id << 1) | kind)",
            "ALTER TABLE billing_bill DROP CONSTRAINT bill_id_says_run_subscription_and_kind",
        ),
        migrations.RunSQL(TRANSITIONS, "DROP FUNCTION billing_check_run_state CASCADE"),
        migrations.RunSQL(
            "CREATE TRIGGER billing_run_state BEFORE UPDATE ON billing_run "
            "FOR EACH ROW EXECUTE FUNCTION billing_check_run_state()",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(SERIES, "DROP FUNCTION billing_check_series CASCADE"),
        migrations.RunSQL(
            "CREATE TRIGGER billing_series_advances BEFORE UPDATE ON billing_series "
            "FOR EACH ROW EXECUTE FUNCTION billing_check_series()",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(ISSUES, "DROP FUNCTION billing_check_issues CASCADE"),
        migrations.RunSQL(
            "CREATE TRIGGER billing_issue_allowed AFTER INSERT ON billing_issue REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION billing_check_issues()",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(FREED_DAYS, "DROP FUNCTION billing_check_freed_days CASCADE"),
        migrations.RunSQL(
            [
                "CREATE TRIGGER billing_billeddays_freed AFTER DELETE ON billing_billeddays "
                "REFERENCING OLD TABLE AS freed FOR EACH STATEMENT EXECUTE FUNCTION billing_check_freed_days()",
                "CREATE TRIGGER billing_billeddays_not_updated BEFORE UPDATE OR TRUNCATE ON billing_billeddays "
                "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()",
            ],
            migrations.RunSQL.noop,
        ),
        append_only("billing_issue", "billing_review", "billing_book", "billing_charge"),
        never_deleted("billing_run", "billing_series", "billing_chunk"),
    ]
