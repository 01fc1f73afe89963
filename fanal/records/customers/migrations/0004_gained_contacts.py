from django.db import migrations, models

# What the merges that stand gave already, in the order in which their customers are reached.
GIVEN = """
UPDATE customers_contact c SET gained = true
FROM customers_gainedcontact gave JOIN customers_merge merge ON merge.id = gave.merge_id
WHERE merge.undone_on IS NULL AND NOT gave.known
    AND (merge.kept_id, gave.kind, gave.value) = (c.customer_id, c.kind, c.value)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_merges"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="gained",
            field=models.BooleanField(db_default=False),
        ),
        migrations.RunSQL(GIVEN, migrations.RunSQL.noop),
    ]
