from django.db import migrations, models
from django.db.models import F, Q

from fanal.records.journal.guards import append_only

# The plan that takes the place is there first, with its amount and its day: both are told in one transaction.
OF_A_PLAN = """
CREATE FUNCTION elsewhere_check_plan_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    began date;
BEGIN
    SELECT starts_on INTO began FROM elsewhere_undertaking u
        WHERE (u.account_id, u.kind, u.number) = (NEW.account_id, 'EQUAL_PAYMENTS', NEW.number) AND u.live;
    IF began IS NULL OR NEW.from_on <= began OR EXISTS (SELECT FROM elsewhere_promiseend e
        WHERE (e.account_id, e.kind, e.number) = (NEW.account_id, 'EQUAL_PAYMENTS', NEW.number))
    THEN
        RAISE EXCEPTION 'Les versements égaux % ne sont pas en cours à ce compte.', NEW.number
            USING ERRCODE = 'restrict_violation';
    ELSIF NOT EXISTS (
        SELECT FROM subscriptions_subscription s JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
        JOIN elsewhere_takencycle c ON c.cycle = d.cycle WHERE s.account_id = NEW.account_id AND c.ours)
    THEN
        RAISE EXCEPTION 'L’ancien système suit encore les versements égaux % : il les révise.', NEW.number
            USING ERRCODE = 'restrict_violation';
    ELSIF NOT EXISTS (SELECT FROM elsewhere_undertaking u
        WHERE (u.account_id, u.kind, u.number) = (NEW.account_id, 'EQUAL_PAYMENTS', NEW.replaced_by) AND u.live
            AND (u.starts_on, u.amount_cents) = (NEW.from_on, NEW.instalment_cents)
            AND u.terms ->> 'replaces' = NEW.number)
    THEN
        RAISE EXCEPTION 'La révision des versements égaux % ne dit pas ceux qui prennent leur place.', NEW.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
BACK_WITH_A_REVIEW = """
CREATE FUNCTION elsewhere_check_reviews_way_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reviewed record;
BEGIN
    SELECT r.number INTO reviewed FROM elsewhere_planreview r
        JOIN subscriptions_subscription s ON s.account_id = r.account_id
        JOIN premises_deliverypoint d ON d.id = s.delivery_point_id WHERE d.cycle = OLD.cycle LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Le cycle % ne revient plus à l’ancien système : les versements égaux % sont révisés ici.',
            OLD.cycle, reviewed.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGERS = """
CREATE TRIGGER elsewhere_planreview_of_a_plan BEFORE INSERT ON elsewhere_planreview
    FOR EACH ROW EXECUTE FUNCTION elsewhere_check_plan_review();
CREATE TRIGGER elsewhere_takencycle_keeps_reviews BEFORE UPDATE ON elsewhere_takencycle
    FOR EACH ROW WHEN (OLD.ours AND NOT NEW.ours) EXECUTE FUNCTION elsewhere_check_reviews_way_back()
"""


class Migration(migrations.Migration):
    """A plan is reviewed here once a year: another takes its place, from a day."""

    dependencies = [("elsewhere", "0009_deposit_days_once"), ("journal", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="PlanReview",
            fields=[
                ("pk", models.CompositePrimaryKey(
                    "account_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                )),
                ("account_id", models.BigIntegerField()),
                ("number", models.CharField(max_length=40)),
                ("replaced_by", models.CharField(max_length=40)),
                ("month_on", models.DateField()),
                ("from_on", models.DateField()),
                ("year_cents", models.BigIntegerField()),
                ("balance_cents", models.BigIntegerField()),
                ("instalment_cents", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("reviewed_by", models.CharField(max_length=150)),
                ("recorded_on", models.DateField()),
            ],
            options={"constraints": [
                models.CheckConstraint(condition=Q(instalment_cents__gt=0), name="plan_review_of_an_amount"),
                models.CheckConstraint(condition=~Q(reason=""), name="plan_review_has_a_reason"),
                models.CheckConstraint(
                    condition=Q(month_on__lte=F("recorded_on"), from_on__gt=F("recorded_on")),
                    name="plan_review_in_its_time",
                ),
            ]},
        ),
        append_only("elsewhere_planreview"),
        migrations.RunSQL(OF_A_PLAN, "DROP FUNCTION elsewhere_check_plan_review CASCADE"),
        migrations.RunSQL(BACK_WITH_A_REVIEW, "DROP FUNCTION elsewhere_check_reviews_way_back CASCADE"),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]  # fmt: skip
