"""What we know of what an old system handed over."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count

from fanal.records.takeover import faults
from fanal.records.takeover.kinds import KINDS, TYPES
from fanal.records.takeover.models import Export, ExportFile, Rule, Verdict

STATES = Export.State


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCount:
    """A file of an export, its rows of one kind, and what became of them."""

    id: int
    name: str
    kind: str
    rows: int
    ready: int
    loaded: int
    aside: int
    refused: int
    unknown_headers: tuple[str, ...]
    missing_headers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExport:
    """An export: whose, as of which day, in what state."""

    id: int
    town: str
    as_of: date | None
    digest: str
    mapping_digest: str
    directory: str
    state: str
    staged_by: str
    staged_on: date
    loaded_by: str
    loaded_on: date | None


def rows(kind: str, export_id: int | None, *, as_came: bool = False) -> str:
    """The SQL of every readable row of that kind in an export, or in all of them: a relation to put in brackets.

    Columns `file_id, line, key, digest`, then those of the kind by name, each of its PostgreSQL type, NULL when empty.
    What checks and people corrected stands in place of what came, unless `as_came`.
    """
    fields = "row.fields" if as_came else "(coalesce(corrected.fields, row.fields))"
    columns = ",\n    ".join(
        f"{fields}[{place}]::{TYPES[it.type]} AS {it.name}" for place, it in enumerate(KINDS[kind].columns, 1)
    )
    joined = "" if as_came else "LEFT JOIN takeover_correctedrow corrected USING (file_id, line)"
    return f"""SELECT row.file_id, row.line, row.key AS key, row.digest AS digest,
    {columns}
FROM takeover_stagedrow row {joined}
WHERE row.file_id = ANY({_file_ids(kind, export_id)}) AND row.fields <> '{{}}'"""


def ready(kind: str, export_id: int | None) -> str:
    """The SQL of the rows of `rows` that nothing holds back: those to load."""
    return f"""SELECT * FROM ({rows(kind, export_id)}) AS readable WHERE NOT EXISTS (
    SELECT FROM takeover_flaw flaw WHERE flaw.file_id = readable.file_id AND flaw.line = readable.line
        AND flaw.standing IN ('{Verdict.ASIDE}', '{Verdict.REFUSED}'))"""


def exports() -> list[KnownExport]:
    """Every export, the last one first."""
    return [_known(it) for it in Export.objects.order_by("-pk")]


def export(export_id: int) -> KnownExport | None:
    """That export, or None."""
    found = Export.objects.filter(pk=export_id).first()
    return _known(found) if found else None


def staged_already(digest: str, mapping_digest: str) -> KnownExport | None:
    """The export of those very files by that very mapping, or None."""
    found = Export.objects.filter(digest=digest, mapping_digest=mapping_digest).first()
    return _known(found) if found else None


def files(export_id: int) -> list[FileCount]:
    """The files of an export with their counts, by name; lines of no kind come first."""
    return [
        FileCount(
            id=it.pk,
            name=it.name,
            kind=it.kind,
            rows=it.rows,
            ready=it.ready,
            loaded=it.loaded,
            aside=it.aside,
            refused=it.refused,
            unknown_headers=tuple(it.unknown_headers),
            missing_headers=tuple(it.missing_headers),
        )
        for it in ExportFile.objects.filter(export_id=export_id).order_by("name", "kind")
    ]


def flaw_counts(export_id: int) -> dict[tuple[str, str, str], int]:
    """How many flaws of each (kind, code, standing) an export has."""
    query = """
SELECT file.kind, flaw.code, flaw.standing, count(*) FROM takeover_flaw flaw
JOIN takeover_exportfile file ON file.id = flaw.file_id WHERE file.export_id = %s
GROUP BY file.kind, flaw.code, flaw.standing ORDER BY file.kind, flaw.code, flaw.standing"""
    with connection.cursor() as cursor:
        cursor.execute(query, [export_id])
        return {(kind, code, standing): count for kind, code, standing, count in cursor.fetchall()}


AGAINST = """
SELECT file.kind, count(*) FILTER (WHERE known.digest IS NULL), count(*) FILTER (WHERE known.digest <> row.digest),
    count(*) FILTER (WHERE known.digest = row.digest)
FROM takeover_stagedrow row JOIN takeover_exportfile file ON file.id = row.file_id
LEFT JOIN takeover_known known ON known.kind = file.kind AND known.key = row.key
WHERE file.export_id = %(export_id)s AND row.fields <> '{}' AND file.kind IN (SELECT kind FROM takeover_known)
    AND NOT EXISTS (SELECT FROM takeover_flaw flaw WHERE flaw.file_id = row.file_id AND flaw.line = row.line
        AND flaw.standing IN ('ASIDE', 'REFUSED'))
GROUP BY file.kind ORDER BY file.kind"""


def against_loaded(export_id: int) -> dict[str, tuple[int, int, int]]:
    """Of the rows of an export that nothing holds back, by kind: new, changed and the same as what is loaded."""
    with connection.cursor() as cursor:
        cursor.execute(AGAINST, {"export_id": export_id})
        return {kind: (new, changed, same) for kind, new, changed, same in cursor.fetchall()}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFlaw:
    """A flaw of a row: where it is, what was found, and what stands of it."""

    id: int
    file: str
    kind: str
    line: int  # 0 for a flaw of the whole file
    key: str
    raw: str
    code: str
    standing: str
    evidence: dict[str, Any]
    decided_by: str  # empty when nobody decided
    by_rule: bool


FLAWS = """
SELECT flaw.id, file.name, file.kind, flaw.line, coalesce(row.key, ''), coalesce(row.raw, ''), flaw.code,
    flaw.standing, flaw.evidence::text, coalesce(made.decided_by, rule.made_by, ''), flaw.rule_id IS NOT NULL
FROM takeover_flaw flaw JOIN takeover_exportfile file ON file.id = flaw.file_id
LEFT JOIN takeover_stagedrow row ON row.file_id = flaw.file_id AND row.line = flaw.line
LEFT JOIN takeover_decision made ON made.id = flaw.decision_id LEFT JOIN takeover_rule rule ON rule.id = flaw.rule_id
WHERE file.export_id = %(export_id)s AND (%(code)s = '' OR flaw.code = %(code)s)
    AND (%(standing)s = '' OR flaw.standing = %(standing)s)
    AND flaw.id > %(beyond)s AND (%(holds)s = '' OR position(lower(%(holds)s) IN lower(row.raw)) > 0)
ORDER BY flaw.standing <> 'ASIDE', array_position(%(gravest)s, flaw.code::text), file.kind, flaw.line, flaw.id
LIMIT %(most)s OFFSET %(after)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMerge:
    """A merge of two customers, and the names that they have."""

    id: int
    kept: str
    kept_name: str
    merged: str
    merged_name: str
    proposed_by: str
    proposed_on: date
    confirmed_by: str
    confirmed_on: date | None


def merges(export_id: int) -> list[KnownMerge]:
    """The merges that wait or stand of customers of an export, the last proposed first."""
    people = f"SELECT key, concat_ws(' ', given_name, name) AS said FROM ({rows('customers', export_id)}) AS staged"
    query = f"""
SELECT merge.id, merge.kept, kept.said, merge.merged, merged.said, merge.proposed_by, merge.proposed_on,
    merge.confirmed_by, merge.confirmed_on
FROM takeover_merge merge JOIN ({people}) kept ON kept.key = merge.kept
JOIN ({people}) merged ON merged.key = merge.merged
WHERE merge.undone_on IS NULL ORDER BY merge.id DESC"""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [KnownMerge(**dict(zip(KnownMerge.__slots__, row, strict=True))) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRule:
    """A rule in force, and how many flaws it decides."""

    id: int
    code: str
    kind: str
    verdict: str
    reason: str
    made_by: str
    made_on: date
    decides: int


def rules() -> list[KnownRule]:
    """The rules in force, the last made first."""
    found = Rule.objects.filter(ends_on=None).annotate(decides=Count("flaw")).order_by("-pk")
    return [
        KnownRule(**{it: getattr(rule, it) for it in KnownRule.__slots__ if it != "id"}, id=rule.pk) for rule in found
    ]


def flaws(
    export_id: int,
    *,
    code: str = "",
    standing: str = "",
    holds: str = "",
    most: int | None = None,
    after: int = 0,
    beyond: int = 0,
) -> list[KnownFlaw]:
    """The flaws of an export: those that wait first, the gravest first, then by kind and line.

    All, or those of one code, of one standing, whose line `holds` those words, found after `beyond`.
    """
    asked = {"export_id": export_id, "code": code, "standing": standing, "holds": holds, "beyond": beyond} | {
        "most": most, "after": after, "gravest": faults.by_gravity(),
    }  # fmt: skip
    names = KnownFlaw.__slots__
    with connection.cursor() as cursor:
        cursor.execute(FLAWS, asked)
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [KnownFlaw(**(it | {"evidence": json.loads(it["evidence"])})) for it in found]


def count_flaws(export_id: int, *, code: str = "", standing: str = "", holds: str = "") -> int:
    """How many there are of them."""
    asked = {"export_id": export_id, "code": code, "standing": standing, "holds": holds, "beyond": 0} | {
        "most": None, "after": 0, "gravest": [],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({FLAWS}) found", asked)
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class FlawedRow:
    """A flaw with the whole row that it is of: its fields by canonical column, as they came."""

    export_id: int
    flaw: KnownFlaw
    fields: dict[str, str | None]
    verdict: str  # of the check
    reason: str  # of who decided


ONE = FLAWS.replace("file.export_id = %(export_id)s AND", "flaw.id = %(flaw_id)s AND")
ROW = """
SELECT file.export_id, row.fields, flaw.verdict, coalesce(made.reason, rule.reason, '') FROM takeover_flaw flaw
JOIN takeover_exportfile file ON file.id = flaw.file_id
LEFT JOIN takeover_stagedrow row ON row.file_id = flaw.file_id AND row.line = flaw.line
LEFT JOIN takeover_decision made ON made.id = flaw.decision_id LEFT JOIN takeover_rule rule ON rule.id = flaw.rule_id
WHERE flaw.id = %s
"""


def flawed_row(flaw_id: int) -> FlawedRow | None:
    """A flaw and its row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(ROW, [flaw_id])
        found = cursor.fetchone()
        if found is None:
            return None
        asked: dict[str, Any] = {"flaw_id": flaw_id, "code": "", "standing": "", "holds": "", "beyond": 0}
        cursor.execute(ONE, asked | {"most": 1, "after": 0, "gravest": []})
        told = dict(zip(KnownFlaw.__slots__, cursor.fetchone(), strict=True))
    export_id, fields, verdict, reason = found
    flaw = KnownFlaw(**(told | {"evidence": json.loads(told["evidence"])}))
    names = [it.name for it in KINDS[flaw.kind].columns] if flaw.kind and fields else []
    row = dict(zip(names, fields, strict=True)) if names else {}
    return FlawedRow(export_id=export_id, flaw=flaw, fields=row, verdict=verdict, reason=reason)


def staged_customers(export_id: int, numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Those customers of an export as they came, by number, with how many subscriptions each holds, and our id."""
    columns = (
        "number",
        "name",
        "given_name",
        "address",
        "city",
        "postal_code",
        "phone",
        "email",
        "status",
        "created_on",
    )
    held = rows("subscriptions", export_id, as_came=True)
    query = f"""
SELECT {", ".join(f"customer.{it}" for it in columns)},
    (SELECT count(*) FROM ({held}) AS held WHERE held.customer = customer.number) AS subscriptions,
    (SELECT our_id FROM takeover_known known WHERE known.kind = 'customers' AND known.key = customer.key) AS our_id
FROM ({rows("customers", export_id, as_came=True)}) AS customer WHERE customer.key = ANY(%s)"""
    with connection.cursor() as cursor:
        cursor.execute(query, [list(numbers)])
        found = [dict(zip((*columns, "subscriptions", "our_id"), row, strict=True)) for row in cursor.fetchall()]
    return {it["number"]: it for it in found}


def verdict_label(verdict: str) -> str:
    """« chargée, avec une note », « mise de côté », « refusée »."""
    return Verdict(verdict).label


def _file_ids(kind: str, export_id: int | None) -> str:
    """The files of that kind as an array written out, so that the database knows how many rows to expect."""
    files = (
        ExportFile.objects.filter(kind=kind)
        if export_id is None
        else ExportFile.objects.filter(export_id=export_id, kind=kind)
    )
    found = files.order_by("pk").values_list("pk", flat=True)
    return f"'{{{','.join(map(str, found))}}}'::int[]"


def _known(export: Export) -> KnownExport:
    fields: dict[str, Any] = {it: getattr(export, it) for it in KnownExport.__slots__}
    return KnownExport(**fields)
