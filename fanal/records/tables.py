"""The tables of every room, whole: out by COPY as CSV, and back. What the models declare is all that is known here.

A room that comes later needs nothing: its models say its tables, their order (a room stands above those it refers to)
and their columns. What does not leave is named here, with its reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import models

# Tables that do not leave, and why. A table that is neither here nor among the models is seen by a test of the house.
LEFT_OUT: Mapping[str, str] = {
    "django_migrations": "la version des tables : le manifeste la dit",
    "django_content_type": "refaite par « fanal migrate »",
    "auth_permission": "refaite par « fanal migrate »",
    "auth_group_permissions": "vide : les rôles de Fanal ne s’en servent pas",
    "auth_user_user_permissions": "vide : les rôles de Fanal ne s’en servent pas",
    "django_session": "secret : les sessions ouvertes",
    "mfa_authenticator": "secret : les clés et les codes de la double vérification",
    "account_emailaddress": "vide : l’administration inscrit les personnes",
    "account_emailconfirmation": "vide : l’administration inscrit les personnes",
    "desk_cache": "passager : les essais de mot de passe",
    "jobs_job": "passager : les travaux que les pages ont demandés",
}
# Columns that do not leave, and what a table read back has instead, as SQL: nobody enters before a new password.
KEPT_BACK: Mapping[str, Mapping[str, str]] = {
    "auth_user": {"password": "'!'", "last_login": "NULL", "is_superuser": "false", "is_staff": "false"},
}
# Rows that do not leave: an archive does not tell that it was made, so that two of the same records are the same bytes.
ARCHIVED = "archive.exported"
DOWNLOADED = "archive.downloaded"
READ_BACK = "archive.read_back"
KEPT_ROWS: Mapping[str, str] = {"journal_event": "NOT starts_with(act, 'archive.')"}
SESSION = (
    "SET LOCAL datestyle = 'ISO, YMD'", "SET LOCAL timezone = 'UTC'", "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0",
)  # fmt: skip
# A guard of the moment refuses by restrict_violation what cannot be done now (a line in a run that is issued); a guard
# of the content refuses by check_violation what can never be true (an entry that does not balance).
OF_THE_MOMENT = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgtype & 4 <> 0 AND tgrelid::regclass::text = ANY(%s)
    AND prosrc LIKE '%%restrict_violation%%' AND prosrc NOT LIKE '%%check_violation%%'
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as its model declares it."""

    name: str
    field: "models.Field[Any, Any]" = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """One table that leaves: its columns, the columns of its key, and the model that declares it."""

    name: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    key: tuple[Column, ...]

    @property
    def names(self) -> str:
        """Its columns, quoted for SQL."""
        return ", ".join(f'"{it.name}"' for it in self.columns)

    @property
    def query(self) -> str:
        """All of its rows that leave, in the order of its key, the same on every server."""
        order = ", ".join(f'"{it.name}"' + (' COLLATE "C"' if _is_text(it.field) else "") for it in self.key)
        return f'SELECT {self.names} FROM "{self.name}"{self._where} ORDER BY {order}'

    @property
    def count(self) -> str:
        """How many rows leave, as SQL."""
        return f'SELECT count(*) FROM "{self.name}"{self._where}'

    @property
    def _where(self) -> str:
        return f" WHERE {KEPT_ROWS[self.name]}" if self.name in KEPT_ROWS else ""


def tables() -> list[Table]:
    """Every table that leaves, each after those that it refers to."""
    return [_table(it) for it in apps.get_models(include_auto_created=True) if it._meta.db_table not in LEFT_OUT
            and it._meta.managed and not it._meta.proxy]  # fmt: skip


def _table(model: type[models.Model]) -> Table:
    meta, kept_back = model._meta, KEPT_BACK.get(model._meta.db_table, {})
    columns = tuple(
        Column(str(it.column), it)
        for it in meta.local_concrete_fields
        if not it.generated and it.column not in kept_back
    )
    by_name = {it.name: it for it in columns}
    return Table(meta.db_table, model, columns, tuple(by_name[str(it.column)] for it in meta.pk_fields))


def _is_text(field: Any) -> bool:
    return isinstance(field, models.CharField | models.TextField)


def settle(cursor: Any) -> None:
    """Write dates, instants and bytes in one form whatever the server is set to; take the time it takes."""
    for statement in SESSION:
        cursor.execute(statement)


def rows_of(cursor: Any, table: Table) -> Iterator[bytes]:
    """The CSV of a table, piece by piece, with its header. An empty field is NULL, two quotes an empty text."""
    with cursor.copy(f"COPY ({table.query}) TO STDOUT (FORMAT csv, HEADER)") as copy:
        for piece in copy:
            yield bytes(piece)


def digest(cursor: Any, table: Table) -> str:
    """SHA-256 of the CSV of a table: equal where the rows are."""
    found = sha256()
    for piece in rows_of(cursor, table):
        found.update(piece)
    return found.hexdigest()


def load(cursor: Any, table: Table, content: Iterable[bytes]) -> None:
    """Put the rows of a CSV in a table, in the cursor's transaction; one that migrations filled takes theirs over."""
    cursor.execute(f'SELECT EXISTS (SELECT FROM "{table.name}")')
    (filled,) = cursor.fetchone()
    instead = KEPT_BACK.get(table.name, {})
    if not filled and not instead:
        _copy_in(cursor, f'"{table.name}" ({table.names})', content)
        return
    cursor.execute(
        f'CREATE TEMPORARY TABLE arriving ON COMMIT DROP AS SELECT {table.names} FROM "{table.name}" WHERE false'
    )
    _copy_in(cursor, f"arriving ({table.names})", content)
    keys = ", ".join(f'"{it.name}"' for it in table.key)
    others = [it.name for it in table.columns if it not in table.key]
    taken = f"UPDATE SET {', '.join(f'{it} = excluded.{it}' for it in others)}" if others else "NOTHING"
    names, values = (f", {', '.join(it)}" if instead else "" for it in (instead.keys(), instead.values()))
    cursor.execute(
        f'INSERT INTO "{table.name}" ({table.names}{names}) SELECT {table.names}{values} FROM arriving '
        f"ON CONFLICT ({keys}) DO {taken}"
    )
    cursor.execute("DROP TABLE arriving")


def _copy_in(cursor: Any, where: str, content: Iterable[bytes]) -> None:
    with cursor.copy(f"COPY {where} FROM STDIN (FORMAT csv, HEADER MATCH)") as copy:
        for piece in content:
            copy.write(piece)


def set_aside_guards(cursor: Any, loaded: Iterable[Table]) -> list[tuple[str, str]]:
    """Put aside, until the transaction gives them back, the guards of the moment; those of the content stay.

    The owner of the tables may, without being superuser. Returns (table, guard), for `give_guards_back`.
    """
    cursor.execute(OF_THE_MOMENT, [[it.name for it in loaded]])
    guards = cursor.fetchall()
    for table, guard in guards:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{guard}"')
    return list(guards)


def give_guards_back(cursor: Any, guards: Iterable[tuple[str, str]]) -> None:
    """Check every reference now, then put the guards back."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table, guard in guards:
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{guard}"')


def set_counters(cursor: Any, loaded: Iterable[Table]) -> None:
    """Let each counter of identifiers go on after the last one loaded."""
    for table in loaded:
        for column in table.key:
            if isinstance(column.field, models.AutoField | models.BigAutoField | models.SmallAutoField):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), max({column.name})) "
                    f'FROM "{table.name}" HAVING max({column.name}) IS NOT NULL'
                )


def is_empty(cursor: Any) -> bool:
    """Whether nothing was ever done here: every act leaves its line in the journal (rule 8)."""
    cursor.execute("SELECT NOT EXISTS (SELECT FROM journal_event) AND NOT EXISTS (SELECT FROM auth_user)")
    return bool(cursor.fetchone()[0])
