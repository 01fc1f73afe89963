"""Reprise : the rates of the old system that no book has, and the book that each is given, once it was shown."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from fanal.doors.desk.language import current
from fanal.doors.desk.refused import aloud
from fanal.doors.desk.routes import may_open
from fanal.doors.office import today
from fanal.law.tariffs import prices
from fanal.records.billing import shelf
from fanal.records.subscriptions.facts import given_books, without_book
from fanal.records.takeover import first_books
from fanal.values import wording
from fanal.values.refusal import Refused


def page(request: HttpRequest) -> HttpResponse:
    """What waits for a book; where one is asked for, who would be billed by it and at which prices."""
    known = {
        "waiting": without_book(),
        "books": [(code, getattr(book.title, current())) for code, book in shelf.billable().items()],
        "tariff": request.GET.get("tarif", ""),
        "book": request.GET.get("livre", ""),
        "domestic": bool(request.GET.get("domestique")),
        "dwellings": bool(request.GET.get("logements")),
        "may_give": may_open(request.roles, "book_give"),
    }
    if not (known["tariff"] and known["book"]):
        known["given"] = given_books()
    else:
        try:
            known["found"] = first_books.waiting(tariff=known["tariff"], book=known["book"])
            known["several"] = first_books.of_several_dwellings(tariff=known["tariff"])
            known["prices"] = _prices(known["book"])
        except Refused as refused:
            aloud(request, refused)
    return render(request, "desk/takeover/books.html", known)


def give(request: HttpRequest) -> HttpResponse:
    """Donner le livre à tous les abonnements du tarif."""
    asked = {name: request.POST.get(name, "")[:60] for name in ("tariff", "book")}
    how = {name: bool(request.POST.get(name)) for name in ("domestic", "dwellings")}
    try:
        count = first_books.give_book(**asked, **how, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        said = ngettext("%(count)s abonnement reçoit son livre.", "%(count)s abonnements reçoivent leur livre.", count)
        messages.success(request, said % {"count": wording.number(count, current())})
    return redirect("books_given")


def take_back(request: HttpRequest) -> HttpResponse:
    """Reprendre le livre d’un tarif, tant que rien n’en est facturé."""
    asked = {"tariff": request.POST.get("tariff", "")[:60], "reason": request.POST.get("reason", "")}
    try:
        count = first_books.take_back_book(**asked, by=request.user.username, on=today())
    except Refused as refused:
        aloud(request, refused)
    else:
        said = ngettext("%(count)s abonnement attend de nouveau un livre.",
                        "%(count)s abonnements attendent de nouveau un livre.", count)  # fmt: skip
        messages.success(request, said % {"count": wording.number(count, current())})
    return redirect("books_given")


def _prices(code: str) -> list[tuple[str, str]]:
    """What the book charges in its last version: the title of each charge, its price, for what, within what."""
    book, lang = shelf.in_force(code), current()
    last = len(book.versions) - 1
    return [
        (
            it.title(lang),
            ", ".join([f"{prices.amount(it, book, lang)} {prices.each(it, lang)}", *prices.limits(it, book, lang)]),
        )
        for it in book.charges
        if it.version == last
    ]
