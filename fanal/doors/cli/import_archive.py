"""`fanal import-archive FICHIER.zip|DOSSIER`: read an archive of `fanal export-all` back into a new database."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "import-archive", help="relire dans une base neuve une archive de « fanal export-all » : les mêmes dossiers"
    )
    parser.add_argument("source", type=Path, metavar="FICHIER.zip|DOSSIER", help="l’archive")
    parser.add_argument("--by", type=text.words, metavar="QUI",
                        help="qui le fait ; votre nom sur cette machine par défaut")  # fmt: skip
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Load everything or nothing, and say how much; 1 when it is refused."""
    open_office()
    from fanal.doors.archive import reading

    with tqdm(total=reading.steps(), desc="Relecture", unit=" tables", file=sys.stderr, leave=False,
              delay=text.REFUSED_BY) as bar:  # fmt: skip
        done = reading.read_back(options.source, by=options.by or text.whoever(), on=today(), progress=bar.update)
    print(f"{wording.number(done.rows)} lignes relues dans {done.tables} tables, identiques à l’archive.")
    print(f"Empreinte : {done.digest}")
    print("Les mots de passe ne voyagent pas : « fanal person password » en donne un à chacun.")
    return 0
