"""`fanal promise ACTE`: what was promised before Fanal and goes on, its annual review (4.4), its end."""

import argparse
from datetime import date

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law.instalments import Standing
from fanal.values import wording
from fanal.values.refusal import refuse

KINDS = {"versements": "EQUAL_PAYMENTS", "entente": "ARRANGEMENT", "prelevement": "DEBIT", "depot": "DEPOSIT"}
REASONS = {"demande": "ASKED", "impaye": "UNPAID", "banque": "BANK"}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("promise", help="engagements repris d’un compte, leur révision, leur fin")
    acts = parser.add_subparsers(dest="act", required=True, metavar="acte", help="show, reviews, review ou end")
    shown = acts.add_parser("show", help="ceux qui continuent")
    ended = acts.add_parser("end", help="mettre fin à des versements égaux, à une entente ou à un prélèvement")
    acts.add_parser("reviews", help="versements égaux qui attendent leur révision annuelle").set_defaults(run=run)
    changed = acts.add_parser("review", help="réviser les versements égaux d’un compte")
    changed.add_argument("--amount", type=_cents, metavar="MONTANT", help="nouveau versement ; celui qui est proposé")
    changed.add_argument("--reason", type=text.words, required=True, metavar="MOTS", help="pourquoi ce montant")
    changed.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui le fait")
    for it in (shown, ended, changed):
        it.add_argument("account", metavar="COMPTE", help="numéro du compte")
        it.set_defaults(run=run)
    ended.add_argument("kind", choices=KINDS, metavar="SORTE", help=", ".join(KINDS))
    ended.add_argument("--number", default="", metavar="NO", help="lequel, quand plusieurs de cette sorte continuent")
    ended.add_argument(
        "--from", dest="ended_on", type=text.day, required=True, metavar="DATE", help="premier jour sans"
    )
    ended.add_argument("--asked", type=text.day, metavar="DATE", help="demandé ou décidé ce jour ; aujourd’hui")
    ended.add_argument("--reason", choices=REASONS, default="demande", help="pourquoi ; demande du client")
    ended.add_argument("--note", type=text.words, metavar="MOTS", help="ce qu’il faut en savoir")
    ended.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui le fait")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Do the act, then say what goes on; 1 when it is refused."""
    open_office()
    if options.act == "reviews":
        _reviews(today())
        return 0
    from fanal.records.ledger import facts as ledger

    known = ledger.account_numbered(options.account)
    if known is None:
        raise refuse(f"Le compte {options.account} est inconnu.")
    on = today()
    if options.act == "end":
        _end(options, known.id, on)
    if options.act == "review":
        _review(options, known.id, on)
    _show(known.id, on)
    return 0


def _cents(typed: str) -> int:
    """The type of an amount after an option: 86,50."""
    from fanal.links.bank import receipts_csv

    try:
        return receipts_csv.cents(typed)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _reviews(on: date) -> None:
    from fanal.reports import plan_reviews

    found = plan_reviews.awaited(on)
    for it in found:
        of = it.review
        print(
            f"{it.who.number} {it.who.customer} : {wording.money(of.plan.cents)} depuis le "
            f"{wording.day(of.plan.starts_on)}, facturé {wording.money(of.billed_cents)}, reçu "
            f"{wording.money(of.received_cents)}, à répartir {wording.money(of.spread_cents)}, proposé "
            f"{wording.money(of.proposed_cents)}"
        )
    if not found:
        print("Aucun plan de versements égaux n’attend sa révision annuelle.")


def _review(options: argparse.Namespace, account_id: int, on: date) -> None:
    from fanal.doors import plan_reviews
    from fanal.doors.desk import staff
    from fanal.records.billing.plan_reviews import review_of

    staff.require_may("plan_review", options.by)
    found = review_of(account_id, on)
    if found is None:
        raise refuse("Ces versements égaux n’attendent pas de révision aujourd’hui.")
    cents = options.amount or found.proposed_cents
    done = plan_reviews.review(
        account_id=account_id, number=found.plan.number, cents=cents, reason=options.reason, by=options.by, on=on
    )
    print(f"Versements égaux de {wording.money(cents)} à compter du {wording.day(done.from_on)}.")
    print(f"  au lieu de {wording.money(done.plan.cents)} ; solde réparti : {wording.money(done.spread_cents)}")


def _end(options: argparse.Namespace, account_id: int, on: date) -> None:
    from fanal.doors.desk import staff
    from fanal.records.billing import promise_ends
    from fanal.records.elsewhere import promises

    staff.require_may("promise_end", options.by)
    going_on = promises.going_on(on, [account_id]).get(account_id, [])
    found = [it.number for it in going_on if it.kind == KINDS[options.kind] and options.number in ("", it.number)]
    if len(found) != 1:
        raise refuse(f"Ce compte n’a pas un engagement de cette sorte ({options.kind}) : {len(found)} continuent.")
    asked = promise_ends.EndOfPromise(
        account_id=account_id, kind=KINDS[options.kind], number=found[0], ended_on=options.ended_on,
        asked_on=options.asked or on, reason=REASONS[options.reason], note=options.note or "",
    )  # fmt: skip
    ending = promise_ends.end_promise(asked=asked, by=options.by, on=on)
    print(f"L’engagement {found[0]} ({options.kind}) finit : premier jour sans, le {wording.day(options.ended_on)}.")
    print(f"  solde du compte : {wording.money(ending.balance_cents)}")
    print(f"  en retard dès ce jour : {wording.money(ending.late_after_cents)}")


def _say(stands: Standing) -> None:
    """What of its instalments comes next, is late, is left."""
    if stands.next:
        print(f"  prochain versement : {wording.money(stands.next.cents)}, le {wording.day(stands.next.due_on)}")
    if stands.late_since:
        print(f"  non reçu : {wording.money(stands.late_cents)}, depuis le {wording.day(stands.late_since)}")
    if stands.left_cents is not None:
        print(f"  il reste : {wording.money(stands.left_cents)}")


def _show(account_id: int, on: date) -> None:
    from fanal.records.elsewhere import promises

    words = {kind: word for word, kind in KINDS.items()}
    found = promises.going_on(on, [account_id]).get(account_id, [])
    for it in found:
        until = f", finit le {wording.day(it.ends_on)}" if it.ends_on else ""
        amount = f" {wording.money(it.cents)}," if it.cents else ""
        print(f"{words[it.kind]} {it.number} :{amount} depuis le {wording.day(it.starts_on)}{until}")
        if stands := it.standing(on):
            _say(stands)
    if not found:
        print("Aucun engagement ne continue à ce compte.")
