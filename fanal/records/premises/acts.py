"""Register premises with their delivery points."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fanal.records import columns
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.premises.addresses import keep_parts
from fanal.records.premises.models import DeliveryPoint, Premises
from fanal.values.contact import postal_code
from fanal.values.refusal import Fault, Problem, refuse_any

CANADA = "CA"

Heating = Premises.Heating
GIVEN_TWICE = "Le point de livraison {number} est donné plus d’une fois."
FOLLOWED_PREMISES = """
UPDATE premises_premises p SET civic_number = told.civic_number, street = told.street, unit = told.unit,
    city = told.city, postal_code = told.postal_code, heating = told.heating
FROM ({premises}) told WHERE p.id = told.id
"""
FOLLOWED_POINTS = """
UPDATE premises_deliverypoint d SET phases = told.phases, cycle = told.cycle, sequence = told.sequence,
    energised_on = told.energised_on
FROM ({delivery_points}) told WHERE d.id = told.id
"""
TAKEN = "Un de ces numéros de point de livraison vient d’être pris."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeliveryPoint:
    """A delivery point to register; `cycle` is the round in which it is read and billed, `sequence` its rank there."""

    number: str
    cycle: int
    sequence: int
    energised_on: date
    phases: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPremises:
    """An address where electricity is used, with its delivery points."""

    street: str
    city: str
    postal_code: str
    civic_number: str = ""
    unit: str = ""
    heating: str = Heating.OTHER
    delivery_points: Sequence[NewDeliveryPoint] = field(default=())


@transaction.atomic
def register_premises(*, premises: Sequence[NewPremises], by: str, on: date) -> list[tuple[int, list[int]]]:
    """Inscrire des lieux de consommation: (id, ids of its delivery points) of each, in order."""
    numbers = Counter(point.number for it in premises for point in it.delivery_points)
    known = set(DeliveryPoint.objects.filter(number__in=list(numbers)).values_list("number", flat=True))
    refuse_any(
        problem for row, it in enumerate(premises, 1) for problem in _wrong(row, it, taken=known, numbers=numbers)
    )
    with saying({"premises_deliverypoint_number_key": TAKEN}):
        made = Premises.objects.bulk_create(_new(it) for it in premises)
        points = DeliveryPoint.objects.bulk_create(
            DeliveryPoint(
                premises=place,
                number=point.number,
                phases=point.phases,
                cycle=point.cycle,
                sequence=point.sequence,
                energised_on=point.energised_on,
            )
            for place, new in zip(made, premises, strict=True)
            for point in new.delivery_points
        )
    keep_parts("SELECT unnest(%(ids)s::bigint[])", {"ids": [it.pk for it in made]})
    journal.record_many("register_premises", noun="premises", ids=[it.pk for it in made], by=by, on=on)
    point_ids = iter([point.pk for point in points])
    return [(it.pk, [next(point_ids) for _ in new.delivery_points]) for it, new in zip(made, premises, strict=True)]


def take_over(*, premises: str, delivery_points: str, parameters: Mapping[str, Any]) -> None:
    """Reprendre des lieux d’un autre système: queries of the premises and of their delivery points, with their ids.

    In the caller's transaction and under its journal line; the database refuses what is no place.
    """
    of_place = "id, civic_number, street, unit, city, postal_code, heating"
    of_point = "id, number, premises_id, phases, cycle, sequence, energised_on"
    with connection.cursor() as cursor:
        columns.take_in(cursor, "premises_premises", of_place, premises, parameters)
        columns.take_in(cursor, "premises_deliverypoint", of_point, delivery_points, parameters)
    keep_parts(f"SELECT id FROM ({premises}) told", parameters)


def follow(*, premises: str, delivery_points: str, parameters: Mapping[str, Any]) -> None:
    """Suivre l’autre système: the same queries as `take_over`, of places taken over that it says otherwise now."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED_PREMISES.format(premises=premises), parameters)
        cursor.execute(FOLLOWED_POINTS.format(delivery_points=delivery_points), parameters)
    keep_parts(f"SELECT id FROM ({premises}) told", parameters)


def _postal_code(said: str) -> str:
    """The code as it is kept: in Canada, where the distributor says no other country, in its one form. Raises Fault."""
    if not said.strip() or settings.FANAL_UTILITY.get("country", CANADA) != CANADA:
        return said.strip()
    return postal_code(said)


def _new(new: NewPremises) -> Premises:
    return Premises(
        civic_number=new.civic_number,
        street=new.street,
        unit=new.unit,
        city=new.city,
        postal_code=_postal_code(new.postal_code),
        heating=new.heating,
    )


def _wrong(row: int, new: NewPremises, *, taken: set[str], numbers: Counter[str]) -> Iterator[Problem]:
    if not new.street.strip() or not new.city.strip():
        yield Problem(row, "street", "L’adresse est incomplète : il faut une rue et une ville.")
    if new.heating not in Heating.values:
        known = ", ".join(Heating.values)
        yield Problem(row, "heating", "« {kind} » n’est pas un chauffage ({known}).", kind=new.heating, known=known)
    try:
        _postal_code(new.postal_code)
    except Fault as why:
        yield Problem(row, "postal_code", why.sentence, **why.facts)
    for point in new.delivery_points:
        if point.number in taken:
            yield Problem(row, "number", "Le point de livraison {number} existe déjà.", number=point.number)
        if numbers[point.number] > 1:
            yield Problem(row, "number", GIVEN_TWICE, number=point.number)
        if point.phases not in (1, 3):
            yield Problem(row, "phases", "{count} phases : il y en a une ou trois.", count=point.phases)
        if point.cycle < 1:
            yield Problem(
                row, "cycle", "Le cycle {cycle} n’existe pas : ils comptent à partir de 1.", cycle=str(point.cycle)
            )
