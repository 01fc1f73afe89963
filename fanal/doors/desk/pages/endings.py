"""« Mettre fin à l’abonnement »: when it was asked, the answer of 5.1.1 with each ground, then « Inscrire la fin »."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.requests import ground
from fanal.doors.desk.refused import beside
from fanal.doors.office import today
from fanal.law import explain
from fanal.law.conditions.part8_definitions import RATE_WORDS, RateClass
from fanal.records.billing import endings as acts
from fanal.reports.subscription import Told, subscription
from fanal.values import wording
from fanal.values.refusal import Refused


def _day(label: Any, **told: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **told)


class EndForm(forms.Form):
    """What article 5.1.1 asks of a request to end."""

    received_on = _day(gettext_lazy("Demande reçue le"))
    wanted_on = _day(
        gettext_lazy("Premier jour voulu sans l’abonnement"), required=False,
        help_text=gettext_lazy("Sans jour voulu, l’abonnement finit dès que le règlement le permet."),
    )  # fmt: skip
    rate_class = forms.ChoiceField(label=gettext_lazy("Sorte de tarif"))
    temporary = forms.BooleanField(label=gettext_lazy("Le service est temporaire"), required=False)
    still_served = forms.BooleanField(label=gettext_lazy("Le client reste dans le lieu"), required=False)
    only_escapes_a_condition = forms.BooleanField(
        label=gettext_lazy("Le seul but est d’éviter une modalité des tarifs ou des conditions"), required=False
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["rate_class"].choices = [(it.value, RATE_WORDS[it][current()].capitalize()) for it in RateClass]

    def asked(self, subscription_id: int) -> acts.EndAsked:
        """What the act asks for."""
        given = self.cleaned_data | {"rate_class": RateClass(self.cleaned_data["rate_class"])}
        return acts.EndAsked(subscription_id=subscription_id, **given)


def page(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Fill, look at the answer, inscribe. Nothing is kept before « Inscrire la fin »."""
    known = subscription(subscription_id) if subscription_id < 2**63 else None
    if known is None:
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None, initial=_initial(known))
    step, shown = request.POST.get("step", ""), None
    if form.is_bound and form.is_valid() and step in ("show", "do"):
        asked = form.asked(known.id)
        try:
            if step == "do":
                acts.end_subscription(asked=asked, by=request.user.get_username(), on=today())
                messages.success(request, _("La fin de l’abonnement est inscrite."))
                return redirect(f"{reverse('account', args=[known.account])}?lieu={known.id}")
            shown = acts.preview_ending(asked=asked, on=today())
        except Refused as refused:
            beside(form, refused)
    context: dict[str, Any] = {"known": known, "form": form}
    if shown is not None:
        context |= _told(shown, asked.received_on) | {"summary": list(_summary(form)), "shown": shown}
    return render(request, "desk/subscriptions/ending.html", context, status=422 if form.errors else 200)


def _initial(known: Told) -> dict[str, Any]:
    return {"received_on": today(), "rate_class": RateClass.DOMESTIC if known.domestic else RateClass.SMALL_POWER}


def _told(shown: acts.Ending, day: date) -> dict[str, Any]:
    """Both decisions in the language of the page."""
    may, ends = explain.as_dict(shown.may), explain.as_dict(shown.ends)
    return {
        "may": [ground(it, it["rule"] in may["obstacles"]) for it in may["grounds"]],
        "ends": [ground(it, False) for it in ends["grounds"]],
        "accepted": shown.may.outcome,
        "ends_on": shown.ends.outcome,
        "plan": shown.plan_cents,
        "day": day,
        "billed_beyond": shown.billed_to if shown.billed_to and shown.billed_to > shown.ends.outcome else None,
    }


def _summary(form: EndForm) -> Iterator[tuple[str, str]]:
    """What was said, to read before « Inscrire la fin »: (label, words)."""
    given = form.cleaned_data
    for name in ("received_on", "wanted_on"):
        if given[name]:
            yield form.fields[name].label, wording.day(given[name], current())
    yield form.fields["rate_class"].label, dict(form.fields["rate_class"].choices)[given["rate_class"]]
    for name in ("temporary", "still_served", "only_escapes_a_condition"):
        if given[name]:
            yield form.fields[name].label, _("oui")
