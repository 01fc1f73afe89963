"""« Rendre le dépôt » and « Porter les intérêts »: what each gives the account, then the act."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fanal.doors import deposits as acts
from fanal.doors.desk.language import current
from fanal.doors.desk.pages.accounts import known_account
from fanal.doors.desk.pages.requests import ground
from fanal.doors.desk.refused import aloud, beside
from fanal.doors.office import today
from fanal.law import explain
from fanal.reports import promised as report
from fanal.reports.account import Account
from fanal.values import wording
from fanal.values.refusal import Refused


class ReturnForm(forms.Form):
    """Why it goes back, where the law lets it be kept still."""

    note = forms.CharField(label=gettext_lazy("Pourquoi le rendre avant son temps"), required=False, max_length=200)


def pay_interest(request: HttpRequest) -> HttpResponse:
    """Credit every account with the interest of the years that ended."""
    try:
        credited = acts.pay_interest(by=request.user.get_username(), on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        said = ngettext("Les intérêts d’un dépôt sont portés à son compte.",
                        "Les intérêts de %(count)s dépôts sont portés à leurs comptes.", len(credited))  # fmt: skip
        messages.success(request, said % {"count": wording.number(len(credited), current())})
    return redirect(f"{reverse('promised')}?voir=depots")


def give_back(request: HttpRequest, number: str, deposit: str) -> HttpResponse:
    """Look at what goes back to the account and why, then « Rendre au compte »."""
    known = known_account(number)
    stands = _stands(known, deposit)
    if stands is None:
        raise Http404
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = acts.Return(account_id=known.id, number=stands.number, note=form.cleaned_data["note"])
        try:
            acts.give_back(asked=[asked], by=request.user.get_username(), on=today())
        except Refused as refused:
            beside(form, refused)
        else:
            messages.success(request, _("Le dépôt est rendu au compte, avec ses intérêts."))
            return redirect("account", number=known.number)
    context: dict[str, Any] = {
        "account": known, "it": stands, "form": form, "early": stands.is_ours and not stands.is_to_return,
        "interest_cents": stands.due_cents + stands.interest_cents,
        "after_cents": known.balance_cents - stands.cents - stands.due_cents - stands.interest_cents,
        "grounds": [ground(it, False) for decision in (*stands.years, stands.interest, stands.keeping)
                    for it in explain.as_dict(decision)["grounds"]],
    }  # fmt: skip
    return render(request, "desk/deposits/return.html", context, status=422 if form.errors else 200)


def _stands(known: Account, number: str) -> report.Deposit | None:
    found = report.deposits(today(), [known.id])
    return next((it for it in found if it.number == number), None)
