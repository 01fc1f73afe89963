from django.db import migrations

# A debit begins in a batch that is being prepared; a second time, only as the rule H1 lets it be presented again.
NEW_DEBIT = """
CREATE FUNCTION payments_check_new_debit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'PREPARED'
        OR NOT EXISTS (SELECT FROM payments_debitbatch WHERE id = NEW.batch_id AND state = 'PREPARED') THEN
        RAISE EXCEPTION 'Le lot de prélèvements % n’est plus à préparer.', NEW.batch_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.attempt > 1 AND NOT EXISTS (
        SELECT FROM payments_debit d WHERE (d.account_id, d.kind, d.number, d.due_on) =
            (NEW.account_id, NEW.kind, NEW.number, NEW.due_on) AND d.attempt = NEW.attempt - 1
            AND d.state = 'RETURNED' AND d.return_code IN (901, 908) AND d.cents = NEW.cents
            AND NEW.debited_on BETWEEN d.returned_on AND d.debited_on + 30)
    THEN
        RAISE EXCEPTION 'Le compte % : un prélèvement ne se présente de nouveau qu’une fois, faute de fonds, au même '
            'montant et dans les 30 jours.', NEW.account_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_debit_of_a_batch BEFORE INSERT ON payments_debit
    FOR EACH ROW EXECUTE FUNCTION payments_check_new_debit();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_debit_guards")]
    operations = [migrations.RunSQL(NEW_DEBIT, "DROP FUNCTION payments_check_new_debit CASCADE")]
