"""A run taxes all the lines of a bill: a book that leaves one out of its taxes is refused, never billed wrongly."""

from datetime import date

import pytest
from billing import refused_by_the_kernel
from factories import make_place, make_subscription, typed

from fanal.law.tariffs.book import Book, dump
from fanal.law.tariffs.shelf import load
from fanal.records.billing import proposals, shelf
from fanal.records.billing.models import Proposal
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db

D = load("hydro_quebec/D")
STARTS_ON, TODAY, ON = date(2025, 12, 1), date(2025, 12, 1), date(2026, 1, 30)
SAID = "Le livre hydro_quebec/D ne taxe pas la composante access ; une facture taxe encore toutes ses lignes."


def untaxed_access(**changes: object) -> Book:
    """The shipped book, its access left out of the taxes."""
    content = dump(D) | changes
    for version in content["version"]:
        next(it for it in version["charges"] if it["code"] == "access")["taxable"] = False
    return Book.model_validate(content)


def test_a_book_that_leaves_a_line_out_of_its_taxes_is_not_proposed() -> None:
    with pytest.raises(Refused) as refusal:
        proposals.propose_book(book=untaxed_access(), note="essai", by="paul", on=TODAY)
    assert [(it.field, it.reason) for it in refusal.value.problems] == [("book", SAID)]


def test_a_book_without_any_tax_may_say_so_line_by_line() -> None:
    book = untaxed_access(taxes=[])
    assert proposals.propose_book(book=book, note="essai", by="paul", on=TODAY, retroactive=True)


def test_a_bill_of_such_a_book_proposed_before_it_was_refused_is_held_and_says_so() -> None:
    book = untaxed_access()
    before = Proposal.objects.create(
        code=D.code, digest=book.digest, content=dump(book), replaces=D.digest, note="essai", proposed_by="paul",
        proposed_on=TODAY, retroactive=False,
    )  # fmt: skip
    proposals.activate_book(proposal_id=before.pk, by="marie", on=TODAY)
    assert shelf.in_force(D.code) == book
    place = make_place(RegisterKind.KWH, starts_on=STARTS_ON)
    subscription = make_subscription(point=place.point, book=D.code, starts_on=STARTS_ON)
    metering.record_readings(readings=[typed(place, 300, ON)], by="releveuse", on=ON)

    told = refused_by_the_kernel(subscription, ON)
    assert told.fr == SAID
    assert told.en == "Book hydro_quebec/D does not tax charge access; a bill still taxes all its lines."
