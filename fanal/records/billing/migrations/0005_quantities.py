from django.db import migrations, models


def computed_rows_guard(table: str) -> list[str]:
    """Insert and delete only while the run is open; never update."""
    statements = [
        f"CREATE TRIGGER {table}_{event.lower()}_while_open AFTER {event} ON {table} REFERENCING {rows} TABLE AS "
        "changed FOR EACH STATEMENT EXECUTE FUNCTION billing_check_run_open()"
        for event, rows in (("INSERT", "NEW"), ("DELETE", "OLD"))
    ]
    statements.append(
        f"CREATE TRIGGER {table}_not_updated BEFORE UPDATE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()"
    )
    return statements


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_proposals"),
        ("metering", "0007_named_registers"),
        ("subscriptions", "0003_what_books_ask"),
    ]

    operations = [
        migrations.AddField(model_name="measure", name="apart", field=models.BooleanField(default=False)),
        migrations.CreateModel(
            name="Quantity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bill_id", "name", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("bill_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=40)),
                ("value", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(computed_rows_guard("billing_quantity"), migrations.RunSQL.noop),
    ]
