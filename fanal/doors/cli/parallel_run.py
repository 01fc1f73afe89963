"""`fanal parallel-run`: bill what an old system billed, from the same reads, by its own prices; say what differs."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law.shadow.worded import classes, finding, reason
from fanal.values import wording
from fanal.values.refusal import refuse

if TYPE_CHECKING:
    from fanal.law.shadow.prices import Terms
    from fanal.records.shadow.facts import Counted, KnownDifference

BAR = "{desc:<28} {percentage:3.0f} % |{bar}| {elapsed} écoulé, reste {remaining}"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "parallel-run", help="refaire les factures de l’ancien système et classer chaque écart, au cent près"
    )
    parser.add_argument("--export", type=int, metavar="N", help="exportation reçue ; la dernière par défaut")
    parser.add_argument("--terms", type=Path, metavar="FICHIER",
                        help="arithmétique de l’ancien système, en TOML ; celle du logiciel par défaut")  # fmt: skip
    parser.add_argument("--resume", action="store_true", help="continuer la dernière marche, si elle a été arrêtée")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="combien d’écarts montrer (20)")
    parser.add_argument("--by", type=text.words, default="reprise", metavar="QUI", help="qui compare")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Print what the bills became, class by class; 1 while a difference waits for a person, or nothing compares."""
    open_office()
    from fanal.law.shadow.prices import SHIPPED, terms
    from fanal.law.tariffs.shelf import BookError
    from fanal.records.shadow import facts
    from fanal.records.takeover import facts as takeover

    exports = takeover.exports()
    export_id = options.export or (exports[0].id if exports else None)
    if export_id is None:
        raise refuse("Aucune exportation n’est reçue : « fanal import-legacy » d’abord.")
    try:
        run_id = _compare(export_id, terms(options.terms or SHIPPED), options)
    except BookError as fault:
        print(fault, file=sys.stderr)
        return 1
    counted = facts.tallies(run_id)
    print(f"Marche en parallèle {run_id}, exportation {export_id}.")
    print("\n".join(_table(counted)))
    print("\n".join(_shown(facts.differences(run_id, many=options.show))))
    waiting = [it for it in facts.findings(run_id) if not it.accepted_by]
    for it in waiting:
        said = text.shown(wording.typography(finding(it.code, it.facts, "fr")))
        print(f"À accepter : {said} — {text.count(it.bills, 'facture', 'factures')}.")
    if waiting:
        print("« fanal gate » les accepte, avec une raison.")
    return int(bool(waiting) or any(it.kind == "UNEXPLAINED" for it in counted))


def _compare(export_id: int, terms: "Terms", options: argparse.Namespace) -> int:
    """Compare set after set; a run that was stopped goes on where it was."""
    from fanal.records.shadow import acts, facts

    known = facts.last_run(export_id) if options.resume else None
    if known is not None and not known.ended:
        run_id = known.id
    else:
        run_id = acts.begin_run(export_id=export_id, terms=terms, by=options.by, on=today())
    opened = acts.open_run(run_id=run_id)
    with tqdm(total=opened.accounts, initial=opened.done, bar_format=BAR, desc="comptes", file=sys.stderr,
              leave=False, mininterval=0.3) as bar:  # fmt: skip
        while done := acts.compare_set(opened=opened, by=options.by, on=today()):
            bar.update(done)
    return run_id


def _table(counted: "Iterable[Counted]") -> list[str]:
    """A row a class, in the order of the law; classes without a bill are told too, as none."""
    found = {it.kind: it for it in counted}
    rows = [f"{'classe':<26} {'factures':>10} {'ancien système':>18} {'ici':>18} {'écart':>14}"]
    sums = [0, 0, 0]
    for kind, title in classes("fr").items():
        it = found.get(kind)
        own = (it.bills, it.there_cents, it.here_cents) if it else (0, 0, 0)
        sums = [one + other for one, other in zip(sums, own, strict=True)]
        rows.append(_row(title, *own))
    return [*rows, _row("Ensemble", *sums)]


def _row(title: str, bills: int, there: int, here: int) -> str:
    amounts = (wording.money(it, "fr") for it in (there, here, here - there))
    one, other, apart = amounts
    return f"{title:<26} {wording.number(bills):>10} {one:>18} {other:>18} {apart:>14}"


def _shown(differences: "Iterable[KnownDifference]") -> Iterable[str]:
    titles = classes("fr")
    for it in differences:
        said = text.shown(wording.typography(reason(it.code, it.facts, "fr")))
        yield (f"  {text.shown(it.number)}  {it.issued_on}  {text.shown(it.tariff):<4} {titles[it.kind]:<22} "
               f"{wording.money(it.cents, 'fr'):>12}  {said}")  # fmt: skip
