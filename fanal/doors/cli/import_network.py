"""`fanal import-network FICHIER`: read the network's map; the same map twice does nothing."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.links.maps.mapping import SHIPPED

NAMED = {
    "support": "Poteaux et postes", "street": "Rues", "feeder": "Départs", "transformer": "Transformateurs",
    "span": "Portées", "switching_device": "Appareils de coupure", "service_drop": "Branchements",
    "connection": "Points de livraison", "light": "Luminaires",
}  # fmt: skip
SHOWN = 20


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("import-network", help="lire la carte du réseau (GeoPackage)")
    parser.add_argument("file", type=Path, metavar="FICHIER", help="la carte : un fichier .gpkg")
    parser.add_argument("--mapping", type=Path, default=SHIPPED, metavar="FICHIER",
                        help="noms des couches et des champs (TOML) ; ceux d’une ville du Québec sinon")  # fmt: skip
    parser.add_argument("--epsg", type=int, metavar="CODE",
                        help="système de coordonnées à garder, en mètres ; celui de la carte par défaut")  # fmt: skip
    parser.add_argument("--keep-good", action="store_true",
                        help="inscrire ce qui est bon ; le reste est dit et demeure comme il était")  # fmt: skip
    parser.add_argument("--on", type=text.day, metavar="DATE", help="jour du relevé ; aujourd’hui par défaut")
    parser.add_argument("--by", type=text.words, default="réseau", metavar="QUI", help="qui inscrit")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Say what changed, then where the map and the records disagree; 1 when something is refused."""
    open_office()
    from fanal.doors.network import import_network
    from fanal.values.refusal import Refused

    try:
        done = import_network(
            options.file, by=options.by, on=options.on or today(), mapping=options.mapping, epsg=options.epsg,
            keep_good=options.keep_good,
        )  # fmt: skip
    except Refused as refused:
        text.tell(refused.problems)
        good = (
            " « --keep-good » inscrit ce qui est bon."
            if any("number" in it.facts or "feature" in it.facts for it in refused.problems)
            else ""
        )
        print(f"Rien n’est inscrit.{good}", file=sys.stderr)
        return 1
    if done.surveyed.already:
        print(f"{text.shown(options.file.name)} est la dernière carte lue : rien n’a changé.")
    _say(done.surveyed.counts)
    if done.unknown:
        print(f"Couches laissées de côté : {', '.join(done.unknown)}.")
    text.tell(done.refused)
    _disagree()
    return int(bool(done.refused))


def _say(counts: Mapping[str, object]) -> None:
    for kind, it in counts.items():
        said = [
            text.count(it.added, "ajouté", "ajoutés"), text.count(it.changed, "changé", "changés"),
            text.count(it.removed, "retiré", "retirés"), text.count(it.same, "inchangé", "inchangés"),
        ]  # fmt: skip
        print(f"{NAMED[kind]} : {', '.join(said)}.")


def _disagree() -> None:
    from fanal.reports import network

    counted = network.counted()
    for code, count in counted.items():
        print(f"\n{network.TITLES[code]['fr']} : {count}")
        for it in network.disagreements(code, SHOWN):
            facts = [it.address, it.said and f"facturation {it.said}", it.mapped and f"carte {it.mapped}"]
            print(f"  {it.number} : {', '.join(filter(None, facts))}")
        if count > SHOWN:
            print(f"  … et {count - SHOWN} autres, au bureau : Réseau.")
