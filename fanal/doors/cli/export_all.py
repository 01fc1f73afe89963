"""`fanal export-all FICHIER.zip|DOSSIER`: everything in one documented archive that is verified without Fanal."""

import argparse
import sys
from datetime import date
from pathlib import Path

from tqdm import tqdm

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "export-all", help="tout emporter : tables, livres, chiffres et PDF en une archive qui se vérifie sans Fanal"
    )
    parser.add_argument("target", type=Path, metavar="FICHIER.zip|DOSSIER", help="où l’écrire ; ne doit pas exister")
    parser.add_argument("--pdf", default="all", metavar="all|none|DATE",
                        help="les PDF de toutes les factures (all), d’aucune (none), "
                        "ou de celles émises depuis ce jour")  # fmt: skip
    parser.add_argument("--by", type=text.words, metavar="QUI",
                        help="qui le fait ; votre nom sur cette machine par défaut")  # fmt: skip
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Write the archive and say its digest; 1 when it is refused, 2 when the call is off."""
    try:
        since = _since(options.pdf)
    except (ValueError, argparse.ArgumentTypeError):
        print("--pdf : all, none, ou un jour comme 2026-01-31.", file=sys.stderr)
        return 2
    open_office()
    from fanal.doors.archive import writing

    with tqdm(total=writing.steps(since), desc="Archive", unit=" pièces", file=sys.stderr, leave=False,
              delay=text.REFUSED_BY) as bar:  # fmt: skip
        done = writing.export_all(
            options.target, by=options.by or text.whoever(), on=today(), pdf_since=since, progress=bar.update
        )
    pdfs = "aucun PDF" if not done.pdfs else "1 PDF" if done.pdfs == 1 else f"{wording.number(done.pdfs)} PDF"
    size = wording.number(max(1, round(done.size / 1_000_000)))
    for number, reason in done.unprinted:
        print(f"{number} n’est pas imprimée : {text.shown(reason)}", file=sys.stderr)
    print(f"{text.shown(done.path)} : {wording.number(done.rows)} lignes, {pdfs}, {size} Mo.")
    print(f"Empreinte : {done.digest}")
    print("À vérifier, sur n’importe quelle machine : python3 -I verify.py (dans l’archive).")
    return 0


def _since(said: str) -> date:
    """The first day whose bills are printed."""
    return {"all": date.min, "none": date.max}.get(said) or text.day(said)
