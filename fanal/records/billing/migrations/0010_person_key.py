from django.db import migrations

# A second person has a name, and another one, whatever the case, the spaces, the width of the letters, what is unseen.
RULES = {
    ("billing_run", "run_approved_by_a_second_person"): """approved_by = ''
        OR {approved_by} <> '' AND {approved_by} <> {opened_by} AND {approved_by} <> {reviewed_by}""",
    ("billing_correction", "correction_approved_by_a_second_person"): """verdict <> 'APPROVED'
        OR {decided_by} <> '' AND {decided_by} <> {proposed_by}""",
    ("billing_proposal", "proposal_activated_by_a_second_person"): """state <> 'ACTIVATED'
        OR {decided_by} <> '' AND {decided_by} <> {proposed_by}""",
}
PEOPLE = ("opened_by", "reviewed_by", "approved_by", "proposed_by", "decided_by")
BEFORE = r"lower(regexp_replace({}, '\s', '', 'g'))"


def rule(table: str, name: str, check: str, key: str) -> str:
    told = check.format(**{who: key.format(who) for who in PEOPLE})
    return f"ALTER TABLE {table} DROP CONSTRAINT {name}; ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({told});"


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_narrow_indexes"), ("journal", "0004_person_key")]
    operations = [
        migrations.RunSQL(rule(*of, check, "journal_person_key({})"), rule(*of, check, BEFORE))
        for of, check in RULES.items()
    ]
