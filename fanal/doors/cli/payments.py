"""`fanal payments FICHIER`: record payments and allocate them; `--returned RÉFÉRENCE`: one that the bank took back."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.links.bank import receipts_csv
from fanal.links.bank.receipts_csv import TypedReceipt
from fanal.links.sheet import Sheet
from fanal.values import wording
from fanal.values.refusal import Problem, Refused

if TYPE_CHECKING:
    from fanal.records.payments.acts import NewReceipt

COLUMNS = {"account_id": "compte", "received_on": "date", "amount_cents": "montant", "channel": "mode"}
CALL = "Donner un FICHIER, ou --returned RÉFÉRENCE avec --reason."


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("payments", help="encaisser les paiements d’un fichier CSV, ou en retourner un")
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FICHIER", help="CSV : compte;date;montant;mode;reference"
    )
    parser.add_argument("--on", type=text.day, metavar="DATE",
                        help="jour de l’inscription, ou du retour ; aujourd’hui par défaut")  # fmt: skip
    parser.add_argument("--by", type=text.words, default="caisse", metavar="QUI", help="qui inscrit")
    parser.add_argument("--returned", type=text.words, metavar="RÉFÉRENCE", help="inscrire le retour de ce paiement")
    parser.add_argument(
        "--reason", type=text.words, metavar="POURQUOI", help="raison du retour, comme « sans provision »"
    )
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Say what came and what it pays; 1 when a line is refused (then nothing is kept), 2 when the call is off."""
    if (options.file is None) == (options.returned is None) or (options.returned and not options.reason):
        print(CALL, file=sys.stderr)
        return 2
    open_office()
    return _return(options) if options.returned else _record(options)


def _record(options: argparse.Namespace) -> int:
    from fanal.records.payments import acts, facts

    who = {"by": options.by, "on": options.on or today()}
    sheet = receipts_csv.decode(text.content_of(options.file))
    ids = _accounts(sheet)
    refused = [*sheet.refused, *_unknown(sheet, ids)]
    receipts = [_new(it, ids) for it in sheet.rows if it.account in ids]
    if refused:
        known = [line for it, line in zip(sheet.rows, sheet.lines, strict=True) if it.account in ids]
        others = text.rehearsed(lambda: acts.record_receipts(receipts=receipts, **who))
        return _nothing(options.file, [*refused, *text.located(others, known, COLUMNS)])
    before = facts.receipts_referenced({it.reference for it in receipts})
    try:
        kept = acts.record_receipts(receipts=receipts, **who)
    except Refused as problem:
        return _nothing(options.file, text.located(problem.problems, sheet.lines, COLUMNS))
    cents = sum({it.reference: it.amount_cents for it in receipts if it.reference not in before}.values())
    new = len(set(kept)) - len(before)
    accounts = sorted({it.account_id for it in receipts})
    print(f"{text.count(new, 'paiement inscrit', 'paiements inscrits')}, {wording.money(cents)} ; "
          f"{len(receipts) - new} déjà là.")  # fmt: skip
    acts.allocate(account_ids=accounts, **who)
    _say_paid(set(kept), accounts)
    return 0


def _accounts(sheet: Sheet[TypedReceipt]) -> dict[str, int]:
    """Ids of the accounts by number: a number is its account's id and a check digit, so that one look finds all."""
    from fanal.records.ledger import facts

    found = facts.accounts(sorted({int(it.account[:-1]) for it in sheet.rows}))
    return {it.number: it.id for it in found.values()}


def _unknown(sheet: Sheet[TypedReceipt], ids: dict[str, int]) -> list[Problem]:
    return [
        Problem(line, "compte", f"Le compte client {it.account} n’existe pas.")
        for it, line in zip(sheet.rows, sheet.lines, strict=True) if it.account not in ids
    ]  # fmt: skip


def _new(typed: TypedReceipt, ids: dict[str, int]) -> "NewReceipt":
    from fanal.records.payments import acts

    return acts.NewReceipt(
        account_id=ids[typed.account],
        received_on=typed.received_on,
        amount_cents=typed.cents,
        channel={it.label: it for it in acts.PaymentChannel}[typed.channel],
        reference=typed.reference,
    )


def _nothing(file: Path, problems: list[Problem]) -> int:
    text.tell(sorted(problems, key=lambda it: it.row), file)
    print("Rien n’est inscrit : corriger ces lignes, puis relancer la même commande.", file=sys.stderr)
    return 1


def _say_paid(receipt_ids: set[int], account_ids: list[int]) -> None:
    """What the payments of a file pay today, bill by bill, and what is left of them."""
    from fanal.records.ledger import facts as ledger
    from fanal.records.payments import facts

    numbers = ledger.accounts(account_ids)
    paid: dict[tuple[int, int], int] = {}
    received = 0
    for account_id in account_ids:
        received += sum(
            it.amount_cents for it in facts.receipts_of(account_id) if it.id in receipt_ids and not it.returned_on
        )
        for it in facts.allocations_of(account_id):
            if it.receipt_id in receipt_ids:
                paid[account_id, it.bill_id] = paid.get((account_id, it.bill_id), 0) + it.amount_cents
    names = _bill_numbers({bill_id for _, bill_id in paid})
    for (account_id, bill_id), cents in paid.items():
        print(f"  compte {numbers[account_id].number}, facture {names[bill_id]} : {wording.money(cents)}")
    left = received - sum(paid.values())
    print(f"{wording.money(sum(paid.values()))} paient {text.count(len(paid), 'facture', 'factures')} ; "
          f"{wording.money(left)} restent au crédit des comptes.")  # fmt: skip


def _bill_numbers(bill_ids: set[int]) -> dict[int, str]:
    from fanal.records.billing import facts

    found = {}
    for run_id in sorted({it >> facts.BILL_SPAN_BITS for it in bill_ids}):
        issued = facts.issued_bills(run_id)
        for bill_id, number in zip(issued["bill_id"].tolist(), issued["number"].tolist(), strict=True):
            found[bill_id] = facts.bill_number(number)
    return found


def _return(options: argparse.Namespace) -> int:
    from fanal.records.ledger import facts as ledger
    from fanal.records.payments import acts, facts

    returned_on = options.on or today()
    new = acts.NewReturn(reference=options.returned, returned_on=returned_on, reason=options.reason)
    who: dict[str, Any] = {"by": options.by, "on": today()}
    acts.return_payments(returns=[new], **who)
    receipt = facts.receipts_referenced([options.returned])[options.returned]
    acts.allocate(account_ids=[receipt.account_id], **who)
    account = ledger.accounts([receipt.account_id])[receipt.account_id]
    print(f"Le paiement {receipt.reference} de {wording.money(receipt.amount_cents)} est retourné ; le compte "
          f"{account.number} doit {wording.money(ledger.balance(account.id))}.")  # fmt: skip
    return 0
