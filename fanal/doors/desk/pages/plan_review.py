"""« Réviser » : what the year of a plan cost, what is left of it, what is proposed; then « Inscrire la révision »."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.accounts import known_account
from fanal.doors.desk.pages.requests import ground
from fanal.doors.desk.refused import beside
from fanal.doors.office import today
from fanal.doors.plan_reviews import review
from fanal.law import explain
from fanal.links.accounting import decimal
from fanal.links.bank import receipts_csv
from fanal.records.billing.plan_reviews import Review, review_of
from fanal.values.refusal import Refused

SPREAD = ("balance_is_left",)  # of the grounds of a settlement, those of the one that is entered here


class ReviewForm(forms.Form):
    """The instalment that takes the place of the one before, and why."""

    cents = forms.CharField(label=gettext_lazy("Nouveau versement"), max_length=12)
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi ce montant"), max_length=200,
        help_text=gettext_lazy("Gardé au journal avec les montants de cette page."),
    )  # fmt: skip

    def clean_cents(self) -> int:
        """Cents of what was typed."""
        try:
            return receipts_csv.cents(self.cleaned_data["cents"].removesuffix("$").strip())
        except ValueError:
            raise forms.ValidationError(_("Écrire un montant comme 86,50."), code="unreadable") from None


def page(request: HttpRequest, number: str) -> HttpResponse:
    """Look at what the review rests on, set the instalment, inscribe."""
    known, on = known_account(number), today()
    found = review_of(known.id, on)
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            plan = found.plan.number if found else ""
            review(account_id=known.id, number=plan, by=request.user.get_username(), on=on, **form.cleaned_data)
        except Refused as refused:
            beside(form, refused)
        else:
            messages.success(request, _("La révision est inscrite."))
            return redirect(f"{reverse('promised')}?voir=revisions")
    context: dict[str, Any] = {"account": known, "it": found, "form": form, "day": on}
    if found is not None:
        context |= {"grounds": _grounds(found), "whole_cents": found.spread_cents + _cost(found),
                    "cost_cents": _cost(found), "may": found.from_on and not found.beside}  # fmt: skip
    return render(request, "desk/accounts/plan_review.html", context, status=422 if form.errors else 200)


def _initial(found: Review | None) -> dict[str, Any]:
    if found is None or not found.proposed_cents:
        return {}
    mark = "," if current() == "fr" else "."
    return {"cents": decimal(found.proposed_cents, mark), "reason": _("Montant proposé par la révision annuelle")}


def _cost(found: Review) -> int:
    return found.year.cost_cents if found.year else 0


def _grounds(found: Review) -> list[dict[str, Any]]:
    """What 4.4 says of the balance and of the instalments."""
    settled, instalments = (explain.as_dict(it)["grounds"] for it in (found.settled, found.instalments))
    return [ground(it, False) for it in (*instalments, *(one for one in settled if one["rule"] in SPREAD))]
