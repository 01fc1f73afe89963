"""Look for the known faults in the staged rows of an export: relations with types, then one query a fault."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fanal.records.takeover import contacts, facts, faults
from fanal.records.takeover.kinds import KINDS
from fanal.records.takeover.models import Verdict

CHECKS = Path(__file__).with_name("checks")
DERIVED = ("uses", "usual", "of_account", "compared", "signs", "alike", "files", "export", "corrected")
CONTACT_CODES = {it.code for it in contacts.WAYS}
ASKED = {path.stem for path in CHECKS.glob("*.sql")} - {"prelude"}
FAR_DAY = "DAY_TOO_FAR"
READ_CODES = (
    "UNREADABLE_LINE",
    "TRUNCATED_LINE",
    "UNENDED_LINE",
    "UNREADABLE_CELL",
    "EMPTY_CELL",
    "UNKNOWN_DAY",
    "UNREADABLE_SIGN",
    "OTHER_ENCODING",
)
FLAWS = "file_id, line, code, verdict, standing, evidence"

MADE = re.compile(r"CREATE TEMP TABLE (\w+)")

Told = Callable[[str], None]


def lay_out(cursor: Any, export_id: int) -> None:
    """A temporary table `staged_<kind>` of every kind, and what several checks share; they end with the transaction."""
    names = ", ".join(f"staged_{it}" for it in (*KINDS, *DERIVED))
    cursor.execute(f"DROP TABLE IF EXISTS {names}")
    for kind in KINDS:
        cursor.execute(f"CREATE TEMP TABLE staged_{kind} ON COMMIT DROP AS {facts.rows(kind, export_id, as_came=True)}")
        cursor.execute(f"ANALYZE staged_{kind}")
    cursor.execute(
        "CREATE TEMP TABLE staged_files ON COMMIT DROP AS "
        "SELECT id, kind FROM takeover_exportfile WHERE export_id = %s",
        [export_id],
    )
    cursor.execute(
        "CREATE TEMP TABLE staged_export ON COMMIT DROP AS SELECT coalesce(as_of, staged_on) AS as_of "
        "FROM takeover_export WHERE id = %s",
        [export_id],
    )
    for made in CHECKS.joinpath("prelude.sql").read_text(encoding="utf-8").split(";\n\n"):
        cursor.execute(made)
        cursor.execute(f"ANALYZE {MADE.search(made)[1]}")


def look(cursor: Any, told: Told | None = None) -> None:
    """Run every check, and keep what it finds as flaws."""
    for code in sorted(ASKED):
        fault = faults.known()[code]
        if told:
            told(fault.title["fr"])
        query = CHECKS.joinpath(f"{code}.sql").read_text(encoding="utf-8").replace("%", "%%")
        cursor.execute(
            f"INSERT INTO takeover_flaw ({FLAWS}) SELECT found.file_id, found.line, %s, %s, %s, found.evidence "
            f"FROM ({query}) AS found(file_id, line, evidence)",
            [code, fault.verdict, fault.verdict],
        )
    for kind, column in ((it, column) for it in KINDS for column in KINDS[it].columns):
        if column.type == "day" and column.most is not None:
            verdict = faults.known()[FAR_DAY].verdict
            cursor.execute(FAR_DAYS.format(kind=kind, column=column.name), [column.most, FAR_DAY, verdict, verdict])
    found = list(contacts.wrong(cursor))
    with cursor.copy(f"COPY takeover_flaw ({FLAWS}) FROM STDIN") as copy:
        for file_id, line, code, evidence in found:
            verdict = faults.known()[code].verdict
            copy.write_row((file_id, line, code, verdict, verdict, json.dumps(evidence, ensure_ascii=False)))


def decide(cursor: Any, export_id: int) -> None:
    """Let what people decided stand: of the very row first, then by rule; the last word is the one that counts."""
    cursor.execute(MERGED, {"export_id": export_id})
    _stand(cursor, export_id, [Verdict.NOTED, Verdict.REFUSED])


def leave_out(cursor: Any, export_id: int) -> None:
    """Let what people decided to leave out stand of what a load found since."""
    _stand(cursor, export_id, [Verdict.REFUSED])


def _stand(cursor: Any, export_id: int, verdicts: list[Verdict]) -> None:
    given = {"export_id": export_id, "aside": Verdict.ASIDE, "verdicts": verdicts}
    cursor.execute(DECIDED, given)
    cursor.execute(RULED, given)


def correct(cursor: Any, export_id: int) -> None:
    """Keep each row as checks and people corrected it: the columns of `corrected` in place of its own."""
    cursor.execute(
        "DELETE FROM takeover_correctedrow WHERE file_id IN (SELECT id FROM takeover_exportfile WHERE export_id = %s)",
        [export_id],
    )
    cursor.execute(CORRECTIONS, {"export_id": export_id, "customers": CUSTOMERS})
    for file_id, line, kind, fields, changes in cursor.fetchall():
        ranks = {it.name: place for place, it in enumerate(KINDS[kind].columns)}
        for change in json.loads(changes):
            for name, value in change.items():
                fields[ranks[name]] = value
        cursor.execute(
            "INSERT INTO takeover_correctedrow (file_id, line, fields) VALUES (%s, %s, %s)", [file_id, line, fields]
        )


# A day beyond what the kind says may come after the last day of the export.
FAR_DAYS = """
INSERT INTO takeover_flaw (file_id, line, code, verdict, standing, evidence)
SELECT told.file_id, told.line, of.code, of.verdict, of.standing,
    jsonb_build_object('column', '{column}', 'on', told.{column}, 'until', export.as_of + of.most)
FROM staged_{kind} told, staged_export export, (VALUES (%s, %s, %s, %s)) of (most, code, verdict, standing)
WHERE told.{column} > export.as_of + of.most
"""
DECIDED = """
WITH last AS (
    SELECT DISTINCT ON (flaw.id) flaw.id, made.id AS decision_id, made.verdict
    FROM takeover_flaw flaw JOIN takeover_exportfile file ON file.id = flaw.file_id
    JOIN takeover_stagedrow row ON row.file_id = flaw.file_id AND row.line = flaw.line
    JOIN takeover_decision made ON made.kind = file.kind AND made.digest = row.digest AND made.code = flaw.code
        AND made.key = row.key
    WHERE file.export_id = %(export_id)s ORDER BY flaw.id, made.id DESC
)
UPDATE takeover_flaw flaw SET decision_id = last.decision_id, standing = last.verdict FROM last
WHERE last.id = flaw.id AND last.verdict = ANY(%(verdicts)s)
"""
RULED = """
WITH ruled AS (
    SELECT DISTINCT ON (flaw.id) flaw.id, rule.id AS rule_id, rule.verdict
    FROM takeover_flaw flaw JOIN takeover_exportfile file ON file.id = flaw.file_id
    JOIN takeover_rule rule ON rule.kind = file.kind AND rule.code = flaw.code AND rule.ends_on IS NULL
        AND flaw.evidence @> rule.where_values
    WHERE file.export_id = %(export_id)s AND flaw.decision_id IS NULL AND flaw.verdict = %(aside)s
    ORDER BY flaw.id, rule.id DESC
)
UPDATE takeover_flaw flaw SET rule_id = ruled.rule_id, standing = ruled.verdict FROM ruled
WHERE ruled.id = flaw.id AND ruled.verdict = ANY(%(verdicts)s)
"""
# Where the kinds name their customer, among their fields: what a merged customer held goes to the one who is kept.
CUSTOMERS = json.dumps(
    {it.name: place for it in KINDS.values() for place, column in enumerate(it.columns, 1) if column.name == "customer"}
)
CORRECTIONS = """
WITH changes AS (
    SELECT flaw.file_id, flaw.line, flaw.id AS rank,
        coalesce(nullif(made.corrected, '{}'), flaw.evidence -> 'corrected') AS change
    FROM takeover_flaw flaw JOIN takeover_exportfile file ON file.id = flaw.file_id
    LEFT JOIN takeover_decision made ON made.id = flaw.decision_id
    WHERE file.export_id = %(export_id)s AND flaw.standing = 'NOTED'
        AND (made.corrected <> '{}' OR made.id IS NULL AND flaw.evidence ? 'corrected')
    UNION ALL
    SELECT row.file_id, row.line, 0, jsonb_build_object('customer', merge.kept)
    FROM takeover_merge merge JOIN takeover_exportfile file ON file.export_id = %(export_id)s
        AND jsonb_exists(%(customers)s::jsonb, file.kind)
    JOIN takeover_stagedrow row ON row.file_id = file.id
        AND row.fields[(%(customers)s::jsonb ->> file.kind)::int] = merge.merged
    WHERE merge.confirmed_by <> '' AND merge.undone_on IS NULL
)
SELECT changes.file_id, changes.line, file.kind, row.fields, jsonb_agg(changes.change ORDER BY changes.rank)::text
FROM changes JOIN takeover_exportfile file ON file.id = changes.file_id
JOIN takeover_stagedrow row ON row.file_id = changes.file_id AND row.line = changes.line
GROUP BY changes.file_id, changes.line, file.kind, row.fields
"""
# A customer merged into another is not loaded, whatever the export: its row says who it became.
MERGED = """
WITH gone AS (
    DELETE FROM takeover_flaw flaw USING takeover_exportfile file
    WHERE file.id = flaw.file_id AND file.export_id = %(export_id)s AND flaw.code = 'MERGED_CUSTOMER'
)
INSERT INTO takeover_flaw (file_id, line, code, verdict, standing, evidence)
SELECT row.file_id, row.line, 'MERGED_CUSTOMER', 'REFUSED', 'REFUSED', jsonb_build_object('other', merge.kept)
FROM takeover_merge merge JOIN takeover_exportfile file ON file.export_id = %(export_id)s AND file.kind = 'customers'
JOIN takeover_stagedrow row ON row.file_id = file.id AND row.key = merge.merged
WHERE merge.confirmed_by <> '' AND merge.undone_on IS NULL
"""
