"""The address of a place in its parts, read from its words each time that they change; what does not read has none."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from fanal.values import address
from fanal.values.refusal import Fault

COLUMNS = "premises_id, number, suffix, street_type, street_name, street_direction, street_language"

Parts = tuple[int | None, str, str, str, str, str]


def keep_parts(places: str, parameters: Mapping[str, Any] | None = None) -> None:
    """Ranger les adresses des lieux: of those whose ids a query gives, in the caller's transaction."""
    streets: dict[str, address.Street | None] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM premises_civicaddress WHERE premises_id IN ({places})", parameters)
        cursor.execute(f"SELECT id, civic_number, street FROM premises_premises WHERE id IN ({places})", parameters)
        found = cursor.fetchall()
        with cursor.copy(f"COPY premises_civicaddress ({COLUMNS}) FROM STDIN") as copy:
            for premises_id, civic_number, street in found:
                if parts := _parts(civic_number, street, streets):
                    copy.write_row((premises_id, *parts))


def _parts(civic_number: str, street: str, streets: dict[str, address.Street | None]) -> Parts | None:
    if street not in streets:
        streets[street] = _street(street)
    way = streets[street]
    try:
        number, suffix = address.civic_number(civic_number)
    except Fault:
        return None
    if way is None:
        return None
    return (int(number) if number else None, suffix, way.type, way.name, way.direction, way.lang)


def _street(text: str) -> address.Street | None:
    try:
        return address.street(text)
    except Fault:
        return None
