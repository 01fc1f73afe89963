"""`fanal close-period --through DATE --by QUI`: nothing is dated that day or before in the ledger any more."""

import argparse

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("close-period", help="fermer une période comptable, pour toujours")
    parser.add_argument("--through", type=text.day, required=True, metavar="DATE", help="dernier jour de la période")
    parser.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui ferme")
    parser.add_argument("--on", type=text.day, metavar="DATE", help="jour de la fermeture ; aujourd’hui par défaut")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Close, and say until when; 1 when the period is not over, or is closed already."""
    open_office()
    from fanal.records.ledger import acts

    acts.close_period(through_on=options.through, by=options.by, on=options.on or today())
    print(f"La période comptable est fermée jusqu’au {wording.day(options.through)} inclus.")
    return 0
