"""Rule 11: what was issued is never edited, and the database says so; each refusal is on its page."""

import ast
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from tree import RECORDS, REFERENCE, ROOMS, parsed

PAGE = REFERENCE / "database-refusals.md"
# What the house promises by name, so that a guard lost with its migration is missed here.
PROMISED = {
    "journal_event", "ledger_posting", "ledger_closing", "metering_reading", "metering_finding", "metering_estimate",
    "billing_issue", "billing_review", "billing_book", "billing_charge", "notices_delivery", "payments_receipt",
    "payments_returnedpayment", "payments_allocation",
}  # fmt: skip
NAMED_CONSTRAINTS = """
SELECT c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype IN ('c', 'x') AND split_part(t.relname, '_', 1) = ANY(%s)
    AND c.conname NOT LIKE '%%\\_check'
"""
TRIGGERS = """
SELECT g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
WHERE NOT g.tgisinternal AND split_part(t.relname, '_', 1) = ANY(%s)
"""


def guarded(guard: str) -> Iterator[str]:
    """The tables that migrations hand to a guard of the journal."""
    for path in RECORDS.glob("*/migrations/*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == guard:
                yield from (ast.literal_eval(it) for it in node.args)


APPEND_ONLY = sorted(set(guarded("append_only")) - set(guarded("no_longer_append_only")))
STATEMENTS = {
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table} CASCADE",
}


def allowed(table: str) -> list[str]:
    """Which changes the database lets through on a table."""
    with connection.cursor() as cursor:
        column = connection.introspection.get_table_description(cursor, table)[0].name
        passed = []
        for event, statement in STATEMENTS.items():
            try:
                with transaction.atomic():
                    cursor.execute(statement.format(table=table, column=column))
                    passed.append(event)
            except DatabaseError as refused:
                if f"La table {table} ne se modifie pas" not in str(refused):
                    raise
    return passed


def test_what_the_house_promises_to_keep_is_guarded() -> None:
    assert set(APPEND_ONLY) >= PROMISED


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_written_is_neither_updated_nor_deleted_nor_emptied(table: str) -> None:
    assert allowed(table) == []


@pytest.mark.django_db
def test_a_guard_that_sleeps_would_be_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notices_delivery DISABLE TRIGGER USER")

    assert allowed("notices_delivery") == ["UPDATE", "DELETE", "TRUNCATE"]


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(guarded("never_deleted")))
def test_what_others_refer_to_is_neither_deleted_nor_emptied(table: str) -> None:
    assert [event for event in allowed(table) if event != "UPDATE"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["metering_installation", "subscriptions_subscription"])
def test_of_what_lasts_the_database_knows_that_only_the_end_may_change(table: str) -> None:
    assert table in set(guarded("only_ended"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled, tgtype FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass",
            [f"{table}_only_ended", table],
        )
        assert cursor.fetchall() == [("O", 1 | 2 | 16)]  # in force, on each row, before its update


@pytest.mark.django_db
def test_every_refusal_of_the_database_is_on_its_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        named = []
        for query in (NAMED_CONSTRAINTS, TRIGGERS):
            cursor.execute(query, [list(ROOMS)])
            named += [name for (name,) in cursor.fetchall()]

    assert sorted(name for name in named if f"`{name}`" not in page) == []
