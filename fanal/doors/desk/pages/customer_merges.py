"""Two records of one person: one person says that they are one, another confirms; it can be undone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanal.doors.desk.pages.takeover import SIGNS
from fanal.doors.desk.refused import aloud, said
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.templatetags.desk import account_number
from fanal.doors.office import today
from fanal.records.customers import facts
from fanal.records.customers.facts import ContactKind, KnownCustomer, KnownMerge
from fanal.records.subscriptions import merging
from fanal.reports.alike import Alike, alike
from fanal.values import person
from fanal.values.refusal import Refused

TYPED_MAX = 100
REASON_MAX = 400


def listing(request: HttpRequest) -> HttpResponse:
    """The merges that wait for a second person, and those that stand."""
    merges = [told(request, it) for it in facts.merges()]
    return render(request, "desk/customers/merges.html", {
        "waiting": [it for it in merges if not it["it"].confirmed_by],
        "made": [it for it in merges if it["it"].confirmed_by],
    })  # fmt: skip


def choose(request: HttpRequest, customer_id: int) -> HttpResponse:
    """« C’est la même personne que… » : those who look like one customer, or whom one looks for; propose a merge."""
    customer = _known(customer_id)
    if facts.kept_of(customer_id):
        return redirect("customer", customer_id)
    problem, reason = "", request.POST.get("reason", "").strip()[:REASON_MAX]
    if request.method == "POST":
        try:
            return _proposed(request, customer, reason)
        except Refused as refused:
            problem = "\n".join(said(it) for it in refused.problems)
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:TYPED_MAX]
    rows = [_candidate(it) for it in alike(customer_id, typed)]
    context = {"customer": customer, "mine": card(customer), "rows": rows, "typed": typed, "problem": problem,
               "reason": reason, "other": request.POST.get("other", "")}  # fmt: skip
    return render(request, "desk/customers/merge.html", context, status=422 if problem else 200)


def decide(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Confirm a merge as the second person, withdraw it, or undo it with a reason."""
    merge = next((it for it in facts.merges() if it.id == merge_id), None)
    if merge is None:
        raise Http404
    who: dict[str, Any] = {"merge_id": merge_id, "by": request.user.get_username(), "on": today()}
    try:
        if request.POST.get("act") == "undo":
            stays = merging.undo_merge(reason=request.POST.get("reason", "").strip()[:REASON_MAX], **who)
            messages.success(request, _undone(merge, stays))
        else:
            merging.confirm_merge(**who)
            messages.success(request, _("Les deux clients n’en font qu’un."))
    except Refused as refused:
        aloud(request, refused)
    return redirect("customer", merge.merged_id)


def told(request: HttpRequest, it: KnownMerge) -> dict[str, Any]:
    """A merge as a list shows it, and whether who looks proposed it."""
    mine = person.key(it.proposed_by) == person.key(request.user.get_username())
    return {"it": it, "mine": mine, "why": [_(SIGNS[sign]) for sign in it.signs if sign in SIGNS],
            "may_decide": may_open(request.roles, "customer_merge_decide")}  # fmt: skip


def card(customer: KnownCustomer) -> dict[str, Any]:
    """A customer as one compares it with another."""
    ways = [(it.kind, it.value) for it in customer.contacts]
    return {"id": customer.id, "name": customer.full_name} | _ways(ways)


def _known(customer_id: int) -> KnownCustomer:
    known = facts.customers([customer_id]).get(customer_id) if customer_id < 2**63 else None
    if known is None:
        raise Http404
    return known


def _proposed(request: HttpRequest, customer: KnownCustomer, reason: str) -> HttpResponse:
    """One of the two is kept, the other merged; what both say alike is told by the records, not by the form."""
    other = request.POST.get("other", "")
    other_id = int(other) if other.isdecimal() and len(other) < 19 else 0
    signs = next((it.signs for it in alike(customer.id) if it.id == other_id), [])
    kept, merged = (other_id, customer.id) if request.POST.get("keep") == "other" else (customer.id, other_id)
    merging.propose_merge(
        kept_id=kept, merged_id=merged, reason=reason, signs=signs, by=request.user.get_username(), on=today()
    )
    messages.success(request, _("Fusion proposée. Une autre personne la confirme."))
    return redirect("customer", merged)


def _candidate(it: Alike) -> dict[str, Any]:
    return {"id": it.id, "name": it.name, "subscriptions": it.subscriptions,
            "signs": [_(SIGNS[sign]) for sign in it.signs]} | _ways(it.contacts)  # fmt: skip


def _ways(contacts: list[tuple[str, str]]) -> dict[str, Any]:
    """How a customer is reached, in the order of a card."""
    return {"ways": [value for of in (ContactKind.POST, ContactKind.PHONE, ContactKind.EMAIL)
                     for kind, value in contacts if kind == of]}  # fmt: skip


def _undone(merge: KnownMerge, stays: merging.Stays) -> str:
    if merge.confirmed_on is None:
        return _("La proposition est retirée : les deux clients restent.")
    accounts = [_("compte %(number)s") % {"number": account_number(it)} for it in stays.accounts]
    places = [_("propriétaire au dossier du %(place)s") % {"place": it} for it in stays.places]
    if not accounts + places:
        return _("La fusion est défaite : chacun tient de nouveau ce qu’il tenait.")
    return _("La fusion est défaite. Reste à %(name)s ce qui s’est ouvert depuis : %(stays)s.") % {
        "name": merge.kept_name, "stays": " ; ".join(accounts + places),
    }  # fmt: skip
