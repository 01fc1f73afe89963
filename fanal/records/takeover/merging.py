"""Make one customer of two that an old system had twice: one person proposes, another confirms, and it can be undone.

Before it is loaded: what the merged customer holds is then loaded as held by the one who is kept, of that export and
of those that follow. Two that are loaded already are merged as any two customers (`subscriptions.merging`), which holds
for later exports too. Never while an export is received or loaded, for it would not be seen.
"""

from datetime import date

from django.db import connection, transaction

from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.subscriptions import merging as customers
from fanal.records.takeover.acts import be_alone, settle
from fanal.records.takeover.models import Export, ExportFile, Known, Merge, StagedRow
from fanal.values import person
from fanal.values.refusal import Phrase, refuse

SENTENCES = {
    "merge_confirmed_by_a_second_person": "Qui a proposé une fusion ne la confirme pas : une autre personne le fait.",
    "merge_once_at_a_time": "Une fusion de ce client attend ou tient déjà.",
}
LOADED_ALONE = Phrase("Le client à réunir est chargé et l’autre ne l’est pas : garder celui qui est chargé.")
LOADED_SINCE = Phrase("Le client à réunir est chargé depuis : retirer cette fusion, puis la proposer de nouveau.")
LOADED_AS_ONE = Phrase("Une exportation est chargée avec cette fusion : elle ne se défait plus.")
LOADED_WITH = """
SELECT EXISTS (SELECT FROM takeover_flaw flaw JOIN takeover_stagedrow row USING (file_id, line)
    JOIN takeover_exportfile file ON file.id = flaw.file_id
    JOIN takeover_export export ON export.id = file.export_id AND export.state = 'LOADED'
    WHERE flaw.code = 'MERGED_CUSTOMER' AND row.key = %s)
"""


@transaction.atomic
def propose_merge(*, export_id: int, kept: str, merged: str, reasons: list[str], by: str, on: date) -> int:
    """Proposer une fusion: `merged` becomes `kept`, once a second person confirms it; its id.

    Of two that are loaded, the id of a merge of customers, which `subscriptions.merging` confirms and undoes.
    """
    be_alone()
    ours = dict(Known.objects.filter(kind="customers", key__in=[kept, merged]).values_list("key", "our_id"))
    if len(ours) == 2:
        ids = {"kept_id": ours[kept], "merged_id": ours[merged]}
        return customers.propose_merge(**ids, signs=reasons, by=by, on=on)
    export = _open(export_id)
    files = ExportFile.objects.filter(export=export, kind="customers").values_list("pk", flat=True)
    there = set(StagedRow.objects.filter(file_id__in=list(files), key__in=[kept, merged]).values_list("key", flat=True))
    if kept == merged or there != {kept, merged}:
        raise refuse("Une fusion réunit deux clients de l’exportation.")
    if merged in ours:
        raise refuse(LOADED_ALONE)
    live = Merge.objects.filter(undone_on=None)
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
    be_alone()
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_on=None, confirmed_by="").first()
    if merge is None:
        raise refuse("Cette fusion n’attend pas de confirmation.")
    if Known.objects.filter(kind="customers", key=merge.merged).exists():
        raise refuse(LOADED_SINCE)
    if person.key(merge.proposed_by) == person.key(by):
        raise refuse(SENTENCES["merge_confirmed_by_a_second_person"])
    merge.confirmed_by, merge.confirmed_on = by, on
    with saying(SENTENCES):
        merge.save(update_fields=["confirmed_by", "confirmed_on"])
    _settle()
    journal.record("takeover.confirm_merge", about=f"merge:{merge_id}", by=by, on=on)


@transaction.atomic
def undo_merge(*, merge_id: int, by: str, on: date) -> None:
    """Défaire une fusion, or withdraw the proposal: the two customers are two again."""
    be_alone()
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_on=None).first()
    if merge is None:
        raise refuse("Cette fusion est déjà défaite.")
    if merge.confirmed_by and _loaded_as_one(merge.merged):
        raise refuse(LOADED_AS_ONE)
    merge.undone_by, merge.undone_on = by, on
    merge.save(update_fields=["undone_by", "undone_on"])
    _settle()
    journal.record("takeover.undo_merge", about=f"merge:{merge_id}", by=by, on=on)


def _open(export_id: int) -> Export:
    export = Export.objects.select_for_update().filter(pk=export_id).first()
    if export is None:
        raise refuse("L’exportation {export} n’existe pas.", export=str(export_id))
    if export.state == Export.State.LOADED:
        raise refuse("L’exportation est chargée : les fusions se font avant.")
    return export


def _loaded_as_one(merged: str) -> bool:
    """Whether an export is loaded in which that customer was another already."""
    with connection.cursor() as cursor:
        cursor.execute(LOADED_WITH, [merged])
        return bool(cursor.fetchone()[0])


def _settle() -> None:
    """In every export that waits to be loaded."""
    with connection.cursor() as cursor:
        for export in Export.objects.exclude(state=Export.State.LOADED).order_by("pk"):
            settle(cursor, export.pk)
