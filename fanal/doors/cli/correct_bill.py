"""`fanal correct-bill NUMÉRO --by --approved-by --reason`: credit notes for it and all after it, then new bills."""

import argparse
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording
from fanal.values.refusal import refuse

if TYPE_CHECKING:
    from fanal.reports.bill_story import BillStory, Document


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "correct-bill", help="corriger une facture émise : notes de crédit, puis nouvelles factures"
    )
    parser.add_argument("bill", metavar="NUMÉRO", help="numéro de la première facture à refaire (2026-000318)")
    parser.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui corrige")
    parser.add_argument("--approved-by", type=text.words, required=True, metavar="QUI", help="la deuxième personne")
    parser.add_argument("--reason", type=text.words, required=True, metavar="POURQUOI", help="raison de la correction")
    parser.add_argument("--on", type=text.day, metavar="DATE", help="jour de la correction ; aujourd’hui par défaut")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Correct, settle the account, and say each old bill, its credit note and its new bill; 1 when refused."""
    open_office()
    from fanal.doors.bills.finding import NoSuchBill, bill_id_named
    from fanal.records.billing import acts
    from fanal.records.payments import acts as payments
    from fanal.reports.bill_story import stories

    who = {"by": options.by, "on": options.on or today()}
    try:
        (story,) = stories([bill_id_named(text.shown(options.bill))])
    except NoSuchBill as problem:
        raise refuse(str(problem)) from None
    made = acts.correct_bills(
        subscription_id=story.subscription_id, from_bill_id=story.id, approved_by=options.approved_by,
        reason=options.reason, **who,
    )  # fmt: skip
    payments.allocate(account_ids=[story.account_id], **who)
    for new in stories(made):
        old = new.refers_to
        note = next(it for it in new.balance.documents if old and it.reverses_id == old.id)
        was, back, now = _called(old.number, old), _called(note.number, note), _called(new.issue.number, new)
        print(f"Du {wording.day(new.from_on)} au {wording.day(new.to_on)} exclu : facture {was}, "
              f"note de crédit {back}, nouvelle facture {now}.")  # fmt: skip
    return 0


def _called(number: int, document: "Document | BillStory") -> str:
    from fanal.records.billing import facts

    return f"{facts.bill_number(number)} ({wording.money(document.total_cents)})"
