"""`fanal books import-prices TARIF`: the old system’s prices become a book, as the parallel run reads them."""

import argparse
from pathlib import Path

from fanal.doors.cli import book_file, text
from fanal.doors.office import open_office
from fanal.law.shadow.prices import SHIPPED, as_written, tariffs, terms
from fanal.law.tariffs.shelf import BookError
from fanal.values.refusal import refuse

IMPORT = "import-prices"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare these options of `fanal books`."""
    parser.add_argument("--terms", type=Path, metavar="FICHIER",
                        help=f"avec {IMPORT} : arithmétique de l’ancien système, en TOML")  # fmt: skip


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Write the book, or print it; 1 when the last export has no such rate, or no book can say its prices."""
    open_office()
    from fanal.records.shadow import gather
    from fanal.records.takeover import facts as takeover

    if options.file is None:
        raise refuse("Dire de quel tarif : fanal books import-prices TARIF.")
    if not (exports := takeover.exports()):
        raise refuse("Aucune exportation n’est reçue : « fanal import-legacy » d’abord.")
    code, by = str(options.file), terms(options.terms or SHIPPED)
    try:
        made = tariffs([it for it in gather.prices(exports[0].id) if it.tariff == code], by).tariffs
    except BookError as fault:
        raise refuse(text.shown(fault)) from None
    if code not in made:
        raise refuse(f"L’exportation {exports[0].id} n’a aucun prix du tarif {code}.")
    out: Path | None = options.out
    book_file.give(as_written(made[code].book, by, book_file.code_of(out) if out else f"ancien/{code}"), out)
    return 0
