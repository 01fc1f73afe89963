"""Photos of dials: of which reading each is, and how they are kept. Append-only, in the database beside the reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256

from django.db import connection

from fanal.law.metering import registers
from fanal.records.journal.refusals import saying
from fanal.records.metering.models import Photo, RegisterKind
from fanal.records.metering.reads import NewReading
from fanal.values.energy import TOTAL
from fanal.values.picture import Picture
from fanal.values.refusal import Fact, Problem, in_each

KEPT_TWICE = {"photo_once_a_reading": "Ces photos viennent d’être inscrites par quelqu’un d’autre."}
NOTHING_READ = "Aucune relève des {which} du compteur {meter} le {on} : la photo n’a rien à montrer."
READ_ELSEWHERE = (
    "Le compteur {meter} a été lu à {count} endroits le {on} : inscrire la photo au bureau, à la bonne relève."
)
AT_ONCE = 50  # rows sent together: a few megabytes
# The last reading of that day of each register, at each place where its meter was read that day.
READ = """
SELECT n.row, m.id, r.id, l.delivery_point_id, l.sequence
FROM unnest(%s::text[], %s::smallint[], %s::text[], %s::date[], %s::text[])
    WITH ORDINALITY n (serial, kind, name, day, point, row)
LEFT JOIN metering_meter m ON m.serial = n.serial
LEFT JOIN metering_register r ON r.meter_id = m.id AND r.kind = n.kind AND r.name = n.name
LEFT JOIN LATERAL (
    SELECT DISTINCT ON (l.delivery_point_id) l.delivery_point_id, l.sequence
    FROM metering_installation i
    JOIN premises_deliverypoint p ON p.id = i.delivery_point_id AND n.point IN ('', p.number)
    JOIN metering_reading l ON l.delivery_point_id = p.id AND l.register_id = r.id AND l.read_on = n.day
    WHERE i.meter_id = m.id ORDER BY l.delivery_point_id, l.sequence DESC) l ON true
ORDER BY n.row, l.delivery_point_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPhoto:
    """A picture and the reading it shows; the number of the delivery point where it is known."""

    meter: str
    read_on: date
    picture: Picture
    kind: RegisterKind = RegisterKind.KWH
    name: str = TOTAL  # of the register
    delivery_point: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What became of photos: the ids of those that were kept, and how many their readings had already."""

    ids: list[int]
    already: int


def of_readings(readings: Sequence[NewReading], refused: Sequence[Problem]) -> list[NewPhoto]:
    """The photos that came with the readings that were not refused."""
    wrong = {it.row for it in refused}
    return [
        NewPhoto(
            meter=it.meter, read_on=it.read_on, picture=picture, kind=it.kind, name=it.name,
            delivery_point=it.delivery_point,
        )
        for row, it in enumerate(readings, 1)
        for picture in it.photos
        if row not in wrong
    ]  # fmt: skip


def store(photos: Sequence[NewPhoto], *, by: str, on: date) -> tuple[Attached, list[Problem]]:
    """Keep each photo with its reading, unless one of them has none: then what is wrong, by row, and nothing kept."""
    found = _readings(photos)
    if wrong := [it for row, photo in enumerate(photos, 1) for it in _wrong(row, photo, found[row - 1])]:
        return Attached(ids=[], already=0), wrong
    rows = {}
    for photo, ((_meter, register, point, sequence),) in zip(photos, found, strict=True):
        digest = sha256(photo.picture.content).digest()
        rows[point, register, photo.read_on, sequence, digest] = photo.picture
    known = Photo.objects.filter(delivery_point_id__in={it[0] for it in rows}, sha256__in={it[4] for it in rows})
    for *reading, digest in known.values_list("delivery_point_id", "register_id", "read_on", "sequence", "sha256"):
        rows.pop((*reading, bytes(digest)), None)
    with saying(KEPT_TWICE):
        made = Photo.objects.bulk_create(
            (
                Photo(
                    delivery_point_id=point, register_id=register, read_on=read_on, sequence=sequence, sha256=digest,
                    content=picture.content, width=picture.width, height=picture.height, by=by, recorded_on=on,
                )
                for (point, register, read_on, sequence, digest), picture in rows.items()
            ),
            batch_size=AT_ONCE,
        )  # fmt: skip
    ids = [it.pk for it in made]
    return Attached(ids=ids, already=len(photos) - len(ids)), []


Reading = tuple[int | None, int | None, int | None, int | None]  # meter, register, delivery point, sequence


def _readings(photos: Sequence[NewPhoto]) -> list[list[Reading]]:
    """For each photo, the readings that it may show: one, unless something is wrong."""
    found: list[list[Reading]] = [[] for _ in photos]
    with connection.cursor() as cursor:
        columns = [
            [it.meter for it in photos], [int(it.kind) for it in photos], [it.name for it in photos],
            [it.read_on for it in photos], [it.delivery_point for it in photos],
        ]  # fmt: skip
        cursor.execute(READ, columns)
        for row, *reading in cursor.fetchall():
            found[row - 1].append(tuple(reading))
    return found


def _wrong(row: int, photo: NewPhoto, found: list[Reading]) -> Iterator[Problem]:
    meter, register, _point, sequence = found[0]
    of: dict[str, Fact] = {"meter": photo.meter, "on": photo.read_on}
    which = in_each(partial(registers.label, photo.kind.label, photo.name))
    if meter is None:
        yield Problem(row, "meter", "Le compteur {meter} est inconnu.", meter=photo.meter)
    elif register is None:
        yield Problem(row, "kind", "Le compteur {meter} n’a pas de registre {which}.", meter=photo.meter, which=which)
    elif sequence is None:
        yield Problem(row, "read_on", NOTHING_READ, which=which, **of)
    elif len(found) > 1:
        yield Problem(row, "delivery_point", READ_ELSEWHERE, count=len(found), **of)
