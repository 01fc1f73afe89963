"""What every step of a load shares: new rows in a table of the transaction, rows put aside, rows known from then on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import connection

from fanal.records.takeover import facts, faults
from fanal.records.takeover.kinds import KINDS
from fanal.records.takeover.models import Verdict


class BookOf(Protocol):
    """The book of a tariff of the old system; `dwellings`: it counts the dwellings of the place."""

    @property
    def book(self) -> str: ...
    @property
    def domestic(self) -> bool: ...
    @property
    def dwellings(self) -> bool: ...


# An export of a later day, or received after it, was loaded.
FOLLOWED = """SELECT FROM takeover_export later WHERE later.state = 'LOADED'
    AND (coalesce(later.as_of, %(as_of)s), later.id) > (%(as_of)s, %(export)s)"""
DECIDED_AT_LOAD = {"CHANGED_HERE"}  # the others are of rows that the database itself would refuse
# The last decision of the very row, else the last rule, says to load it.
WANTED = """coalesce(
    (SELECT made.verdict = 'NOTED' FROM takeover_decision made WHERE (made.kind, made.code) = ('{kind}', '{code}')
        AND (made.key, made.digest) = (new.key, new.digest) ORDER BY made.id DESC LIMIT 1),
    (SELECT rule.verdict = 'NOTED' FROM takeover_rule rule WHERE (rule.kind, rule.code) = ('{kind}', '{code}')
        AND rule.ends_on IS NULL AND {evidence} @> rule.where_values ORDER BY rule.id DESC LIMIT 1), false)"""


@dataclass
class Load:
    """An export being loaded, within one transaction."""

    export_id: int
    as_of: date
    books: Mapping[str, BookOf]
    loaded: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    given: int = 0  # subscriptions that had no book, and that the mapping gives one

    def run(self, query: str, **parameters: Any) -> int:
        """Run a statement; how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(query, {"as_of": self.as_of, "export": self.export_id} | parameters)
            return int(cursor.rowcount)

    def rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with connection.cursor() as cursor:
            cursor.execute(query, {"as_of": self.as_of, "export": self.export_id} | parameters)
            return list(cursor.fetchall())

    def table(self, name: str, query: str) -> None:
        """Keep the rows of a query in a table of the transaction."""
        self.run(f"DROP TABLE IF EXISTS pg_temp.{name}")
        self.run(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}")
        self.run(f"ANALYZE {name}")

    def take(self, kind: str, more: str = "", *, moves: str = "") -> None:
        """Make `new_<kind>` of the ready rows that are not known yet, with columns to fill, and `changed_<kind>`.

        Of what was loaded already only the columns `moves` may move: a row of which another did goes aside.

        A key that another ready row has too, with another content, goes aside but for its first row.
        """
        self.table(
            f"new_{kind}",
            f"""
            SELECT ready.* {more}, known.digest AS was, known.our_id AS known_id,
                row_number() OVER (PARTITION BY ready.key ORDER BY ready.file_id, ready.line) AS nth
            FROM ({facts.ready(kind, self.export_id)}) ready
            LEFT JOIN takeover_known known ON known.kind = '{kind}' AND known.key = ready.key
            WHERE known.digest IS DISTINCT FROM ready.digest""",
        )
        self.run(f"""DELETE FROM new_{kind} new USING new_{kind} first
            WHERE new.nth > 1 AND first.nth = 1 AND first.key = new.key AND first.digest = new.digest""")
        if KINDS[kind].key:
            self.aside(kind, "new.nth > 1", "KEY_TWICE")
        self._take_changed(kind, moves)
        self.run(f"ANALYZE new_{kind}")

    def _take_changed(self, kind: str, moves: str) -> None:
        """Move what was loaded with another content to `changed_<kind>`, with what it was in `was_<kind>`.

        A row of an export that a later one followed says nothing any more.
        """
        self.table(f"changed_{kind}", f"SELECT * FROM new_{kind} WHERE was IS NOT NULL")
        if not self.run(f"DELETE FROM new_{kind} WHERE was IS NOT NULL"):
            self.table(f"was_{kind}", f"SELECT * FROM changed_{kind}")
            return
        self.aside(kind, "same.key = new.key AND same.digest = new.was", "KEY_TWICE",
                   using=f"({facts.ready(kind, self.export_id)}) same", of="changed")  # fmt: skip
        self.run(f"DELETE FROM changed_{kind} WHERE EXISTS ({FOLLOWED})")
        self.table(
            f"was_{kind}",
            f"""SELECT DISTINCT ON (was.key) was.* FROM ({facts.rows(kind, None)}) was
            JOIN changed_{kind} new ON new.key = was.key AND new.was = was.digest ORDER BY was.key, was.file_id DESC""",
        )

        fixed = [it.name for it in KINDS[kind].columns if it.name not in moves.split()]
        moved = " || ".join(
            f"CASE WHEN new.{it} IS DISTINCT FROM was.{it} THEN ARRAY['{it}'] ELSE '{{}}'::text[] END" for it in fixed
        )
        self.aside(kind, f"was.key = new.key AND cardinality({moved}) > 0", "CHANGED_SINCE",
                   f"jsonb_build_object('columns', array_to_string({moved}, ', '))",
                   using=f"was_{kind} was", of="changed")  # fmt: skip

    def aside(
        self, kind: str, condition: str, code: str, evidence: str = "'{}'::jsonb", using: str = "",
        of: str = "new", **parameters: Any,
    ) -> None:  # fmt: skip
        """Put aside the new (or changed) rows of a kind for which `condition` holds of `new`, with the evidence.

        But those that a person decided to load in spite of it, where what they say can be applied.
        """
        if code in DECIDED_AT_LOAD and faults.known()[code].can_load(kind):
            condition = f"({condition}) AND NOT {WANTED.format(kind=kind, code=code, evidence=evidence)}"
        self.run(
            f"""
            WITH gone AS (
                DELETE FROM {of}_{kind} new {using and f"USING {using}"} WHERE {condition}
                RETURNING new.file_id, new.line, {evidence} AS evidence
            )
            INSERT INTO takeover_flaw (file_id, line, code, verdict, standing, evidence)
            SELECT file_id, line, '{code}', '{Verdict.ASIDE}', '{Verdict.ASIDE}', evidence FROM gone""",
            **parameters,
        )

    def missing(self, kind: str, column: str, of: str) -> None:
        """Put aside the new rows of a kind that name, by `column`, a row of another kind that is not loaded."""
        known = f"SELECT FROM takeover_known k WHERE k.kind = '{of}' AND k.key = new.{column}"
        evidence = f"jsonb_build_object('of', '{KINDS[of].title}', 'number', new.{column})"
        self.aside(kind, f"NOT EXISTS ({known})", "NAMES_NOTHING_LOADED", evidence)

    def know(self, kind: str, our_id: str = "NULL::bigint") -> None:
        """From now on the new rows of a kind are known, with the id that we gave them, and the changed as told now."""
        self.loaded[kind] = self.run(f"""
            INSERT INTO takeover_known (kind, key, digest, our_id)
            SELECT '{kind}', new.key, new.digest, {our_id} FROM new_{kind} new""")
        self.changed[kind] = self.run(f"""
            UPDATE takeover_known known SET digest = new.digest FROM changed_{kind} new
            WHERE known.kind = '{kind}' AND known.key = new.key""")
