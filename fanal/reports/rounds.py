"""Tournées: what is to be read in a cycle on a day, what was read already, and what is doubtful about it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.db import connection

from fanal.records.metering.facts import PHOTOS, SERIES
from fanal.reports.who import ADDRESS

Show = Literal["all", "todo", "doubtful"]
# One row a register that hangs that day in the cycle, with the last reading of that day.
HANGING = """
FROM premises_deliverypoint d
JOIN premises_premises p ON p.id = d.premises_id
JOIN metering_installation i ON i.delivery_point_id = d.id
    AND i.starts_on <= %(on)s AND (i.ends_on IS NULL OR i.ends_on > %(on)s)
JOIN metering_meter m ON m.id = i.meter_id
JOIN metering_register r ON r.meter_id = m.id
LEFT JOIN LATERAL (
    SELECT l.value, l.sequence, l.source, l.quality FROM metering_reading l
    WHERE l.delivery_point_id = d.id AND l.register_id = r.id AND l.read_on = %(on)s
    ORDER BY l.sequence DESC LIMIT 1) standing ON true
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM metering_finding f WHERE f.delivery_point_id = d.id AND f.register_id = r.id
        AND f.read_on = %(on)s AND f.sequence = standing.sequence) AS is_doubtful) doubt
WHERE d.cycle = %(cycle)s
"""
SHOWN = {"all": "", "todo": "AND standing.value IS NULL", "doubtful": "AND is_doubtful"}
LINES = f"""
SELECT r.id, d.id, d.number, {ADDRESS}, p.city, m.serial, r.kind, r.name, {SERIES}, r.dials, i.multiplier, i.starts_on,
    i.ends_on,
    standing.value, coalesce(standing.sequence, 0), coalesce(standing.source, 0), coalesce(standing.quality, 0),
    {PHOTOS.format(point="d.id", register="r.id", day="%(on)s")}
{HANGING} {{shown}} AND (%(registers)s::bigint[] IS NULL OR r.id = ANY(%(registers)s))
ORDER BY d.sequence, d.id, r.kind, r.name <> 'total', r.id LIMIT %(limit)s OFFSET %(offset)s
"""
COUNTS = f"SELECT count(*), count(standing.value), count(*) FILTER (WHERE is_doubtful) {HANGING}"
FINDINGS = """
SELECT f.register_id, f.code, f.evidence FROM metering_finding f
JOIN unnest(%(registers)s::bigint[], %(points)s::bigint[], %(sequences)s::int[]) of (register, point, sequence)
    ON f.delivery_point_id = of.point AND f.register_id = of.register AND f.sequence = of.sequence
WHERE f.read_on = %(on)s ORDER BY f.id
"""
# The last day on which most of a cycle was read in one go: one read in four is enough to be called a round. A
# correction, of a higher sequence, reads nothing more.
ROUNDS = """
WITH points AS (
    SELECT d.cycle, count(DISTINCT d.id) AS points, count(*) AS registers
    FROM premises_deliverypoint d
    JOIN metering_installation i ON i.delivery_point_id = d.id
        AND i.starts_on <= %(on)s AND (i.ends_on IS NULL OR i.ends_on > %(on)s)
    JOIN metering_register r ON r.meter_id = i.meter_id GROUP BY d.cycle
), days AS (
    SELECT d.cycle, l.read_on, count(*) AS done
    FROM metering_reading l JOIN premises_deliverypoint d ON d.id = l.delivery_point_id
    WHERE l.read_on > %(since)s AND l.read_on <= %(on)s AND l.sequence = 1 GROUP BY d.cycle, l.read_on
), last AS (
    SELECT DISTINCT ON (cycle) cycle, read_on, done FROM days JOIN points USING (cycle)
    WHERE done * 4 >= registers ORDER BY cycle, read_on DESC
)
SELECT cycle, points, registers, last.read_on, coalesce(last.done, 0),
    (SELECT count(*) FROM metering_finding f JOIN premises_deliverypoint d ON d.id = f.delivery_point_id
        WHERE d.cycle = points.cycle AND f.read_on = last.read_on
        AND f.sequence = (SELECT max(l.sequence) FROM metering_reading l WHERE l.delivery_point_id
            = f.delivery_point_id AND l.register_id = f.register_id AND l.read_on = f.read_on))
FROM points LEFT JOIN last USING (cycle) ORDER BY cycle
"""
# The readings of a register at a point, the corrected ones too, with the issued bill that rests on each.
HISTORY = f"""
SELECT l.read_on, l.sequence, l.value, l.source, l.quality, l.recorded_on,
    l.sequence = max(l.sequence) OVER (PARTITION BY l.read_on) AS stands, used.account, used.number,
    {PHOTOS.format(point="l.delivery_point_id", register="l.register_id", day="l.read_on")}
FROM metering_reading l
LEFT JOIN LATERAL (
    SELECT a.number AS account, i.number FROM billing_bill b
    JOIN billing_measure m ON m.account_id = b.account_id AND m.bill_id = b.id AND m.register_id = l.register_id
    JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
    JOIN ledger_account a ON a.id = b.account_id
    WHERE b.delivery_point_id = l.delivery_point_id AND m.to_on = l.read_on AND m.to_sequence = l.sequence
    ORDER BY i.number DESC LIMIT 1) used ON true
WHERE l.delivery_point_id = %(point)s AND l.register_id = %(register)s
    AND l.read_on BETWEEN %(on)s::date - 400 AND %(on)s::date + 400
ORDER BY l.read_on DESC, l.sequence DESC LIMIT 40
"""
PLACE = f"""
SELECT d.number, {ADDRESS}, p.city, d.cycle, m.serial, r.kind, r.name, r.dials FROM premises_deliverypoint d
JOIN premises_premises p ON p.id = d.premises_id, metering_register r JOIN metering_meter m ON m.id = r.meter_id
WHERE d.id = %(point)s AND r.id = %(register)s
"""


@dataclass(frozen=True, slots=True)
class Round:
    """A cycle: what hangs in it, and how its last round went."""

    cycle: int
    points: int
    registers: int
    last_on: date | None
    done: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A finding that was kept with a reading."""

    code: str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A register to read: where, which, and what stands already that day (`value` in thousandths, None for none)."""

    register_id: int
    delivery_point_id: int
    point: str
    street: str
    city: str
    meter: str
    kind: int
    name: str
    series: int
    dials: int
    multiplier: int
    starts_on: date
    ends_on: date | None
    value: int | None
    sequence: int
    source: int
    quality: int
    photos: list[int]
    kept: list[Kept] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a cycle on a day: registers to read, read, doubtful."""

    registers: int
    done: int
    doubtful: int

    @property
    def left(self) -> int:
        """How many are still to be read."""
        return self.registers - self.done


@dataclass(frozen=True, slots=True)
class Place:
    """Where a register hangs."""

    point: str
    street: str
    city: str
    cycle: int
    meter: str
    kind: int
    name: str
    dials: int


@dataclass(frozen=True, slots=True)
class PastReading:
    """A reading of a register: whether it stands, and the issued bill that rests on it, the photos of its day."""

    read_on: date
    sequence: int
    value: int
    source: int
    quality: int
    recorded_on: date
    stands: bool
    account: str | None
    bill_number: int | None
    photos: list[int]


def rounds(on: date) -> list[Round]:
    """The cycles, each with its last round in the year."""
    with connection.cursor() as cursor:
        cursor.execute(ROUNDS, {"on": on, "since": date(on.year - 1, on.month, 1)})
        return [Round(*row) for row in cursor.fetchall()]


def counts(cycle: int, on: date) -> Counts:
    """How far the round of that day is."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"cycle": cycle, "on": on})
        return Counts(*cursor.fetchone())


def lines(
    cycle: int, on: date, *, show: Show = "all", registers: Sequence[int] | None = None, offset: int = 0, limit: int
) -> list[RoundLine]:
    """The registers of a cycle that hang that day, in the order of the round, with what is kept of the day."""
    wanted = {"cycle": cycle, "on": on, "registers": registers, "offset": offset, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(LINES.format(shown=SHOWN[show]), wanted)
        found = [RoundLine(*row) for row in cursor.fetchall()]
    _with_findings([it for it in found if it.sequence], on)
    return found


def _with_findings(read: list[RoundLine], on: date) -> None:
    of_register = {it.register_id: it for it in read}
    columns = {
        "registers": list(of_register), "points": [it.delivery_point_id for it in read],
        "sequences": [it.sequence for it in read], "on": on,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FINDINGS, columns)
        for register, code, evidence in cursor.fetchall():
            of_register[register].kept.append(Kept(code, _facts(evidence)))


def _facts(evidence: Any) -> dict[str, Any]:
    """The evidence with its days as days again."""
    known = json.loads(evidence) if isinstance(evidence, str) else evidence
    return {name: date.fromisoformat(it) if name.endswith("_on") and it else it for name, it in known.items()}


def place(delivery_point_id: int, register_id: int) -> Place | None:
    """Where that register hangs or hung; None when either is unknown."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE, {"point": delivery_point_id, "register": register_id})
        row = cursor.fetchone()
    return Place(*row) if row else None


def history(delivery_point_id: int, register_id: int, around: date) -> list[PastReading]:
    """The readings of a register in the year before and after that day, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, {"point": delivery_point_id, "register": register_id, "on": around})
        return [PastReading(*row) for row in cursor.fetchall()]
