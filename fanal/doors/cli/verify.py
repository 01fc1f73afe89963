"""`fanal verify [--only I6]`: what must always hold of the records, each invariant with what breaks it."""

import argparse
import json
import sys
import textwrap
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from tqdm import tqdm

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording

if TYPE_CHECKING:
    from fanal.reports.invariants import Result

TITLE, LOOKED = 68, 26  # widths


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "verify", help="vérifier les invariants : grand livre, kWh, numéros, calcul des factures"
    )
    parser.add_argument("--only", action="append", metavar="I6", help="un seul invariant ; se répète")
    parser.add_argument("--by", type=text.words, metavar="QUI", help="qui vérifie : le journal garde ce qui est trouvé")
    parser.add_argument("--json", action="store_true", help="répondre en JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line an invariant; 1 when one is broken, 2 when a code is unknown."""
    open_office()
    from fanal.doors.jobs.checking import keep, verify
    from fanal.reports.invariants import UnknownInvariant

    if options.by and options.only:
        print("Le journal ne garde qu’une vérification entière : --by sans --only.", file=sys.stderr)
        return 2
    bar = partial(tqdm, desc="Vérification", unit=" invariants", file=sys.stderr, leave=False, disable=options.json)
    try:
        results = verify(options.only, progress=bar)
    except UnknownInvariant as error:
        print(error, file=sys.stderr)
        return 2
    if options.by:
        keep(results, by=options.by, on=today())
    if options.json:
        print(json.dumps([asdict(it) for it in results], ensure_ascii=False, indent=2, default=str))
    else:
        print("\n".join(line for result in results for line in _lines(result)))
        print(_verdict(results))
    return int(any(it.count for it in results))


def _lines(result: "Result") -> list[str]:
    """The lines of an invariant: what it says, how much it looked at, what breaks it, its time; then the rows.

    The mark is ✓, ✗, or ○ where there was nothing to look at.
    """
    title, *rest = textwrap.wrap(wording.typography(result.title_fr), TITLE, break_long_words=False)
    mark = "✗" if result.count else "✓" if result.looked else "○"
    unit = result.unit.fr[result.looked > 1]
    looked = f"{wording.number(result.looked)} {unit}"
    lines = [
        f"{mark} {result.code:<4} {title:<{TITLE}} {looked:>{LOOKED}} {_faults(result.count):>14}"
        f" {_seconds(result.seconds):>8}"
    ]
    lines += [f"       {line}" for line in rest]
    for row in result.violations:
        lines.append("       " + " ; ".join(f"{name} = {value}" for name, value in row.items() if value is not None))
    if result.count > len(result.violations):
        lines.append(f"       … et {wording.number(result.count - len(result.violations))} de plus")
    return lines


def _faults(count: int) -> str:
    return f"{wording.number(count)} en faute" if count else "aucune faute"


def _verdict(results: "list[Result]") -> str:
    broken, seconds = sum(1 for it in results if it.count), _seconds(sum(it.seconds for it in results))
    if not broken:
        verified = "1 invariant vérifié" if len(results) == 1 else f"{len(results)} invariants vérifiés"
        return f"{verified} en {seconds} ; aucun n’est enfreint."
    are = "invariant est enfreint" if broken == 1 else "invariants sont enfreints"
    return f"{broken} {are} sur {len(results)} ({seconds})."


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s".replace(".", ",")
