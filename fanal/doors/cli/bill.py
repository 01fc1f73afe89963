"""`fanal bill NUMÉRO [--output FICHIER]`: the PDF of an issued bill."""

import argparse
import sys
from pathlib import Path

from fanal.doors.cli import text
from fanal.doors.office import open_office
from fanal.values.refusal import Refused


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("bill", help="écrire le PDF d’une facture émise")
    parser.add_argument("bill", metavar="NUMÉRO", help="numéro de facture (2026-000318)")
    parser.add_argument("--output", type=Path, metavar="FICHIER", help="où l’écrire (NUMÉRO.pdf)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the file, whole or not at all, and say where; 1 with a sentence when there is no such bill."""
    open_office()
    from fanal.doors.bills import print_bill
    from fanal.doors.bills.finding import NoSuchBill, bill_id_named

    output = options.output or Path(f"{options.bill.strip()}.pdf")
    try:
        text.write_whole(output, print_bill(bill_id_named(text.shown(options.bill))))
    except (NoSuchBill, Refused, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(text.shown(output))
    return 0
