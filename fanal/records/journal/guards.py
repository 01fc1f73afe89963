"""What the database refuses: the SQL that rooms attach to their tables in migrations."""

from django.db import migrations


def append_only(*tables: str) -> migrations.RunSQL:
    """Those tables take new rows and nothing else (rule 11)."""
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()"
            for table in tables
        ],
        [f"DROP TRIGGER {table}_append_only ON {table}" for table in tables],
    )


def no_longer_append_only(*tables: str) -> migrations.RunSQL:
    """Those tables have a guard of their own, that says which of their columns may change."""
    guard = append_only(*tables)
    return migrations.RunSQL(guard.reverse_sql, guard.sql)


def never_deleted(*tables: str) -> migrations.RunSQL:
    """Rows of those tables are referred to without a foreign key; hence they stay."""
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {table}_never_deleted BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()"
            for table in tables
        ],
        [f"DROP TRIGGER {table}_never_deleted ON {table}" for table in tables],
    )


def only_ended(*tables: str) -> migrations.RunSQL:
    """Of a row of those tables, only `ends_on` may change (rule 11): what follows is another row."""
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER {table}_only_ended BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION journal_refuse_all_but_the_end()"
            for table in tables
        ],
        [f"DROP TRIGGER {table}_only_ended ON {table}" for table in tables],
    )
