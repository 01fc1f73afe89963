"""Ce que je paierais: one customer's last twelve months under other books, and in twelve equal payments."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fanal.doors.bills.words import month as month_of
from fanal.doors.bills.words import month_and_year
from fanal.doors.desk.language import current
from fanal.doors.desk.pages.accounts import chosen_of, known_holding
from fanal.doors.desk.priced import bill_of, reason
from fanal.doors.office import today
from fanal.law.conditions import ch04_equal_payments as ch04
from fanal.law.in_force import in_force
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.shelf import UnknownBook
from fanal.records.billing import shelf
from fanal.reports.account import Subscription
from fanal.reports.rehearsal import Side, side_by_side
from fanal.values import wording
from fanal.values.dates import add_months
from fanal.values.money import half_up

KEPT = frozenset({"kwh", "multiplier", "phases", "units", "past_kw"})  # what every bill keeps
MONTHS = 12
DAYS_A_YEAR = 365
GROUND, TOP, LEFT, RIGHT = 168, 22, 44, 470  # of the chart


def page(request: HttpRequest, number: str) -> HttpResponse:
    """Each book that the customer's data allow, the reason of each other, and the year month by month."""
    known = known_holding(number)
    chosen = chosen_of(known, request.GET.get("lieu", ""))
    if chosen is None or chosen.flat_rate:
        return render(request, "desk/comparison/page.html", {"account": known, "chosen": chosen, "books": []})
    sides, apart = _sides(chosen, today())
    own = sides.get(chosen.book, [])
    books = [_book(code, bills, own, chosen) for code, bills in sides.items()] if own else []
    others = [it for it in books if not it["own"] and not it["refused"]]
    other = next((it for it in others if it["code"] == request.GET.get("avec")), others[0] if others else None)
    days = sum((it.to_on - it.from_on).days for it in own)
    payment = _payment(sum(_totals(own)), days, today()) if own else 0
    context = {
        "account": known,
        "chosen": chosen,
        "books": books,
        "apart": apart,
        "other": other,
        "payment": payment,
        "chart": _chart(own, sides[other["code"]] if other else [], payment) if own else None,
        "bills": _bills([own, sides[other["code"]]] if other else [own])[::-1],
        "from_on": own[0].from_on if own else None,
        "to_on": own[-1].to_on if own else None,
        "days": days,
        "kwh": sum(it.kwh for it in own),
    }
    return render(request, "desk/comparison/page.html", context)


def why(request: HttpRequest, number: str, subscription_id: int, about: str) -> HttpResponse:
    """« Pourquoi ? » of an amount: « 0-3-2 » of the book in use, « hydro_quebec.DP-3-2 » of another."""
    known = known_holding(number)
    chosen = next((it for it in known.subscriptions if it.id == subscription_id), None)
    named, _dash, rest = about.partition("-")
    code = chosen.book if chosen and named == "0" else named.replace(".", "/")
    sides, _apart = _sides(chosen, today()) if chosen else ({}, [])
    told = reason([sides.get(code, [])], f"0-{rest}")
    if told is None:
        raise Http404
    context = {"account": known, "chosen": chosen, "told": told}
    return render(request, f"desk/comparison/why.html{'#drawer' if request.htmx else ''}", context)


def _sides(chosen: Subscription, on: date) -> tuple[dict[str, list[Side]], list[dict[str, str]]]:
    """The bills of the last twelve months under each book that can tell, at the prices of the day; and the others.

    A book that asks for what the meter does not give is set apart with the reason.
    """
    window: dict[str, date] = {"from_on": add_months(on, -MONTHS), "to_on": on}
    books = _books(list(dict.fromkeys([chosen.book, *settings.FANAL_UTILITY.get("compared", [])])), on)
    if chosen.book not in books:
        return {}, []
    books = {code: book for code, book in books.items() if book.currency == books[chosen.book].currency}
    told = side_by_side(chosen.id, books, codes=(chosen.book,), **window)
    given = KEPT | ({"kw", "kva"} if all(it.kw for it in told[chosen.book]) else set())
    apart = []
    for code, book in books.items():
        if code != chosen.book and (missing := sorted(book.accepts - given)):
            apart.append({"code": code, "title": str(getattr(book.title, current())), "why": _missing(missing)})
            del told[code]
    return told, apart


def _books(codes: list[str], on: date) -> dict[str, Book]:
    """Those books at the prices of the day, without those that have none that day."""
    found = {}
    with suppress(UnknownBook):
        kept = shelf.books(codes)
        for code in codes:
            with suppress(LookupError):
                found[code] = kept[code].always(on)
    return found


def _missing(names: list[str]) -> str:
    """Why a book cannot be compared: what this meter does not give."""
    if any(it.startswith("registers.") for it in names):
        return _("Il demande l’énergie heure par heure, aux pointes et hors pointe ; ce compteur ne la donne pas.")
    if set(names) & {"kw", "kva"}:
        return _("Il demande la puissance appelée ; ce compteur ne la mesure pas.")
    return _("Il demande des quantités que ce lieu n’a pas : {names}.").format(names=", ".join(names))


def _totals(bills: list[Side]) -> list[int]:
    """With taxes."""
    return [int(it.rated.total[0]) for it in bills]


def _payment(cents: int, days: int, on: date) -> int:
    """The equal payment of article 4.4, for a whole year at what those days cost: nobody is billed just a year."""
    terms = in_force(ch04.Terms, settings.FANAL_BYLAW, "ch04_equal_payments", on=on)
    year = half_up(max(cents, 0) * DAYS_A_YEAR, days)
    return ch04.monthly_instalments(ch04.YearEstimate(estimated_cents=year), terms).outcome[-1]


def _book(code: str, bills: list[Side], own: list[Side], chosen: Subscription) -> dict[str, Any]:
    total, refusals = sum(_totals(bills)), [it for side in bills for it in side.rated.refusals]
    title = bills[0].rated.book.title
    return {
        "code": code,
        "title": str(getattr(title, current())),
        "own": code == chosen.book,
        "total": total,
        "change": wording.change(total - sum(_totals(own)), current()),
        "refused": (refusals[0].en if current() == "en" else refusals[0].fr) if refusals else "",
    }


def _bills(sides: list[list[Side]]) -> list[dict[str, Any]]:
    """Each period, its lines named so that each can be explained."""
    named = ["0", *(it[0].rated.book.code.replace("/", ".") for it in sides[1:] if it)]
    found = [bill_of(pair, place) for place, pair in enumerate(zip(*sides, strict=True))]
    for bill in found:
        for row in bill["rows"]:
            row["sides"] = [
                [{"it": it, "about": f"{named[book]}-{it.key.split('-', 1)[1]}"} for it in side]
                for book, side in enumerate(row["sides"])
            ]
    return found


# ── month by month ───────────────────────────────────────────────────────────────────────────────────────────────────


def _chart(own: list[Side], other: list[Side], payment: int) -> dict[str, Any]:
    """What each month costs, the days of a bill costing all the same: bars, ticks of the other book, a line for twelve
    equal payments; the months add up to the bills."""
    lang, mine, others = current(), _months(own), _months(other)
    top = max([*mine.values(), *others.values(), payment, 1])
    wide = (RIGHT - LEFT) / len(mine)

    def y(cents: int) -> int:
        return GROUND - half_up((GROUND - TOP) * max(cents, 0), top)

    rows = []
    for rank, (first, cents) in enumerate(mine.items()):
        x = LEFT + rank * wide
        then = others.get(first)
        rows.append({
            "title": month_and_year(first, lang), "month": month_of(first, lang), "cents": cents, "then": then,
            "x": round(x + wide * 0.19, 1), "wide": round(wide * 0.62, 1), "y": y(cents), "high": GROUND - y(cents),
            "middle": round(x + wide / 2, 1), "left": round(x + wide * 0.08, 1), "right": round(x + wide * 0.92, 1),
            "then_y": None if then is None else y(then), "labelled": (len(mine) - 1 - rank) % 2 == 0,
        })  # fmt: skip
    return {
        "rows": rows, "payment_y": y(payment), "top": wording.money(top, lang), "first": rows[0]["title"],
        "last": rows[-1]["title"], "mine": sum(mine.values()), "others": sum(others.values()) if others else None,
    }  # fmt: skip


def _months(bills: list[Side]) -> dict[date, int]:
    """Cents by first day of month; each bill shared by days, its parts adding up to its total."""
    found: dict[date, int] = {}
    for bill in bills:
        total, days = int(bill.rated.total[0]), (bill.to_on - bill.from_on).days
        parts = list(_days_by_month(bill.from_on, bill.to_on))
        before = 0
        for (first, _count), reached in zip(parts, accumulate(count for _first, count in parts), strict=True):
            so_far = half_up(total * reached, days)
            found[first] = found.get(first, 0) + so_far - before
            before = so_far
    return dict(sorted(found.items()))


def _days_by_month(from_on: date, to_on: date) -> Iterator[tuple[date, int]]:
    while from_on < to_on:
        first = from_on.replace(day=1)
        until = min(add_months(first, 1), to_on)
        yield first, (until - from_on) // timedelta(days=1)
        from_on = until
