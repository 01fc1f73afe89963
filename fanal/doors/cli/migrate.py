"""`fanal migrate`: bring the tables of the database up to this version of Fanal."""

import argparse

from fanal.doors import office


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("migrate", help="mettre les tables de la base à jour de cette version de Fanal")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Apply what waits, and say how much."""
    count = office.migrate()
    changes = "un changement appliqué" if count == 1 else f"{count} changements appliqués"
    print(f"Les tables sont à jour : {changes}." if count else "Les tables étaient à jour.")
    return 0
