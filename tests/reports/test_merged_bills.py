"""A bill that was issued keeps its names, whoever was merged since; the next ones are in the name of the one kept."""

from datetime import date, timedelta

import pytest
from billing import bill_on
from factories import make_customer, make_place, make_subscription, typed

from fanal.records.customers import acts as customers
from fanal.records.metering import acts as metering
from fanal.records.subscriptions import merging
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import issued_by_run

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 2)
STEP = timedelta(days=60)
DAYS = [FIRST + at * STEP for at in range(3)]


def merge(kept: int, merged: int, on: date) -> int:
    made = merging.propose_merge(kept_id=kept, merged_id=merged, reason="une seule personne", by="marie", on=on)
    merging.confirm_merge(merge_id=made, by="luc", on=on)
    return made


def test_a_bill_keeps_the_name_it_was_issued_in() -> None:
    rose, roza, both = (make_customer(given_name=it) for it in ("Rose", "Roza", "R."))
    place = make_place(opening=1000, starts_on=FIRST - STEP)
    make_subscription(point=place.point, starts_on=FIRST - STEP, holder_ids=[roza, both])
    bills: list[int] = []

    def bill(on: date, index: int) -> None:
        metering.record_readings(readings=[typed(place, index, on)], by="marie", on=on)
        bills.extend(issued_by_run(bill_on(on)))

    def names() -> list[tuple[str, ...]]:
        return [tuple(holder.name for holder in it.holders) for it in stories(bills)]

    bill(DAYS[0], 2000)
    first = merge(rose, roza, DAYS[0] + timedelta(days=1))
    bill(DAYS[1], 3000)
    second = merge(rose, both, DAYS[1] + timedelta(days=1))
    bill(DAYS[2], 4000)

    apart, one, alone = ("Roza Tremblay", "R. Tremblay"), ("Rose Tremblay", "R. Tremblay"), ("Rose Tremblay",)
    assert names() == [apart, one, alone]

    for at, made in enumerate((second, first), 1):
        merging.undo_merge(merge_id=made, reason="ce sont deux sœurs", by="marie", on=DAYS[2] + timedelta(days=at))
    assert names() == [apart, one, alone]


def test_a_bill_goes_to_the_customers_own_address_never_first_to_one_that_a_merge_gave() -> None:
    rose, roza = make_customer(), make_customer(contacts=[customers.NewContact(kind="POST", value="190, du Faubourg")])
    place = make_place(opening=1000, starts_on=FIRST - STEP)
    make_subscription(point=place.point, starts_on=FIRST - STEP, holder_ids=[rose])
    merge(rose, roza, FIRST - STEP)
    customers.follow(
        customers=f"SELECT * FROM customers_customer WHERE id = {rose}",
        contacts=f"SELECT {rose} AS customer_id, 'POST' AS kind, '500, rue Neuve' AS value, 1 AS place",
    )

    metering.record_readings(readings=[typed(place, 2000, FIRST)], by="marie", on=FIRST)
    [story] = stories(issued_by_run(bill_on(FIRST)))
    assert [it.address for it in story.holders] == [("500, rue Neuve",)]
