"""`fanal ledger`: trial balance, receivables, aged balance, revenue by tariff, tax accounts, as French tables."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import date

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording

Row = Sequence[str]
REPORTS = ("trial_balance", "receivables", "aged", "revenue", "taxes")


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "ledger", help="montrer le grand livre : balance, comptes à recevoir, âge, revenus, taxes"
    )
    report = parser.add_mutually_exclusive_group(required=True)
    report.add_argument("--trial-balance", action="store_true", help="balance de vérification")
    report.add_argument("--receivables", action="store_true", help="comptes à recevoir")
    report.add_argument("--aged", action="store_true", help="âge des comptes")
    report.add_argument("--revenue", action="store_true", help="revenus par tarif (--from, --to)")
    report.add_argument("--taxes", action="store_true", help="comptes de TPS et de TVQ (--from, --to)")
    parser.add_argument("--on", type=text.day, metavar="DATE", help="à la fin de ce jour ; aujourd’hui par défaut")
    parser.add_argument("--from", dest="starts_on", type=text.day, metavar="DATE", help="premier jour")
    parser.add_argument("--to", dest="ends_on", type=text.day, metavar="DATE", help="jour de fin, exclu")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one report; 2 when its period is missing."""
    chosen = next(name for name in REPORTS if getattr(options, name))
    period = options.starts_on, options.ends_on
    if chosen in ("revenue", "taxes") and (None in period or period[0] >= period[1]):
        print("Donner la période : --from DATE --to DATE (jour de fin exclu).", file=sys.stderr)
        return 2
    open_office()
    if chosen in ("revenue", "taxes"):
        print(_revenue(*period) if chosen == "revenue" else _taxes(*period))
    else:
        print(
            {"trial_balance": _trial_balance, "receivables": _receivables, "aged": _aged}[chosen](options.on or today())
        )
    return 0


def _trial_balance(on: date) -> str:
    from fanal.reports import financial

    lines = financial.trial_balance(on)
    rows = []
    for line in lines:
        balance = line.debit_cents - line.credit_cents
        rows.append((str(line.code), line.name, _or_blank(max(balance, 0)), _or_blank(max(-balance, 0))))
    balances = [line.debit_cents - line.credit_cents for line in lines]
    total = sum(it for it in balances if it > 0), -sum(it for it in balances if it < 0)
    return table(f"Balance de vérification au {wording.day(on)}", ("Compte", "Nom", "Débit", "Crédit"), rows,
                 ("", "Total", *map(wording.money, total)), texts=2)  # fmt: skip


def _receivables(on: date) -> str:
    from fanal.reports import financial

    found = financial.receivables(on)
    rows = [(it.number, wording.money(it.balance_cents)) for it in found]
    total = ("Total", wording.money(sum(it.balance_cents for it in found)))
    return table(f"Comptes à recevoir au {wording.day(on)}", ("Compte", "Solde"), rows, total, texts=1)


def _aged(on: date) -> str:
    from fanal.reports import financial

    titles = ("Compte", "Non échu", "1 à 30 j", "31 à 60 j", "61 à 90 j", "Plus de 90 j", "En versements", "Crédits",
              "Solde")  # fmt: skip
    buckets = ("not_due_cents", "days_1_30_cents", "days_31_60_cents", "days_61_90_cents", "days_over_90_cents",
               "spread_cents", "credit_cents", "balance_cents")  # fmt: skip
    found = financial.aged_balance(on)
    rows = [(it.number, *(_or_blank(getattr(it, name)) for name in buckets)) for it in found]
    total = ("Total", *(wording.money(sum(getattr(it, name) for it in found)) for name in buckets))
    return table(f"Âge des comptes au {wording.day(on)}", titles, rows, total, texts=1)


def _revenue(starts_on: date, ends_on: date) -> str:
    from fanal.reports import financial

    titles = ("Tarif", "Factures", "Notes de crédit", "kWh", "Net", "Taxes", "Total")
    found = financial.revenue_by_book(starts_on, ends_on)
    rows = [
        (it.book, *map(wording.number, (it.bills, it.credit_notes)), wording.quantity(it.kwh),
         *map(wording.money, (it.net_cents, it.tax_cents, it.total_cents)))
        for it in found
    ]  # fmt: skip
    sums = [sum(getattr(it, name) for it in found) for name in ("net_cents", "tax_cents", "total_cents")]
    counts = [wording.number(sum(getattr(it, name) for it in found)) for name in ("bills", "credit_notes")]
    total = ("Total", *counts, wording.quantity(sum(it.kwh for it in found)), *map(wording.money, sums))
    return table(f"Revenus par tarif, {_period(starts_on, ends_on)}", titles, rows, total, texts=1)


def _taxes(starts_on: date, ends_on: date) -> str:
    from fanal.reports import financial

    titles = ("Compte", "Nom", "Au début", "Perçu", "Rendu", "À remettre")
    amounts = ("opening_cents", "collected_cents", "given_back_cents", "closing_cents")
    found = financial.taxes(starts_on, ends_on)
    rows = [(str(it.code), it.name, *(wording.money(getattr(it, name)) for name in amounts)) for it in found]
    total = ("", "Total", *(wording.money(sum(getattr(it, name) for it in found)) for name in amounts))
    return table(f"Taxes, {_period(starts_on, ends_on)}", titles, rows, total, texts=2)


def table(title: str, titles: Row, rows: Iterable[Row], total: Row, *, texts: int) -> str:
    """A text table: the first `texts` columns to the left, figures to the right, a total under a rule."""
    rows = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(titles, total, *rows, strict=True)]

    def line(cells: Row) -> str:
        left = [f"{cell:<{width}}" for cell, width in zip(cells[:texts], widths[:texts], strict=True)]
        right = [f"{cell:>{width}}" for cell, width in zip(cells[texts:], widths[texts:], strict=True)]
        return "  ".join([*left, *right]).rstrip()

    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([wording.typography(title), "", line(titles), rule, *map(line, rows), rule, line(total)])


def _or_blank(cents: int) -> str:
    return wording.money(cents) if cents else ""


def _period(starts_on: date, ends_on: date) -> str:
    return f"du {wording.day(starts_on)} au {wording.day(ends_on)} exclu"
