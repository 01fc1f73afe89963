"""`fanal reconcile`: what the old system counted of itself, against what was loaded; every difference has its rows."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording

if TYPE_CHECKING:
    from fanal.reports.reconciliation import Check, Reconciliation, Side

MARKS = {"SAME": "✓", "EXPLAINED": "≈", "RED": "✗", "UNKNOWN": "○"}
GROUPS = {
    "files": "Lignes de chaque fichier", "accounts": "Comptes", "money": "Montants", "energy": "Énergie",
    "places": "Abonnements et compteurs",
}  # fmt: skip
SHOWN = 20


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "reconcile", help="réconcilier la reprise avec les totaux de contrôle de l’ancien système"
    )
    parser.add_argument("--pdf", type=Path, metavar="FICHIER", help="en faire aussi un PDF")
    parser.add_argument("--json", action="store_true", help="répondre en JSON")
    parser.add_argument("--by", type=text.words, default="reprise", metavar="QUI", help="qui réconcilie")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Print each comparison; 1 when a difference has no explanation, 2 when nothing was loaded."""
    open_office()
    from fanal.doors.migration import reconciling
    from fanal.doors.migration.printed import reconciliation_pdf
    from fanal.reports import reconciliation

    export = reconciliation.last_loaded()
    if export is None:
        print("Aucune exportation n’est chargée : il n’y a rien à réconcilier.", file=sys.stderr)
        return 2
    found = reconciling.reconcile(export_id=export.id, by=options.by, on=today())
    if options.pdf:
        text.write_whole(options.pdf, reconciliation_pdf(found, on=today()))
    if options.json:
        print(json.dumps(reconciliation.kept(found) | {"green": found.is_green}, ensure_ascii=False, indent=2))
    else:
        _say(found)
    return int(not found.is_green)


def _say(found: "Reconciliation") -> None:
    for group, title in GROUPS.items():
        checks = [it for it in found.checks if it.group == group]
        if checks:
            print(f"\n{title}\n{'':2}{'':<34} {'ancien système':>24} {'ici':>24} {'en attente':>20} {'reste':>16}")
        for it in checks:
            sides = [_side(side, it) for side in (it.theirs, it.ours, it.waiting, it.rest)]
            print(f"{MARKS[it.verdict]} {text.shown(it.label)[:34]:<34} {sides[0]:>24} {sides[1]:>24}"
                  f" {sides[2]:>20} {sides[3]:>16}")  # fmt: skip
    number = wording.number
    print(f"\n{number(found.accounts)} comptes comparés, {number(found.differing)} diffèrent, "
          f"{number(found.unexplained)} sans explication.")  # fmt: skip
    for account in found.differences[:SHOWN]:
        rows = ", ".join(f"{it['file']} ligne {it['line']} ({_title(it['code'])})" for it in account.rows)
        ours = "pas chargé" if account.ours_cents is None else wording.money(account.ours_cents)
        to_read = f", à lire : {wording.money(account.to_read_cents)}" if account.to_read_cents else ""
        print(f"{'≈' if account.explained else '✗'} {account.number} : {wording.money(account.theirs_cents)} "
              f"là-bas, {ours} ici{to_read} ; {text.shown(rows or 'rien ne l’explique')}")  # fmt: skip
    for it in found.waiting:
        print(f"  {text.shown(it.file)} : {number(it.count)} × « {_title(it.code)} », dès la ligne {it.first_line}")
    print("\nTout écart a son explication." if found.is_green else "\nDes écarts n’ont pas d’explication.")


def _title(code: str) -> str:
    """What a flaw is called."""
    from fanal.records.takeover import faults

    return faults.title(code, "fr")


def _side(side: "Side", check: "Check") -> str:
    """A count, and its amount where the total is one."""
    if check.unit == "rows":
        return wording.number(side.count) if side.count else "—"
    if not side:
        return "—"
    amount = wording.money(side.amount) if check.unit == "cents" else f"{wording.number(side.amount)} kWh"
    return f"{wording.number(side.count)} / {amount}"
