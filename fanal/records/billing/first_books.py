"""Give the subscriptions of a rate that was taken over without a book the book that they are billed by.

It is here, above subscriptions, for it is billing that knows which books there are.
"""

from datetime import date

from django.db import transaction

from fanal.records.billing import shelf
from fanal.records.journal import acts as journal
from fanal.records.subscriptions import acts as subscriptions
from fanal.records.subscriptions.facts import NO_BOOK, WithoutBook, without_book
from fanal.values.refusal import Phrase, refuse

GIVEN = """
SELECT id, %(book)s AS book, %(domestic)s AS domestic, multiplier FROM subscriptions_subscription WHERE book = %(none)s
"""
HAS_ITS_BOOK = Phrase("Aucun abonnement au tarif {tariff} n’attend un livre.")
NO_SUCH_BOOK = Phrase("Aucun livre ne s’appelle « {book} » : le proposer, puis l’activer.")


def waiting(*, tariff: str, book: str) -> WithoutBook:
    """Who waits for a book at that rate. Refused when nobody does, and when there is no such book to bill by."""
    found = next((it for it in without_book() if it.tariff == tariff), None)
    if found is None:
        raise refuse(HAS_ITS_BOOK, field="tariff", tariff=tariff)
    known = shelf.current(book)
    if known is None:
        raise refuse(NO_SUCH_BOOK, field="book", book=book)
    shelf.require_our_currency([known])
    shelf.require_every_charge_taxed(known)
    return found


@transaction.atomic
def give_book(*, tariff: str, book: str, domestic: bool, by: str, on: date) -> int:
    """Donner un livre à un tarif: its subscriptions are rated by it since Fanal bills them; how many they are."""
    waiting(tariff=tariff, book=book)
    given = {"book": book, "domestic": domestic, "none": NO_BOOK + tariff}
    count = subscriptions.give_books(given=GIVEN, parameters=given)
    grounds = {"tariff": tariff, "domestic": domestic, "subscriptions": count}
    journal.record("billing.give_book", about=f"book:{book}", by=by, on=on, grounds=grounds)
    return count
