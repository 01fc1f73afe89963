"""The network of the town of the desk's tests: its points along a street, and one that only the map has."""

from pathlib import Path
from tempfile import TemporaryDirectory

import maps
from django.db import connection

from fanal.doors.network import Imported, import_network
from tests.doors.desk.town import TODAY

UNKNOWN = "999999"  # a point that nobody ever registered
FED_FIRST = 20  # points behind the first transformer, the others behind the second
ABSENT = 2  # points of the town that the map lacks


def layers() -> dict[str, list[maps.Feature]]:
    """The small network of the other tests, with the town's own points."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM premises_deliverypoint ORDER BY number")
        numbers = [number for (number,) in cursor.fetchall()]
    known = [
        maps.point(
            number, f"BR{1 + (rank >= FED_FIRST)}", f"T{1 + (rank >= FED_FIRST)}", 40 + rank, f"{rank} rue du Quai"
        )
        for rank, number in enumerate(numbers[ABSENT:])
    ]  # fmt: skip
    return maps.town() | {"points_livraison": [*known, maps.point(UNKNOWN, "BR2", "T2", 130, "30 rue du Quai")]}


def survey_the_town() -> Imported:
    """Read the map of the town into the records."""
    with TemporaryDirectory() as folder:
        return import_network(maps.write(Path(folder) / "carte.gpkg", layers()), by="géomatique", on=TODAY)
