"""`fanal explain FACTURE [--line N]`: « Pourquoi ? » of a bill, a line, its due date or its hold, as text or JSON."""

import argparse
import json
import sys

from fanal.doors.cli import text
from fanal.doors.office import open_office


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "explain", help="dire pourquoi une facture, une ligne ou une date est ce qu’elle est"
    )
    parser.add_argument(
        "bill", metavar="FACTURE", help="numéro (2026-000318), ou lot:abonnement si elle n’est pas émise"
    )
    about = parser.add_mutually_exclusive_group()
    about.add_argument("--line", type=int, metavar="N", help="une seule ligne, par son rang")
    about.add_argument("--due", action="store_true", help="l’échéance seulement")
    about.add_argument("--held", action="store_true", help="pourquoi elle est retenue")
    parser.add_argument("--lang", choices=("fr", "en"), default="fr", help="langue de la réponse")
    parser.add_argument("--json", action="store_true", help="en JSON, dans les deux langues")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer on standard output; 1 with a sentence when there is no such bill or line."""
    open_office()
    from fanal.doors.bills.finding import NoSuchBill, bill_id_named
    from fanal.reports import explanation
    from fanal.reports.bill_shelf import stories

    try:
        (story,) = stories([bill_id_named(text.shown(options.bill))])
        if options.line is not None:
            answer = explanation.explain_line(story, options.line)
        elif options.due:
            answer = explanation.explain_due(story)
        elif options.held:
            answer = explanation.explain_holds(story)
        else:
            answer = explanation.explain_bill(story)
    except (NoSuchBill, explanation.UnknownLine) as problem:
        print(problem, file=sys.stderr)
        return 1
    told = json.dumps(answer.as_dict(), ensure_ascii=False, indent=2) if options.json else answer.as_text(options.lang)
    print(told)
    return 0
