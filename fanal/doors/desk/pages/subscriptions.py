"""An abonnement: what its book asks beyond its kWh: registers, households, tax exemptions, the bank of net metering."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.reads import label
from fanal.doors.desk.refused import beside
from fanal.doors.office import today
from fanal.law.metering import registers
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.shelf import BookError, UnknownBook
from fanal.records.billing import shelf
from fanal.records.metering import acts as metering
from fanal.records.subscriptions import facts, particulars
from fanal.reports.subscription import Told, subscription
from fanal.values.energy import TOTAL, UNITS, format_register, parse_register
from fanal.values.refusal import Refused

DIALS = 5
DONE = {
    "households": gettext_noop("Le nombre de ménages est inscrit."),
    "exempt": gettext_noop("L’exonération est inscrite."),
    "end_exemption": gettext_noop("La fin de l’exonération est inscrite."),
    "bank": gettext_noop("La banque de kWh est ouverte."),
    "end_bank": gettext_noop("La fin de la banque de kWh est inscrite."),
    "register": gettext_noop("Le registre est ajouté au compteur."),
}


def _day(label: Any, **told: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}), **told)


class HouseholdsForm(forms.Form):
    """How many, since when."""

    count = forms.IntegerField(label=gettext_lazy("Nombre de ménages"), min_value=1, max_value=1_000_000)
    starts_on = _day(gettext_lazy("À compter du"))


class ExemptionForm(forms.Form):
    """Which tax, by which certificate, since when."""

    tax = forms.ChoiceField(label=gettext_lazy("Taxe"))
    certificate = forms.CharField(label=gettext_lazy("Numéro du certificat"), max_length=60)
    starts_on = _day(gettext_lazy("À compter du"))
    ends_on = _day(gettext_lazy("Premier jour sans, s’il est su"), required=False)


class BankForm(forms.Form):
    """What it opens with, since when, until when."""

    opening_kwh = forms.CharField(label=gettext_lazy("kWh repris d’ailleurs"), max_length=20, initial="0")
    starts_on = _day(gettext_lazy("À compter du"))
    ends_on = _day(gettext_lazy("Jour où elle finit, s’il est su"), required=False)


class RegisterForm(forms.Form):
    """Which register the meter in place has, and what it shows that day."""

    register = forms.ChoiceField(label=gettext_lazy("Registre"))
    index = forms.CharField(label=gettext_lazy("Index ce jour-là"), max_length=20, initial="0")
    dials = forms.IntegerField(label=gettext_lazy("Chiffres au cadran"), min_value=3, max_value=9, initial=DIALS)
    added_on = _day(gettext_lazy("À compter du"))


class EndForm(forms.Form):
    """The first day without it."""

    of = forms.IntegerField(widget=forms.HiddenInput)
    ends_on = _day(gettext_lazy("Premier jour sans"))


def page(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Show what is said of a subscription, or say more."""
    known = subscription(subscription_id)
    if known is None:
        raise Http404
    book, do = _book(known), request.POST.get("do", "")
    forms_of = _forms(known, book, request.POST if do in DONE else None, do)
    if request.method == "POST":
        form = forms_of.get(do)
        if form is None:
            raise Http404
        if form.is_valid() and _done(form, do, known, {"by": request.user.get_username(), "on": today()}):
            messages.success(request, _(DONE[do]))
            return redirect("subscription", subscription_id=subscription_id)
    wrong = any(it.is_bound and it.errors for it in forms_of.values())
    return render(request, "desk/subscriptions/page.html", _shown(known, book, forms_of), status=422 if wrong else 200)


def _book(known: Told) -> Book | None:
    try:
        return shelf.in_force(known.book)
    except (BookError, UnknownBook):
        return None


def _forms(known: Told, book: Book | None, given: Any, do: str) -> dict[str, forms.Form]:
    kinds: dict[str, type[forms.Form]] = {"exempt": ExemptionForm, "end_exemption": EndForm}
    kinds |= {"households": HouseholdsForm} if book and "households" in book.accepts else {}
    kinds |= {"bank": BankForm, "end_bank": EndForm} if book and book.net_metering else {}
    kinds |= {"register": RegisterForm} if book and known.meter_id and _lacking(known, book) else {}
    made = {name: kind(given if name == do else None, prefix=name) for name, kind in kinds.items()}
    taxes = book.taxes if book else ()
    exempt, register = made["exempt"].fields["tax"], made.get("register")
    if isinstance(exempt, forms.ChoiceField):
        exempt.choices = [(it.code, it.title.en if current() == "en" else it.title.fr) for it in taxes]
    if register and book and isinstance(choice := register.fields["register"], forms.ChoiceField):
        choice.choices = [(it, _register_label(book, it)) for it in _lacking(known, book)]
    return made


def _lacking(known: Told, book: Book) -> list[str]:
    """The registers that the book reads and that the meter has not, as they are written."""
    has = {format_register(UNITS[kind - 1], name) for kind, name, _dials in known.registers}
    asked = [format_register(it.unit, name) for name, it in book.registers.items()]
    asked += ["kvarh"] if "kvarh" in book.accepts else []
    return [it for it in asked if it not in has]


def _register_label(book: Book, written: str) -> str:
    unit, name = parse_register(written)
    title = registers.title(book, name, current())
    return f"{unit}, {title[:1].lower()}{title[1:]}" if name != TOTAL else unit


def _done(form: forms.Form, do: str, known: Told, who: dict[str, Any]) -> bool:
    """Do what the form says; what refuses it is said beside its field."""
    given, of = form.cleaned_data, {"subscription_id": known.id}
    acts: dict[str, Callable[[], Any]] = {
        "households": lambda: particulars.say_households(**given, **of, **who),
        "exempt": lambda: particulars.exempt_from_tax(**given, **of, **who),
        "bank": lambda: particulars.open_bank(**given, **of, **who),
        "end_exemption": lambda: particulars.end_exemption(exemption_id=given["of"], ends_on=given["ends_on"], **who),
        "end_bank": lambda: particulars.end_bank(bank_id=given["of"], ends_on=given["ends_on"], **who),
        "register": lambda: _add_register(known, given, who),
    }
    try:
        acts[do]()
    except Refused as refused:
        beside(form, refused)
        return False
    return True


def _add_register(known: Told, given: dict[str, Any], who: dict[str, Any]) -> None:
    index = given["index"].strip().replace(",", ".")
    metering.add_register(
        meter_id=known.meter_id or 0, which=metering.which(*parse_register(given["register"])), dials=given["dials"],
        index=metering.index_of(index), added_on=given["added_on"], **who,
    )  # fmt: skip


def _shown(known: Told, book: Book | None, forms_of: dict[str, forms.Form]) -> dict[str, Any]:
    titles = {it.code: it.title.en if current() == "en" else it.title.fr for it in book.taxes} if book else {}
    exemptions = [(it, titles.get(it.tax, it.tax)) for it in facts.exemptions_of(known.id)]
    lang = current()
    return {
        "known": known,
        "title": (book.title.en if lang == "en" else book.title.fr) if book else known.book,
        "forms": forms_of,
        "registers": [(label(kind, name), dials) for kind, name, dials in known.registers],
        "lacking": [_register_label(book, it) for it in _lacking(known, book)] if book else [],
        "asks_households": "households" in forms_of,
        "households": facts.households_of(known.id),
        "exemptions": exemptions,
        "net_metering": "bank" in forms_of,
        "banks": facts.banks_of(known.id),
    }
