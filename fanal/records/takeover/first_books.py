"""Give the subscriptions of a rate that was taken over without a book the book that they are billed by.

As a mapping that names the book does at the next load: by the same query. It is here, for the old system alone told the
dwellings of a place.
"""

from datetime import date
from typing import Any

from django.db import connection, transaction

from fanal.records.billing import shelf
from fanal.records.journal import acts as journal
from fanal.records.subscriptions import acts as subscriptions
from fanal.records.subscriptions.facts import NO_BOOK, WithoutBook, given_books, without_book
from fanal.records.takeover import facts
from fanal.values.refusal import Phrase, refuse
from fanal.values.writing import line

# By `places` (number, dwellings): a book is times the dwellings of the place, or once.
GIVEN = """
SELECT s.id, books.book, books.domestic,
    CASE WHEN books.dwellings THEN greatest(1, coalesce(place.dwellings, 1)) ELSE 1 END AS multiplier
FROM unnest(%(tariffs)s::text[], %(books)s::text[], %(domestic)s::bool[], %(dwellings)s::bool[])
    AS books (tariff, book, domestic, dwellings)
JOIN subscriptions_subscription s ON s.book = %(no_book)s || books.tariff
JOIN premises_deliverypoint d ON d.id = s.delivery_point_id LEFT JOIN places place ON place.number = d.number
"""
# The places of those who wait, as the last export that was loaded with them told each.
PLACES = """
WITH places AS (
    SELECT DISTINCT ON (place.number) place.number, place.dwellings FROM ({ready}) place
    JOIN takeover_exportfile file ON file.id = place.file_id
    JOIN takeover_export export ON export.id = file.export_id AND export.state = 'LOADED'
    WHERE place.number IN (SELECT d.number FROM subscriptions_subscription s
        JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
        WHERE s.book = ANY(SELECT %(no_book)s || unnest(%(tariffs)s::text[])))
    ORDER BY place.number, place.file_id DESC
)"""
SEVERAL = "SELECT count(*) FROM ({given}) given WHERE multiplier > 1"
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


def of_several_dwellings(*, tariff: str) -> int:
    """How many of those who wait at that rate are at a place of more than one dwelling."""
    with connection.cursor() as cursor:
        cursor.execute(SEVERAL.format(given=_given()), _asked(tariff, "", domestic=False, dwellings=True))
        return int(cursor.fetchone()[0])


@transaction.atomic
def give_book(*, tariff: str, book: str, domestic: bool, dwellings: bool, by: str, on: date) -> int:
    """Donner un livre à un tarif: its subscriptions are rated by it since Fanal bills them; how many they are.

    `dwellings`: times the dwellings of each place, as the old system told them; else as one.
    """
    waiting(tariff=tariff, book=book)
    asked = _asked(tariff, book, domestic=domestic, dwellings=dwellings)
    count = subscriptions.give_books(given=_given(), parameters=asked)
    grounds = {"tariff": tariff, "domestic": domestic, "dwellings": dwellings, "subscriptions": count}
    journal.record("billing.give_book", about=f"book:{book}", by=by, on=on, grounds=grounds)
    return count


@transaction.atomic
def take_back_book(*, tariff: str, reason: str, by: str, on: date) -> int:
    """Reprendre le livre donné à un tarif, whole: its subscriptions wait for a book again; how many they are.

    Refused without a reason, where none was given, and by the database once one of them is billed by it.
    """
    why = line(reason, missing="Dire pourquoi ce livre est repris.")
    books = [it.book for it in given_books() if it.tariff == tariff]
    if not books:
        raise refuse("Aucun livre n’a été donné ici au tarif {tariff}.", field="tariff", tariff=tariff)
    count = subscriptions.take_back_books(rate=tariff)
    for book in books:
        grounds = {"tariff": tariff, "subscriptions": count, "reason": why}
        journal.record("billing.take_back_book", about=f"book:{book}", by=by, on=on, grounds=grounds)
    return count


def _given() -> str:
    return PLACES.format(ready=facts.ready("premises", None)) + GIVEN


def _asked(tariff: str, book: str, *, domestic: bool, dwellings: bool) -> dict[str, Any]:
    return {"no_book": NO_BOOK, "tariffs": [tariff], "books": [book], "domestic": [domestic], "dwellings": [dwellings]}
