"""Reprise : switch cycles to Fanal, or give them back to the old system, from the page of the gate."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from fanal.doors.desk.refused import aloud
from fanal.doors.migration import switching
from fanal.doors.office import today
from fanal.records.elsewhere import acts
from fanal.values.refusal import Refused, refuse

REASON_MAX = 200


def switch(request: HttpRequest) -> HttpResponse:
    """Basculer les cycles choisis."""
    return _decided(request, switching.switch, _("Cycles basculés : Fanal les facture."))


def give_back(request: HttpRequest) -> HttpResponse:
    """Rendre les cycles choisis à l’ancien système."""
    return _decided(request, acts.give_back_cycles, _("Cycles rendus : l’ancien système les facture."))


def _decided(request: HttpRequest, act: Callable[..., None], done: str) -> HttpResponse:
    said = [it for it in request.POST.getlist("cycle") if it.isascii() and it.isdecimal() and len(it) < 5]
    reason = request.POST.get("reason", "").strip()[:REASON_MAX]
    try:
        if not said:
            raise refuse(_("Choisir au moins un cycle."))
        if act is acts.give_back_cycles and not reason:
            raise refuse(_("Dire pourquoi ces cycles reviennent à l’ancien système."))
        act(cycles=[int(it) for it in said], reason=reason, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, done)
    return redirect("gate")
