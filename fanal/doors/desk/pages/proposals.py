"""Prix proposés: a book proposed by one person, what it changes and touches, and its activation by another."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from fanal.doors.desk.language import current
from fanal.doors.desk.price_history import change_row
from fanal.doors.desk.refused import beside, said
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.changes import changes
from fanal.law.tariffs.shelf import BookError, parsed
from fanal.records.billing import proposal_facts as facts
from fanal.records.billing import proposals as acts
from fanal.reports.proposals import touched_bills
from fanal.reports.rehearsal import recalled
from fanal.values import person, wording
from fanal.values.refusal import Refused, refuse

FAULT = gettext_noop("{file} : {key} : {fault}")
BYTES_MAX = 1_000_000
BILLS_SHOWN = 25


class Proposing(forms.Form):
    """What a proposal needs: the file of the book, where it comes from, and whether days gone by change."""

    book = forms.FileField(
        label=gettext_lazy("Fichier du livre"),
        help_text=gettext_lazy(
            "Un fichier TOML entier, versions passées comprises ; son code dit quel livre il remplace."
        ),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        error_messages={"required": gettext_lazy("Choisir le fichier du livre.")},
    )
    note = forms.CharField(
        label=gettext_lazy("D’où vient ce changement"),
        help_text=gettext_lazy("La résolution, la décision ou la source ; gardée avec la proposition."),
        max_length=300,
        error_messages={"required": gettext_lazy("Dire d’où vient ce changement.")},
    )
    retroactive = forms.BooleanField(label=gettext_lazy("Il change aussi des jours passés"), required=False)


def listing(request: HttpRequest) -> HttpResponse:
    """Every proposal, those that wait first; and the last rehearsals."""
    known = {
        "proposals": facts.proposals(),
        "rehearsals": [_rehearsal(it) for it in facts.rehearsals()],
        "may_propose": may_open(request.roles, "proposal_new"),
    }
    return render(request, "desk/proposals/listing.html", known)


def proposing(request: HttpRequest) -> HttpResponse:
    """Propose a book by its file, checked whole."""
    form = Proposing(*(request.POST, request.FILES) if request.method == "POST" else ())
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.propose_book(
                book=_uploaded(form.cleaned_data["book"]), note=form.cleaned_data["note"],
                retroactive=form.cleaned_data["retroactive"], by=request.user.username, on=today(),
            )  # fmt: skip
        except Refused as refused:
            beside(form, refused)
        else:
            messages.success(request, _("Livre proposé. Une deuxième personne peut l’activer."))
            return redirect("proposal", made)
    return render(request, "desk/proposals/proposing.html", {"form": form}, status=422 if form.is_bound else 200)


def _uploaded(file: Any) -> Book:
    """The book of an uploaded file, read under its own code, as if it lay on the shelf."""
    if file.size > BYTES_MAX:
        raise refuse(_("Ce fichier est trop grand pour un livre de tarifs."), field="book")
    try:
        return parsed(file.read())
    except BookError as fault:
        raise refuse(FAULT, field="book", file=fault.file, key=fault.key, fault=fault.fault) from None


def page(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """A proposal: its prices beside those in force, what it touches, its rehearsals, the decision."""
    return _page(request, proposal_id)


def _page(request: HttpRequest, proposal_id: int, problem: str = "") -> HttpResponse:
    known, on = _known(proposal_id), today()
    after = facts.kept(known.digest)
    before = facts.kept(known.replaces) if known.replaces else None
    touched = facts.touched(known.id, known.code, known.changes_from_on, known.decided_on or on)
    is_second = person.key(known.proposed_by) != person.key(request.user.username)
    decides = may_open(request.roles, "proposal_activate") and known.is_open
    shown = {
        "proposal": known,
        "title": _title(after),
        "is_new": before is None,
        "changes": [change_row(it, before, after) for it in changes(before, after)] if before and after else [],
        "touched": touched,
        "bills": touched_bills(known.id, known.code, known.changes_from_on, BILLS_SHOWN) if touched.bills else [],
        "late": bool(known.changes_from_on and known.changes_from_on < on and not known.retroactive),
        "rehearsals": [_rehearsal(it) for it in facts.rehearsals(proposal_id=proposal_id)],
        "is_second": is_second,
        "may_decide": decides,
        "may_activate": decides and is_second,
        "problem": problem,
    }
    return render(request, "desk/proposals/page.html", shown, status=422 if problem else 200)


def activate(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Put the book in force, by another person than the one who proposed it."""
    _known(proposal_id)
    try:
        acts.activate_book(proposal_id=proposal_id, by=request.user.username, on=today())
    except Refused as refused:
        return _page(request, proposal_id, " ".join(map(said, refused.problems)))
    messages.success(request, _("Livre activé : les factures se calculent avec lui."))
    return redirect("proposal", proposal_id)


def withdraw(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Withdraw the proposal, with a reason."""
    _known(proposal_id)
    try:
        acts.withdraw_book(
            proposal_id=proposal_id, by=request.user.username, on=today(), reason=request.POST.get("reason", "")
        )
    except Refused as refused:
        return _page(request, proposal_id, " ".join(map(said, refused.problems)))
    messages.success(request, _("Proposition retirée."))
    return redirect("proposal", proposal_id)


def _known(proposal_id: int) -> facts.KnownProposal:
    found = facts.proposal(proposal_id) if proposal_id < 2**31 else None
    if found is None:
        raise Http404
    return found


def _title(book: Book | None) -> str:
    return str(getattr(book.title, current())) if book else ""


def _rehearsal(it: facts.KnownRehearsal) -> dict[str, Any]:
    """A rehearsal as a row, with the revenue that it would have changed."""
    change = wording.change(recalled(it.outcome).total.change_cents, current()) if it.outcome else ""
    return {"it": it, "change": change}
