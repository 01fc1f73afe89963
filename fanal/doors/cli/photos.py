"""`fanal photos DOSSIER`: join the photos of a folder to their readings, all or none."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.links.meters import photos
from fanal.values.refusal import Refused, refuse

if TYPE_CHECKING:
    from fanal.records.metering.acts import NewPhoto

AT_ONCE = 1_000  # files: some hundred megabytes of photos, once encoded anew


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("photos", help="joindre des photos de cadrans à leurs relèves")
    parser.add_argument("folder", type=Path, metavar="DOSSIER",
                        help="photos JPEG, PNG ou WebP nommées COMPTEUR_AAAA-MM-JJ[_kW|_kWh-peak][_2].jpg")  # fmt: skip
    parser.add_argument("--on", type=text.day, metavar="DATE", help="jour de l’inscription ; aujourd’hui par défaut")
    parser.add_argument("--by", type=text.words, default="relève", metavar="QUI", help="qui inscrit")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Say how many were joined; 1 when one is refused: then none is."""
    files = _files(options.folder)
    open_office()
    from fanal.records.metering import acts

    taken, wrong = _taken(files)
    given = {"photos": [it for _, it in taken], "by": options.by, "on": options.on or today()}
    if wrong:
        wrong += [(taken[it.row - 1][0], it.reason) for it in text.rehearsed(lambda: acts.attach_photos(**given))]
        return _nothing(wrong)
    try:
        attached = acts.attach_photos(**given)
    except Refused as refused:
        return _nothing([(taken[it.row - 1][0], it.reason) for it in refused.problems])
    joined = text.count(len(attached.ids), "photo jointe à sa relève", "photos jointes à leurs relèves")
    print(f"{joined}, {text.count(attached.already, 'déjà là', 'déjà là')}.")
    return 0


def _files(folder: Path) -> list[Path]:
    """What the folder holds, by name; what a system hides there is passed over."""
    try:
        files = sorted(it for it in folder.iterdir() if not it.name.startswith("."))
    except OSError:
        raise refuse(f"Le dossier {text.shown(folder)} ne se lit pas.") from None
    if not files:
        raise refuse(f"Le dossier {text.shown(folder)} est vide.")
    if len(files) > AT_ONCE:
        raise refuse(f"Le dossier a {len(files)} fichiers ; {AT_ONCE} au plus se joignent à la fois.")
    return files


def _taken(files: list[Path]) -> "tuple[list[tuple[str, NewPhoto]], list[tuple[str, str]]]":
    """The photo in each file, and what is wrong with the others: by the name of the file."""
    from fanal.records.metering import acts

    taken, wrong = [], []
    for file in tqdm(files, desc="Photos", unit=" photo", file=sys.stderr, leave=False):
        try:
            named = photos.named(file.name)
            picture = photos.decode(text.content_of(file))
        except Refused as refused:
            wrong += [(file.name, it.reason) for it in refused.problems]
            continue
        unit, register = named.register
        photo = acts.NewPhoto(meter=named.meter, read_on=named.read_on, picture=picture,
                              kind=acts.kind_of(unit), name=register)  # fmt: skip
        taken.append((file.name, photo))
    return taken, wrong


def _nothing(wrong: list[tuple[str, str]]) -> int:
    for name, reason in sorted(wrong):
        print(f"{text.shown(name)} : {reason}", file=sys.stderr)
    print("Aucune photo n’est jointe : tout ou rien.", file=sys.stderr)
    return 1
