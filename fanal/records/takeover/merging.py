"""Make one customer of two that an old system had twice: one person proposes, another confirms, and it can be undone.

Until the export is loaded: what the merged customer held is then loaded as held by the one who is kept.
"""

from datetime import date

from django.db import connection, transaction

from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.takeover.acts import settle
from fanal.records.takeover.models import Export, ExportFile, Merge, StagedRow
from fanal.values import person
from fanal.values.refusal import refuse

SENTENCES = {
    "merge_confirmed_by_a_second_person": "Qui a proposé une fusion ne la confirme pas : une autre personne le fait.",
    "merge_once_at_a_time": "Une fusion de ce client attend ou tient déjà.",
}


@transaction.atomic
def propose_merge(*, export_id: int, kept: str, merged: str, reasons: list[str], by: str, on: date) -> int:
    """Proposer une fusion: `merged` becomes `kept`, once a second person confirms it; its id."""
    export = _open(export_id)
    files = ExportFile.objects.filter(export=export, kind="customers").values_list("pk", flat=True)
    there = set(StagedRow.objects.filter(file_id__in=list(files), key__in=[kept, merged]).values_list("key", flat=True))
    if kept == merged or there != {kept, merged}:
        raise refuse("Une fusion réunit deux clients de l’exportation.")
    live = Merge.objects.filter(export=export, undone_on=None)
    if live.filter(merged=kept).exists() or live.filter(kept=merged).exists():
        raise refuse("L’un des deux est déjà d’une autre fusion : la défaire d’abord.")
    with saying(SENTENCES):
        made = Merge.objects.create(
            export=export, kept=kept, merged=merged, reasons=reasons, proposed_by=by, proposed_on=on
        )
    grounds = {"kept": kept, "merged": merged, "reasons": reasons}
    journal.record("takeover.propose_merge", about=f"merge:{made.pk}", by=by, on=on, grounds=grounds)
    return made.pk


@transaction.atomic
def confirm_merge(*, merge_id: int, by: str, on: date) -> None:
    """Confirmer une fusion, as the second person: what the merged customer held goes to the one who is kept."""
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_on=None, confirmed_by="").first()
    if merge is None:
        raise refuse("Cette fusion n’attend pas de confirmation.")
    _open(merge.export_id)
    if person.key(merge.proposed_by) == person.key(by):
        raise refuse(SENTENCES["merge_confirmed_by_a_second_person"])
    merge.confirmed_by, merge.confirmed_on = by, on
    with saying(SENTENCES):
        merge.save(update_fields=["confirmed_by", "confirmed_on"])
    _settle(merge.export_id)
    journal.record("takeover.confirm_merge", about=f"merge:{merge_id}", by=by, on=on)


@transaction.atomic
def undo_merge(*, merge_id: int, by: str, on: date) -> None:
    """Défaire une fusion, or withdraw the proposal: the two customers are two again."""
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_on=None).first()
    if merge is None:
        raise refuse("Cette fusion est déjà défaite.")
    _open(merge.export_id)
    merge.undone_by, merge.undone_on = by, on
    merge.save(update_fields=["undone_by", "undone_on"])
    _settle(merge.export_id)
    journal.record("takeover.undo_merge", about=f"merge:{merge_id}", by=by, on=on)


def _open(export_id: int) -> Export:
    export = Export.objects.select_for_update().filter(pk=export_id).first()
    if export is None:
        raise refuse("L’exportation {export} n’existe pas.", export=str(export_id))
    if export.state == Export.State.LOADED:
        raise refuse("L’exportation est chargée : les fusions se font avant.")
    return export


def _settle(export_id: int) -> None:
    with connection.cursor() as cursor:
        settle(cursor, export_id)
