"""`fanal correct-bill NUMÉRO`: show a correction, propose it; another person approves or refuses it."""

import argparse
from typing import TYPE_CHECKING, Any

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law import explain
from fanal.law.conditions.ch04_corrections import Cause
from fanal.law.metering.plausibility import HoldReason
from fanal.values import wording
from fanal.values.refusal import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanal.records.billing.facts import BillAgain
    from fanal.reports.bill_story import BillStory
    from fanal.reports.corrections import KnownCorrection

CAUSES = {
    "releve": Cause.READING, "mesurage": Cause.METERING, "multiplicateur": Cause.MULTIPLIER,
    "usage": Cause.CHANGED_USE, "croises": Cause.CROSSED_METERS, "entrave": Cause.TAMPERING, "autre": Cause.OTHER,
}  # fmt: skip


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "correct-bill", help="corriger une facture émise : notes de crédit, puis nouvelles factures, à deux personnes"
    )
    parser.add_argument("bill", metavar="NUMÉRO", help="numéro de la première facture à refaire (2026-000318)")
    step = parser.add_mutually_exclusive_group()
    step.add_argument("--show", action="store_true", help="montrer ce qui arriverait ; rien n’est inscrit (par défaut)")
    step.add_argument("--propose", action="store_true", help="proposer la correction à une deuxième personne")
    step.add_argument("--approve", action="store_true", help="approuver la correction proposée et l’émettre")
    step.add_argument("--refuse", action="store_true", help="refuser la correction proposée, ou retirer la sienne")
    parser.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui agit")
    parser.add_argument("--reason", type=text.words, metavar="POURQUOI", help="raison, gardée au journal")
    parser.add_argument("--cause", choices=list(CAUSES), default="releve", help="cause, selon l’article 4.5 ; releve")
    parser.add_argument("--reported", type=text.day, metavar="DATE", help="jour du signalement ou du constat")
    parser.add_argument("--period-unknown", action="store_true", help="la période touchée ne peut être déterminée")
    parser.add_argument("--customer-knew", action="store_true", help="le client connaissait l’erreur")
    parser.add_argument("--on", type=text.day, metavar="DATE", help="jour du geste ; aujourd’hui par défaut")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Do one step of a correction and say what it does or did; 1 when it was refused."""
    open_office()
    who = {"by": options.by, "on": options.on or today()}
    story = _bill(options.bill)
    if options.approve:
        return _approve(_proposal(story), who)
    if options.refuse:
        return _refuse(_proposal(story), options.reason or "", who)
    return _show(story, options, who)


def _bill(name: str) -> "BillStory":
    from fanal.doors.bills.finding import NoSuchBill, bill_id_named
    from fanal.reports.bill_shelf import stories

    try:
        (story,) = stories([bill_id_named(text.shown(name))])
    except NoSuchBill as problem:
        raise refuse(str(problem)) from None
    return story


def _proposal(story: "BillStory") -> "KnownCorrection":
    """The correction that waits on the subscription of that bill."""
    from fanal.reports import corrections

    known = corrections.correction(story.correction_id) if story.correction_id else None
    if known is None:
        raise refuse("Aucune correction n’attend pour cette facture : la proposer d’abord.")
    return known


def _show(story: "BillStory", options: argparse.Namespace, who: dict[str, Any]) -> int:
    from fanal.records.billing import acts

    why = acts.WhyWrong(
        cause=CAUSES[options.cause], reason=options.reason or "", reported_on=options.reported or who["on"],
        period_known=not options.period_unknown, customer_knew=options.customer_knew,
    )  # fmt: skip
    asked = {"subscription_id": story.subscription_id, "from_bill_id": story.id, "why": why, **who}
    if options.propose:
        acts.propose_correction(**asked)
        known = _proposal(_bill(options.bill))
        _say(known.bills, (it["text"]["fr"] for it in known.period["grounds"]))
        print("Proposée. Une deuxième personne l’approuve ou la refuse : --approve, --refuse.")
        return 0
    shown = acts.preview_correction(**asked)
    _say(shown.bills, explain.sentences(shown.period))
    if shown.changes:
        print("Rien n’est inscrit : « --propose » la soumet à une deuxième personne.")
    else:
        print("Rien ne changerait : corriger d’abord la relève ou le dossier.")
    return 0


def _approve(known: "KnownCorrection", who: dict[str, Any]) -> int:
    from fanal.doors.bills import correction
    from fanal.doors.desk import staff
    from fanal.records.billing.facts import bill_number
    from fanal.reports import corrections

    staff.require_may("correction_approve", who["by"])
    correction.approve(known, **who)
    made = corrections.issued(known)
    for it in known.bills:
        note, new = (bill_number(number) if number else "aucune" for number in made[it.bill_id])
        print(f"{_days(it)} : facture {bill_number(it.number)} ({wording.money(it.cents)}), note de crédit {note} "
              f"({wording.money(-it.cents)}), nouvelle facture {new} ({wording.money(it.new_cents)}).")  # fmt: skip
    return 0


def _refuse(known: "KnownCorrection", reason: str, who: dict[str, Any]) -> int:
    from fanal.records.billing import acts

    acts.refuse_correction(correction_id=known.id, reason=reason, **who)
    print(f"La correction proposée par {known.proposed_by} est refusée ; rien n’est émis.")
    return 0


def _say(bills: "Iterable[BillAgain]", grounds: "Iterable[str]") -> None:
    from fanal.records.billing.facts import bill_number

    listed = list(bills)
    for it in listed:
        print(f"{_days(it)} : facture {bill_number(it.number)}, {wording.money(it.cents)} reprise en entier ; nouvelle "
              f"facture {wording.money(it.new_cents)} ; écart {wording.money(it.difference_cents)}.")  # fmt: skip
        for code, _evidence in it.holds:
            print(f"  elle serait retenue, et acceptée par la correction : {HoldReason(code).title('fr')}")
    print(f"Écart en tout : {wording.money(sum(it.difference_cents for it in listed))}.")
    for sentence in grounds:
        print(f"Article 4.5 : {sentence}")


def _days(bill: "BillAgain") -> str:
    return f"Du {wording.day(bill.from_on)} au {wording.day(bill.to_on)} exclu"
