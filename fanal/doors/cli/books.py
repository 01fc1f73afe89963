"""`fanal books [CODE]`: the books, with their sources; `--check`, `--propose`, activate one; import one."""

import argparse
import sys
from datetime import date
from itertools import groupby
from pathlib import Path

from fanal.doors.cli import old_prices, proposals, text, urdb
from fanal.doors.cli.rate import IN_FORCE, Find, finder
from fanal.law.tariffs import prices
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.changes import between, figure, subject
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.shelf import BookError, UnknownBook, catalogue, load, read
from fanal.values import wording

CONFIDENCE = {
    "two_sources": "deux sources concordent",
    "seen": "vu dans une source",
    "derived": "DÉRIVÉ d’autres prix publiés",
    "background": "CONNAISSANCE GÉNÉRALE, à vérifier",
    "invented": "INVENTÉ pour la démonstration",
}


ROUNDINGS = {
    "half_up": "au plus près, une moitié vers le haut",
    "truncate": "tronqué",
    "line": "ligne par ligne",
    "document": "une fois, sur tout le document",
}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("books", help="montrer les livres de tarifs, leurs prix et leurs sources")
    parser.add_argument(
        "code", nargs="?", help="un seul livre, par exemple hydro_quebec/D ; ou import-urdb, import-prices"
    )
    parser.add_argument("--check", type=Path, metavar="FICHIER", help="vérifier un livre, comme alma/D.toml")
    parser.add_argument(
        "--diff", nargs=2, type=text.day, metavar="DATE", help="avec un livre : ce qui change d’un jour à l’autre"
    )
    parser.add_argument("--in-force", action="store_true", help=IN_FORCE)
    proposals.declare(parser)
    urdb.declare(parser)
    old_prices.declare(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the shelf, or one book; 2 when the book is unknown or unusable. 1 when the checked one has a fault."""
    if options.check:
        return check(options.check)
    if proposals.are_meant(options):
        return proposals.run(options)
    if options.code == urdb.IMPORT:
        return urdb.run(options)
    if options.code == old_prices.IMPORT:
        return old_prices.run(options)
    try:
        said = _asked(options)
    except (UnknownBook, BookError, LookupError) as error:
        print(error, file=sys.stderr)
        return 2
    print(said)
    return 0


def _asked(options: argparse.Namespace) -> str:
    find = finder(in_force=options.in_force)
    if not options.code:
        return shelf(find, _codes(in_force=options.in_force))
    book = find(options.code)
    return difference(book, *options.diff) if options.diff else page(book)


def check(path: Path) -> int:
    """Say whether a file is a valid book, else its first fault: file, key, reason."""
    try:
        book = read(path)
    except OSError:
        print(f"{text.shown(path)} ne se lit pas.", file=sys.stderr)
    except BookError as fault:
        print(text.shown(fault), file=sys.stderr)
    else:
        print(f"Livre valable : {book.code}, {text.count(len(book.versions), 'version', 'versions')}.")
        return 0
    return 1


def _codes(*, in_force: bool) -> tuple[str, ...]:
    """The codes of all the books: those shipped, or those of the office."""
    if not in_force:
        return catalogue()
    from fanal.records.billing import shelf as of_the_office

    return of_the_office.codes()


def shelf(find: Find = load, codes: tuple[str, ...] | None = None) -> str:
    """Return one line a book: code, title, versions, first day with a price, how sure the last version is."""
    rows = []
    for book in map(find, codes or catalogue()):
        since = wording.day(book.versions[0].from_on)
        many = f"{len(book.versions):>2} version{'s' if len(book.versions) > 1 else ' '}"
        sure = CONFIDENCE[book.versions[-1].confidence]
        rows.append(f"{book.code:<35} {book.title.fr:<42} {many} depuis le {since} — {sure}")
    return "\n".join(rows)


def page(book: Book) -> str:
    """Return a whole book as text."""
    out = [f"{book.code} — {book.title.fr} ({book.utility}, {book.currency})", f"empreinte {book.digest}"]
    out.append(
        f"il lui faut : {', '.join(book.needs)} ; il regarde aussi : "
        f"{', '.join(sorted(book.accepts - set(book.needs))) or 'rien'}"
    )
    out += [f"registre {name} : {it.fr} ({it.unit})" for name, it in book.registers.items()]
    if book.net_metering:
        out.append(f"mesurage net : le registre {book.net_metering} se retranche, le surplus va en banque")
    if book.rounding != "half_up" or book.rounded != "line":
        out.append(f"arrondi : {ROUNDINGS[book.rounding]}, {ROUNDINGS[book.rounded]}")
    for place, charges in groupby(book.charges, key=lambda charge: charge.version):
        version = book.versions[place]
        end = f" au {wording.day(version.to_on)} exclu" if version.to_on else ""
        if version.gap_before:
            out += ["", f"(aucun prix connu du {wording.day(book.versions[place - 1].to_on or version.from_on)} à là)"]
        out += ["", f"Du {wording.day(version.from_on)}{end} — {CONFIDENCE[version.confidence]}"]
        out.append(f"  source : {version.source}")
        if version.note:
            out.append(f"  note : {version.note.fr}")
        if power := " ; ".join(prices.demand(version.billing_demand)):
            article = f" ({version.billing_demand.article})" if version.billing_demand.article else ""
            out.append(f"  puissance à facturer : {power}{article}")
        out += [_row(charge, book, version.source, version.confidence) for charge in charges]
    out += ["", "Taxes"]
    for tax in book.taxes:
        for rate in tax.rates:
            base = ", sur le prix et les taxes précédentes" if rate.base == "net_and_previous" else ""
            out.append(
                f"  {tax.abbreviation.fr} depuis le {wording.day(rate.from_on)} : "
                f"{wording.number(rate.rate * 100)} %{base} — {CONFIDENCE[rate.confidence]} ({rate.source})"
            )
    return "\n".join(wording.typography(line) for line in out)


def difference(book: Book, before_on: date, after_on: date) -> str:
    """Return what one day has that another had not, a price a line; raises LookupError for a day without price."""
    found = between(book, before_on, after_on)
    out = [f"{book.code} — du {wording.day(before_on)} au {wording.day(after_on)}"]
    out += [f"  {subject(it)} : {figure(it.before, book)} → {figure(it.after, book)}" for it in found]
    return "\n".join(wording.typography(line) for line in (out if found else [*out, "  Aucun montant ne change."]))


def _row(charge: Charge, book: Book, source: str, confidence: str) -> str:
    said = "".join(f", {it}" for it in prices.limits(charge, book))
    row = f"  {charge.code:<14} {prices.amount(charge, book):>12} {prices.each(charge)}{said} — {charge.title_fr}"
    if charge.article:
        row += f" [{charge.article}]"
    if charge.confidence != confidence:
        row += f" — {CONFIDENCE[charge.confidence]}"
    return row if charge.source == source else f"{row} (source : {charge.source})"
