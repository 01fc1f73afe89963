"""Reprise : switch cycles to Fanal, or give them back to the old system, from the page of the gate."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanal.doors.desk.language import current
from fanal.doors.desk.refused import aloud
from fanal.doors.migration import switching
from fanal.doors.office import today
from fanal.reports.received_here import ReceivedHere
from fanal.values import wording
from fanal.values.refusal import Refused, refuse

REASON_MAX = 200
ACCOUNTS_MAX = 12  # named on the page; `fanal switch --back` names every payment


def switch(request: HttpRequest) -> HttpResponse:
    """Basculer les cycles choisis."""
    return _decided(request, switching.switch, _("Cycles basculés : Fanal les facture."))


def give_back(request: HttpRequest) -> HttpResponse:
    """Rendre les cycles choisis à l’ancien système."""
    return _decided(request, switching.give_back, _("Cycles rendus : l’ancien système les facture."))


def _decided(request: HttpRequest, act: Callable[..., Sequence[ReceivedHere] | None], done: str) -> HttpResponse:
    said = [it for it in request.POST.getlist("cycle") if it.isascii() and it.isdecimal() and len(it) < 5]
    reason = request.POST.get("reason", "").strip()[:REASON_MAX]
    try:
        if not said:
            raise refuse(_("Choisir au moins un cycle."))
        if act is switching.give_back and not reason:
            raise refuse(_("Dire pourquoi ces cycles reviennent à l’ancien système."))
        received = act(cycles=[int(it) for it in said], reason=reason, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, done)
        if received:
            messages.warning(request, _unknown_there(received))
    return redirect("gate")


def _unknown_there(received: Sequence[ReceivedHere]) -> str:
    """What was received here, for a person to enter it there: how much, and of which accounts."""
    cents = wording.money(sum(it.cents for it in received), current())
    numbers = sorted({it.account for it in received})
    accounts = ", ".join(numbers[:ACCOUNTS_MAX]) + ("…" if len(numbers) > ACCOUNTS_MAX else "")
    return ngettext(
        "%(count)d paiement reçu ici depuis (%(cents)s) est à inscrire dans l’ancien système : %(accounts)s.",
        "%(count)d paiements reçus ici depuis (%(cents)s) sont à inscrire dans l’ancien système : %(accounts)s.",
        len(received),
    ) % {"count": len(received), "cents": cents, "accounts": accounts}
