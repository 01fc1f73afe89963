"""A customer: name, language, and every way to reach it, as a clerk changes them during a call."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from fanal.doors.desk.pages.customer_merges import told
from fanal.doors.desk.refused import beside
from fanal.doors.office import today
from fanal.records.customers import acts, facts
from fanal.records.customers.facts import ContactKind, Kind, KnownContact, KnownCustomer, Language
from fanal.reports.customer import subscriptions_of
from fanal.values.refusal import Refused

LINES_MAX = 6
KINDS = {
    Kind.PERSON: gettext_noop("Personne"),
    Kind.ORGANISATION: gettext_noop("Entreprise"),
    Kind.PUBLIC_BODY: gettext_noop("Organisme public"),
}


class CustomerForm(forms.Form):
    """What a clerk may change; the consent to e-mail is that of the address beside it (art. 10.2)."""

    given_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=100, required=False)
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=200)
    language = forms.ChoiceField(
        label=gettext_lazy("Langue de ses factures et de ses avis"),
        choices=[(Language.FRENCH, gettext_lazy("français")), (Language.ENGLISH, gettext_lazy("anglais"))],
    )
    phones = forms.CharField(
        label=gettext_lazy("Téléphones"), max_length=200, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Un par ligne, le principal d’abord."),
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("Courriel"), max_length=254, required=False)
    consents = forms.BooleanField(label=gettext_lazy("Consent à y recevoir factures et avis"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Adresse postale"), max_length=400, required=False, widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("Si elle n’est pas celle du lieu desservi : telle qu’elle s’écrit sur l’enveloppe."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_address(self) -> str:
        """Lines without blanks around them; an envelope has six at most."""
        lines = _lines(self.cleaned_data["address"])
        if len(lines) > LINES_MAX:
            raise forms.ValidationError(_("Une adresse a au plus %(count)s lignes.") % {"count": LINES_MAX})
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """A consent needs an address."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("consents") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Il faut un courriel pour y consentir."))
        return cleaned


def page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show a customer, or change it."""
    known = facts.customers([customer_id]).get(customer_id)
    if known is None:
        raise Http404
    kept = facts.kept_of(customer_id)
    form = CustomerForm(request.POST or None, initial=_shown(known))
    if known.kind != Kind.PERSON:
        del form.fields["given_name"]
    if request.method == "POST" and form.is_valid():
        try:
            revised = _revised(known, form.cleaned_data)
            acts.revise_customer(
                customer_id=customer_id, revised=revised, seen=form.cleaned_data["seen"],
                by=request.user.get_username(), on=today(),
            )  # fmt: skip
        except Refused as refused:
            beside(form, refused)
        else:
            messages.success(request, _("Le client est à jour."))
            return redirect("customer", customer_id=customer_id)
    merges = [told(request, it) for it in facts.merges(customer_id)]
    context = {
        "customer": known, "form": form, "held": subscriptions_of(customer_id), "kind": _(KINDS[known.kind]),
        "kept": kept, "also": [it.value for it in _apart(known)],
        "waiting": [it for it in merges if not it["it"].confirmed_by],
        "made": [it for it in merges if it["it"].confirmed_by],
    }  # fmt: skip
    return render(request, "desk/customers/page.html", context, status=422 if form.errors else 200)


def _shown(known: KnownCustomer) -> dict[str, Any]:
    email = _email(known)
    return {
        "given_name": known.given_name,
        "name": known.name,
        "language": known.language,
        "phones": "\n".join(it.value for it in known.contacts if it.kind == ContactKind.PHONE),
        "email": email.value if email else "",
        "consents": bool(email and email.consented),
        "address": known.contact(ContactKind.POST),
        "seen": known.digest,
    }


def _revised(known: KnownCustomer, given: dict[str, Any]) -> acts.NewCustomer:
    before = {it.value: it.consented_on for it in known.contacts if it.kind == ContactKind.EMAIL}
    contacts = contacts_of(given, before)
    said = {(it.kind, it.value) for it in contacts}
    contacts += [
        acts.NewContact(kind=it.kind, value=it.value, consented_on=it.consented_on)
        for it in _apart(known) if (it.kind, it.value) not in said
    ]  # fmt: skip
    places = {(it.kind, it.value): at for at, it in enumerate(known.contacts, 1) if it.kind != ContactKind.PHONE}
    contacts.sort(key=lambda it: places.get((it.kind, it.value), 0))
    return acts.NewCustomer(
        kind=known.kind,
        name=given["name"],
        given_name=given.get("given_name", ""),
        language=given["language"],
        contacts=contacts,
    )


def _email(known: KnownCustomer) -> KnownContact | None:
    """The address of e-mail of the form: the one consented to, else the first."""
    every = [it for it in known.contacts if it.kind == ContactKind.EMAIL]
    return next((it for it in every if it.consented), every[0] if every else None)


def _apart(known: KnownCustomer) -> list[KnownContact]:
    """The e-mails and addresses that the form does not show, as a merge gives: they stay."""
    post = next((it for it in known.contacts if it.kind == ContactKind.POST), None)
    return [it for it in known.contacts if it.kind != ContactKind.PHONE and it not in (_email(known), post)]


def contacts_of(given: dict[str, Any], before: Mapping[str, date | None]) -> list[acts.NewContact]:
    """The ways to reach a customer as the form says them; a consent keeps its day as long as it is for that address."""
    contacts = [acts.NewContact(kind=ContactKind.PHONE, value=line) for line in _lines(given["phones"])]
    if given["email"]:
        consented_on = (before.get(given["email"]) or today()) if given["consents"] else None
        contacts.append(acts.NewContact(kind=ContactKind.EMAIL, value=given["email"], consented_on=consented_on))
    if given["address"]:
        contacts.append(acts.NewContact(kind=ContactKind.POST, value=given["address"]))
    return contacts


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := raw.strip())]
