"""`fanal gate`: may the old system be left? Each condition; what a person must accept, and accepts or takes back."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law.shadow.worded import finding
from fanal.values import wording
from fanal.values.refusal import refuse

if TYPE_CHECKING:
    from fanal.records.shadow.facts import Finding
    from fanal.reports.gate import Gate

MARKS = {"good": "✓", "bad": "✗", "waiting": "○"}
TITLES = {
    "cycles": "Chaque cycle facturé une fois en parallèle", "unexplained": "Aucun écart inexpliqué ni à accepter",
    "reconciled": "Rapprochement au vert", "books": "Chaque abonnement a un livre",
    "invariants": "Invariants au vert",
}  # fmt: skip


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("gate", help="dire si l’ancien système peut être quitté ; accepter un constat")
    parser.add_argument("--accept", type=int, metavar="N", help="accepter le constat de ce rang")
    parser.add_argument("--withdraw", type=int, metavar="N", help="retirer l’acceptation du constat de ce rang")
    parser.add_argument("--bills", type=int, metavar="COMBIEN", help="de combien de factures, comme il est montré")
    parser.add_argument("--reason", type=text.words, metavar="POURQUOI", help="pourquoi l’accepter, ou la retirer")
    parser.add_argument("--by", type=text.words, metavar="QUI", help="qui l’accepte, ou la retire")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Show each condition; 0 when all hold, 1 while one does not or when what is asked is refused."""
    open_office()
    from fanal.reports.gate import gate

    if options.accept is not None:
        _accept(gate(), options)
    if options.withdraw is not None:
        _withdraw(gate(), options)
    found = gate()
    if found.export is None:
        raise refuse("Aucune exportation n’est reçue : « fanal import-legacy » d’abord.")
    for it in found.checks:
        print(f"{MARKS[it.state]} {TITLES[it.code]}")
    for rank, one in enumerate(found.findings, 1):
        said = text.shown(wording.typography(finding(one.code, one.facts, "fr")))
        stands = f"accepté par {text.shown(one.accepted_by)} : {text.shown(one.reason)}"
        bills = f"{wording.number(one.bills)} {'factures' if one.bills > 1 else 'facture'}"
        print(f"  {rank}. {said} — {bills}, {wording.money(one.there_cents)} ; "
              f"{stands if one.accepted_by else 'à accepter'}")  # fmt: skip
    print("L’ancien système peut être quitté." if found.is_open else "Pas encore.")
    return int(not found.is_open)


def _accept(found: "Gate", options: argparse.Namespace) -> None:
    """Accept the finding of that rank, where it is of as many bills as the person saw."""
    from fanal.doors.desk import staff
    from fanal.records.shadow import acts

    if not options.by or not options.reason or options.bills is None:
        raise refuse("Dire par --bills combien de factures, par --reason pourquoi, et par --by qui accepte.")
    staff.require_may("gate_accept", options.by)
    it = _ranked(found.findings, options.accept)
    assert found.run is not None  # what was found, a run found
    acts.accept_finding(
        run_id=found.run.id, code=it.code, about=it.about, bills=options.bills, reason=options.reason,
        by=options.by, on=today(),
    )  # fmt: skip


def _withdraw(found: "Gate", options: argparse.Namespace) -> None:
    """Take back the acceptance of the finding of that rank."""
    from fanal.doors.desk import staff
    from fanal.records.shadow import acts

    if not options.by or not options.reason:
        raise refuse("Dire par --reason pourquoi, et par --by qui retire l’acceptation.")
    staff.require_may("gate_withdraw", options.by)
    it = _ranked(found.findings, options.withdraw)
    if it.acceptance_id is None:
        raise refuse("Le constat de rang {rank} n’est pas accepté.", rank=options.withdraw)
    acts.withdraw_acceptance(acceptance_id=it.acceptance_id, reason=options.reason, by=options.by, on=today())


def _ranked(findings: "Sequence[Finding]", rank: int) -> "Finding":
    if not 1 <= rank <= len(findings):
        raise refuse("Aucun constat n’a le rang {rank}.", rank=rank)
    return findings[rank - 1]
