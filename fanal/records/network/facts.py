"""What we know of the network: what feeds a delivery point, what a transformer feeds, what stands around."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from fanal.records.network.models import Span, Support, Survey, SwitchingDevice

SupportKind, SpanLevel, SpanState, DeviceKind = Support.Kind, Span.Level, Span.State, SwitchingDevice.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSurvey:
    """A map that was read into the records."""

    id: int
    name: str
    epsg: int
    surveyed_on: date
    by: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownConnection:
    """A delivery point on the map, and all that leads to it; None where the map does not say."""

    number: str
    epsg: int
    x_mm: int
    y_mm: int
    address: str
    in_service: bool | None
    service_drop: str | None
    support: str | None
    transformer: str | None
    kva: int | None
    phases: str | None
    voltage: str | None
    feeder: str | None
    feeder_name: str | None
    fed_from: Sequence[int]  # where the transformer stands: x, y in mm; empty when none is known
    surveyed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTransformer:
    """A transformer that stands on the map."""

    number: str
    kva: int
    phases: str
    voltage: str | None
    support: str
    feeder: str
    feeder_name: str | None
    cutout: str | None
    metered: bool | None
    installed_in: int | None
    epsg: int
    x_mm: int
    y_mm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Something to draw around a place: what it is, its number, where, and a word about it."""

    kind: str  # support, substation, transformer, medium, low, open, drop, street, point
    number: str
    path: Sequence[int]  # x, y, x, y… in mm
    said: str


CONNECTIONS = """
SELECT c.number, c.epsg, c.x_mm, c.y_mm, coalesce(c.address, ''), c.in_service, d.number, d.support_id,
    t.number, t.kva, t.phases, t.voltage, f.number, f.name,
    CASE WHEN t.number IS NULL THEN '{}'::bigint[] ELSE ARRAY[t.x_mm, t.y_mm] END, s.surveyed_on
FROM network_connection c
JOIN network_survey s ON s.id = c.survey_id
LEFT JOIN network_servicedrop d ON d.number = c.service_drop_id
LEFT JOIN network_transformer t ON t.number = coalesce(d.transformer_id, c.transformer_id)
LEFT JOIN network_feeder f ON f.number = t.feeder_id
WHERE c.number = ANY(%s) AND c.removed_on IS NULL
"""
FED = """
SELECT c.number FROM network_connection c LEFT JOIN network_servicedrop d ON d.number = c.service_drop_id
WHERE coalesce(d.transformer_id, c.transformer_id) = %s AND c.removed_on IS NULL ORDER BY c.number
"""
TRANSFORMER = """
SELECT t.number, t.kva, t.phases, t.voltage, t.support_id, t.feeder_id, f.name, t.cutout, t.metered, t.installed_in,
    t.epsg, t.x_mm, t.y_mm
FROM network_transformer t JOIN network_feeder f ON f.number = t.feeder_id WHERE t.number = %s AND t.removed_on IS NULL
"""
# The supports of a square decide which spans are drawn; a drop is drawn with its point.
AROUND = """
WITH near AS MATERIALIZED (
    SELECT number, kind, x_mm, y_mm, coalesce(name, '') AS name FROM network_support WHERE removed_on IS NULL
        AND x_mm BETWEEN %(x)s - %(reach)s AND %(x)s + %(reach)s
        AND y_mm BETWEEN %(y)s - %(reach)s AND %(y)s + %(reach)s
), points AS MATERIALIZED (
    SELECT number, x_mm, y_mm, service_drop_id, coalesce(address, '') AS address FROM network_connection
    WHERE removed_on IS NULL
        AND x_mm BETWEEN %(x)s - %(reach)s AND %(x)s + %(reach)s
        AND y_mm BETWEEN %(y)s - %(reach)s AND %(y)s + %(reach)s
)
SELECT 'street' AS kind, number, path, concat_ws(' ', type, name) FROM network_street s WHERE removed_on IS NULL
    AND epsg = %(epsg)s AND EXISTS (
        SELECT FROM generate_series(1, cardinality(path) - 3, 2) AS i(at)
        WHERE least(path[at], path[at + 2]) <= %(x)s + %(reach)s
            AND greatest(path[at], path[at + 2]) >= %(x)s - %(reach)s
            AND least(path[at + 1], path[at + 3]) <= %(y)s + %(reach)s
            AND greatest(path[at + 1], path[at + 3]) >= %(y)s - %(reach)s)
UNION ALL
SELECT CASE WHEN state = 'OPEN' THEN 'open' WHEN level = 'LOW' THEN 'low' ELSE 'medium' END, number, path,
    coalesce(transformer_id, phases, '')
FROM network_span WHERE removed_on IS NULL
    AND (from_support_id IN (SELECT number FROM near) OR to_support_id IN (SELECT number FROM near))
UNION ALL
SELECT 'drop', number, path, transformer_id FROM network_servicedrop WHERE removed_on IS NULL
    AND number IN (SELECT service_drop_id FROM points)
UNION ALL
SELECT CASE kind WHEN 'POLE' THEN 'support' ELSE 'substation' END, number, ARRAY[x_mm, y_mm], name FROM near
UNION ALL
SELECT 'transformer', number, ARRAY[x_mm, y_mm], kva || ' kVA · ' || phases FROM network_transformer
WHERE removed_on IS NULL AND support_id IN (SELECT number FROM near)
UNION ALL
SELECT 'point', number, ARRAY[x_mm, y_mm], address FROM points
ORDER BY kind, number
"""
COUNTS = """
SELECT '{table}', count(*) FILTER (WHERE removed_on IS NULL), count(*) FILTER (WHERE removed_on IS NOT NULL)
FROM network_{table}
"""
TABLES = (
    "support", "street", "feeder", "transformer", "span", "switchingdevice", "servicedrop", "connection", "light",
)  # fmt: skip


def counts_by_layer() -> dict[str, int]:
    """How many elements of each layer of the map stand."""
    query = " UNION ALL ".join(f"SELECT layer, 1 FROM network_{it} WHERE removed_on IS NULL" for it in TABLES)
    return dict(_rows(f"SELECT layer, count(*) FROM ({query}) standing (layer, one) GROUP BY layer", None))


def last_survey() -> KnownSurvey | None:
    """The last map that was read."""
    found = Survey.objects.order_by("-id").first()
    return found and KnownSurvey(
        id=found.pk, name=found.name, epsg=found.epsg, surveyed_on=found.surveyed_on, by=found.by,
        digest=bytes(found.digest),
    )  # fmt: skip


def connections(numbers: Iterable[str]) -> dict[str, KnownConnection]:
    """What feeds those delivery points, by number; one that is not on the map is absent."""
    rows = _rows(CONNECTIONS, [list(numbers)])
    names = list(KnownConnection.__dataclass_fields__)
    return {row[0]: KnownConnection(**dict(zip(names, row, strict=True))) for row in rows}


def transformer(number: str) -> KnownTransformer | None:
    """The transformer of that number."""
    names = list(KnownTransformer.__dataclass_fields__)
    found = _rows(TRANSFORMER, [number])
    return KnownTransformer(**dict(zip(names, found[0], strict=True))) if found else None


def fed_by(transformer: str) -> list[str]:
    """The numbers of the delivery points of a transformer."""
    return [number for (number,) in _rows(FED, [transformer])]


def around(place: KnownConnection, reach_mm: int) -> list[Drawing]:
    """What stands in the square of that reach around a delivery point."""
    asked = {"x": place.x_mm, "y": place.y_mm, "epsg": place.epsg, "reach": reach_mm}
    return [
        Drawing(kind=kind, number=number, path=path, said=said) for kind, number, path, said in _rows(AROUND, asked)
    ]


def counts() -> dict[str, tuple[int, int]]:
    """How many elements of each table stand, and how many have left the map."""
    query = " UNION ALL ".join(COUNTS.format(table=it) for it in TABLES)
    return {table: (standing, gone) for table, standing, gone in _rows(query, None)}


def _rows(query: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
