"""`fanal rehearse --book CANDIDATE --from --to`: what a proposed book would change; writes nothing."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.shelf import BookError, UnknownBook, load, read
from fanal.values import wording
from fanal.values.money import half_up

if TYPE_CHECKING:
    from fanal.reports.rehearsal import Group, Rehearsal

HEATING = {"ELECTRIC": "chauffage électrique", "DUAL": "biénergie", "OTHER": "autre chauffage"}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("rehearse", help="répéter un tarif : ce qu’il aurait changé, client par client")
    parser.add_argument("--book", required=True, metavar="LIVRE", help="un livre (hydro_quebec/D) ou son fichier .toml")
    parser.add_argument("--from", dest="from_on", type=text.day, required=True, metavar="DATE",
                        help="les factures dont la période finit après ce jour")  # fmt: skip
    parser.add_argument("--to", dest="to_on", type=text.day, required=True, metavar="DATE",
                        help="et au plus tard ce jour")  # fmt: skip
    parser.add_argument("--instead-of", action="append", metavar="CODE",
                        help="le livre qu’il remplacerait, s’il porte un autre code ; se répète")  # fmt: skip
    parser.add_argument("--dated", action="store_true",
                        help="chaque jour au prix de sa date, pour un changement rétroactif")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="répondre en JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the rehearsal; 2 when a book is unknown or unusable, or the window is empty."""
    if options.from_on >= options.to_on:
        print("La période doit finir après son début.", file=sys.stderr)
        return 2
    try:
        candidate = read(Path(options.book)) if options.book.endswith(".toml") else load(options.book)
        current = {code: load(code) for code in options.instead_of or [candidate.code]}
    except (UnknownBook, BookError) as fault:
        print(text.shown(fault), file=sys.stderr)
        return 2
    except OSError:
        print(f"{text.shown(options.book)} ne se lit pas.", file=sys.stderr)
        return 2
    open_office()
    from fanal.reports.rehearsal import rehearse

    try:
        found = rehearse(candidate, current=current, from_on=options.from_on, to_on=options.to_on, dated=options.dated)
    except LookupError as fault:
        print(text.shown(fault), file=sys.stderr)
        return 2
    print(json.dumps(plain(found), ensure_ascii=False, default=str) if options.json else page(found))
    return 0


def plain(found: "Rehearsal") -> dict[str, object]:
    """The outcome as JSON: integers in cents and thousandths of kWh, the candidate by its code and digest."""
    candidate: Book = found.candidate
    return asdict(found) | {"candidate": {"code": candidate.code, "digest": candidate.digest}}


def page(found: "Rehearsal") -> str:
    """The outcome as a page of text."""
    whole = found.total
    out = [
        f"Répétition de {found.candidate.code} (empreinte {found.candidate.digest[:12]}), à la place de "
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
            f"{wording.money(it.proposed_cents):>14} {_signed(it.change_cents):>14}"
        )
    out += ["", *(f"Mises à part : {wording.number(count)} — {reason}" for reason, count in found.refused.items())]
    return "\n".join(wording.typography(line) for line in out).rstrip()


def _row(title: str, it: "Group") -> str:
    return (
        f"  {title:<44} {wording.number(it.customers):>9} clients {wording.money(it.current_cents):>18} "
        f"{_change(it):>26}   − {wording.number(it.winners)}  + {wording.number(it.losers)}"
    )


def _change(it: "Group") -> str:
    thousandths = half_up(it.change_cents * 1000, it.current_cents) if it.current_cents > 0 else 0
    return f"{_signed(it.change_cents)} ({wording.percentage(thousandths * 1000)})"


def _signed(cents: int) -> str:
    return ("+ " if cents > 0 else "") + wording.money(cents)
