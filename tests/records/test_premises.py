"""Premises hold their delivery points, whose numbers are their own."""

import pytest
from factories import CLERK, LONG_AGO, make_delivery_point

from fanal.records.premises import acts, facts
from fanal.records.premises.models import DeliveryPoint, Premises
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db


def point(number: str, **told: int) -> acts.NewDeliveryPoint:
    return acts.NewDeliveryPoint(**({"number": number, "cycle": 1, "sequence": 1, "energised_on": LONG_AGO} | told))


def place(*points: acts.NewDeliveryPoint, **told: str) -> acts.NewPremises:
    address = {"street": "rue du Moulin", "city": "Lac-aux-Ormes", "postal_code": "G8B 1A1"}
    return acts.NewPremises(**(address | told), delivery_points=points)


def test_premises_come_back_in_order_each_with_its_points():
    made = acts.register_premises(
        premises=[place(point("A"), point("B", phases=3)), place(), place(point("C"), civic_number="12", unit="3")],
        **CLERK,
    )
    numbers = {pk: it.number for pk, it in facts.delivery_points(pk for _, points in made for pk in points).items()}
    assert [[numbers[pk] for pk in points] for _, points in made] == [["A", "B"], [], ["C"]]
    assert facts.delivery_point_numbered("C").street_line == "12, rue du Moulin, app. 3"
    assert facts.delivery_point_numbered("Z") is None


def test_every_wrong_row_is_told_and_nothing_is_written():
    make_delivery_point(number="A")
    wrong = [
        place(point("A")), place(point("B"), point("B")), place(point("C", phases=2, cycle=0)),
        place(street=" "), place(heating="WOOD"),
    ]  # fmt: skip
    with pytest.raises(Refused) as refusal:
        acts.register_premises(premises=wrong, **CLERK)
    told = [(it.row, it.field) for it in refusal.value.problems]
    assert told == [
        (1, "number"), (2, "number"), (2, "number"), (3, "phases"), (3, "cycle"), (4, "street"), (5, "heating"),
    ]  # fmt: skip
    assert refusal.value.problems[0].reason == "Le point de livraison A existe déjà."
    assert Premises.objects.count() == DeliveryPoint.objects.count() == 1
