"""Grand livre: trial balance, age of the accounts, statement of one account, at the end of any day; their files."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fanal.doors.cli.export_gl import FORMATS, month_entries, renamed
from fanal.doors.desk.asked import day_asked
from fanal.doors.desk.refused import said
from fanal.doors.desk.summed import summed
from fanal.doors.office import today
from fanal.links.accounting import Unbalanced, decimal, totals
from fanal.links.accounting.sage50 import DoesNotFit
from fanal.records.billing.facts import bill_number
from fanal.records.ledger import facts
from fanal.reports import statements as report
from fanal.reports.financial import AgedAccount, aged_balance

PAGE_LINES = 50
KINDS = {1: gettext_noop("Facture"), 2: gettext_noop("Note de crédit"), 3: gettext_noop("Paiement"),
         4: gettext_noop("Paiement retourné"), 5: gettext_noop("Solde repris"),
         6: gettext_noop("Intérêts sur un dépôt"), 7: gettext_noop("Dépôt rendu")}  # fmt: skip
BUCKETS = {
    "not_due": gettext_noop("Pas échu"), "days_1_30": gettext_noop("1 à 30 jours"),
    "days_31_60": gettext_noop("31 à 60 jours"), "days_61_90": gettext_noop("61 à 90 jours"),
    "days_over_90": gettext_noop("Plus de 90 jours"), "spread": gettext_noop("En versements"),
    "credit": gettext_noop("Crédits"),
}  # fmt: skip
CHART = (gettext_noop("Encaisse"), gettext_noop("Comptes clients"), gettext_noop("TPS à remettre"),
         gettext_noop("TVQ à remettre"), gettext_noop("Autres taxes à remettre"),
         gettext_noop("Dépôts de garantie des clients"), gettext_noop("Reprise de l’ancien système"),
         gettext_noop("Intérêts sur les dépôts des clients"), gettext_noop("Frais d’abonnement"),
         gettext_noop("Ventes d’électricité, tarif D"),
         gettext_noop("Ventes d’électricité, tarif DP"), gettext_noop("Ventes d’électricité, tarif G"),
         gettext_noop("Ventes d’électricité, tarif M"), gettext_noop("Éclairage public et sentinelle"),
         gettext_noop("Ventes d’électricité, autres tarifs"))  # fmt: skip
CSV = "text/csv; charset=utf-8"
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula


def trial(request: HttpRequest) -> HttpResponse:
    """Balance de vérification."""
    on = day_asked(request, "on") or today()
    lines = facts.trial_balance(on)
    debit, credit = sum(it.debit_cents for it in lines), sum(it.credit_cents for it in lines)
    balances = [it.debit_cents - it.credit_cents for it in lines]
    known = {
        "lines": [{"line": it, "name": _(it.name), "balance": cents, "credit_balance": -cents}
                  for it, cents in zip(lines, balances, strict=True)],
        "debit": debit, "credit": credit, "gap": abs(debit - credit), "as_of": on, "closed": facts.closed_through(),
        "debtors": sum(it for it in balances if it > 0), "creditors": -sum(it for it in balances if it < 0),
        "tab": "trial",
    }  # fmt: skip
    return render(request, "desk/ledger/page.html", known)


def aged(request: HttpRequest) -> HttpResponse:
    """Âge des comptes."""
    on, bucket = day_asked(request, "on") or today(), _bucket(request)
    page = request.GET.get("page", "")
    page = max(int(page), 1) if page.isdecimal() and len(page) < 7 else 1
    found = report.aged(_ages(on), bucket=bucket, offset=(page - 1) * PAGE_LINES, limit=PAGE_LINES)
    pages = max(-(-found.listed // PAGE_LINES), 1)
    parts = [{"key": it.name, "word": _(BUCKETS[it.name]), "part": it} for it in found.parts]
    words = [it["word"] for it in parts]
    lines = [(it, list(zip(words, it.parts, strict=True))) for it in found.lines]
    known = {"aged": found, "lines": lines, "parts": parts, "bucket": bucket, "page": page, "pages": pages, "as_of": on,
             "overdue": sum(it.cents for it in found.parts[1:5]), "tab": "aged"}  # fmt: skip
    return render(request, "desk/ledger/aged.html", known)


def statement(request: HttpRequest) -> HttpResponse:
    """Relevé de compte."""
    on, number = day_asked(request, "on") or today(), request.GET.get("compte", "").strip()
    account = facts.account_numbered(number) if number else None
    known: dict[str, Any] = {"as_of": on, "number": number, "account": account, "tab": "statement"}
    if account:
        found = report.statement(account.id, on)
        known |= {"statement": found, "entries": [_entry(it) for it in found.lines]}
    return render(request, "desk/ledger/statement.html", known, status=404 if number and not account else 200)


def _entry(line: report.EntryLine) -> dict[str, Any]:
    """An entry in words, with the page of its bill where the desk has one."""
    number = bill_number(line.bill_number) if line.bill_number else ""
    url = reverse("bill", kwargs={"number": number}) if number else ""
    return {"line": line, "word": _(KINDS[line.kind]), "removed": -line.amount_cents, "bill_url": url}


def exports(request: HttpRequest) -> HttpResponse:
    """What may be taken away."""
    return render(request, "desk/ledger/exports.html", _exports(request))


def file(request: HttpRequest, name: str) -> HttpResponse:
    """One file to keep; its name says what it is and of which day."""
    on = day_asked(request, "on") or today()
    if name == "balance.csv":
        return as_csv(f"balance-{on}.csv", _trial_rows(on))
    if name == "ages.csv":
        return as_csv(f"ages-{on}.csv", _aged_rows(on))
    if name == "releve.csv":
        account = facts.account_numbered(request.GET.get("compte", ""))
        if account is None:
            raise Http404
        return as_csv(f"releve-{account.number}-{on}.csv", _statement_rows(account.id, on))
    if name == "ecritures":
        return _entries(request)
    raise Http404


def _entries(request: HttpRequest) -> HttpResponse:
    """The month's entries for the municipality's accounting, read back before they leave."""
    known = _exports(request)
    format_, pairs = request.GET.get("format", "csv"), request.GET.get("comptes", "").replace(",", " ").split()
    accounts = renamed(pairs)
    codec = FORMATS.get(format_)
    if codec is None:
        raise Http404
    if known["starts_on"] >= known["ends_on"]:
        return _refused(request, known, _("La période finit avant de commencer : choisir une fin plus tardive."))
    if accounts is None:
        return _refused(request, known, _("Les comptes à renommer s’écrivent 1200=1205, séparés par une espace."))
    entries = month_entries(known["starts_on"], known["ends_on"], accounts)
    if not entries:
        return _refused(request, known, _("Aucune écriture dans cette période : il n’y a rien à exporter."))
    try:
        content = codec.encode(entries)
        if totals(codec.decode(content)) != totals(entries):
            raise Unbalanced(gettext_noop("Le fichier relu n’est pas le grand livre."))
    except (Unbalanced, DoesNotFit) as fault:
        return _refused(request, known, said(fault))
    ending, kind = ("csv", CSV) if format_ == "csv" else ("txt", "text/plain; charset=windows-1252")
    return _attached(f"{format_}-{known['starts_on']}-{known['last_on']}.{ending}", kind, content)


def _refused(request: HttpRequest, known: dict[str, Any], reason: str) -> HttpResponse:
    return render(request, "desk/ledger/exports.html", known | {"refused": reason}, status=422)


def _exports(request: HttpRequest) -> dict[str, Any]:
    """The period asked for; the last whole month when none is."""
    last_month_ends = today().replace(day=1)
    starts_on = day_asked(request, "du") or (last_month_ends - timedelta(days=1)).replace(day=1)
    last_on = min(day_asked(request, "au") or last_month_ends - timedelta(days=1), date.max - timedelta(days=1))
    return {
        "as_of": today(), "starts_on": starts_on, "last_on": last_on, "ends_on": last_on + timedelta(days=1),
        "format": request.GET.get("format", "csv"), "accounts": request.GET.get("comptes", ""), "tab": "exports",
    }  # fmt: skip


def _trial_rows(on: date) -> Iterable[Sequence[Any]]:
    yield (_("compte"), _("nom"), _("débit"), _("crédit"))
    lines = facts.trial_balance(on)
    for it in lines:
        yield it.code, _(it.name), _amount(it.debit_cents), _amount(it.credit_cents)
    yield "TOTAL", "", _amount(sum(it.debit_cents for it in lines)), _amount(sum(it.credit_cents for it in lines))


def _ages(on: date) -> list[AgedAccount]:
    return summed("ages", on, aged_balance)


def _aged_rows(on: date) -> Iterable[Sequence[Any]]:
    yield (_("compte"), _("nom"), *(_(word) for word in BUCKETS.values()), _("solde"))
    found = report.aged(_ages(on))
    for it in found.lines:
        yield it.number, it.customer, *map(_amount, it.parts), _amount(it.balance_cents)
    yield "TOTAL", "", *(_amount(it.cents) for it in found.parts), _amount(found.balance_cents)


def _statement_rows(account_id: int, on: date) -> Iterable[Sequence[Any]]:
    yield (_("jour"), _("écriture"), _("numéro"), _("montant"), _("solde"))
    for it in report.statement(account_id, on).lines:
        name = bill_number(it.bill_number) if it.bill_number else it.reference
        yield it.on.isoformat(), _(KINDS[it.kind]), name, _amount(it.amount_cents), _amount(it.balance_cents)


def _amount(cents: int) -> str:
    return decimal(cents, ",")


def as_csv(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """What a French spreadsheet opens: semicolons, decimal comma, UTF-8 that says so."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([_plain(it) for it in row] for row in rows)
    return _attached(name, CSV, text.getvalue().encode("utf-8-sig"))


def _plain(cell: Any) -> str:
    """A name is never a formula; an amount may begin with a minus."""
    text = str(cell)
    is_amount = text[1:].replace(",", "").isdecimal()
    return f"'{text}" if text.startswith(RISKY) and not is_amount else text


def _attached(name: str, kind: str, content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _bucket(request: HttpRequest) -> str:
    asked = request.GET.get("tranche", "all")
    return asked if asked in report.BUCKETS else "all"
