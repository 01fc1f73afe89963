"""What we know of premises and delivery points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fanal.records.premises.models import DeliveryPoint, Premises
from fanal.values.address import CivicAddress, Street

Heating = Premises.Heating


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDeliveryPoint:
    """A delivery point and its address."""

    id: int
    number: str
    premises_id: int
    street_line: str
    city: str
    postal_code: str
    heating: str
    phases: int
    cycle: int
    sequence: int
    energised_on: date


def delivery_points(ids: Iterable[int]) -> dict[int, KnownDeliveryPoint]:
    """Those delivery points by id; an unknown id is absent."""
    found = DeliveryPoint.objects.filter(pk__in=list(ids)).select_related("premises")
    return {it.pk: _known(it) for it in found}


def delivery_point_numbered(number: str) -> KnownDeliveryPoint | None:
    """The delivery point of that number."""
    found = DeliveryPoint.objects.filter(number=number).select_related("premises").first()
    return _known(found) if found else None


def civic_address(parts: Mapping[str, Any], *, unit: str, city: str, postal_code: str) -> CivicAddress:
    """An address from the row of its parts, and what of it the place itself keeps."""
    way = (parts[f"street_{name}"] for name in ("type", "name", "direction", "language"))
    number = "" if parts["number"] is None else str(parts["number"])
    return CivicAddress(
        street=Street(*way),
        number=number,
        suffix=parts["suffix"],
        unit=unit,
        municipality=city,
        postal_code=postal_code,
    )


def _known(point: DeliveryPoint) -> KnownDeliveryPoint:
    return KnownDeliveryPoint(
        id=point.pk,
        number=point.number,
        premises_id=point.premises_id,
        street_line=point.premises.street_line,
        city=point.premises.city,
        postal_code=point.premises.postal_code,
        heating=point.premises.heating,
        phases=point.phases,
        cycle=point.cycle,
        sequence=point.sequence,
        energised_on=point.energised_on,
    )
