"""Customers that an old system had twice: one person proposes to merge them, another confirms; it can be undone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanal.doors.desk.pages.customer_merges import told
from fanal.doors.desk.pages.takeover import SIGNS
from fanal.doors.desk.refused import aloud
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.records.customers import facts as customers
from fanal.records.takeover import facts, merging
from fanal.values import person
from fanal.values.refusal import Refused


def page(request: HttpRequest, export_id: int) -> HttpResponse:
    """Those that look like one, side by side; those that wait for a second person; those merged."""
    export = facts.export(export_id) if export_id < 2**31 else None
    if export is None:
        raise Http404
    merges = facts.merges(export_id)
    loaded = [told(request, it) for it in customers.merges()]
    gone = {it["it"].merged_id for it in loaded}
    merged = {it.merged for it in merges}
    found = [it for it in facts.flaws(export_id, code="DUPLICATE_CUSTOMER") if it.key not in merged]
    known = facts.staged_customers(export_id, {number for it in found for number in (it.key, it.evidence["other"])})
    mine = person.key(request.user.username)
    return render(request, "desk/takeover/merges.html", {
        "export": export, "pairs": [_pair(it, known) for it in found
                                    if it.key in known and known[it.key]["our_id"] not in gone],
        "waiting": [{"it": it, "mine": person.key(it.proposed_by) == mine} for it in merges if not it.confirmed_by],
        "made": [it for it in merges if it.confirmed_by],
        "loaded_waiting": [it for it in loaded if not it["it"].confirmed_by],
        "loaded_made": [it for it in loaded if it["it"].confirmed_by],
        "may_decide": may_open(request.roles, "takeover_merge_decide"),
    })  # fmt: skip


def propose(request: HttpRequest, export_id: int) -> HttpResponse:
    """Propose a merge: another person confirms it."""
    try:
        merging.propose_merge(
            export_id=export_id, kept=request.POST.get("kept", ""), merged=request.POST.get("merged", ""),
            reasons=request.POST.getlist("reason")[: len(SIGNS)], by=request.user.username, on=today(),
        )  # fmt: skip
        messages.success(request, _("Fusion proposée. Une autre personne la confirme."))
    except Refused as refused:
        aloud(request, refused)
    return redirect("takeover_merges", export_id)


def decide(request: HttpRequest, export_id: int, merge_id: int) -> HttpResponse:
    """Confirm a merge as the second person, or undo it."""
    undo = request.POST.get("act") == "undo"
    who: dict[str, Any] = {"merge_id": merge_id, "by": request.user.username, "on": today()}
    try:
        if undo:
            merging.undo_merge(**who)
            messages.success(request, _("La fusion est défaite : les deux clients restent."))
        else:
            merging.confirm_merge(**who)
            messages.success(request, _("Les deux clients n’en font qu’un."))
    except Refused as refused:
        aloud(request, refused)
    return redirect("takeover_merges", export_id)


def _pair(it: facts.KnownFlaw, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The older record is kept, unless a person thinks otherwise."""
    signs = [{"sign": sign, "word": _(SIGNS[sign])} for sign in it.evidence["signs"]]
    return {"kept": known.get(it.evidence["other"], {"number": it.evidence["other"]}), "merged": known[it.key],
            "signs": signs}  # fmt: skip
