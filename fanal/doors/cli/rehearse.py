"""`fanal rehearse --book CANDIDATE --from --to`: what a proposed book would change; writes nothing."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law.tariffs.shelf import BookError, read
from fanal.values import wording
from fanal.values.refusal import Refused

if TYPE_CHECKING:
    from fanal.law.tariffs.book import Book
    from fanal.reports.rehearsal import Group, Rehearsal

HEATING = {"ELECTRIC": "chauffage électrique", "DUAL": "biénergie", "OTHER": "autre chauffage"}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("rehearse", help="répéter un tarif : ce qu’il aurait changé, client par client")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--book", metavar="LIVRE", help="un livre (hydro_quebec/D) ou son fichier .toml")
    which.add_argument(
        "--proposal", type=int, metavar="NUMÉRO", help="un livre proposé, par le numéro de la proposition"
    )
    parser.add_argument("--from", dest="from_on", type=text.day, required=True, metavar="DATE",
                        help="les factures dont la période finit après ce jour")  # fmt: skip
    parser.add_argument("--to", dest="to_on", type=text.day, required=True, metavar="DATE",
                        help="et au plus tard ce jour")  # fmt: skip
    parser.add_argument("--instead-of", action="append", metavar="CODE",
                        help="le livre qu’il remplacerait, s’il porte un autre code ; se répète")  # fmt: skip
    parser.add_argument("--dated", action="store_true",
                        help="chaque jour au prix de sa date, pour un changement rétroactif")  # fmt: skip
    parser.add_argument("--annex", type=Path, metavar="FICHIER.pdf", help="écrire aussi l’annexe pour le conseil")
    parser.add_argument("--lang", choices=("fr", "en"), default="fr", help="la langue de l’annexe ; fr par défaut")
    parser.add_argument("--json", action="store_true", help="répondre en JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the rehearsal; 2 when a book is unknown or unusable, or the window is empty."""
    if options.from_on >= options.to_on:
        print("La période doit finir après son début.", file=sys.stderr)
        return 2
    open_office()
    from fanal.records.billing import shelf
    from fanal.reports import rehearsal

    try:
        candidate = _candidate(options)
        current = shelf.books(options.instead_of or [candidate.code])
        shelf.require_our_currency([candidate, *current.values()])
        found = rehearsal.rehearse(
            candidate, current=current, from_on=options.from_on, to_on=options.to_on, dated=options.dated
        )
    except (LookupError, BookError, Refused) as fault:
        print(text.shown(fault), file=sys.stderr)
        return 2
    except OSError:
        print(f"{text.shown(options.book)} ne se lit pas.", file=sys.stderr)
        return 2
    if options.annex and not _annexed(options.annex, found, candidate, current, options.lang):
        return 2
    print(json.dumps(rehearsal.plain(found), ensure_ascii=False) if options.json else page(found))
    return 0


def _annexed(path: Path, found: "Rehearsal", candidate: "Book", current: "dict[str, Book]", lang: wording.Lang) -> bool:
    """Write the annex; False when the file cannot be written."""
    from fanal.doors.bills.annex import annex_of

    try:
        text.write_whole(path, annex_of(found, candidate, current, on=today(), lang=lang))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return False
    return True


def _candidate(options: argparse.Namespace) -> "Book":
    """The book named: a proposal, a file, or the one in force of a code."""
    from fanal.records.billing import proposal_facts, shelf

    if options.proposal is not None:
        if (known := proposal_facts.proposal(options.proposal)) is None:
            raise LookupError(f"La proposition {options.proposal} n’existe pas.")
        return shelf.proposed(known.digest)
    return read(Path(options.book)) if options.book.endswith(".toml") else shelf.in_force(options.book)


def page(found: "Rehearsal") -> str:
    """The outcome as a page of text."""
    whole = found.total
    out = [
        f"Répétition de {found.code} (empreinte {found.digest[:12]}), à la place de "
        f"{', '.join(found.replaced)}",
        f"{wording.number(found.bills)} factures finies entre le {wording.day(found.from_on)} (exclu) et le "
        f"{wording.day(found.to_on)} ; {wording.number(whole.customers)} clients ; avant taxes ; rien n’est inscrit.",
        "Chaque jour au prix de sa date." if found.dated else "Les prix proposés et ceux en vigueur, toute la période.",
        "",
        f"  facturé                  {wording.money(found.issued_cents):>20}",
        f"  aux prix comparés        {wording.money(whole.current_cents):>20}",
        f"  aux prix proposés        {wording.money(whole.proposed_cents):>20}   {_change(whole)}",
        f"  paient moins {wording.number(whole.winners)}, paient plus {wording.number(whole.losers)}",
        "",
        "Par classe",
    ]  # fmt: skip
    out += [_row(f"{it.key[0]}, {HEATING[it.key[1]]}", it) for it in found.classes]
    out += ["", "Par dixième, de qui consomme le moins à qui consomme le plus"]
    out += [_row(f"{wording.number(it.key[0])} à {wording.number(it.key[1])} kWh par an", it) for it in found.deciles]
    out += ["", "Les plus grands écarts"]
    for it in found.swings:
        out.append(
            f"  {it.account}  {it.customer[:28]:<28} {it.address[:30]:<30} {wording.money(it.current_cents):>14} → "
            f"{wording.money(it.proposed_cents):>14} {wording.change(it.change_cents):>14}"
        )
    out += ["", *(f"Mises à part : {wording.number(it.bills)} — {it.fr}" for it in found.refused)]
    return "\n".join(wording.typography(line) for line in out).rstrip()


def _row(title: str, it: "Group") -> str:
    return (
        f"  {title:<44} {wording.number(it.customers):>9} clients {wording.money(it.current_cents):>18} "
        f"{_change(it):>26}   − {wording.number(it.winners)}  + {wording.number(it.losers)}"
    )


def _change(it: "Group") -> str:
    share = wording.share(it.change_cents, it.current_cents)
    return f"{wording.change(it.change_cents)} ({share})" if share else wording.change(it.change_cents)
