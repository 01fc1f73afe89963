"""Take meters and readings over from another system, as whole relations, in the caller's transaction."""

from django.db import connection

from fanal.records import columns
from fanal.records.journal.refusals import saying
from fanal.records.metering import reads
from fanal.records.metering.acts import HUNG_TWICE
from fanal.values.energy import TOTAL

FOLLOWED = """
UPDATE metering_meter m SET model = told.model, verified_until = told.verified_until
FROM ({meters}) told WHERE m.id = told.id
"""
REMOVED = """
UPDATE metering_installation i SET ends_on = told.ends_on FROM ({removals}) told
WHERE (i.meter_id, i.delivery_point_id, i.starts_on) = (told.meter_id, told.delivery_point_id, told.starts_on)
    AND i.ends_on IS NULL
"""


def take_over_meters(*, meters: str, registers: str, installations: str) -> None:
    """Reprendre des compteurs d’un autre système: queries of them, of their registers, of where they hang and hung.

    In the caller's transaction and under its journal line; the database refuses a meter in two places.
    """
    with saying(HUNG_TWICE), connection.cursor() as cursor:
        columns.take_in(cursor, "metering_meter", "id, serial, model, verified_until", meters)
        named = f"SELECT given.*, '{TOTAL}' AS name FROM ({registers}) given"
        columns.take_in(cursor, "metering_register", "meter_id, kind, name, dials", named)
        names = "meter_id, delivery_point_id, multiplier, starts_on, ends_on"
        columns.take_in(cursor, "metering_installation", names, installations)


def follow_meters(*, meters: str, removals: str) -> None:
    """Suivre l’autre système: meters that it says otherwise now, and those that it took away, at the start of a day.

    `meters` gives (id, model, verified_until), `removals` (meter_id, delivery_point_id, starts_on, ends_on).
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED.format(meters=meters))
        cursor.execute(REMOVED.format(removals=removals))


def take_over_readings(*, readings: str) -> int:
    """Reprendre des relèves d’un autre système: a query of whole readings, in the sequence of their day; how many.

    In the caller's transaction and under its journal line. They are not judged again: what the old system believed it
    billed; the database refuses one of a register that does not hang there, or beyond its dials.
    """
    names = "delivery_point_id, register_id, read_on, sequence, value, source, quality, recorded_on"
    with saying(reads.READ_TWICE), connection.cursor() as cursor:
        return columns.take_in(cursor, "metering_reading", names, readings)
