"""Decide of rows put aside: one by one, corrected or not, or by a rule; it holds for the same row of any export.

Never while an export is received or loaded, for it would be settled against one that changes.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction

from fanal.records.journal import acts as journal
from fanal.records.takeover import faults, typed
from fanal.records.takeover.acts import be_alone, settle
from fanal.records.takeover.kinds import KINDS
from fanal.records.takeover.models import Decision, Export, ExportFile, Flaw, Rule, StagedRow, Verdict
from fanal.values.refusal import Fault, Problem, Refused, refuse, refuse_any
from fanal.values.writing import line

REASON_MAX = 400
ALIKE = """
INSERT INTO takeover_decision (kind, key, digest, code, verdict, corrected, reason, decided_by, decided_on)
SELECT file.kind, row.key, row.digest, flaw.code, %(verdict)s, '{}', %(reason)s, %(by)s, %(on)s
FROM takeover_flaw flaw JOIN takeover_exportfile file ON file.id = flaw.file_id
JOIN takeover_stagedrow row ON row.file_id = flaw.file_id AND row.line = flaw.line
WHERE flaw.id = ANY(%(flaws)s) ORDER BY flaw.id
"""


@transaction.atomic
def decide(
    *, flaw_id: int, load: bool, reason: str, by: str, on: date, corrected: Mapping[str, str] | None = None
) -> None:
    """Décider d’une ligne mise de côté: load it, as it is or corrected (columns as typed), or leave it out.

    Refused: a flaw that puts nothing aside, a row that cannot be loaded, or not without a correction, a value that is
    not one.
    """
    be_alone()
    flaw = Flaw.objects.select_for_update().filter(pk=flaw_id).first()
    if flaw is None or flaw.verdict != Verdict.ASIDE:
        raise refuse("Rien n’attend de décision ici.")
    said = line(reason, missing="Dire pourquoi : la raison reste au journal.", most=REASON_MAX)
    file = ExportFile.objects.select_related("export").get(pk=flaw.file_id)
    row = StagedRow.objects.get(file_id=flaw.file_id, line=flaw.line)
    given = {name: value.strip() for name, value in (corrected or {}).items() if value.strip()} if load else {}
    _refuse_unmovable(flaw, file, load)
    needed = faults.known()[flaw.code].needs.format_map(flaw.evidence)
    if load and needed and needed not in given:
        raise refuse("Cette ligne ne se charge pas sans sa correction ({column}).", field=needed, column=needed)
    made = Decision.objects.create(
        kind=file.kind, key=row.key, digest=row.digest, code=flaw.code,
        verdict=Verdict.NOTED if load else Verdict.REFUSED,
        corrected=_corrected(file, given),
        reason=said, decided_by=by, decided_on=on,
    )  # fmt: skip
    _settle(file.export)
    grounds = {"line": flaw.line, "code": flaw.code, "load": load, "corrected": made.corrected, "reason": said}
    journal.record("takeover.decide", about=f"export:{file.export_id}", by=by, on=on, grounds=grounds)


@transaction.atomic
def decide_alike(*, flaw_ids: Collection[int], load: bool, reason: str, by: str, on: date) -> int:
    """Décider de plusieurs lignes de la même façon, uncorrected; how many. Refused as `decide` is, all of them then."""
    be_alone()
    said = line(reason, missing="Dire pourquoi : la raison reste au journal.", most=REASON_MAX)
    flaws = list(Flaw.objects.select_for_update().filter(pk__in=flaw_ids, verdict=Verdict.ASIDE).order_by("pk"))
    if not flaws or len(flaws) != len(set(flaw_ids)):
        raise refuse("Choisir des lignes qui attendent une décision.")
    codes = sorted({it.code for it in flaws})
    files = ExportFile.objects.select_related("export").in_bulk({it.file_id for it in flaws})
    for it in flaws:
        _refuse_unmovable(it, files[it.file_id], load)
    if load and any(faults.known()[it].needs for it in codes):
        raise refuse("Chacune de ces lignes demande sa correction : ensemble, elles ne peuvent qu’être écartées.")
    export, *others = {it.export for it in files.values()}
    if others:
        raise refuse("Choisir des lignes d’une même exportation.")
    verdict = Verdict.NOTED if load else Verdict.REFUSED
    with connection.cursor() as cursor:
        asked = {"flaws": [it.pk for it in flaws], "verdict": verdict, "reason": said, "by": by, "on": on}
        cursor.execute(ALIKE, asked)
    _settle(export)
    grounds = {"lines": len(flaws), "flaws": [it.pk for it in flaws], "codes": codes, "load": load, "reason": said}
    journal.record("takeover.decide", about=f"export:{export.pk}", by=by, on=on, grounds=grounds)
    return len(flaws)


@transaction.atomic
def make_rule(
    *, flaw_id: int, load: bool, reason: str, by: str, on: date, where: Mapping[str, Any] | None = None
) -> int:
    """Faire une règle: every row put aside for the same fault, and with the evidence `where`, is decided alike; its id.

    Refused where each row needs its own correction, and a rule that is there already.
    """
    be_alone()
    flaw = Flaw.objects.select_for_update().filter(pk=flaw_id).first()
    if flaw is None or flaw.verdict != Verdict.ASIDE:
        raise refuse("Rien n’attend de décision ici.")
    said = line(reason, missing="Dire pourquoi : la raison reste au journal.", most=REASON_MAX)
    if load and faults.known()[flaw.code].needs:
        raise refuse("Chacune de ces lignes demande sa correction : une règle ne peut que les écarter.")
    file = ExportFile.objects.select_related("export").get(pk=flaw.file_id)
    _refuse_unmovable(flaw, file, load)
    asked = {"code": flaw.code, "kind": file.kind, "where": dict(where or {}), "ends_on": None}
    if Rule.objects.filter(**asked).exists():
        raise refuse("Cette règle est déjà là.")
    rule = Rule.objects.create(
        **asked, verdict=Verdict.NOTED if load else Verdict.REFUSED, reason=said, made_by=by, made_on=on
    )
    _settle(file.export)
    grounds = {"rule": rule.pk, "code": flaw.code, "load": load, "reason": said}
    journal.record("takeover.make_rule", about=f"export:{file.export_id}", by=by, on=on, grounds=grounds)
    return rule.pk


@transaction.atomic
def end_rule(*, rule_id: int, by: str, on: date) -> None:
    """Mettre fin à une règle: the rows that it decided wait for a person again."""
    be_alone()
    rule = Rule.objects.select_for_update().filter(pk=rule_id, ends_on=None).first()
    if rule is None:
        raise refuse("Cette règle n’est plus en vigueur.")
    rule.ends_on = on
    rule.save(update_fields=["ends_on"])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE takeover_flaw SET rule_id = NULL, standing = verdict WHERE rule_id = %s RETURNING file_id",
            [rule_id],
        )
        touched = {file_id for (file_id,) in cursor.fetchall()}
    for export in Export.objects.filter(files__in=touched).distinct():
        _settle(export)
    journal.record("takeover.end_rule", about=f"rule:{rule_id}", by=by, on=on)


def _refuse_unmovable(flaw: Flaw, file: ExportFile, load: bool) -> None:
    if load and not faults.known()[flaw.code].can_load(file.kind):
        raise refuse("Cette ligne ne peut être qu’écartée : ce qu’elle change ne se déplace plus ici.")


def _settle(export: Export) -> None:
    with connection.cursor() as cursor:
        settle(cursor, export.pk)


def _corrected(file: ExportFile, given: Mapping[str, str]) -> dict[str, str]:
    """The cells as corrected; all that is wrong with them is told at once. Raises Refused."""
    columns = {it.name: it for it in KINDS[file.kind].columns} if file.kind else {}
    as_of = file.export.as_of or file.export.staged_on
    made, problems = {}, []
    for name, said in given.items():
        if name not in columns:
            raise refuse("Cette ligne n’a pas de telle colonne.")
        try:
            made[name] = typed.value(columns[name], said, file.export_id, as_of)
        except Fault as fault:
            problems += fault.refused(field=name).problems
        except Refused as refused:
            problems += [Problem(0, name, it.sentence, **it.facts) for it in refused.problems]
    refuse_any(problems)
    return made
