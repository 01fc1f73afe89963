"""Chercher: from anywhere, a customer, an address, an account, a meter, a point or a bill; each result says why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fanal.doors.desk.routes import may_open
from fanal.doors.desk.templatetags.desk import account_number, bill_number
from fanal.doors.office import today
from fanal.reports import search as report
from fanal.reports.search import Reason

SUGGESTED = 7
LONGEST = 120


def page(request: HttpRequest) -> HttpResponse:
    """The results; under the bar, while typing, the first of them. A whole number of an account or a bill opens it."""
    said = request.GET.get("q", "")[:LONGEST].replace("\x00", "").strip()
    typing = bool(request.htmx)
    found = report.find(said, today(), SUGGESTED if typing else report.SHOWN)
    if not typing and found.count == 1 and found.results[0].names_one:
        return redirect(_url(found.results[0]))
    results = [{"it": it, "url": _url(it), **_why(it)} for it in found.results]
    known = {"said": said, "found": found, "results": results, "seeks": not said,
             "may_ask": may_open(request.roles, "request_new"),
             "lists_requests": may_open(request.roles, "requests"),
             "lists_merges": may_open(request.roles, "customer_merges")}  # fmt: skip
    return render(request, "desk/search/suggestions.html" if typing else "desk/search/page.html", known)


def _url(result: report.Result) -> str:
    """Where it leads: to the bill whose number was typed, else to the account; empty where there is none."""
    if result.reason == Reason.BILL:
        return reverse("bill", args=[bill_number(int(result.matched))])
    return reverse("account", args=[result.account]) if result.account else ""


def _why(result: report.Result) -> dict[str, Any]:
    """Why it is there, and what of it answers; the words of one line."""
    if result.reason == Reason.METER:
        why = _("Compteur") if result.likeness > 1 else _("Compteur, à un caractère près")
        return {"why": why, "matched": result.matched, "is_code": True}
    if result.reason == Reason.POINT:
        return {"why": _("Point de livraison"), "matched": result.matched, "is_code": True}
    if result.reason == Reason.BILL:
        return {"why": _("Facture"), "matched": bill_number(int(result.matched)), "is_code": True, "is_bill": True}
    if result.reason in (Reason.ACCOUNT, Reason.NEAR_ACCOUNT):
        why = _("Compte") if result.reason == Reason.ACCOUNT else _("Compte, à un chiffre près")
        return {"why": why, "matched": account_number(result.matched), "is_code": True}
    if result.reason == Reason.PAST_ACCOUNT:
        return {"why": _("Ancien numéro de compte"), "matched": result.matched, "is_code": True}
    if result.reason in (Reason.PHONE, Reason.EMAIL):
        why = _("Téléphone") if result.reason == Reason.PHONE else _("Courriel")
        return {"why": why, "matched": result.matched, "is_code": False}
    if result.names_who and result.names_where:
        why = _("Nom et adresse") if result.is_exact else _("Nom et adresse semblables")
        return {"why": why, "matched": "", "is_code": False}
    if result.names_who:
        why = _("Nom") if result.is_exact else _("Nom semblable")
    else:
        why = _("Adresse") if result.is_exact else _("Adresse semblable")
    said_above = result.matched in result.who or result.matched == result.address
    return {"why": why, "matched": "" if said_above else result.matched, "is_code": False}
