"""No account holds two currencies: a book in another than the distributor's is refused wherever it would be billed."""

from datetime import date

import pytest
from billing import refused_by_the_kernel
from factories import make_place, make_subscription, typed

from fanal.law.tariffs.shelf import load
from fanal.records.billing import proposals, shelf
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.values import wording
from fanal.values.refusal import Refused
from tests.books import dearer_access

pytestmark = pytest.mark.django_db

EVN = load("evn/residential")
STARTS_ON, ON = date(2025, 12, 1), date(2026, 1, 30)
SAID = "Le livre evn/residential est en VND ; les comptes du distributeur sont tenus en CAD."


def test_a_subscription_to_a_book_of_another_currency_is_refused_by_its_row() -> None:
    with pytest.raises(Refused) as refusal:
        make_subscription(book=EVN.code)
    assert [(it.row, it.field, it.reason) for it in refusal.value.problems] == [(1, "book", SAID)]
    assert make_subscription(book="hydro_quebec/D")


def test_a_book_of_another_currency_is_neither_proposed_nor_rehearsed() -> None:
    ask = {"from_on": STARTS_ON, "to_on": ON, "dated": False, "by": "paul", "on": ON}
    with pytest.raises(Refused, match="est en VND"):
        proposals.propose_book(book=EVN, note="essai", by="paul", on=ON)
    for book, replaced in ((EVN, "hydro_quebec/D"), (load("hydro_quebec/D"), EVN.code)):
        with pytest.raises(Refused, match="est en VND"):
            proposals.ask_rehearsal(book=book, replaced=[replaced], **ask)
    assert EVN.code not in shelf.billable()


@pytest.mark.usefixtures("in_dong")
def test_a_distributor_in_dong_has_the_books_in_dong_alone() -> None:
    assert {it.currency for it in shelf.billable().values()} == {"VND"}
    with pytest.raises(Refused, match="est en CAD"):
        proposals.propose_book(book=dearer_access(load("hydro_quebec/D"), "0.60", ON), note="x", by="paul", on=ON)


def test_a_bill_whose_book_is_of_another_currency_is_held_and_says_so(in_dong: None) -> None:
    place = make_place(RegisterKind.KWH, starts_on=STARTS_ON)
    subscription = make_subscription(point=place.point, book=EVN.code, starts_on=STARTS_ON)
    metering.record_readings(readings=[typed(place, 300, ON)], by="releveuse", on=ON)
    wording.keep_accounts_in("CAD")  # the distributor changes its mind

    told = refused_by_the_kernel(subscription, ON)
    assert told.fr == SAID
    assert told.en == "Book evn/residential is in VND; the accounts of the distributor are kept in CAD."
