"""Decide of rows put aside: one by one, corrected or not, or by a rule; it holds for the same row of any export."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction

from fanal.records.journal import acts as journal
from fanal.records.takeover import faults
from fanal.records.takeover.acts import settle
from fanal.records.takeover.kinds import KINDS, Column
from fanal.records.takeover.models import Decision, Export, ExportFile, Flaw, Rule, StagedRow, Verdict
from fanal.values.dates import parse_day
from fanal.values.refusal import Refused, refuse
from fanal.values.writing import line

REASON_MAX = 400
NUMBER = re.compile(r"(-?)([0-9]{1,15})(?:[.,]([0-9]{1,6}))?")
DECIMALS = {"whole": 0, "cents": 2, "thousandths": 3, "millionths": 6}
# A column that names a row of another kind: what is typed must be there.
NAMES = {"account": "subscriptions", "customer": "customers", "premises": "premises", "bill": "bills"}
UNRULED = "UPDATE takeover_flaw SET rule_id = NULL, standing = verdict WHERE rule_id = %s RETURNING file_id"
YES_NO = {"oui": "t", "o": "t", "yes": "t", "non": "f", "n": "f", "no": "f"}


@transaction.atomic
def decide(
    *, flaw_id: int, load: bool, reason: str, by: str, on: date, corrected: Mapping[str, str] | None = None
) -> None:
    """Décider d’une ligne mise de côté: load it, as it is or corrected (columns as typed), or leave it out.

    Refused: a flaw that puts nothing aside, a row that cannot be loaded, or not without a correction, a value that is
    not one.
    """
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
    columns = {it.name: it for it in KINDS[file.kind].columns} if file.kind else {}
    made = Decision.objects.create(
        kind=file.kind, key=row.key, digest=row.digest, code=flaw.code,
        verdict=Verdict.NOTED if load else Verdict.REFUSED,
        corrected={name: _value(columns.get(name), value, file.export_id) for name, value in given.items()},
        reason=said, decided_by=by, decided_on=on,
    )  # fmt: skip
    _settle(file.export)
    grounds = {"line": flaw.line, "code": flaw.code, "load": load, "corrected": made.corrected, "reason": said}
    journal.record("takeover.decide", about=f"export:{file.export_id}", by=by, on=on, grounds=grounds)


@transaction.atomic
def make_rule(
    *, flaw_id: int, load: bool, reason: str, by: str, on: date, where: Mapping[str, Any] | None = None
) -> int:
    """Faire une règle: every row put aside for the same fault, and with the evidence `where`, is decided alike; its id.

    Refused where each row needs its own correction, and a rule that is there already.
    """
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


def _value(column: Column | None, typed: str, export_id: int) -> str:
    """What was typed, as the fields of a row hold it. Raises Refused."""
    if column is None:
        raise refuse("Cette ligne n’a pas de telle colonne.")
    wrong = refuse("« {typed} » n’est pas une valeur de cette colonne.", field=column.name, typed=typed[:60])
    if column.type in ("day", "month"):
        try:
            return parse_day(typed).isoformat()
        except ValueError:
            raise wrong from None
    if column.type in DECIMALS:
        return _number(DECIMALS[column.type], typed, wrong)
    if (column.type == "flag" and typed.lower() not in YES_NO) or (column.type == "code" and typed not in column.codes):
        raise wrong
    if column.type == "flag":
        return YES_NO[typed.lower()]
    if kind := NAMES.get(column.name):
        files = ExportFile.objects.filter(export_id=export_id, kind=kind).values_list("pk", flat=True)
        if not StagedRow.objects.filter(file_id__in=list(files), key=typed).exists():
            raise refuse("L’exportation n’a pas le numéro {typed}.", field=column.name, typed=typed[:60])
    return typed


def _number(places: int, typed: str, wrong: Refused) -> str:
    found = NUMBER.fullmatch(typed.replace("\u00a0", "").replace(" ", ""))
    if not found or len(found[3] or "") > places:
        raise wrong
    return str(int(f"{found[1]}{found[2]}{(found[3] or '').ljust(places, '0')}"))
