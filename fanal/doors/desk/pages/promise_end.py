"""« Mettre fin » à un engagement repris: from which day and why, then what it changes, then « Inscrire la fin »."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.account_promises import PROMISES
from fanal.doors.desk.pages.accounts import known_account
from fanal.doors.desk.pages.requests import ground
from fanal.doors.desk.refused import beside
from fanal.doors.office import today
from fanal.law import explain
from fanal.records.billing import promise_ends as acts
from fanal.records.elsewhere.facts import EndReason
from fanal.records.elsewhere.promises import Promise
from fanal.values import wording
from fanal.values.refusal import Refused

REASONS = {
    EndReason.ASKED: gettext_lazy("Le client le demande"),
    EndReason.UNPAID: gettext_lazy("Des versements n’ont pas été reçus"),
    EndReason.BANK: gettext_lazy("La banque refuse les prélèvements"),
}


def _day(label: Any, **told: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **told)


class EndForm(forms.Form):
    """What an end says."""

    asked_on = _day(gettext_lazy("Demandé ou décidé le"))
    ended_on = _day(
        gettext_lazy("Premier jour sans l’engagement"),
        help_text=gettext_lazy("Après la dernière facture du compte : ce qu’elle a dit reste dit."),
    )
    reason = forms.ChoiceField(label=gettext_lazy("Pourquoi"))
    note = forms.CharField(label=gettext_lazy("Note au dossier"), required=False, max_length=200)

    def __init__(self, kind: str, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["reason"].choices = [(it.value, REASONS[it]) for it in acts.REASONS.get(kind, ())]

    def asked(self, promise: Promise) -> acts.EndOfPromise:
        """What the act asks for."""
        return acts.EndOfPromise(
            account_id=promise.account_id, kind=promise.kind, number=promise.number, **self.cleaned_data
        )


def page(request: HttpRequest, number: str, rank: int) -> HttpResponse:
    """Fill, look at what changes, inscribe. Nothing is kept before « Inscrire la fin »."""
    known = known_account(number)
    kept = known.past.promises[rank] if rank < len(known.past.promises) else None
    promise = next((it for it in known.going_on if kept and (it.kind, it.number) == (kept.kind, kept.number)), None)
    if promise is None or kept is None:
        raise Http404
    form = EndForm(promise.kind, request.POST or None, initial=_initial(promise))
    step, shown = request.POST.get("step", ""), None
    may_end = promise.kind in acts.REASONS and promise.since is not None and kept.ended_on is None
    if may_end and form.is_bound and form.is_valid() and step in ("show", "do"):
        try:
            if step == "do":
                acts.end_promise(asked=form.asked(promise), by=request.user.get_username(), on=today())
                messages.success(request, _("La fin de l’engagement est inscrite."))
                return redirect("account", number=known.number)
            shown = acts.preview_end(asked=form.asked(promise), on=today())
        except Refused as refused:
            beside(form, refused)
    context = {
        "account": known, "promise": promise, "kept": kept, "form": form, "may_end": may_end, "rank": rank,
        "word": _(PROMISES[promise.kind]), "stands": promise.standing(today()),
    }  # fmt: skip
    if shown is not None:
        context |= {"shown": shown, "grounds": _grounds(shown, form), "accepted": _accepted(shown)}
        context |= {"summary": list(_summary(form)), "day": form.cleaned_data["ended_on"]}
    return render(request, "desk/accounts/promise_end.html", context, status=422 if form.errors else 200)


def _initial(promise: Promise) -> dict[str, date]:
    return {"asked_on": today(), "ended_on": max(today(), acts.first_day(promise))}


def _accepted(shown: acts.Ending) -> bool:
    return shown.answer is None or shown.answer.outcome


def _grounds(shown: acts.Ending, form: EndForm) -> list[dict[str, Any]]:
    """What 4.4 answers of the reason that is given, met or not."""
    if shown.answer is None:
        return []
    rule = acts.RULES[EndReason(form.cleaned_data["reason"])]
    found = explain.as_dict(shown.answer)["grounds"]
    return [ground(it, not shown.answer.outcome) for it in found if it["rule"] == rule]


def _summary(form: EndForm) -> Iterator[tuple[str, str]]:
    """What was said, to read before « Inscrire la fin »: (label, words)."""
    given = form.cleaned_data
    for name in ("asked_on", "ended_on"):
        yield form.fields[name].label, wording.day(given[name], current())
    yield form.fields["reason"].label, dict(form.fields["reason"].choices)[given["reason"]]
    if given["note"]:
        yield form.fields["note"].label, given["note"]
