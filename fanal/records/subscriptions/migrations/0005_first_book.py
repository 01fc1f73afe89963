from django.db import migrations

from fanal.records.journal.guards import only_ended

# Taken over with a rate that had no book, a subscription was never rated here: it is given one, once.
CHECK = """
CREATE FUNCTION subscriptions_check_first_book() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given text[] := ARRAY['book', 'domestic', 'multiplier'];
BEGIN
    IF NEW.book LIKE '?/%' OR to_jsonb(NEW) - given <> to_jsonb(OLD) - given THEN
        RAISE EXCEPTION 'L’abonnement % n’a pas de livre : il en reçoit un, et rien d’autre n’y change.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
BEFORE = only_ended("subscriptions_subscription")
TRIGGERS = """
CREATE TRIGGER subscriptions_subscription_only_ended BEFORE UPDATE ON subscriptions_subscription
    FOR EACH ROW WHEN (OLD.book = NEW.book OR OLD.book NOT LIKE '?/%')
    EXECUTE FUNCTION journal_refuse_all_but_the_end();
CREATE TRIGGER subscriptions_subscription_first_book BEFORE UPDATE ON subscriptions_subscription
    FOR EACH ROW WHEN (OLD.book <> NEW.book AND OLD.book LIKE '?/%')
    EXECUTE FUNCTION subscriptions_check_first_book()
"""
DROPPED = """
DROP TRIGGER subscriptions_subscription_first_book ON subscriptions_subscription;
DROP TRIGGER subscriptions_subscription_only_ended ON subscriptions_subscription
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0004_requests")]
    operations = [
        migrations.RunSQL(CHECK, "DROP FUNCTION subscriptions_check_first_book"),
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        migrations.RunSQL(TRIGGERS, DROPPED),
    ]
