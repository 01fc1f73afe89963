"""`fanal books import-urdb FILE`: a rate of OpenEI's database becomes a book, or each field that cannot says why."""

import argparse
from pathlib import Path

from fanal.doors.cli import text
from fanal.law.tariffs.shelf import CODE, BookError, catalogue, parsed
from fanal.links.tariffs import book_toml, urdb
from fanal.values.refusal import refuse

IMPORT = "import-urdb"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare these options of `fanal books`."""
    parser.add_argument("file", nargs="?", type=Path, metavar="fichier", help=f"avec {IMPORT} : un tarif d’URDB (JSON)")
    parser.add_argument("--out", type=Path, metavar="FICHIER", help=f"avec {IMPORT} : où l’écrire, comme alma/D.toml")
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
    code = urdb.code_of(rate) if out is None else f"{out.resolve().parent.name}/{out.stem}"
    if not CODE.fullmatch(code):
        raise refuse(f"« {code} » n’est pas un code de livre : --out distributeur/Tarif.toml, sans accent ni espace.")
    for tax in options.tax:
        if tax not in catalogue("tax"):
            raise refuse(f"--tax : « {tax} » n’est pas l’une de ces taxes : {', '.join(catalogue('tax'))}.")
    data = urdb.book_of(rate, code, taxes=options.tax, currency=options.currency, without=options.without)
    written = book_toml.encode(data)
    try:  # as the shelf reads it, so that no faulty book is ever written
        parsed(written.encode(), f"{code}.toml")
    except BookError as fault:
        raise refuse(f"{fault.key} : {fault.reason}") from None
    if out is None:
        print(written, end="")
        return 0
    if out.exists():
        raise refuse(f"{text.shown(out)} existe déjà : rien n’est écrit.")
    if not out.parent.is_dir():
        raise refuse(f"Le dossier {text.shown(out.parent)} n’existe pas.")
    text.write_whole(out, written.encode())
    print(f"Livre {code} écrit dans {text.shown(out)}. Relire sa note, puis : fanal books --check {text.shown(out)}")
    return 0
