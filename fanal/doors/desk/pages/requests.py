"""Demandes d’abonnement: what Annex 1 asks, the answer of 2.1 and 2.2 with each ground, then « Inscrire »."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.customers import KINDS, CustomerForm, contacts_of
from fanal.doors.desk.refused import said
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.law import explain
from fanal.law.conditions.ch02_subscription import (
    INFORMATION_WORDS,
    Channel,
    IdentityPiece,
    Information,
    Occupancy,
    Person,
)
from fanal.law.conditions.part8_definitions import RATE_WORDS, RateClass, Use
from fanal.records.billing import requests as acts
from fanal.records.billing import shelf
from fanal.records.customers.acts import NewCustomer
from fanal.reports import requests as report
from fanal.values import wording
from fanal.values.refusal import Refused

MULTIPLIER_MAX, UNITS_MAX = 10_000, 1_000_000
CHANNELS = {Channel.TELEPHONE: gettext_noop("Téléphone"), Channel.WRITING: gettext_noop("Écrit")}
USES = {Use.DOMESTIC: gettext_noop("Domestique"), Use.OTHER: gettext_noop("Autre que domestique")}
OCCUPANCIES = {
    Occupancy.TENANT: gettext_noop("Locataire"),
    Occupancy.JOINT_TENANT: gettext_noop("Colocataire"),
    Occupancy.OWNER: gettext_noop("Propriétaire"),
}
PERSONS = {Person.NATURAL: gettext_noop("Personne"), Person.LEGAL: gettext_noop("Entreprise ou organisme")}
PIECES = {
    IdentityPiece.DRIVING_LICENCE: gettext_noop("Permis de conduire"),
    IdentityPiece.HEALTH_INSURANCE_CARD: gettext_noop("Carte d’assurance maladie"),
    IdentityPiece.CANADIAN_PASSPORT: gettext_noop("Passeport canadien"),
    IdentityPiece.CITIZENSHIP_CERTIFICATE: gettext_noop("Certificat de citoyenneté"),
    IdentityPiece.BIRTH_CERTIFICATE: gettext_noop("Acte de naissance"),
    IdentityPiece.INDIAN_STATUS_CERTIFICATE: gettext_noop("Certificat de statut d’Indien"),
    IdentityPiece.SOCIAL_INSURANCE_CARD: gettext_noop("Carte d’assurance sociale"),
    IdentityPiece.OLD_AGE_SECURITY_CARD: gettext_noop("Carte de la sécurité de la vieillesse"),
}
# Who must give what, in the order of the page; each list is a figure of Annex 1.
ASKED = (
    ("required_always", gettext_noop("Toujours")),
    ("required_of_natural_person", gettext_noop("D’une personne")),
    ("required_of_legal_person", gettext_noop("D’une entreprise ou d’un organisme")),
    ("required_of_tenant", gettext_noop("D’un locataire ou colocataire")),
    ("required_of_other_use", gettext_noop("Usage autre que domestique")),
    ("required_of_new_installation", gettext_noop("Installation neuve")),
)
WHO = ("kind", "given_name", "name", "language", "phones", "email", "consents", "address")
WHAT = ("received_on", "channel", "agreed_on", "occupancy", "use", "rate_class", "book", "multiplier", "units")
FIELDS = {"account_number": "account"}  # those of the act that the form calls otherwise


def _day(label: Any, **told: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **told)


class RequestForm(CustomerForm):
    """Who asks, for what, and what of Annex 1 was given: that it was, never what it says."""

    seen = None
    account = forms.CharField(
        label=gettext_lazy("Numéro de compte"), max_length=20, required=False,
        help_text=gettext_lazy("Si la personne est déjà cliente : son nom et ses coordonnées sont ceux du compte."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Qui demande"))
    received_on = _day(gettext_lazy("Demande reçue le"))
    agreed_on = _day(
        gettext_lazy("Début convenu le"), required=False,
        help_text=gettext_lazy("Sans date convenue, l’abonnement commence le jour de la demande."),
    )  # fmt: skip
    channel = forms.ChoiceField(label=gettext_lazy("Reçue par"))
    occupancy = forms.ChoiceField(label=gettext_lazy("Occupe le lieu comme"))
    use = forms.ChoiceField(label=gettext_lazy("Type d’usage"))
    rate_class = forms.ChoiceField(label=gettext_lazy("Sorte de tarif"))
    book = forms.ChoiceField(label=gettext_lazy("Tarif"))
    multiplier = forms.IntegerField(
        label=gettext_lazy("Logements"), min_value=1, max_value=MULTIPLIER_MAX, required=False
    )
    units = forms.IntegerField(
        label=gettext_lazy("Luminaires ou boîtiers, à forfait"), min_value=0, max_value=UNITS_MAX, required=False
    )
    provided = forms.MultipleChoiceField(label=gettext_lazy("Fourni"), required=False)
    identity_pieces = forms.MultipleChoiceField(label=gettext_lazy("Pièces d’identité vues"), required=False)
    information_is_wrong = forms.BooleanField(label=gettext_lazy("Un renseignement fourni est erroné"), required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["name"].required = False
        choices = {"kind": KINDS, "channel": CHANNELS, "occupancy": OCCUPANCIES, "use": USES, "identity_pieces": PIECES}
        for name, words in choices.items():
            self.fields[name].choices = [(it.value, _(word)) for it, word in words.items()]
        self.fields["rate_class"].choices = [(it.value, RATE_WORDS[it][current()].capitalize()) for it in RateClass]
        self.fields["book"].choices = list(_books())
        self.fields["provided"].choices = [(it.value, _named(it)) for it in Information]

    def clean(self) -> dict[str, Any]:
        """A name, unless an account says whose it is."""
        cleaned = super().clean()
        if not cleaned.get("account") and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("Le nom manque, ou le numéro de compte."))
        return cleaned

    def asked(self, delivery_point_id: int) -> acts.NewRequest:
        """What the act asks for."""
        given = self.cleaned_data
        return acts.NewRequest(
            delivery_point_id=delivery_point_id, received_on=given["received_on"], channel=Channel(given["channel"]),
            rate_class=RateClass(given["rate_class"]), book=given["book"], use=Use(given["use"]),
            occupancy=Occupancy(given["occupancy"]), account_number=given["account"].replace("-", ""),
            customer=None if given["account"] else _customer(given),
            provided=tuple(Information(it) for it in given["provided"]),
            identity_pieces=tuple(IdentityPiece(it) for it in given["identity_pieces"]),
            information_is_wrong=given["information_is_wrong"], agreed_on=given["agreed_on"],
            multiplier=given["multiplier"] or 1, units=given["units"] or 0,
        )  # fmt: skip


def new(request: HttpRequest) -> HttpResponse:
    """Fill, look at the answer, inscribe. Nothing is kept before « Inscrire »."""
    number = request.GET.get("point", "").replace("\0", "").strip()[:40]
    place = report.place(number, today()) if number else None
    if place is None:
        return render(request, "desk/requests/place.html", {"number": number}, status=404 if number else 200)
    form = RequestForm(request.POST if request.method == "POST" else None, initial=_initial(request, place))
    step, shown = request.POST.get("step", ""), None
    if form.is_bound and form.is_valid() and step in ("show", "do"):
        given = {"request": form.asked(place.id), "by": request.user.get_username(), "on": today()}
        try:
            if step == "do":
                done = acts.request_subscription(**given, shown=request.POST.get("shown") == "yes")
                messages.success(
                    request, _("L’abonnement est ouvert.") if done.accepted else _("Le refus est inscrit.")
                )
                return redirect("request", done.request_id)
            shown = acts.preview_subscription(**given)
        except Refused as refused:
            for it in refused.problems:
                field = FIELDS.get(it.field, it.field)
                form.add_error(field if field in form.fields else None, said(it))
    fields = {"who": [form[it] for it in WHO], "what": [form[it] for it in WHAT]}
    known = fields | {"place": place, "form": form, "groups": _checklist(form), "pieces": _pieces(form)}
    if shown is not None:
        told = _told(explain.as_dict(shown.may), explain.as_dict(shown.starts), form.cleaned_data["received_on"])
        known |= told | {"shown": shown, "summary": list(_summary(form)), "fee_cents": shown.fee_cents}
    return render(request, "desk/requests/new.html", known, status=422 if form.errors else 200)


def page(request: HttpRequest, request_id: int) -> HttpResponse:
    """A request: what was asked and given, what was answered and why."""
    known = report.request(request_id) if request_id < 2**63 else None
    if known is None:
        raise Http404
    context = _told(known.answer, known.start, known.received_on) | {
        "it": known,
        "said": list(_said(known)),
        "fee_cents": known.fee_cents,
        "may_ask": may_open(request.roles, "request_new"),
    }
    return render(request, "desk/requests/page.html", context)


def listing(request: HttpRequest) -> HttpResponse:
    """The last ones."""
    rows = [{"it": it, "missing": next(_obstacles(it.answer), "")} for it in report.listed()]
    may_ask = may_open(request.roles, "request_new")
    return render(request, "desk/requests/listing.html", {"rows": rows, "may_ask": may_ask})


# ── what is offered ──────────────────────────────────────────────────────────────────────────────────────────────────


def _initial(request: HttpRequest, place: report.Place) -> dict[str, Any]:
    return {
        "received_on": today(), "kind": "PERSON", "channel": Channel.TELEPHONE, "occupancy": Occupancy.TENANT,
        "use": Use.DOMESTIC, "rate_class": RateClass.DOMESTIC, "language": current(), "multiplier": 1, "units": 0,
        "book": place.book, "account": request.GET.get("compte", "")[:20],
    }  # fmt: skip


def _books() -> Iterator[tuple[str, str]]:
    """The books in the currency of the distributor, by their titles."""
    for code, book in shelf.billable().items():
        yield code, f"{book.title.fr if current() == 'fr' else book.title.en} ({code})"


def _checklist(form: RequestForm) -> list[dict[str, Any]]:
    """What Annex 1 asks, each once, under who must give it; without what the request says by itself."""
    terms, ticked = acts.terms_on(today()), set(form["provided"].value() or ())
    groups, met = [], {*acts.SAID}
    for name, title in ASKED:
        names = [it for it in map(Information, getattr(terms, name)) if it not in met]
        met.update(names)
        boxes = [{"value": it.value, "word": _named(it), "ticked": it.value in ticked} for it in names]
        if boxes:
            groups.append({"title": _(title), "boxes": boxes})
    return groups


def _pieces(form: RequestForm) -> dict[str, Any]:
    ticked = set(form["identity_pieces"].value() or ())
    boxes = [{"value": it.value, "word": _(word), "ticked": it.value in ticked} for it, word in PIECES.items()]
    return {"boxes": boxes, "least": acts.terms_on(today()).identity_pieces}


def _named(information: Information) -> str:
    word = INFORMATION_WORDS[information][current()]
    return word[:1].upper() + word[1:]


def _customer(given: dict[str, Any]) -> NewCustomer:
    return NewCustomer(
        kind=given["kind"], name=given["name"], given_name=given["given_name"], language=given["language"],
        contacts=contacts_of(given, {}),
    )  # fmt: skip


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _told(answer: dict[str, Any], start: dict[str, Any], day: date) -> dict[str, Any]:
    """Both decisions in the language of the page: each ground, met or not, and the article it comes from."""
    return {
        "answer": [ground(it, it["rule"] in answer["obstacles"]) for it in answer["grounds"]],
        "start": [ground(it, it["rule"] in start["obstacles"]) for it in start["grounds"]],
        "accepted": answer["outcome"],
        "starts_on": date.fromisoformat(start["outcome"]) if start["outcome"] else None,
        "day": day,
    }


def ground(kept: dict[str, Any], stands_against: bool) -> dict[str, Any]:
    """A ground as a page tells it: its sentence, whether it is met, its article and its figure."""
    return {
        "text": kept["text"][current()],
        "holds": kept["holds"],
        "against": stands_against,
        "article": kept["article"],
        "figures": [f"{it['source']}, {it['article']}" for it in kept["figures"][:1]],
    }


def _obstacles(answer: dict[str, Any]) -> Iterator[str]:
    for it in answer["grounds"]:
        if it["rule"] in answer["obstacles"]:
            yield it["text"][current()]


def _summary(form: RequestForm) -> Iterator[tuple[str, str]]:
    """What was chosen, to read before « Inscrire »: (label, words)."""
    given = form.cleaned_data
    who = given["account"] or f"{given['given_name']} {given['name']}".strip()
    yield _("Compte") if given["account"] else _("Nouveau client"), who
    for name in ("received_on", "agreed_on"):
        if given[name]:
            yield form.fields[name].label, wording.day(given[name], current())
    for name in ("channel", "occupancy", "use", "rate_class", "book"):
        yield form.fields[name].label, dict(form.fields[name].choices)[given[name]]
    for name in ("provided", "identity_pieces"):
        words = dict(form.fields[name].choices)
        yield form.fields[name].label, ", ".join(words[it] for it in given[name]) or _("rien")
    if given["information_is_wrong"]:
        yield form.fields["information_is_wrong"].label, _("oui")


def _said(known: report.KnownRequest) -> Iterator[tuple[str, str]]:
    """The same of a request that was kept."""
    lang = current()
    yield _("Demande reçue le"), wording.day(known.received_on, lang)
    if known.agreed_on:
        yield _("Début convenu le"), wording.day(known.agreed_on, lang)
    yield _("Reçue par"), _(CHANNELS[Channel(known.channel)])
    yield _("Qui demande"), _(PERSONS[Person(known.person)])
    yield _("Occupe le lieu comme"), _(OCCUPANCIES[Occupancy(known.occupancy)])
    yield _("Type d’usage"), _(USES[Use(known.use)])
    yield _("Tarif"), f"{RATE_WORDS[RateClass(known.rate_class)][lang].capitalize()} ({known.book})"
    yield _("Fourni"), ", ".join(_named(Information(it)) for it in known.provided) or _("rien")
    pieces = ", ".join(_(PIECES[IdentityPiece(it)]) for it in known.identity_pieces)
    yield _("Pièces d’identité vues"), pieces or _("rien")
    if known.information_is_wrong:
        yield _("Un renseignement fourni est erroné"), _("oui")
