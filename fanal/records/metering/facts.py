"""What we know of meters and reads, a column at a time. An index is in thousandths of the dial's unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection

from fanal.law.metering.plausibility import roll_over
from fanal.records import columns
from fanal.records.metering.models import Finding, Photo, Quality, Reading, RegisterKind, Source
from fanal.values.energy import TOTAL

__all__ = ["TOTAL", "Quality", "RegisterKind", "Source"]

STILL_THERE = date(9999, 12, 31)
HABIT_DAYS = 380  # a year and a late read: summer and winter both count
HABIT_DAYS_LEAST = 25
MEMORY_DAYS = 800  # how far back the read before is looked for

# What a register counts, whatever the meter: 0 is the whole of its kind, any other number is one name.
SERIES = "CASE r.name WHEN 'total' THEN 0 ELSE hashtext(r.name) END"

SITE_KINDS = {
    "delivery_point_id": "int64", "register_id": "int64", "kind": "int16", "series": "int32", "dials": "int16",
    "multiplier": "int32", "starts_on": "datetime64[D]", "ends_on": "datetime64[D]",
}  # fmt: skip
READING_KINDS = {
    "delivery_point_id": "int64", "register_id": "int64", "read_on": "datetime64[D]", "sequence": "int16",
    "value": "int64",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReading:
    """A reading in force: the last of its day."""

    register_id: int
    kind: RegisterKind
    name: str
    meter: str
    read_on: date
    sequence: int
    value: int
    source: Source
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFinding:
    """What is doubtful about a reading."""

    register_id: int
    read_on: date
    sequence: int
    code: str
    evidence: dict[str, object]


# Ids of the photos of a register on a day, corrected or not: what was seen stays seen.
PHOTOS = """ARRAY(SELECT photo.id FROM metering_photo photo WHERE photo.delivery_point_id = {point}
    AND photo.register_id = {register} AND photo.read_on = {day} ORDER BY photo.sequence, photo.id)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPhoto:
    """A photo of a dial, without its bytes; `sequence` is of the reading that it came with."""

    id: int
    sequence: int
    width: int
    height: int
    by: str
    recorded_on: date


def photos_of(delivery_point_id: int, register_id: int, read_on: date) -> list[KnownPhoto]:
    """The photos of a register on a day, whichever reading of the day they came with, in that order."""
    found = Photo.objects.filter(delivery_point_id=delivery_point_id, register_id=register_id, read_on=read_on)
    names = KnownPhoto.__dataclass_fields__
    return [KnownPhoto(**row) for row in found.order_by("sequence", "pk").values(*names)]


def photo(photo_id: int) -> tuple[str, date, bytes] | None:
    """(serial number of its meter, day of the reading, the JPEG); None for an unknown id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.serial, p.read_on, p.content FROM metering_photo p JOIN metering_register r "
            "ON r.id = p.register_id JOIN metering_meter m ON m.id = r.meter_id WHERE p.id = %s",
            [photo_id],
        )
        row = cursor.fetchone()
    return (row[0], row[1], bytes(row[2])) if row else None


def sites(delivery_point_ids: Iterable[int]) -> columns.Columns:
    """The registers that hang or hung at those delivery points, by register and day (see SITE_KINDS)."""
    query = f"""
        SELECT i.delivery_point_id, r.id, r.kind, {SERIES}, r.dials, i.multiplier, i.starts_on,
            coalesce(i.ends_on, %(still)s)
        FROM metering_installation i JOIN metering_register r ON r.meter_id = i.meter_id
        WHERE i.delivery_point_id = ANY(%(points)s) ORDER BY r.id, i.starts_on
    """
    with connection.cursor() as cursor:
        return columns.read(cursor, query, SITE_KINDS, {"points": _listed(delivery_point_ids), "still": STILL_THERE})


def readings(delivery_point_ids: Iterable[int], *, since: date, before: date = STILL_THERE) -> columns.Columns:
    """All the readings of those delivery points in [since, before), corrections included (see READING_KINDS)."""
    query = f"""
        SELECT {", ".join(READING_KINDS)} FROM metering_reading
        WHERE delivery_point_id = ANY(%(points)s) AND read_on >= %(since)s AND read_on < %(before)s
    """
    parameters = {"points": _listed(delivery_point_ids), "since": since, "before": before}
    with connection.cursor() as cursor:
        return columns.read(cursor, query, READING_KINDS, parameters)


def readings_of(delivery_point_id: int) -> list[KnownReading]:
    """The readings in force of a delivery point, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (l.read_on, l.register_id) l.register_id, r.kind, r.name, m.serial, l.read_on, "
            "l.sequence, l.value, l.source, l.quality FROM metering_reading l "
            "JOIN metering_register r ON r.id = l.register_id JOIN metering_meter m ON m.id = r.meter_id "
            "WHERE l.delivery_point_id = %s "
            "ORDER BY l.read_on, l.register_id, l.sequence DESC",
            [delivery_point_id],
        )
        return [
            KnownReading(
                register_id=register_id,
                kind=RegisterKind(kind),
                name=name,
                meter=serial,
                read_on=read_on,
                sequence=sequence,
                value=value,
                source=Source(source),
                quality=Quality(quality),
            )
            for register_id, kind, name, serial, read_on, sequence, value, source, quality in cursor.fetchall()
        ]


def findings_of(delivery_point_id: int) -> list[KnownFinding]:
    """The findings on readings that no correction has replaced since, oldest first."""
    found = Finding.objects.filter(delivery_point_id=delivery_point_id).order_by("read_on", "pk")
    last = {
        (it.register_id, it.read_on): it.sequence
        for it in Reading.objects.filter(delivery_point_id=delivery_point_id).order_by("sequence")
    }
    return [
        KnownFinding(
            register_id=it.register_id, read_on=it.read_on, sequence=it.sequence, code=it.code, evidence=it.evidence
        )
        for it in found
        if last.get((it.register_id, it.read_on)) == it.sequence
    ]


def register_names(register_ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """(serial number of its meter, dials) of each of those registers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, m.serial, r.dials FROM metering_register r JOIN metering_meter m ON m.id = r.meter_id "
            "WHERE r.id = ANY(%s)",
            [_listed(register_ids)],
        )
        return {register_id: (serial, dials) for register_id, serial, dials in cursor.fetchall()}


def site_of_rows(rows: columns.Columns, known: columns.Columns) -> np.ndarray:
    """For each row, the position in `known` (from `sites`) of its register at its delivery point, else -1.

    The site of the day is preferred; else the last one before it, else the first one after it.
    """
    if not len(known["register_id"]):
        return np.full(len(rows["register_id"]), -1)
    registers = np.unique(known["register_id"])
    key = _day_key(known["register_id"], known["starts_on"], registers)
    last = np.searchsorted(key, _day_key(rows["register_id"], rows["read_on"], registers), side="right") - 1
    chosen = np.full(len(last), -1)
    for candidate in (last + 1, last - 1, last):  # the last word wins: a later one fits better
        inside = np.clip(candidate, 0, len(key) - 1)
        fits = (
            (candidate == inside)
            & (known["register_id"][inside] == rows["register_id"])
            & (known["delivery_point_id"][inside] == rows["delivery_point_id"])
        )
        chosen = np.where(fits, inside, chosen)
    return chosen


@dataclass(frozen=True, slots=True)
class Past:
    """What each row of a batch follows. Columns, one value a row; days are 0 where there is no read before."""

    previous: np.ndarray  # index of the last read of the register on an earlier day
    previous_on: np.ndarray
    days: np.ndarray
    usual_kwh_day: np.ndarray  # thousandths, 0 when no habit is known
    same_day: np.ndarray  # index already there for that register and day, -1 for none
    sequence: np.ndarray  # the sequence the row takes
    already: np.ndarray  # the very same index is already there


def past_of(rows: columns.Columns, *, corrects: bool = False) -> Past:
    """What came before each row, in the database and in the batch itself, in the order of the days.

    An index that its day has seen is already there; a correction may come back to one, unless it stands now.
    `rows` has delivery_point_id, register_id, read_on, value; kind, series, dials, multiplier, starts_on of the site.
    """
    count = len(rows["register_id"])
    points = np.unique(rows["delivery_point_id"])
    first = rows["read_on"].min().astype(object) if count else STILL_THERE
    old = readings(points, since=max(first - timedelta(days=MEMORY_DAYS), date.min) if count else first)
    known = sites(points)
    site = site_of_rows(old, known)
    told = {name: known[name][site] for name in ("kind", "series", "dials", "multiplier", "starts_on")}
    both = {name: np.concatenate([(old | told)[name], rows[name]]) for name in rows}
    rank = np.concatenate([old["sequence"].astype(np.int64), 10_000 + np.arange(count)])
    keys = ("register_id", "read_on", "starts_on", "series", "kind", "delivery_point_id")
    order = np.lexsort((rank, *(both[key] for key in keys)))
    line = {name: column[order] for name, column in both.items()}
    is_new = order >= len(old["register_id"])
    sequences = np.concatenate([old["sequence"], np.zeros(count, np.int16)])[order]
    past = _follow(line, is_new, sequences, corrects)
    back = np.empty(count, np.int64)
    back[order[is_new] - len(old["register_id"])] = np.flatnonzero(is_new)
    return Past(*(column[back] for column in past))


def _follow(line: columns.Columns, is_new: np.ndarray, sequences: np.ndarray, corrects: bool) -> tuple[np.ndarray, ...]:
    """The columns of Past for a sorted line of readings, old and new."""
    starts = _changes(line["register_id"], line["read_on"])
    day = np.cumsum(starts) - 1  # the group of a reading: one register, one day
    ends = np.flatnonzero(np.append(starts[1:], True)) if len(starts) else np.empty(0, np.int64)
    grouped = {name: column[ends] for name, column in line.items()}
    previous, previous_on, days, usual = _habits(grouped)
    same_day = np.where(starts, -1, np.roll(line["value"], 1))
    repeated = line["value"] == same_day if corrects else _seen_before(day, line["value"])
    added = np.cumsum(is_new & ~repeated)
    # A group's old readings come first: their last sequence, then one more for each that is really new.
    group_start = np.flatnonzero(starts)
    old_last = np.maximum.reduceat(sequences, group_start) if len(starts) else sequences
    base = (added - (is_new & ~repeated))[group_start]
    sequence = (old_last[day] + added - base[day]).astype(np.int16)
    return (previous[day], previous_on[day], days[day], usual[day], same_day, sequence, repeated)


def _habits(group: columns.Columns) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each register and day: the index before, its day, the days since, and the usual use a day until then."""
    count = len(group["register_id"])
    if not count:
        return tuple(np.empty(0, np.int64) for _ in range(4))
    before = np.maximum(np.arange(count) - 1, 0)
    follows = ~_changes(group["register_id"], group["starts_on"])
    on = group["read_on"].astype(np.int64)
    days = np.where(follows, on - on[before], 0)
    difference, _ = roll_over(group["value"][before], group["value"], group["dials"])
    used = np.where(follows, difference * group["multiplier"], 0)
    total = np.cumsum(used)
    place = np.cumsum(_changes(group["delivery_point_id"], group["kind"], group["series"]))
    key = place * 1_000_000 + on
    since = np.searchsorted(key, key[before] - HABIT_DAYS)
    since = np.maximum(since, np.searchsorted(place, place[before]))
    habit_days = on[before] - on[since]
    habit = (total[before] - total[since]) // np.maximum(habit_days, 1)
    whole = (group["kind"] == RegisterKind.KWH) & (group["series"] == 0)  # a part has no habit: its hours decide
    usual = np.where(follows & whole & (habit_days >= HABIT_DAYS_LEAST), habit, 0)
    previous_on = np.where(follows, on[before], 0).astype("datetime64[D]")
    return np.where(follows, group["value"][before], 0), previous_on, days, usual


def _changes(*keys: np.ndarray) -> np.ndarray:
    """Where a sorted line passes to other keys; true at its start."""
    changed = np.ones(len(keys[0]), bool)
    if len(changed):
        changed[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return changed


def _seen_before(group: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Whether the same value already stands earlier in the same group."""
    order = np.lexsort((np.arange(len(group)), value, group))
    seen = np.zeros(len(group), bool)
    seen[order] = ~_changes(group[order], value[order])
    return seen


def _day_key(register_ids: np.ndarray, on: np.ndarray, registers: np.ndarray) -> np.ndarray:
    return np.searchsorted(registers, register_ids) * 10_000_000 + on.astype(np.int64)


def _listed(ids: Iterable[int]) -> list[int]:
    return [int(it) for it in ids]
