"""`fanal bill-run --on DATE [--cycle C]`: compute, approve and issue the bills of a cycle; go on where it stopped."""

import argparse
import sys

from tqdm import tqdm

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording
from fanal.values.refusal import refuse


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("bill-run", help="calculer, approuver et émettre les factures d’un cycle")
    parser.add_argument("--on", type=text.day, required=True, metavar="DATE", help="jour du lot, AAAA-MM-JJ")
    parser.add_argument("--cycle", type=int, default=0, metavar="C", help="cycle de facturation ; tous par défaut")
    step = parser.add_mutually_exclusive_group()
    step.add_argument("--compute", action="store_true", help="ouvrir le lot au besoin et le calculer (par défaut)")
    step.add_argument("--review", action="store_true", help="terminer la revue : ce qui est retenu reste hors du lot")
    step.add_argument("--approve", action="store_true", help="approuver le lot ; --by nomme la deuxième personne")
    step.add_argument("--issue", action="store_true", help="émettre le lot approuvé")
    step.add_argument("--accept", type=int, metavar="ABONNEMENT", help="accepter telle quelle une facture retenue")
    step.add_argument("--postpone", type=int, metavar="ABONNEMENT", help="laisser une facture hors du lot")
    step.add_argument(
        "--recompute", type=int, metavar="ABONNEMENT", help="calculer de nouveau une facture, relue ou estimée"
    )
    step.add_argument("--pause", action="store_true", help="suspendre le lot après la tranche en cours")
    step.add_argument("--resume", action="store_true", help="lever la suspension")
    step.add_argument("--abandon", action="store_true", help="abandonner le lot, tant que rien n’est émis")
    parser.add_argument("--dated", type=text.day, metavar="DATE", help="jour du geste et de l’émission ; aujourd’hui")
    parser.add_argument("--by", type=text.words, default="facturation", metavar="QUI", help="qui agit")
    parser.add_argument("--reason", type=text.words, metavar="POURQUOI", help="raison d’une décision")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processus de calcul")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Do one step of the run's life and say where it stands; 1 when it was refused."""
    open_office()
    options.dated = options.dated or today()
    if (later := max(options.on, options.dated)) > today():
        raise refuse(f"Le {wording.day(later)} est dans l’avenir : le bureau est au {wording.day(today())}.")
    return _step(options)


def _step(options: argparse.Namespace) -> int:
    from fanal.doors.desk import staff
    from fanal.records.billing import acts, facts

    run_id = facts.open_run_on(options.on, options.cycle)
    who = {"by": options.by, "on": options.dated}
    if run_id is None and not _computes(options):
        print(f"Aucun lot n’est ouvert le {wording.day(options.on)} pour ce cycle.", file=sys.stderr)
        return 1
    if run_id is None:
        run_id = acts.open_run(on=options.on, cycle=options.cycle, by=options.by, opened_on=options.dated)
    if options.review:
        acts.finish_review(run_id=run_id, **who)
    elif options.approve:
        staff.require_may("run_approve", options.by)
        acts.approve_run(run_id=run_id, **who)
    elif options.issue:
        _drive("Émission", run_id, options)
    elif (subscription := options.accept or options.postpone) is not None:
        act = "ACCEPT" if options.accept else "POSTPONE"
        acts.review_bill(run_id=run_id, subscription_id=subscription, act=act, reason=options.reason or "", **who)
    elif options.recompute is not None:
        acts.compute_one(run_id=run_id, subscription_id=options.recompute, **who)
    elif options.pause or options.resume:
        acts.pause_run(run_id=run_id, paused=options.pause, **who)
    elif options.abandon:
        acts.abandon_run(run_id=run_id, reason=options.reason or "", **who)
    else:
        _drive("Calcul", run_id, options)
    _say(run_id)
    return 0


def _computes(options: argparse.Namespace) -> bool:
    others = ("review", "approve", "issue", "accept", "postpone", "recompute", "pause", "resume", "abandon")
    return not any(getattr(options, name) for name in others)


def _drive(title: str, run_id: int, options: argparse.Namespace) -> None:
    """Compute or issue with a bar that tells how far and until when."""
    from fanal.doors.jobs import bill_run, verification
    from fanal.records.billing import facts

    act, chunks = (
        (bill_run.compute_run, facts.chunks_to_compute)
        if title == "Calcul"
        else (verification.issue_verified, facts.chunks_to_issue)
    )
    total = sum(size for _, size in chunks(run_id)) or None
    with tqdm(total=total, desc=title, unit=" abonnements", file=sys.stderr, leave=False) as bar:
        done = act(run_id=run_id, by=options.by, on=options.dated, workers=options.workers, progress=bar.update)
    if not done:
        print("Le lot est suspendu ; « --resume » puis la même commande pour continuer.")


def _say(run_id: int) -> None:
    from fanal.law.metering.plausibility import HoldReason
    from fanal.records.billing import facts

    known, totals = facts.run(run_id), facts.run_totals(run_id)
    leaving = totals["bills"] - totals["held"]
    state = facts.RunState(known.state).label
    print(f"Lot {run_id} du {wording.day(known.on)}, cycle {known.cycle or 'tous'} : {state}.")
    print(f"{wording.number(leaving)} factures, {wording.money(totals['total_cents'])} ; {totals['held']} retenues.")
    for held in facts.held_bills(run_id):
        reason = HoldReason(held.reason)
        fixes = " ou ".join(text.FIXES[it] for it in reason.fixes)
        print(f"  abonnement {held.subscription_id} : {reason.title('fr')} — {fixes}")
