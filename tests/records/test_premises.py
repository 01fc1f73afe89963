"""Premises hold their delivery points, whose numbers are their own."""

from importlib import import_module

import pytest
from django.db import connection
from factories import CLERK, LONG_AGO, make_delivery_point

from fanal.records.premises import acts, facts
from fanal.records.premises.models import CivicAddress, DeliveryPoint, Premises
from fanal.values.address import posted
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


def parts(**told: str) -> tuple | None:
    ((premises_id, _),) = acts.register_premises(premises=[place(**told)], **CLERK)
    found = CivicAddress.objects.filter(pk=premises_id).values_list(*PARTS)
    return found.first()


PARTS = ("number", "suffix", "street_type", "street_name", "street_direction", "street_language")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"civic_number": "345A", "street": "rue de l’Église Ouest"}, (345, "A", "RUE", "de l’Église", "O", "fr")),
        ({"civic_number": "12 1/2", "street": "1re Rue Est"}, (12, "1/2", "RUE", "1re", "E", "fr")),
        ({"civic_number": "7", "street": "Main St. W."}, (7, "", "ST", "Main", "W", "en")),
        ({"street": "chemin du Barrage"}, (None, "", "CH", "du Barrage", "", "fr")),
        ({"civic_number": "au bout", "street": "rang Scott"}, None),
        ({"civic_number": "3", "street": "rue"}, None),
    ],
)  # fmt: skip
def test_an_address_is_kept_in_its_parts_and_one_that_does_not_read_has_none(told, kept):
    assert parts(**told) == kept


def test_the_parts_of_an_address_follow_its_words():
    ((premises_id, _),) = acts.register_premises(premises=[place(civic_number="12")], **CLERK)
    said = "SELECT id, %(number)s AS civic_number, street, unit, city, postal_code, heating FROM premises_premises"
    no_points = "SELECT 0 AS id, 1 AS phases, 1 AS cycle, 1 AS sequence, now()::date AS energised_on WHERE false"
    acts.follow(premises=said, delivery_points=no_points, parameters={"number": "14B"})
    assert CivicAddress.objects.values_list("number", "suffix").get(pk=premises_id) == (14, "B")

    acts.follow(premises=said, delivery_points=no_points, parameters={"number": "près du pont"})
    assert not CivicAddress.objects.filter(pk=premises_id).exists()


def test_the_migration_reads_the_addresses_that_were_there_as_the_act_does():
    told = [
        place(civic_number=it, street=street)
        for it, street in (("345A", "rue de l’Église Ouest"), ("7", "Main St. W."))
    ]
    acts.register_premises(premises=[*told, place(civic_number="au bout", street="rang Scott")], **CLERK)
    by_the_act = list(CivicAddress.objects.order_by("pk").values_list("pk", *PARTS))
    connection.cursor().execute("DELETE FROM premises_civicaddress")

    read = import_module("fanal.records.premises.migrations.0004_civic_address").read_what_is_there
    read(None, connection.schema_editor())

    assert list(CivicAddress.objects.order_by("pk").values_list("pk", *PARTS)) == by_the_act
    assert len(by_the_act) == 2


def test_the_parts_make_the_address_that_canada_post_asks():
    ((premises_id, _),) = acts.register_premises(premises=[place(civic_number="12", unit="3")], **CLERK)
    row = CivicAddress.objects.filter(pk=premises_id).values(*PARTS)[0]
    told = facts.civic_address(row, unit="3", city="Lac-aux-Ormes", postal_code="G8B 1A1")
    assert posted(told) == ("3-12 RUE DU MOULIN", "LAC-AUX-ORMES QC  G8B 1A1")


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


@pytest.mark.parametrize("code", ["G8B 1A", "G8B 111", "D8B 1A1", "g8b 1a11"])
def test_a_place_with_a_postal_code_that_canada_does_not_have_is_refused(code: str):
    with pytest.raises(Refused) as refusal:
        acts.register_premises(premises=[place(), place(postal_code=code)], **CLERK)
    assert [(it.row, it.field) for it in refusal.value.problems] == [(2, "postal_code")]
    assert Premises.objects.count() == 0


def test_a_postal_code_is_kept_in_its_one_form_and_that_of_another_country_as_it_is_given(settings):
    acts.register_premises(premises=[place(postal_code="g8b1a1"), place(postal_code="")], **CLERK)
    assert set(Premises.objects.values_list("postal_code", flat=True)) == {"G8B 1A1", ""}

    settings.FANAL_UTILITY = settings.FANAL_UTILITY | {"country": "VN"}
    acts.register_premises(premises=[place(postal_code="100000")], **CLERK)
    assert Premises.objects.filter(postal_code="100000").exists()
