"""`fanal export-gl --from --to --format csv|sage50 --output FILE`: the month's entries for the municipality's ledger.

The file is read back before it takes its name: it must hold the very totals of the ledger.
"""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from fanal.doors.cli import text
from fanal.doors.office import open_office
from fanal.links.accounting import Entry, Line, Unbalanced, csv_export, sage50, totals
from fanal.values import wording
from fanal.values.refusal import Refused

TITLE_FR = "Les fichiers d’export au grand livre se relisent tels quels, et deux exports sont identiques"
TITLE_EN = "The general ledger files read back as they were, and two exports are identical"
# ledger.EntryKind: reference and wording of the month's entry.
KINDS = {1: ("FACT", "Factures"), 2: ("CRED", "Notes de crédit"), 3: ("PAIE", "Paiements"),
         4: ("RETO", "Paiements retournés"), 5: ("REPR", "Soldes repris"),
         6: ("INTE", "Intérêts sur les dépôts"), 7: ("DEPO", "Dépôts rendus")}  # fmt: skip
RENAMED = re.compile(r"([0-9]{4,8})=([0-9A-Za-z][0-9A-Za-z.-]{0,19})")
FORMATS = {"csv": csv_export, "sage50": sage50}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("export-gl", help="exporter les écritures du mois vers la comptabilité municipale")
    parser.add_argument("--from", dest="starts_on", type=text.day, required=True, metavar="DATE",
                        help="premier jour")  # fmt: skip
    parser.add_argument("--to", dest="ends_on", type=text.day, required=True, metavar="DATE",
                        help="jour de fin, exclu")  # fmt: skip
    parser.add_argument("--format", choices=sorted(FORMATS), default="csv", help="csv, ou sage50 (Sage 50 Canada)")
    parser.add_argument("--account", action="append", default=[], metavar="1200=1205",
                        help="écrire un compte de Fanal sous le numéro de la municipalité ; se répète")  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, metavar="FICHIER", help="fichier à écrire")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the file whole or not at all; 1 when the ledger does not balance, 2 when the call is off."""
    accounts = renamed(options.account)
    if options.starts_on >= options.ends_on or accounts is None:
        print("La période doit finir après son début, et --account s’écrit 1200=1205.", file=sys.stderr)
        return 2
    open_office()
    entries = month_entries(options.starts_on, options.ends_on, accounts)
    try:
        content = _encoded(FORMATS[options.format], entries)
        text.write_whole(options.output, content)
    except (Unbalanced, sage50.DoesNotFit, Refused) as error:
        print(f"Rien n’est exporté. {error}", file=sys.stderr)
        return 1
    debit, _ = totals(entries)
    print(f"{len(entries)} écritures, {wording.money(debit)} au débit et au crédit, dans {text.shown(options.output)}.")
    return 0


def renamed(pairs: Sequence[str]) -> dict[str, str] | None:
    """The accounts to write under another number, of « 1200=1205 »; None unless each is so: a cell is no formula."""
    found = [RENAMED.fullmatch(pair) for pair in pairs]
    return dict(it.groups() for it in found if it) if all(found) else None


def month_entries(starts_on: date, ends_on: date, accounts: Mapping[str, str]) -> list[Entry]:
    """The entries of the period for the codecs; `accounts` renames accounts."""
    from fanal.reports import financial

    entries = []
    for entry in financial.period_totals(starts_on, ends_on):
        reference, title = KINDS[entry.kind]
        lines = tuple(
            Line(accounts.get(str(it.code), str(it.code)), it.name, it.debit_cents, it.credit_cents)
            for it in entry.lines
        )
        entries.append(Entry(entry.on, f"{reference}-{entry.on:%Y-%m}", f"{title} {entry.on:%Y-%m}", lines))
    return entries


def differences() -> tuple[list[dict[str, Any]], int]:
    """I23, of the files themselves: what differs between two exports, or between a file and the ledger."""
    first, again = (month_entries(date.min, date.max, {}) for _ in range(2))
    found = []
    for name, codec in FORMATS.items():
        if codec is sage50 and wording.decimals() != sage50.DECIMALS:
            continue  # what it cannot write is refused when it is asked for
        try:
            if _encoded(codec, first) != _encoded(codec, again):
                found.append({"fault": "second_export_differs", "format": name})
        except ValueError as error:
            found.append({"fault": "file_differs_from_ledger", "format": name, "reason": str(error)})
    return found, len(found)


def _encoded(codec: Any, entries: list[Entry]) -> bytes:
    """The bytes of a file that was read back: each entry holds its amounts, account by account."""
    content: bytes = codec.encode(entries)
    read = codec.decode(content)
    if [_amounts(it) for it in read] != [_amounts(it) for it in entries]:
        raise Unbalanced("Le fichier relu n’est pas le grand livre.")
    return content


def _amounts(entry: Entry) -> tuple[Any, ...]:
    return entry.on, entry.reference, [(it.account, it.debit_cents, it.credit_cents) for it in entry.lines]
