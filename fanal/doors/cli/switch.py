"""`fanal switch [CYCLE…]`: show who bills each cycle taken over; switch some to Fanal, or give them back."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording
from fanal.values.refusal import refuse

if TYPE_CHECKING:
    from fanal.reports.received_here import ReceivedHere

BILLED_BY = {True: "Fanal", False: "l’ancien système"}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "switch", help="basculer des cycles de l’ancien système à Fanal, les lui rendre, ou dire qui les facture"
    )
    parser.add_argument("cycles", nargs="*", type=int, metavar="cycle", help="lesquels ; aucun : dire qui les facture")
    parser.add_argument("--all", action="store_true", help="tous ceux qui restent à basculer")
    parser.add_argument("--back", action="store_true", help="les rendre, tant qu’aucune facture n’y est émise")
    parser.add_argument(
        "--reason", type=text.words, metavar="POURQUOI", help="pourquoi les rendre, ou basculer malgré le contrôle"
    )
    parser.add_argument("--by", type=text.words, metavar="QUI", help="qui bascule")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Switch what is named, then show every cycle; 1 when it was refused."""
    open_office()
    from fanal.doors.desk import staff
    from fanal.doors.migration import switching
    from fanal.records.elsewhere import facts

    if options.cycles and options.all:
        raise refuse("Nommer des cycles, ou --all : pas les deux.")
    wanted = [it.cycle for it in facts.cycles() if it.ours is options.back] if options.all else options.cycles
    if wanted and not options.by:
        raise refuse("Dire par --by qui bascule.")
    if options.back and not wanted:
        raise refuse("Nommer les cycles à rendre, ou --all.")
    if options.back and not options.reason:
        raise refuse("Dire par --reason pourquoi ils reviennent à l’ancien système.")
    if wanted:
        staff.require_may("cycles_switch", options.by)
    who = {"by": options.by, "on": today()}
    if options.back:
        _tell(switching.give_back(cycles=wanted, reason=options.reason, **who))
    elif wanted:
        switching.switch(cycles=wanted, reason=options.reason or "", **who)
    if not (known := facts.cycles()):
        print("Aucun cycle n’a été repris d’un ancien système.")
    for it in known:
        by = BILLED_BY[it.ours]
        print(f"cycle {it.cycle:>4} : {it.subscriptions:>6} abonnements, facturés par {by} depuis le "
              f"{wording.day(it.changed_on)} ({it.changed_by})")  # fmt: skip
    return 0


def _tell(received: "Sequence[ReceivedHere]") -> None:
    """What the old system does not know of the cycles that it has again."""
    if received:
        print("Reçu ici depuis la bascule, à inscrire dans l’ancien système :")
    for it in received:
        print(f"  {it.account}  {it.received_on}  {wording.money(it.cents):>14}  {it.reference}")
