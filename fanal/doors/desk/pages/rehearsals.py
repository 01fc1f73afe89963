"""Répétitions: a book asked to be rehearsed, its progress, what it would have changed, customer by customer."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanal.doors.bills.annex import annex_of
from fanal.doors.desk import change_chart as charts
from fanal.doors.desk.language import current
from fanal.doors.desk.priced import bill_of, reason
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.working import how_far
from fanal.doors.jobs import queue
from fanal.doors.office import today
from fanal.law.tariffs.book import Book
from fanal.records.billing import proposal_facts as facts
from fanal.records.billing import proposals as acts
from fanal.records.billing import shelf
from fanal.records.ledger.facts import account_digits
from fanal.reports import rehearsal as report
from fanal.reports.rehearsal import Rehearsal, Side
from fanal.values import wording
from fanal.values.dates import add_months

PROPOSAL = "proposition:"  # no code of a book bears a colon
DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), "input_formats": ["%Y-%m-%d"]}
HEATINGS = {
    "ELECTRIC": gettext_lazy("chauffage électrique"),
    "DUAL": gettext_lazy("biénergie"),
    "OTHER": gettext_lazy("autre chauffage"),
}


class Asking(forms.Form):
    """What a rehearsal needs: a book, what it would replace, a window, and which prices are compared."""

    book = forms.ChoiceField(label=gettext_lazy("Livre à répéter"))
    replaced = forms.ChoiceField(
        label=gettext_lazy("À la place de"),
        help_text=gettext_lazy("Les clients facturés à ce tarif : c’est leur consommation qui sert."),
    )
    from_on = forms.DateField(label=gettext_lazy("Factures finies après le"), **DAY)
    to_on = forms.DateField(label=gettext_lazy("et au plus tard le"), **DAY)
    dated = forms.BooleanField(
        label=gettext_lazy("Chaque jour au prix de sa date, pour un changement rétroactif"), required=False
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        waiting = facts.proposals(only_open=True)
        said, codes = _("{code}, proposition {number} : {note}"), [(code, code) for code in shelf.billable()]
        self.fields["book"].choices = [
            *((f"{PROPOSAL}{it.id}", said.format(code=it.code, number=it.id, note=it.note)) for it in waiting),
            *codes,
        ]
        self.fields["replaced"].choices = [("", _("le même livre")), *codes]
        self.fields["replaced"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse a window without days."""
        found = super().clean() or {}
        if (since := found.get("from_on")) and (until := found.get("to_on")) and since >= until:
            self.add_error("to_on", _("La période doit finir après son début."))
        return found


def asking(request: HttpRequest) -> HttpResponse:
    """Ask for a rehearsal; the worker computes it."""
    on = today()
    start = {"book": request.GET.get("livre"), "from_on": add_months(on, -12), "to_on": on}
    form = Asking(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        book, proposal_id = _chosen(form.cleaned_data["book"])
        made = acts.ask_rehearsal(
            book=book, replaced=[form.cleaned_data["replaced"] or book.code], from_on=form.cleaned_data["from_on"],
            to_on=form.cleaned_data["to_on"], dated=form.cleaned_data["dated"], by=request.user.username, on=on,
            proposal_id=proposal_id,
        )  # fmt: skip
        queue.ask(kind=queue.REHEARSE, subject=made, by=request.user.username, on=on)
        return redirect("rehearsal", made)
    return render(request, "desk/rehearsals/asking.html", {"form": form}, status=422 if form.is_bound else 200)


def _chosen(named: str) -> tuple[Book, int | None]:
    """A book of the list: a proposal by its number, or the one in force of a code."""
    if (number := named.removeprefix(PROPOSAL)) != named and (known := facts.proposal(int(number))):
        return shelf.proposed(known.digest), known.id
    return shelf.in_force(named), None


def page(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """The outcome, or how far the worker is."""
    asked = _asked(rehearsal_id)
    known: dict[str, Any] = {"asked": asked, **_working(asked), "may_ask": may_open(request.roles, "rehearsal_resume")}
    if asked.outcome is None:
        return render(request, "desk/rehearsals/page.html", known)
    chosen = _chosen_customers(asked, request.GET["compte"]) if "compte" in request.GET else None
    if chosen and len(chosen) == 1:
        return redirect("rehearsal_customer", rehearsal_id, *chosen)
    known |= {"number": request.GET.get("compte", ""), "chosen": chosen, **_shown(report.recalled(asked.outcome))}
    return render(request, "desk/rehearsals/page.html", known, status=422 if chosen == {} else 200)


def _chosen_customers(asked: facts.KnownRehearsal, number: str) -> dict[int, report.Customer]:
    """The places of the account that somebody asks for, which have bills in the rehearsal."""
    window = {"from_on": asked.from_on, "to_on": asked.to_on}
    return report.rehearsed_of(account_digits(number), codes=tuple(asked.replaced), **window)


def progress(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """How far it is; when it is over the page is opened again."""
    asked = _asked(rehearsal_id)
    known = {"asked": asked, **_working(asked)}
    answer = render(request, "desk/rehearsals/page.html#progress", known)
    if not known["job"] or not known["job"].is_live:
        answer["HX-Refresh"] = "true"
    return answer


def resume(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """Ask again for one that stopped."""
    _asked(rehearsal_id)
    queue.ask(kind=queue.REHEARSE, subject=rehearsal_id, by=request.user.username, on=today())
    return redirect("rehearsal", rehearsal_id)


def customer(request: HttpRequest, rehearsal_id: int, subscription_id: int) -> HttpResponse:
    """One customer's bills under both books, line beside line."""
    asked = _asked(rehearsal_id)
    sides = _sides(asked, subscription_id)
    bills = [bill_of(pair, place) for place, pair in enumerate(zip(*sides, strict=True))]
    known = {
        "asked": asked,
        "subscription_id": subscription_id,
        "who": report.customers([subscription_id]).get(subscription_id),
        "bills": bills[::-1],
        "net": [sum(it["net"][book] for it in bills) for book in (0, 1)],
        "change": wording.change(sum(it["change"] for it in bills), current()),
    }
    return render(request, "desk/rehearsals/customer.html", known)


def why(request: HttpRequest, rehearsal_id: int, subscription_id: int, about: str) -> HttpResponse:
    """« Pourquoi ? » of an amount under one of the books."""
    asked = _asked(rehearsal_id)
    if (told := reason(_sides(asked, subscription_id), about)) is None:
        raise Http404
    known = {"asked": asked, "subscription_id": subscription_id, "told": told}
    return render(request, f"desk/rehearsals/why.html{'#drawer' if request.htmx else ''}", known)


def annex(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """The annex for the council, a PDF in the language of the page."""
    asked = _asked(rehearsal_id)
    if asked.outcome is None:
        raise Http404
    proposal = facts.proposal(asked.proposal_id) if asked.proposal_id else None
    made = annex_of(report.recalled(asked.outcome), facts.rehearsed(asked.id), facts.compared(asked), on=asked.on,
                    note=proposal.note if proposal else "", lang=current())  # fmt: skip
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="annexe-{rehearsal_id}.pdf"'
    return answer


def _asked(rehearsal_id: int) -> facts.KnownRehearsal:
    found = facts.rehearsal(rehearsal_id) if rehearsal_id < 2**31 else None
    if found is None:
        raise Http404
    return found


def _working(asked: facts.KnownRehearsal) -> dict[str, Any]:
    if asked.outcome is not None:
        return {"job": None, "failed": ""}
    job = queue.last_job(kind=queue.REHEARSE, subject=asked.id)
    return {
        "job": job,
        "said": how_far(job) if job else "",
        "failed": job.said[current()] if job and job.state == "FAILED" else "",
    }


def _sides(asked: facts.KnownRehearsal, subscription_id: int) -> list[list[Side]]:
    """The customer's bills under the book compared with, then under the candidate; 404 when there is none."""
    candidate, compared = facts.rehearsed(asked.id), facts.compared(asked)
    found = report.under_both(
        subscription_id, candidate, compared, from_on=asked.from_on, to_on=asked.to_on, dated=asked.dated
    )
    if not found[0]:
        raise Http404
    return found


# ── the outcome ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _shown(found: Rehearsal) -> dict[str, Any]:
    classes = [(_class(it.key), it) for it in found.classes]
    return {
        "found": found,
        "mark": wording.mark(current()),
        "change": wording.change(found.total.change_cents, current()),
        "share": wording.share(found.total.change_cents, found.total.current_cents, current()),
        "same": found.total.customers - found.total.winners - found.total.losers,
        "tenths": charts.tenths_chart(found.deciles),
        "winners": charts.winners_chart(classes),
        "classes": [{"name": name, "group": it, **_said(it)} for name, it in classes],
        "deciles": [{"rank": rank, "group": it, **_said(it)} for rank, it in enumerate(found.deciles, 1)],
        "swings": [{"it": it, "change": wording.change(it.change_cents, current())} for it in found.swings],
        "refused": [(it.said(current()), it.bills) for it in found.refused],
    }


def _class(key: tuple[Any, ...]) -> str:
    code, heating = key
    return f"{code}, {HEATINGS[heating]}"


def _said(group: report.Group) -> dict[str, str]:
    lang = current()
    return {
        "change": wording.change(group.change_cents, lang),
        "share": wording.share(group.change_cents, group.current_cents, lang),
        "mean": wording.change(charts.mean_change(group), lang),
    }
