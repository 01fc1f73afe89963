"""Nothing stays behind: every table and every column leaves with an archive, or says why it does not."""

import re

import pytest
from django.db import connection

from fanal.doors.archive import dictionary, writing
from fanal.records import tables
from fanal.records.ledger.acts import EntryKind
from fanal.records.takeover.kinds import KINDS

OF_DATABASE = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
COLUMNS = """
SELECT table_name || '.' || column_name FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
"""
# A guard that looks at what comes in tells what can never be true (check, reference), or what cannot be done now
# (restrict): a reading back sets the second kind aside, and keeps the first.
GUARDS = """
SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgtype & 4 <> 0 AND tgrelid::regclass::text = ANY(%s)
    AND (prosrc LIKE '%%restrict_violation%%') = (prosrc LIKE '%%check_violation%%')
"""


def asked(query: str, *parameters: object) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return {row[0] for row in cursor.fetchall()}


def left_behind() -> set[str]:
    """The tables, and the columns of those that leave, that nobody takes and of which nobody says why."""
    leaving = tables.tables()
    taken = {f"{table.name}.{column.name}" for table in leaving for column in table.columns}
    kept_back = {f"{name}.{column}" for name, columns in tables.KEPT_BACK.items() for column in columns}
    names = {it.name for it in leaving}
    columns = {it for it in asked(COLUMNS) if it.partition(".")[0] in names}
    return (asked(OF_DATABASE) - names - set(tables.LEFT_OUT)) | (columns - taken - kept_back)


@pytest.mark.django_db
def test_every_table_and_every_column_leaves_or_says_why_not() -> None:
    assert left_behind() == set()


@pytest.mark.django_db
def test_a_table_or_a_column_that_no_model_declares_would_be_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ledger_forgotten (id bigint)")
        cursor.execute("ALTER TABLE ledger_account ADD COLUMN forgotten bigint")

    assert left_behind() == {"ledger_forgotten", "ledger_account.forgotten"}


@pytest.mark.django_db
def test_what_stays_behind_exists_and_has_its_reason() -> None:
    assert set(tables.LEFT_OUT) - asked(OF_DATABASE) == set()
    assert all(tables.LEFT_OUT.values())
    for table, columns in tables.KEPT_BACK.items():
        assert {f"{table}.{it}" for it in columns} <= asked(COLUMNS)


@pytest.mark.django_db
def test_a_guard_of_what_comes_in_is_of_the_moment_or_of_the_content() -> None:
    assert asked(GUARDS, [it.name for it in tables.tables()]) == set()


def test_a_room_leaves_after_those_that_it_refers_to() -> None:
    names = [it.name for it in tables.tables()]

    for before, after in (
        ("journal_event", "customers_customer"), ("ledger_account", "ledger_posting"),
        ("ledger_posting", "ledger_closing"), ("metering_installation", "metering_reading"),
        ("billing_run", "billing_bill"), ("billing_bill", "payments_receipt"),
        ("payments_returnedpayment", "payments_allocation"),
    ):  # fmt: skip
        assert names.index(before) < names.index(after)


@pytest.mark.django_db
def test_the_dictionary_says_what_every_table_holds() -> None:
    """A table that no model of Fanal declares has its title in `dictionary.TITLES`."""
    assert {name for name, title, *_ in dictionary.dictionary() if not title} == set()


def test_the_verifier_knows_the_document_of_every_kind_of_entry() -> None:
    """A new kind of entry has its document in the table `expected` of controles.sql: two rows, one an account."""
    controls = (writing.HERE / "verifier" / "controles.sql").read_text("utf-8")
    known = {EntryKind.BILL, EntryKind.CREDIT_NOTE} if "SELECT 1 + b.kind" in controls else set()
    known |= {int(it) for it in re.findall(r"SELECT (\d+), \w+, account_id, ", controls)}

    assert [it.name for it in EntryKind if it not in known] == []


def test_the_verifier_leaves_whole_and_asks_for_kinds_of_rows_that_exist() -> None:
    controls = (writing.HERE / "verifier" / "controles.sql").read_text("utf-8")

    assert {it.name for it in (writing.HERE / "verifier").iterdir() if it.is_file()} == set(writing.VERIFIER)
    assert set(re.findall(r"\brecu_([a-z_]+)", controls)) - set(KINDS) == set()
