import django.db.models.deletion
from django.db import migrations, models

from fanal.records.journal.guards import append_only

# What a rate without a book was given may be taken back, whole: the subscription is again as the old system left it.
CHECK = """
CREATE FUNCTION subscriptions_check_book_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given text[] := ARRAY['book', 'domestic', 'multiplier'];
BEGIN
    IF to_jsonb(NEW) - given <> to_jsonb(OLD) - given OR NOT EXISTS (
        SELECT FROM subscriptions_givenbook g WHERE g.subscription_id = OLD.id AND g.book = OLD.book
            AND '?/' || g.rate = NEW.book
    ) THEN
        RAISE EXCEPTION 'L’abonnement % n’a pas reçu ici le livre % : il le garde.', OLD.id, OLD.book
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
ENDED = """
CREATE TRIGGER subscriptions_subscription_only_ended BEFORE UPDATE ON subscriptions_subscription
    FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION journal_refuse_all_but_the_end()
"""
BEFORE = ENDED.format(when="OLD.book = NEW.book OR OLD.book NOT LIKE '?/%'")
NOW = ENDED.format(when="OLD.book = NEW.book OR OLD.book NOT LIKE '?/%' AND NEW.book NOT LIKE '?/%'")
DROP = "DROP TRIGGER subscriptions_subscription_only_ended ON subscriptions_subscription"
TAKEN_BACK = """
CREATE TRIGGER subscriptions_subscription_book_taken_back BEFORE UPDATE ON subscriptions_subscription
    FOR EACH ROW WHEN (OLD.book NOT LIKE '?/%' AND NEW.book LIKE '?/%')
    EXECUTE FUNCTION subscriptions_check_book_taken_back()
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0005_first_book")]
    operations = [
        migrations.CreateModel(
            name="GivenBook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_books",
                        to="subscriptions.subscription",
                    ),
                ),
                ("rate", models.CharField(max_length=58)),
                ("book", models.CharField(max_length=60)),
            ],
        ),
        append_only("subscriptions_givenbook"),
        migrations.RunSQL(CHECK, "DROP FUNCTION subscriptions_check_book_taken_back CASCADE"),
        migrations.RunSQL([DROP, NOW], [DROP, BEFORE]),
        migrations.RunSQL(TAKEN_BACK, migrations.RunSQL.noop),
    ]
