"""What every step of a load shares: new rows in a table of the transaction, rows put aside, rows known from then on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import connection

from fanal.records.takeover import facts
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


@dataclass
class Load:
    """An export being loaded, within one transaction."""

    export_id: int
    as_of: date
    books: Mapping[str, BookOf]
    loaded: dict[str, int] = field(default_factory=dict)

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

    def take(self, kind: str, more: str = "") -> None:
        """Make `new_<kind>`: the ready rows that are not known yet, with columns to fill; those changed go aside.

        A key that another ready row has too, with another content, goes aside but for its first row.
        """
        self.table(
            f"new_{kind}",
            f"""
            SELECT ready.* {more}, known.digest IS NOT NULL AS changed,
                row_number() OVER (PARTITION BY ready.key ORDER BY ready.file_id, ready.line) AS nth
            FROM ({facts.ready(kind, self.export_id)}) ready
            LEFT JOIN takeover_known known ON known.kind = '{kind}' AND known.key = ready.key
            WHERE known.digest IS DISTINCT FROM ready.digest""",
        )
        self.aside(kind, "new.changed", "CHANGED_SINCE")
        self.run(f"""DELETE FROM new_{kind} new USING new_{kind} first
            WHERE new.nth > 1 AND first.nth = 1 AND first.key = new.key AND first.digest = new.digest""")
        if KINDS[kind].key:
            self.aside(kind, "new.nth > 1", "KEY_TWICE")
        self.run(f"ANALYZE new_{kind}")

    def aside(self, kind: str, condition: str, code: str, evidence: str = "'{}'::jsonb", using: str = "") -> None:
        """Put aside the new rows of a kind for which `condition` holds of `new`, with the evidence."""
        self.run(f"""
            WITH gone AS (
                DELETE FROM new_{kind} new {using and f"USING {using}"} WHERE {condition}
                RETURNING new.file_id, new.line, {evidence} AS evidence
            )
            INSERT INTO takeover_flaw (file_id, line, code, verdict, standing, evidence)
            SELECT file_id, line, '{code}', '{Verdict.ASIDE}', '{Verdict.ASIDE}', evidence FROM gone""")

    def missing(self, kind: str, column: str, of: str) -> None:
        """Put aside the new rows of a kind that name, by `column`, a row of another kind that is not loaded."""
        known = f"SELECT FROM takeover_known k WHERE k.kind = '{of}' AND k.key = new.{column}"
        evidence = f"jsonb_build_object('of', '{KINDS[of].title}', 'number', new.{column})"
        self.aside(kind, f"NOT EXISTS ({known})", "NAMES_NOTHING_LOADED", evidence)

    def know(self, kind: str, our_id: str = "NULL::bigint") -> None:
        """From now on the new rows of a kind are known, with the id that we gave them."""
        self.loaded[kind] = self.run(f"""
            INSERT INTO takeover_known (kind, key, digest, our_id)
            SELECT '{kind}', new.key, new.digest, {our_id} FROM new_{kind} new""")
