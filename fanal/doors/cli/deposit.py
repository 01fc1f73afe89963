"""`fanal deposit ACTE`: the deposits that are held, their interest (6.3.1), and their way back (6.4, 6.5)."""

import argparse

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording
from fanal.values.refusal import refuse


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("deposit", help="dépôts de garantie : intérêts à payer, dépôts à rendre")
    acts = parser.add_subparsers(dest="act", required=True, metavar="acte", help="list, interest ou return")
    acts.add_parser("list", help="ceux qui sont détenus, et ce que la loi en demande")
    paid = acts.add_parser("interest", help="porter aux comptes les intérêts des années finies")
    paid.add_argument("--account", metavar="COMPTE", help="celui-ci seulement ; sans cela, tous")
    back = acts.add_parser("return", help="rendre au compte un dépôt, ou tous ceux dont le temps est fini")
    back.add_argument("account", nargs="?", metavar="COMPTE", help="numéro du compte")
    back.add_argument("--number", default="", metavar="NO", help="lequel, quand le compte en a plusieurs")
    back.add_argument("--due", action="store_true", help="tous ceux que la loi veut rendus aujourd’hui")
    back.add_argument("--note", type=text.words, metavar="MOTS", help="pourquoi, avant son temps")
    for it in (paid, back):
        it.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui le fait")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Do the act, and say what it did; 1 when it is refused."""
    open_office()
    {"list": _list, "interest": _interest, "return": _return}[options.act](options)
    return 0


def _account_id(number: str) -> int:
    from fanal.records.ledger import facts as ledger

    known = ledger.account_numbered(number)
    if known is None:
        raise refuse(f"Le compte {number} est inconnu.")
    return known.id


def _list(_options: argparse.Namespace) -> None:
    from fanal.reports import promised

    found = promised.deposits(today())
    for it in found:
        due = f", {wording.money(it.due_cents)} d’intérêts à payer" if it.due_cents else ""
        end = "abonnement fini : à rendre" if it.ended else (
            f"à rendre au plus tard le {wording.day(it.refund_by)}" if it.refund_by
            else f"gardé jusqu’au {wording.day(it.kept_until)}")  # fmt: skip
        who = "" if it.is_ours else " (suivi par l’ancien système)"
        print(f"{it.who.number} {it.number} : {wording.money(it.cents)}{due}, {end}{who}")
    if not found:
        print("Aucun dépôt n’est détenu.")


def _interest(options: argparse.Namespace) -> None:
    from fanal.doors import deposits
    from fanal.doors.desk import staff
    from fanal.reports import promised

    staff.require_may("deposit_interest", options.by)
    on = today()
    accounts = [_account_id(options.account)] if options.account else None
    cents = sum(it.due_cents for it in promised.deposits(on, accounts) if it.is_ours)
    credited = deposits.pay_interest(by=options.by, on=on, accounts=accounts)
    if credited:
        print(f"{len(credited)} dépôts : {wording.money(cents)} d’intérêts portés aux comptes.")
    else:
        print("Aucun intérêt n’est à payer aujourd’hui.")


def _return(options: argparse.Namespace) -> None:
    from fanal.doors import deposits
    from fanal.doors.desk import staff
    from fanal.reports import promised

    staff.require_may("deposit_return", options.by)
    if bool(options.account) == options.due:
        raise refuse("Nommer un compte, ou demander --due.")
    on = today()
    found = promised.deposits(on, None if options.due else [_account_id(options.account)])
    wanted = [it for it in found if (it.is_to_return if options.due else options.number in ("", it.number))]
    if options.account and len(wanted) != 1:
        raise refuse(f"Ce compte a {len(wanted)} dépôts de ce numéro : nommer lequel par --number.")
    asked = [deposits.Return(account_id=it.who.account_id, number=it.number, note=options.note or "") for it in wanted]
    if asked:
        deposits.give_back(asked=asked, by=options.by, on=on)
    for it in wanted:
        both = wording.money(it.cents), wording.money(it.due_cents + it.interest_cents)
        print(f"{it.who.number} {it.number} : {both[0]} rendus, avec {both[1]} d’intérêts.")
    print(f"{len(asked)} dépôts rendus aux comptes.")
