"""Receive what an old system handed over, and keep what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from fanal.records.journal import acts as journal
from fanal.records.takeover import examination, facts, faults, staging
from fanal.records.takeover.models import Export, ExportFile, Flaw
from fanal.records.takeover.staging import NewFlaw, NewRows
from fanal.values.refusal import refuse

ALONE = 0x72657072  # the advisory lock of who receives or loads: one at a time, by a page or a command
FLAWS_MAX = 100_000  # of one file: beyond, it is the mapping that is wrong
ROW_COLUMNS = "file_id, line, key, digest, raw, fields"
FLAW_COLUMNS = "file_id, line, code, verdict, standing, evidence"

Part = tuple[NewRows | None, Sequence[NewFlaw]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file to receive: its parts come one by one, and are read only once."""

    name: str
    kinds: Sequence[str]
    digest: str
    parts: Iterable[Part]
    unknown_headers: Sequence[str] = ()
    missing_headers: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExport:
    """An export to receive."""

    digest: str
    mapping_digest: str
    directory: str
    files: Iterable[NewFile]


@transaction.atomic
def stage_export(*, export: NewExport, by: str, on: date) -> int:
    """Recevoir une exportation: every row as it came, in one transaction; its id. The same export twice is refused."""
    be_alone()
    if Export.objects.filter(digest=export.digest, mapping_digest=export.mapping_digest).exists():
        raise refuse("Cette exportation est déjà reçue, par cette correspondance.")
    made = Export.objects.create(
        town="", digest=export.digest, mapping_digest=export.mapping_digest, directory=export.directory[:400],
        staged_by=by, staged_on=on,
    )  # fmt: skip
    for file in export.files:
        _stage_file(made, file)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE takeover_stagedrow")
        cursor.execute(OF_TOWN, {"export_id": made.pk})
    count_rows(made.pk)
    totals = list(made.files.order_by("name", "kind").values_list("name", "kind", "rows"))
    journal.record("takeover.stage", about=f"export:{made.pk}", by=by, on=on, grounds={"files": totals})
    return made.pk


def _stage_file(export: Export, file: NewFile) -> None:
    ids = {
        kind: ExportFile.objects.create(
            export=export, name=file.name, kind=kind, digest=file.digest,
            unknown_headers=list(file.unknown_headers), missing_headers=list(file.missing_headers),
        ).pk
        for kind in ("", *file.kinds)
    }  # fmt: skip
    flaws: list[tuple[int, NewFlaw, str]] = []
    with connection.cursor() as cursor, cursor.copy(f"COPY takeover_stagedrow ({ROW_COLUMNS}) FROM STDIN") as copy:
        for rows, found in file.parts:
            if rows is not None and len(rows.lines):
                copy.write(staging.copy_text(ids[rows.kind], rows).encode())
            home = ids[rows.kind if rows else file.kinds[0] if len(file.kinds) == 1 else ""]
            copy.write(staging.unread_text(home, found).encode())
            flaws += [(home, it, faults.of_reading(it, rows.kind if rows else "")) for it in found]
            if len(flaws) > FLAWS_MAX:
                raise refuse(
                    "Plus de {most} cases ne se lisent pas : la correspondance n’est pas celle du fichier {name}.",
                    row=flaws[0][1].line, field=file.name, most=FLAWS_MAX, name=file.name,
                )  # fmt: skip
    with connection.cursor() as cursor, cursor.copy(f"COPY takeover_flaw ({FLAW_COLUMNS}) FROM STDIN") as copy:
        copy.write(staging.flaw_text(iter(flaws)).encode())


# The town and its last day, from the heading of the control file; a file without lines apart has no row of its own.
OF_TOWN = """
UPDATE takeover_export SET
    town = left((regexp_match(heading.said, '^(.*?) *(?:CONTR[OÔ]LE|\\d{4}-\\d{2}|$)'))[1], 120),
    as_of = ((regexp_match(heading.said, '\\d{4}-\\d{2}-\\d{2}'))[1])::date
FROM (
    SELECT row.fields[1] AS said FROM takeover_stagedrow row JOIN takeover_exportfile file ON file.id = row.file_id
    WHERE file.export_id = %(export_id)s AND file.kind = 'control_town' ORDER BY row.line LIMIT 1
) heading
WHERE takeover_export.id = %(export_id)s
"""
# Of an export that was loaded, what people decided since is ready for the next loading.
COUNTED = """
WITH held AS (
    SELECT flaw.file_id, flaw.line, bool_or(flaw.standing = 'REFUSED') AS refused
    FROM takeover_flaw flaw JOIN takeover_exportfile file ON file.id = flaw.file_id
    WHERE file.export_id = %(export_id)s AND flaw.standing <> 'NOTED' GROUP BY flaw.file_id, flaw.line
), counted AS (
    SELECT file.id,
        CASE WHEN file.rows > 0 THEN file.rows
            ELSE (SELECT count(*) FROM takeover_stagedrow row WHERE row.file_id = file.id) END AS rows,
        (SELECT count(*) FROM held WHERE held.file_id = file.id AND NOT held.refused) AS aside,
        (SELECT count(*) FROM held WHERE held.file_id = file.id AND held.refused) AS refused,
        CASE WHEN export.state = 'LOADED' THEN (
            SELECT count(DISTINCT row.line) FROM takeover_flaw flaw
            JOIN takeover_stagedrow row ON row.file_id = flaw.file_id AND row.line = flaw.line
            WHERE flaw.file_id = file.id AND flaw.verdict = 'ASIDE' AND flaw.standing = 'NOTED'
                AND NOT EXISTS (SELECT FROM held WHERE held.file_id = row.file_id AND held.line = row.line)
                AND NOT EXISTS (SELECT FROM takeover_known known WHERE known.kind = file.kind AND known.key = row.key)
        ) ELSE NULL END AS since
    FROM takeover_exportfile file JOIN takeover_export export ON export.id = file.export_id
    WHERE file.export_id = %(export_id)s
)
UPDATE takeover_exportfile file SET rows = counted.rows, aside = counted.aside, refused = counted.refused,
    ready = coalesce(counted.since, counted.rows - counted.aside - counted.refused),
    loaded = coalesce(counted.rows - counted.aside - counted.refused - counted.since, 0)
FROM counted WHERE counted.id = file.id
"""


@transaction.atomic
def examine_export(*, export_id: int, by: str, on: date, told: examination.Told | None = None) -> int:
    """Examiner une exportation: look for every known fault, then decide as people decided; how many flaws stand.

    An export may be examined again: the same flaws are found, and what was decided since stands.
    """
    be_alone()
    export = Export.objects.select_for_update().filter(pk=export_id).first()
    if export is None:
        raise refuse("L’exportation {export} n’existe pas.", export=str(export_id))
    files = ExportFile.objects.filter(export_id=export_id).values_list("pk", flat=True)
    looked_for = examination.ASKED | examination.CONTACT_CODES | {examination.FAR_DAY}
    Flaw.objects.filter(file_id__in=list(files), code__in=looked_for).delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        examination.lay_out(cursor, export_id)
        examination.look(cursor, told)
        settle(cursor, export_id)
    if export.state == Export.State.STAGED:
        export.state = Export.State.EXAMINED
        export.save(update_fields=["state"])
    found = Flaw.objects.filter(file_id__in=list(files)).count()
    journal.record("takeover.examine", about=f"export:{export_id}", by=by, on=on,
                   grounds={"flaws": found, "rows": facts.against_loaded(export_id)})  # fmt: skip
    return found


def be_alone() -> None:
    """Refuse to stage, examine, decide, merge or load while somebody does, within the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ALONE])
        if not cursor.fetchone()[0]:
            raise refuse("Une exportation se reçoit ou se charge déjà : attendre qu’elle finisse, puis recommencer.")


def settle(cursor: Any, export_id: int) -> None:
    """Let decisions, rules and corrections stand, and count again, within the caller's transaction."""
    examination.decide(cursor, export_id)
    examination.correct(cursor, export_id)
    count_rows(export_id)


def count_rows(export_id: int) -> None:
    """Count again what became of the rows of an export, file by file, within the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"export_id": export_id})
    ExportFile.objects.filter(export_id=export_id, kind="", rows=0).delete()
