"""`fanal give-book [TARIF LIVRE]`: the rates of the old system that no book has; give one the book that bills it."""

import argparse

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording
from fanal.values.refusal import refuse


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "give-book", help="donner un livre à un tarif repris sans livre, ou dire lesquels attendent"
    )
    parser.add_argument("tariff", nargs="?", metavar="TARIF", help="code du tarif dans l’ancien système")
    parser.add_argument("book", nargs="?", metavar="LIVRE", help="code du livre, comme hydro_quebec/D")
    parser.add_argument("--domestic", action="store_true", help="ces abonnements sont d’usage domestique")
    parser.add_argument("--dwellings", action="store_true", help="compter les logements de chaque lieu")
    parser.add_argument("--take-back", action="store_true", help="reprendre le livre qui n’a encore rien facturé")
    parser.add_argument("--reason", type=text.words, metavar="POURQUOI", help="pourquoi le reprendre")
    parser.add_argument("--by", type=text.words, metavar="QUI", help="qui le donne ; sans --by, dire ce qui arriverait")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """List what waits, show what would be, or do it; 1 when it is refused."""
    open_office()
    from fanal.doors.desk import staff
    from fanal.records.subscriptions.facts import without_book
    from fanal.records.takeover import first_books

    if options.tariff is None:
        rows = [f"{it.tariff:<8} {wording.number(it.open):>7} actifs sur {wording.number(it.subscriptions)}, depuis le "
                f"{wording.day(it.starts_on)}" for it in without_book()]  # fmt: skip
        print("\n".join(map(text.shown, rows)) or "Chaque abonnement a un livre.")
        return 0
    if options.take_back:
        return _take_back(options)
    if options.book is None:
        raise refuse("Dire quel livre : fanal give-book TARIF LIVRE.")
    asked = {"tariff": options.tariff, "book": options.book}
    found = first_books.waiting(**asked)
    if not options.by:
        print(f"{text.count(found.subscriptions, 'abonnement', 'abonnements')} au tarif {options.tariff}, dont "
              f"{wording.number(found.open)} actifs, seraient facturés par le livre {options.book} depuis le jour où "
              "Fanal les facture. « --by » le fait.")  # fmt: skip
        _tell_dwellings(first_books.of_several_dwellings(tariff=options.tariff), options.dwellings)
        return 0
    staff.require_may("book_give", options.by)
    how = {"domestic": options.domestic, "dwellings": options.dwellings}
    count = first_books.give_book(**asked, **how, by=options.by, on=today())
    print(f"{text.count(count, 'abonnement reçoit', 'abonnements reçoivent')} le livre {options.book}.")
    return 0


def _take_back(options: argparse.Namespace) -> int:
    """Take back the book of a rate; it is refused once it billed somebody."""
    from fanal.doors.desk import staff
    from fanal.records.takeover import first_books

    if not options.by or not options.reason:
        raise refuse("Dire par --reason pourquoi, et par --by qui reprend le livre.")
    staff.require_may("book_take_back", options.by)
    count = first_books.take_back_book(tariff=options.tariff, reason=options.reason, by=options.by, on=today())
    print(f"{text.count(count, 'abonnement attend', 'abonnements attendent')} de nouveau un livre.")
    return 0


def _tell_dwellings(several: int, counted: bool) -> None:
    """Say what becomes of those at a place of more than one dwelling, where there are any."""
    if several:
        many = text.count(several, "abonnement", "abonnements")
        how = "pour ses logements" if counted else "pour un seul, sans « --dwellings »"
        print(f"D’un lieu de plusieurs logements : {many} ; chacun compterait {how}.")
