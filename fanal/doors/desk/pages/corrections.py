"""Corrections: show what a correction would do, propose it; another person approves or refuses it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanal.doors.bills import correction
from fanal.doors.desk.language import current
from fanal.doors.desk.pages.bills import story_of
from fanal.doors.desk.refused import aloud, beside
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.law import explain
from fanal.law.conditions.ch04_corrections import Cause
from fanal.law.metering.plausibility import HoldReason
from fanal.records.billing import acts
from fanal.records.billing.facts import BillAgain, bill_number
from fanal.reports import corrections as report
from fanal.reports.bill_story import BillStory
from fanal.reports.holds import proof
from fanal.values import person, wording
from fanal.values.refusal import Refused

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Wrong(forms.Form):
    """What a correction must know: from which bill on, and why, as article 4.5 asks."""

    first = forms.TypedChoiceField(label=gettext_lazy("Première facture à refaire"), coerce=int)
    cause = forms.ChoiceField(label=gettext_lazy("Cause, selon l’article 4.5"))
    reported_on = forms.DateField(
        label=gettext_lazy("Signalée ou constatée le"),
        widget=DAY,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Une date s’écrit comme 2026-11-16.")},
    )
    period_unknown = forms.BooleanField(
        label=gettext_lazy("La période touchée ne peut pas être déterminée"), required=False
    )
    customer_knew = forms.BooleanField(
        label=gettext_lazy("Le client connaissait le défaut ou l’erreur"), required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        help_text=gettext_lazy("Ce qui était faux et comment on le sait : elle reste au journal et sur la facture."),
        max_length=300,
    )

    def __init__(self, *given: Any, live: list[report.LiveBill], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["first"].choices = [(it.id, _said_bill(it)) for it in live]
        self.fields["cause"].choices = [(it.value, it.words[current()].capitalize()) for it in Cause]

    def why(self) -> acts.WhyWrong:
        """What the acts ask for."""
        given = self.cleaned_data
        return acts.WhyWrong(
            cause=Cause(given["cause"]), reason=given["reason"], reported_on=given["reported_on"],
            period_known=not given["period_unknown"], customer_knew=given["customer_knew"],
        )  # fmt: skip


def wizard(request: HttpRequest, number: str) -> HttpResponse:
    """Choose, look at what would happen, propose. Nothing is kept before « Proposer »."""
    story = _issued(number)
    live = report.live_bills(story.subscription_id)
    given = request.POST if request.method == "POST" else None
    initial = {"first": story.id, "reported_on": today(), "cause": Cause.READING.value}
    form = Wrong(given, live=live, initial=initial)
    step, shown = request.POST.get("step", ""), None
    if form.is_bound and form.is_valid() and step in ("show", "propose"):
        asked = {"subscription_id": story.subscription_id, "from_bill_id": form.cleaned_data["first"],
                 "why": form.why(), "by": request.user.username, "on": today()}  # fmt: skip
        try:
            if step == "propose":
                made = acts.propose_correction(**asked)
                messages.success(request, _("Correction proposée. Une autre personne l’approuve."))
                return redirect("correction", made)
            shown = acts.preview_correction(**asked)
        except Refused as refused:
            shown = None
            beside(form, refused)
    known = {"bill": story, "number": number, "form": form, "live": live}
    if shown is not None:
        period = explain.as_dict(shown.period)
        known |= _table(shown.bills) | _period(period, today())
        known |= {"shown": True, "changes": shown.changes, "summary": list(_summary(form))}
    return render(request, "desk/corrections/wizard.html", known, status=422 if form.errors else 200)


def listing(request: HttpRequest) -> HttpResponse:
    """Those that wait for a second person, then those decided."""
    rows = [_row(it) for it in report.listed()]
    known = {"waiting": [it for it in rows if not it["it"].verdict], "decided": [it for it in rows if it["it"].verdict]}
    return render(request, "desk/corrections/listing.html", known)


def page(request: HttpRequest, correction_id: int) -> HttpResponse:
    """A correction: what was shown, why, how far back it may go, and what was decided."""
    known = _known(correction_id)
    mine = person.key(request.user.username) == person.key(known.proposed_by)
    issued = report.issued(known) if known.verdict == "APPROVED" else {}
    table = _table(list(known.bills))
    for row in table["rows"]:
        note, new = issued.get(row["it"].bill_id, (0, 0))
        row |= {"note": bill_number(note) if note else "", "new": bill_number(new) if new else ""}
    context = _row(known) | table | _period(known.period, known.proposed_on)
    may = may_open(request.roles, "correction_approve") and not known.verdict
    return render(request, "desk/corrections/page.html", context | {"mine": mine, "may_decide": may})


def approve(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Approve, as the second person: credit notes and new bills are issued."""
    known = _known(correction_id)
    try:
        correction.approve(known, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, _("Correction approuvée : notes de crédit et nouvelles factures émises."))
    return redirect("correction", correction_id)


def refuse(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Refuse, or withdraw one's own, with a reason."""
    given = {"by": request.user.username, "on": today(), "reason": request.POST.get("reason", "")}
    try:
        acts.refuse_correction(correction_id=_known(correction_id).id, **given)
    except Refused as refused:
        aloud(request, refused)
    else:
        messages.success(request, _("Correction refusée. Rien n’est émis."))
    return redirect("correction", correction_id)


# ── what is known ────────────────────────────────────────────────────────────────────────────────────────────────────


def _issued(number: str) -> BillStory:
    """The bill of that number; only what was issued is corrected."""
    story = story_of(number)
    if story.issue is None:
        raise Http404
    return story


def _known(correction_id: int) -> report.KnownCorrection:
    known = report.correction(correction_id) if correction_id < 2**63 else None
    if known is None:
        raise Http404
    return known


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _said_bill(bill: report.LiveBill) -> str:
    lang = current()
    return _("{number}, {total}, du {first} au {last}").format(
        number=bill_number(bill.number), first=wording.short_day(bill.from_on, lang),
        last=wording.short_day(bill.to_on, lang),
        total=wording.money(bill.total_cents, lang),
    )  # fmt: skip


def _summary(form: Wrong) -> Any:
    """What was chosen, to read before proposing: (label, words)."""
    given = form.cleaned_data
    for name in ("first", "cause"):
        yield form.fields[name].label, dict(form.fields[name].choices)[given[name]]
    yield form.fields["reported_on"].label, wording.day(given["reported_on"], current())
    for name in ("period_unknown", "customer_knew"):
        if given[name]:
            yield form.fields[name].label, _("oui")
    yield form.fields["reason"].label, given["reason"]


def _row(known: report.KnownCorrection) -> dict[str, Any]:
    """A correction as the list and its page head it."""
    withdrawn = known.verdict == "REFUSED" and person.key(known.decided_by) == person.key(known.proposed_by)
    states = {"": ("warn", _("En attente")), "APPROVED": ("good", _("Approuvée")),
              "REFUSED": ("", _("Retirée") if withdrawn else _("Refusée"))}  # fmt: skip
    return {
        "it": known,
        "state": states[known.verdict],
        "cause": known.cause.words[current()],
        "number": bill_number(known.bills[0].number),
        "difference": wording.change(known.difference_cents, current()),
    }


def _table(bills: list[BillAgain]) -> dict[str, Any]:
    """Each bill taken back beside the new one, and the sums."""
    lang = current()
    rows = [
        {
            "it": it,
            "number": bill_number(it.number),
            "back": -it.cents,
            "difference": wording.change(it.difference_cents, lang),
            "holds": [
                (HoldReason(code).title(lang), proof(HoldReason(code), evidence, lang)) for code, evidence in it.holds
            ],
        }
        for it in bills
    ]
    total = sum(it.difference_cents for it in bills)
    return {
        "rows": rows, "is_refund": total < 0, "is_charge": total > 0, "amount": abs(total),
        "total": wording.change(total, lang), "back": -sum(it.cents for it in bills),
        "again": sum(it.new_cents for it in bills),
    }  # fmt: skip


def _period(period: dict[str, Any], day: date) -> dict[str, Any]:
    """The decision of 4.5 in the language of the page: what it comes to, each ground, where the figure comes from."""
    grounds = [
        {"text": it["text"][current()], "holds": it["holds"], "source": next((f["source"] for f in it["figures"]), "")}
        for it in period["grounds"]
    ]
    return {
        "allowed": next(it["text"] for it in grounds if it["holds"]),
        "obstacles": [it["text"][current()] for it in period["grounds"] if it["rule"] in period["obstacles"]],
        "grounds": grounds,
        "day": day,
    }
