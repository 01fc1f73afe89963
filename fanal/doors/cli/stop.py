"""`fanal stop`: close the desk that serves from this home, then stop the embedded PostgreSQL."""

import argparse

from fanal.doors.desk import serving
from fanal.settings import embedded_postgres
from fanal.settings.base import FANAL_HOME


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("stop", help="fermer le bureau et arrêter le PostgreSQL embarqué")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Stop the desk, then the servers of FANAL_HOME: the office's, and that of the tests."""
    if serving.stop(FANAL_HOME):
        print("Le bureau est fermé.")
    stopped = [embedded_postgres.stop(home) for home in (FANAL_HOME, FANAL_HOME / "test")]
    print("PostgreSQL est arrêté." if any(stopped) else "PostgreSQL ne tournait pas.")
    return 0
