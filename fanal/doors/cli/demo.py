"""`fanal demo`: a fictional town, always the same, read, billed and paid for 26 months; then one cycle in full.

Then its desk, on this machine, until told to stop.
"""

import argparse
import sys
from datetime import date
from functools import partial
from typing import Any

from tqdm import tqdm

TODAY = date(2026, 11, 16)  # unless FANAL_TODAY says otherwise: the demo never ages
BAR = "{desc:<28} {percentage:3.0f} % |{bar}| {elapsed} écoulé, reste {remaining}"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("demo", help="bâtir la ville de démonstration et y facturer un cycle")
    parser.add_argument("--points", type=int, default=5_300, metavar="N", help="nombre de points de livraison (5300)")
    parser.add_argument("--months", type=int, default=26, metavar="N", help="mois d’histoire (26)")
    parser.add_argument("--again", action="store_true", help="effacer la ville de démonstration et la refaire")
    parser.add_argument("--timings", action="store_true", help="dire le temps de chaque sorte de travail")
    parser.add_argument("--no-serve", action="store_true", help="ne pas ouvrir le bureau ensuite")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Build the town if it is not there, and say what stands; 1 when it cannot be."""
    from fanal.doors import office

    office.migrate()
    from django.conf import settings

    from fanal.doors.demo import building, report
    from fanal.doors.demo.standing import standing
    from fanal.doors.desk import serving

    today = settings.FANAL_TODAY or TODAY
    wanted = building.Wanted(options.points, options.months, today, settings.FANAL_HOME / "factures")
    try:
        if options.again:
            building.start_again(wanted.folder)
        kept = standing() or building.build(wanted, partial(_bar, file=sys.stderr), _tell)
    except building.CannotBuild as reason:
        print(reason, file=sys.stderr)
        return 1
    print("\n".join(report.lines(kept)))
    if options.timings:
        print("\n".join(f"  {seconds:6.1f} s  {what}" for what, seconds in kept.get("seconds", {}).items()))
    if options.no_serve:
        return 0
    from fanal.doors.cli import serve

    return serve.serve(serving.PORT)


def _bar(items: Any = None, **said: Any) -> Any:
    """A French progress bar with its estimate."""
    return tqdm(items, bar_format=BAR, leave=True, mininterval=0.3, **said)


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
