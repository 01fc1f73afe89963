"""Le compte: who, where, since when; what is owed and what is next; what happened; what was read; what is unusual."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanal.doors.bills.words import mean
from fanal.doors.bills.words import month as month_of
from fanal.doors.desk.chart import chart_of
from fanal.doors.desk.language import current
from fanal.doors.desk.pages import account_past, account_promises
from fanal.doors.desk.pages.network import feeding
from fanal.doors.desk.pages.reads import label
from fanal.doors.desk.routes import may_open
from fanal.doors.desk.templatetags.desk import bill_number
from fanal.doors.office import today
from fanal.law.conditions import ch04_billing
from fanal.law.in_force import in_force
from fanal.law.metering.plausibility import Finding, Fix, HoldReason, Severity
from fanal.records.ledger.facts import account_digits
from fanal.records.network.facts import connections
from fanal.reports import account as report
from fanal.reports.account import (
    BILL,
    CREDIT_NOTE,
    DEPOSIT_INTEREST,
    DEPOSIT_RETURN,
    OPENING,
    RECEIPT,
    RETURNED,
    Account,
    Entry,
    Event,
    Reading,
    Subscription,
)
from fanal.reports.bill_history import comparable
from fanal.reports.holds import proof
from fanal.values import wording

EVENTS_SHOWN, ROWS_SHOWN = 14, 12
SWING = 300  # thousandths of the use of a year ago from which a bill is said unusual
MONEY, READS, FILE = "argent", "releves", "dossier"
STAFF, CUSTOMER, REMOTE, INSTALLED, REMOVED, TAKEN_OVER = range(1, 7)
FILE_REASONS = {"start": "debut", "end": "fin", "meter": "compteur"}
POWER = (2, 3)  # kW and kVA

CORRECTED = ("billing.propose_correction", "billing.correct_bills", "billing.refuse_correction")


def page(request: HttpRequest, number: str) -> HttpResponse:
    """The account; its timeline alone when a filter is pressed."""
    known = known_account(number)
    chosen = chosen_of(known, request.GET.get("lieu", ""))
    view, whole = request.GET.get("voir", ""), "tout" in request.GET
    told = list(_timeline(known))
    shown = [it for it in told if view not in (MONEY, READS, FILE) or it["group"] == view]
    context = {
        "account": known,
        "chosen": chosen,
        "view": view,
        "shown_count": len(shown),
        "chips": _chips(known, told, view),
        "timeline": _by_month(shown if whole else shown[:EVENTS_SHOWN]),
        "whole": whole,
        "events_shown": EVENTS_SHOWN,
    }
    if request.htmx:
        return render(request, "desk/accounts/timeline.html", context)
    context |= {
        "owed": _owed(known),
        "next": next_of(known, chosen),
        "unusual": list(_unusual(known)),
        "waiting": next((_name_of(it) for it in known.held if chosen and it.subscription_id == chosen.id), ""),
        "last": last_bill_of(known, chosen),
        "payment": _last_payment(known),
        "since": first_day(known),
        "bills": list(_bill_rows(known)),
        "reads": [read_row(known, it) for it in known.readings],
        "rows_shown": ROWS_SHOWN,
        **_before_us(known, chosen, may_open(request.roles, "promise_end")),
        "may_edit": may_open(request.roles, "customer"),
        "may_ask": may_open(request.roles, "request_new"),
        "may_end": may_open(request.roles, "subscription_end"),
        "file": {it: why_url(known, f"{word}-{chosen.id}") for it, word in FILE_REASONS.items()} if chosen else {},
        "chart": _use(known, chosen) if chosen else None,
        "network": _network(chosen) if chosen else None,
    }
    return render(request, "desk/accounts/page.html", context)


def _network(of: Subscription) -> dict[str, Any] | None:
    """What feeds the place and what stands around it, if it is on the map."""
    found = connections([of.delivery_point]).get(of.delivery_point)
    return feeding(found) if found else None


def known_account(number: str) -> Account:
    with _or_no_page(number):
        return report.account(account_digits(number), today())


def known_holding(number: str) -> report.Holding:
    with _or_no_page(number):
        return report.holding(account_digits(number))


@contextmanager
def _or_no_page(number: str) -> Iterator[None]:
    try:
        yield
    except report.UnknownAccount as problem:
        raise Http404(number) from problem


def chosen_of(known: report.Holding, asked: str) -> Subscription | None:
    """The subscription whose use is drawn: the one asked for, else the first that runs."""
    named = [it for it in known.subscriptions if str(it.id) == asked]
    return (*named, *known.subscriptions)[0] if known.subscriptions else None


# ── what is owed, what is next ───────────────────────────────────────────────────────────────────────────────────────


def _owed(known: Account) -> dict[str, Any]:
    dues = known.dues
    coming = [(due_on, cents) for due_on, cents, _bill in dues if due_on >= known.on]
    late = [due_on for due_on, _cents, _bill in dues if due_on < known.on]
    return {
        "cents": known.balance_cents,
        "overdue": known.overdue_cents,
        "credit": -min(known.balance_cents, 0),
        "late_since": late[0] if late else None,
        "late_days": (known.on - late[0]).days if late else 0,
        "due_on": coming[0][0] if coming else None,
        "due_cents": coming[0][1] if coming else 0,
        "due_days": (coming[0][0] - known.on).days if coming else 0,
        "next_bill": sum(cents for _day, cents, _bill in known.not_asked),
        "open": len({it[2].source for it in dues}),
        "plan": account_promises.plan_of(known),
    }


def terms_of(on: date) -> ch04_billing.Terms:
    return in_force(ch04_billing.Terms, settings.FANAL_BYLAW, "ch04_billing", on=on)


def _measured(known: Account, of: Subscription) -> ch04_billing.Measured:
    if of.flat_rate:
        return ch04_billing.Measured.FLAT_RATE
    power = any(it.kind in POWER and it.delivery_point_id == of.delivery_point_id for it in known.readings)
    return ch04_billing.Measured.POWER if power else ch04_billing.Measured.ENERGY


def next_of(known: Account, of: Subscription | None) -> dict[str, Any] | None:
    """About when it is read and billed again (4.2.1); nothing once the subscription has ended and is billed."""
    if of is None:
        return None
    bills = known.bills_of(of)
    if of.ends_on and of.ends_on <= known.on:
        billed = bool(bills) and bills[0].to_on is not None and bills[0].to_on >= of.ends_on
        billed = billed or (of.id in known.past.handovers and known.past.handovers[of.id].to_on >= of.ends_on)
        return {"ended_on": of.ends_on, "billed": billed}
    name = ch04_billing.BILL_DAYS[_measured(known, of)]
    wait = getattr(terms_of(known.on), name)
    before = known.past.handovers.get(of.id)  # what another system billed last
    read_from = bills[0].to_on if bills and bills[0].to_on else before.to_on if before else of.starts_on
    billed_from = bills[0].issued_on if bills and bills[0].issued_on else before.issued_on if before else of.starts_on
    read_on, bill_on = (it + timedelta(days=wait) for it in (read_from, billed_from))
    return {
        "read_on": None if of.flat_rate else read_on,
        "bill_on": bill_on,
        "wait": wait,
        "figure": name,
        "read_from": read_from,
        "billed_from": billed_from,
        "late": bill_on < known.on,
    }


def first_day(known: Account) -> date:
    return min([known.opened_on, *(it.starts_on for it in known.subscriptions)])


def _use(known: Account, of: Subscription) -> dict[str, Any] | None:
    """The chart of the use, each of its months with its reason."""
    chart = chart_of(known.months(of))
    for row in chart["rows"] if chart else ():
        row["why"] = why_url(known, f"mois-{of.id}-{row['first_on']:%Y-%m}")
    return chart


def last_bill_of(known: Account, of: Subscription | None) -> dict[str, Any] | None:
    """The last bill, against the one of a year ago where they are alike."""
    bills = known.bills_of(of) if of else []
    if not bills:
        return None
    bill, then = bills[0], known.a_year_before(bills[0])
    alike, lang = then is not None and comparable(bill, then), current()
    return {
        "bill": bill,
        "number": bill_number(bill.number or 0),
        "mean": mean(bill.mean_tenths, lang),
        "then": then,
        "alike": alike,
        "more": wording.signed(bill.cents - then.cents, lang, plus=True) if then and alike else "",
        "share": wording.share(bill.mean_tenths - then.mean_tenths, then.mean_tenths, lang) if then and alike else "",
    }


def _last_payment(known: Account) -> dict[str, Any] | None:
    returned = {it.source for it in known.entries if it.kind == RETURNED}
    found = [it for it in known.entries if it.kind == RECEIPT and it.source not in returned]
    return {"entry": found[-1], "cents": -found[-1].cents} if found else None


# ── what is unusual ──────────────────────────────────────────────────────────────────────────────────────────────────


def _unusual(known: Account) -> Iterator[dict[str, Any]]:
    """What a person should look at before answering, each with the figures that prove it."""
    lang, owed = current(), _owed(known)
    for held in known.held:
        reason = HoldReason(held.reason)
        yield {
            "kind": "bad",
            "word": _("Facture retenue"),
            "title": reason.title(lang),
            "text": proof(reason, held.evidence, lang),
            "url": reverse("bill_why", args=[_name_of(held), "retenue"]),
        }
    if owed["overdue"]:
        text = _("%(amount)s en retard depuis le %(day)s, soit %(days)s.") % {
            "amount": wording.money(owed["overdue"], lang),
            "day": wording.day(owed["late_since"], lang),
            "days": wording.days(owed["late_days"], lang),
        }
        yield {"kind": "bad", "word": _("En retard"), "title": text, "text": "", "url": why_url(known, "echeance")}
    yield from account_promises.not_kept(known)
    noticed = list(account_promises.notices(known))
    yield from (it for it in noticed if it["kind"])
    yield from _unusual_money(known, lang)
    yield from _unusual_use(known, lang)
    yield from (it for it in noticed if not it["kind"])


def _name_of(held: report.Held) -> str:
    """What a bill without a number is called: its run and its subscription."""
    return f"{held.run_id}:{held.subscription_id}"


def _unusual_money(known: Account, lang: Any) -> Iterator[dict[str, Any]]:
    for entry in reversed(known.entries):
        if entry.kind == RETURNED and (known.on - entry.on).days <= 365:
            title = _("Paiement retourné le %(day)s : %(amount)s") % {
                "day": wording.day(entry.on, lang),
                "amount": wording.money(entry.cents, lang),
            }
            yield {
                "kind": "warn",
                "word": _("Retour"),
                "title": title,
                "text": entry.reason or "",
                "url": why_url(known, f"retour-{entry.source}"),
            }
    if known.balance_cents < 0:
        title = _("Solde créditeur de %(amount)s") % {"amount": wording.money(-known.balance_cents, lang)}
        yield {
            "kind": "info",
            "word": _("Crédit"),
            "title": title,
            "text": _("La prochaine facture en sera réduite."),
            "url": why_url(known, "solde"),
        }


def _unusual_use(known: Account, lang: Any) -> Iterator[dict[str, Any]]:
    for of in known.subscriptions:
        bills = known.bills_of(of) if of.is_active(known.on) else []
        if not bills:
            continue
        if bills[0].estimates_in_a_row:
            title = ngettext(
                "Dernière facture estimée", "%(count)s factures estimées de suite", bills[0].estimates_in_a_row
            ) % {"count": bills[0].estimates_in_a_row}
            text = _("Dernière relève réelle facturée : le %(day)s.") % {
                "day": wording.day(bills[0].rated_from_on or known.on, lang)
            }
            yield {
                "kind": "warn",
                "word": _("Estimée"),
                "title": title,
                "text": text,
                "url": bill_why_url(bills[0], "total"),
            }
        then = known.a_year_before(bills[0])
        if then and _swung(bills[0], then):
            title = _("Consommation de %(share)s sur l’an passé") % {
                "share": wording.share(bills[0].mean_tenths - then.mean_tenths, then.mean_tenths, lang)
            }
            text = _("%(now)s kWh par jour, contre %(then)s.") % {
                "now": mean(bills[0].mean_tenths, lang),
                "then": mean(then.mean_tenths, lang),
            }
            yield {
                "kind": "warn",
                "word": _("Écart"),
                "title": title,
                "text": text,
                "url": why_url(known, "consommation"),
            }
    for reading in known.readings[:3]:
        for text in _doubts(reading):
            title = _("Relève du %(day)s douteuse") % {"day": wording.day(reading.read_on, lang)}
            yield {"kind": "warn", "word": _("Relève"), "title": title, "text": text, "url": _read_url(known, reading)}


def _swung(bill: Entry, then: Entry) -> bool:
    """Whether the daily use differs much from that of a comparable bill."""
    difference = abs(bill.mean_tenths - then.mean_tenths)
    return comparable(bill, then) and 0 < SWING * then.mean_tenths < difference * 1000


def _doubts(reading: Reading) -> list[str]:
    """What was doubtful about a reading, in the words of the law."""
    found = [
        Finding(code=it["code"], severity=Severity.DOUBTFUL, field="", fix=Fix.REREAD, values=it["evidence"])
        for it in reading.findings
    ]
    return [it.text(current()) for it in found]


# ── what happened ────────────────────────────────────────────────────────────────────────────────────────────────────


def _timeline(known: Account) -> Iterator[dict[str, Any]]:
    """All that happened, the latest first."""
    found = [*_money_events(known), *_read_events(known), *_file_events(known), *_past_events(known)]
    for it in sorted(found, key=lambda it: (it["on"], it["rank"]), reverse=True):
        month = month_of(it["on"], current())
        yield it | {"day": f"{it['on'].day} {month}" if current() == "fr" else f"{month} {it['on'].day}"}


def _money_events(known: Account) -> Iterator[dict[str, Any]]:
    for rank, it in enumerate(known.entries):
        event = {"on": it.on, "group": MONEY, "entry": it, "rank": 100 + rank, "after": it.balance_cents}
        event["why_after"] = why_url(known, f"solde-{rank + 1}")
        if it.kind in (BILL, CREDIT_NOTE):
            yield event | {
                "what": "bill" if it.kind == BILL else "note",
                "icon": "bill",
                "kind": "money",
                "number": bill_number(it.number or 0),
                "why": bill_why_url(it, "total"),
            }
        elif it.kind == OPENING:
            yield event | {"what": "opening", "icon": "ledger", "kind": "", "why": why_url(known, "solde")}
        elif it.kind in (DEPOSIT_INTEREST, DEPOSIT_RETURN):
            what = "interest" if it.kind == DEPOSIT_INTEREST else "deposit"
            yield event | {"what": what, "icon": "money", "kind": "good", "why": why_url(known, f"depot-{it.source}")}
        elif it.kind == RECEIPT:
            yield event | {
                "what": "payment",
                "icon": "check",
                "kind": "good",
                "why": why_url(known, f"paiement-{it.source}"),
            }
        else:
            yield event | {
                "what": "return",
                "icon": "warning",
                "kind": "bad",
                "why": why_url(known, f"retour-{it.source}"),
            }


def _past_events(known: Account) -> Iterator[dict[str, Any]]:
    """What another system issued before Fanal."""
    for it in account_past.past_events(known):
        yield it | {"why": why_url(known, it["why"])}


def _before_us(known: Account, chosen: Subscription | None, may_end_promises: bool) -> dict[str, Any]:
    """What another system issued and promised, and until when it billed."""
    return {
        "past_bills": [row | {"why": why_url(known, row["why"])} for row in account_past.past_bills(known)],
        "promises": account_promises.promised(known, may_end_promises),
        "handover": known.past.handovers.get(chosen.id) if chosen else None,
    }


def _read_events(known: Account) -> Iterator[dict[str, Any]]:
    for it in known.readings:
        yield {
            "on": it.read_on,
            "group": READS,
            "what": "reading",
            "icon": "reads",
            "rank": 50,
            "reading": it,
            "kind": "warn" if it.findings else "",
            "why": _read_url(known, it),
            "row": read_row(known, it),
        }
    for of in known.estimates:
        yield {
            "on": of.issued_on,
            "group": READS,
            "what": "estimate",
            "icon": "warning",
            "rank": 40,
            "kind": "warn",
            "estimate": of,
            "unit": label(of.kind, of.name),
            "why": why_url(known, f"estimation-{of.id}"),
        }


def _file_events(known: Account) -> Iterator[dict[str, Any]]:
    for of in known.subscriptions:
        event = {"group": FILE, "kind": "", "of": of}
        started = {"on": of.starts_on, "what": "start", "icon": "people", "rank": 10}
        yield event | started | {"why": why_url(known, f"debut-{of.id}")}
        if of.ends_on and of.ends_on <= known.on:
            ended = {"on": of.ends_on, "what": "end", "icon": "out", "rank": 90}
            yield event | ended | {"why": why_url(known, f"fin-{of.id}")}
    for it in known.events:
        if it.act in CORRECTED or (it.act == "correct_reading" and was_read(known, it)):
            yield {
                "on": it.on,
                "group": READS if it.act == "correct_reading" else MONEY,
                "what": it.act,
                "icon": "edit",
                "kind": "",
                "rank": 60,
                "event": it,
                "why": why_url(known, f"correction-{it.id}"),
            }


def was_read(known: Account, it: Event) -> bool:
    """Whether a corrected reading is this account's to see: of its meter, and of its days."""
    named = (it.grounds.get("register"), it.grounds.get("read_on"))
    return any((row.register_id, row.read_on.isoformat()) == named for row in known.readings)


def _by_month(events: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """« Janvier 2026 » and what happened then."""
    pattern, locale = "LLLL y", "fr_CA" if current() == "fr" else "en_CA"
    months = groupby(events, key=lambda it: (it["on"].year, it["on"].month))
    return [(format_date(date(*month, 1), pattern, locale=locale).capitalize(), list(some)) for month, some in months]


def _chips(known: Account, told: list[dict[str, Any]], view: str) -> list[dict[str, Any]]:
    words = {"": _("Tout"), MONEY: _("Argent"), READS: _("Relèves"), FILE: _("Dossier")}
    counts = {name: sum(1 for it in told if not name or it["group"] == name) for name in words}
    here = reverse("account", kwargs={"number": known.number})
    return [
        {
            "url": f"{here}?voir={name}" if name else here,
            "word": word,
            "count": counts[name],
            "is_current": name == (view if view in words else ""),
        }
        for name, word in words.items()
    ]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bill_rows(known: Account) -> Iterator[dict[str, Any]]:
    """Its bills and credit notes, the latest first, each with what is left to pay of it."""
    left = {bill.source: due_on for due_on, _cents, bill in reversed(known.dues)}
    waits = {bill.source for _day, _cents, bill in known.not_asked}
    spread = {bill.source for _due_on, _cents, bill in known.open_parts} - left.keys() - waits
    taken_back = {note.reverses_id for note in known.entries if note.kind == CREDIT_NOTE}
    for it in reversed(known.entries):
        if it.kind in (BILL, CREDIT_NOTE):
            kind, word = _standing(it, taken_back, left.get(it.source), known.on)
            if it.source in spread:
                kind, word = "info", _("En versements")
            elif it.source in waits:
                kind, word = "info", _("Prochaine facture")
            yield {
                "it": it,
                "number": bill_number(it.number or 0),
                "kind": kind,
                "word": word,
                "why": bill_why_url(it, "total"),
                "why_due": bill_why_url(it, "echeance"),
                "why_issued": bill_why_url(it, "emission"),
            }


def _standing(it: Entry, taken_back: set[int | None], due_on: date | None, on: date) -> tuple[str, str]:
    """What became of a bill: the kind of its badge, and its word."""
    if it.kind == CREDIT_NOTE:
        return "info", _("Note de crédit")
    if it.source in taken_back:
        return "", _("Reprise")
    if it.cents <= 0:
        return "info", _("Crédit")
    if due_on is None:
        return "good", _("Payée")
    return ("bad", _("En retard")) if due_on < on else ("info", _("À payer"))


def read_row(known: Account, it: Reading) -> dict[str, Any]:
    sources = {
        STAFF: _("employé"),
        CUSTOMER: _("client"),
        REMOTE: _("télérelève"),
        INSTALLED: _("pose du compteur"),
        REMOVED: _("dépose du compteur"),
        TAKEN_OVER: _("reprise des données"),
    }
    return {
        "it": it,
        "source": sources.get(it.source, ""),
        "real": it.quality == report.REAL,
        "kwh": it.kwh,
        "unit": label(it.kind, it.name),
        "doubts": _doubts(it),
        "why": _read_url(known, it),
    }


def why_url(known: Account, about: str) -> str:
    return reverse("account_why", kwargs={"number": known.number, "about": about})


def bill_why_url(it: Entry, about: str) -> str:
    return reverse("bill_why", kwargs={"number": bill_number(it.number or 0), "about": about})


def _read_url(known: Account, it: Reading) -> str:
    return why_url(known, f"releve-{it.register_id}-{it.read_on.isoformat()}")
