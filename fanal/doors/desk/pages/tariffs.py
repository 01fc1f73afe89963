"""Tarifs: every book of prices and every tax, as it stands on a chosen day, each figure with its source."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fanal.doors.desk.asked import day_asked
from fanal.doors.desk.language import current
from fanal.doors.desk.price_history import DOUBTFUL, compared, of_charge, of_tax
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.law.tariffs import prices, shelf
from fanal.law.tariffs.book import Book, Version
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.taxes import Tax, TaxRate, in_force
from fanal.records.billing import shelf as office
from fanal.reports.step import CONFIDENCE, LANGUAGES
from fanal.values import wording
from fanal.values.money import PRICE_SCALE, scaled


def listing(request: HttpRequest) -> HttpResponse:
    """Every book and every tax, with what is in force that day."""
    on = day_asked(request, "le") or today()
    books = list(office.books(office.codes()).values())
    shown = [{"of": it, "title": _text(it.title), "version": _dated(in_force(it.versions, on))} for it in books]
    utilities = [(name, list(some)) for name, some in groupby(shown, key=lambda it: it["of"].utility)]
    taxes = [shelf.load_tax(it) for it in shelf.catalogue("tax")]
    known = [{"of": it, "title": _text(it.title), "version": _dated(in_force(it.rates, on))} for it in taxes]
    sees = may_open(request.roles, "proposals")
    context = {"utilities": utilities, "taxes": known, "as_of": on, "sees_proposals": sees}
    return render(request, "desk/tariffs/listing.html", context)


def page(request: HttpRequest, code: str) -> HttpResponse:
    """One book, or one tax, as it stands on a day."""
    on = day_asked(request, "le") or today()
    if code in shelf.catalogue("tax"):
        tax = shelf.load_tax(code)
        return render(request, "desk/tariffs/tax.html", _tax_shown(tax, on) | {"history": of_tax(tax, on)})
    try:
        book = office.in_force(code)
    except shelf.UnknownBook as problem:
        raise Http404(code) from problem
    shown = _book_shown(book, on) | _told(book, on, request.GET.get("prix", ""), request.GET.get("avec", ""))
    return render(request, "desk/tariffs/book.html", shown)


def _told(book: Book, on: date, code: str, other: str) -> dict[str, Any]:
    """The history of the price asked for, else of the first one in force; what the version changed."""
    version = in_force(book.versions, on)
    codes = [it.code for it in book.charges if version is None or book.versions[it.version] is version]
    history = of_charge(book, code, on) or of_charge(book, codes[0], on)
    return {"history": history, "compared": compared(book, version, other) if version else {}}


def _book_shown(book: Book, on: date) -> dict[str, Any]:
    version = in_force(book.versions, on)
    place = book.versions.index(version) if version else -1
    demand = version.billing_demand if version else None
    charges = [it for it in book.charges if it.version == place]
    articles = {it.article for it in charges}
    return {
        "book": book,
        "title": _text(book.title),
        "as_of": on,
        "version": _dated(version),
        "versions": [_dated(it) for it in reversed(book.versions)],
        "note": _text(version.note) if version and version.note else "",
        "charges": [_charge(it, book, version) for it in charges if version],
        "article": articles.pop() if len(articles) == 1 else "",  # said once when it is that of every price
        "demand": list(prices.demand(demand, current())) if demand else [],
        "demand_article": demand.article if demand else "",
        "taxes": [{"tax": it, "rate": _rate(in_force(it.rates, on))} for it in book.taxes],
    }


def _tax_shown(tax: Tax, on: date) -> dict[str, Any]:
    rate = in_force(tax.rates, on)
    return {
        "tax": tax,
        "title": _text(tax.title),
        "abbreviation": _text(tax.abbreviation),
        "as_of": on,
        "version": _dated(rate),
        "versions": [_dated(it) | {"rate": _rate(it)} for it in reversed(tax.rates)],
        "rate": _rate(rate),
        "rate_of": rate,
    }


def _dated(it: Version | TaxRate | None) -> dict[str, Any]:
    """Since when, until when, from where and how sure; nothing when nothing is in force."""
    if it is None:
        return {}
    kind = "info" if it.confidence == "invented" else "warn" if it.confidence in DOUBTFUL else "good"
    return {
        "from_on": it.from_on,
        "last_on": it.to_on - timedelta(days=1) if it.to_on else None,
        "source": it.source,
        "sure": (kind, _sure(it.confidence)),
    }


def _charge(charge: Charge, book: Book, version: Version) -> dict[str, Any]:
    """A price as people read it, with its limits; its source only where it is not that of the version."""
    return {
        "charge": charge,
        "title": charge.title(current()),
        "amount": prices.amount(charge, book, current()),
        "each": prices.each(charge, current()),
        "limits": ", ".join(prices.limits(charge, book, current())),
        "source": charge.source if charge.source != version.source else "",
        "sure": _sure(charge.confidence) if charge.confidence != version.confidence else "",
    }


def _rate(rate: TaxRate | None) -> str:
    return wording.percentage(scaled(rate.rate, PRICE_SCALE), current()) if rate else ""


def _sure(confidence: str) -> str:
    return CONFIDENCE[confidence][LANGUAGES.index(current())]


def _text(text: Any) -> str:
    return str(getattr(text, current()))
