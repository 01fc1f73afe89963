"""`fanal books import-urdb FILE`: a rate of OpenEI's database becomes a book, or each field that cannot says why."""

import argparse
from pathlib import Path

from fanal.doors.cli import book_file, text
from fanal.law.tariffs.shelf import CODE, catalogue
from fanal.links.tariffs import urdb
from fanal.values.refusal import refuse

IMPORT = "import-urdb"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare these options of `fanal books`."""
    parser.add_argument("file", nargs="?", type=Path, metavar="fichier",
                        help=f"avec {IMPORT} : un tarif d’URDB (JSON) ; avec import-prices : un code")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FICHIER", help="avec import-… : où l’écrire, comme alma/D.toml")
    parser.add_argument("--rate", metavar="NOM", default="", help=f"avec {IMPORT} : lequel, par étiquette ou par nom")
    parser.add_argument("--currency", metavar="CODE", default="", help=f"avec {IMPORT} : la monnaie, comme USD")
    parser.add_argument(
        "--tax", action="append", default=[], metavar="CODE", help=f"avec {IMPORT} : une taxe, comme canada/gst"
    )
    parser.add_argument(
        "--without", action="append", default=[], metavar="CHAMP", help=f"avec {IMPORT} : laisser ce champ de côté"
    )


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Write the book, or print it; 1 when the rate cannot be expressed."""
    if options.file is None:
        raise refuse("Dire le fichier du tarif.")
    rate = urdb.chosen(urdb.rates(text.content_of(options.file)), options.rate)
    out: Path | None = options.out
    code = urdb.code_of(rate) if out is None else book_file.code_of(out)
    if not CODE.fullmatch(code):
        raise refuse(f"« {code} » n’est pas un code de livre : --out distributeur/Tarif.toml, sans accent ni espace.")
    for tax in options.tax:
        if tax not in catalogue("tax"):
            raise refuse(f"--tax : « {tax} » n’est pas l’une de ces taxes : {', '.join(catalogue('tax'))}.")
    data = urdb.book_of(rate, code, taxes=options.tax, currency=options.currency, without=options.without)
    book_file.give(data, out)
    return 0
