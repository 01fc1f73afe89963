"""A batch of reads, judged by the law a column at a time, and kept. What is odd is worded one by one: it is rare."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection

from fanal.law.in_force import in_force
from fanal.law.metering import plausibility, registers
from fanal.law.metering.plausibility import HoldReason, Severity, Terms
from fanal.records import columns
from fanal.records.journal.refusals import saying
from fanal.records.metering import facts
from fanal.records.metering.facts import Past
from fanal.records.metering.models import CUMULATIVE, Finding, Quality, RegisterKind, Source
from fanal.values.energy import THOUSAND, TOTAL, format_quantity, parse_quantity
from fanal.values.picture import Picture
from fanal.values.refusal import Problem, in_each

READ_TWICE = {"metering_reading_pkey": "Ces relèves viennent d’être inscrites par quelqu’un d’autre : les relire."}
UNREADABLE = -1  # value of an index that is not a number; the law says why from what was typed
OF_SITE = ("kind", "series", "dials", "multiplier", "starts_on", "ends_on")
SUSPECT = (HoldReason.DECREASING_INDEX, HoldReason.ZERO_USE, HoldReason.HIGH_USE)
DIGITS = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """A read as a person or a file gives it; `index` as typed."""

    delivery_point: str  # its number
    meter: str  # its serial number
    index: str
    read_on: date
    kind: RegisterKind = RegisterKind.KWH
    name: str = TOTAL  # of the register
    source: Source = Source.STAFF
    quality: Quality = Quality.REAL
    photos: Sequence[Picture] = ()  # of the dial


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A doubtful reading that was kept, and what is doubtful."""

    row: int
    delivery_point_id: int
    register_id: int
    read_on: date
    sequence: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of a batch: rows kept, rows already there, rows refused, doubts on kept rows."""

    stored: int
    already: int
    refused: list[Problem]
    findings: list[Doubt]


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings to judge: their columns, the row of each in what was given, what was typed, what is refused already."""

    columns: columns.Columns
    rows: np.ndarray
    typed: list[str] | None = None
    refused: list[Problem] = field(default_factory=list)


def of_columns(given: columns.Columns) -> Batch:
    """A batch of columns (see acts.record_readings)."""
    return Batch(given, np.arange(1, len(given["register_id"]) + 1))


def of_dials(shown: Sequence[tuple[int, int, int, date, Decimal | int]], *, source: Source) -> Batch:
    """A batch of (row, delivery point, register, day, index)."""
    texts = [format(index, "f") if isinstance(index, Decimal) else str(index) for *_, index in shown]
    rows = np.array([row for row, *_ in shown], np.int64)
    return Batch(
        _columns([(*it[1:4], text, source, Quality.REAL) for it, text in zip(shown, texts, strict=True)]), rows, texts
    )


def correction(*, delivery_point_id: int, register_id: int, read_on: date, index: str) -> Batch:
    """A batch of one reading that corrects another."""
    given = [(delivery_point_id, register_id, read_on, index, Source.STAFF, Quality.REAL)]
    return Batch(_columns(given), np.array([1]), [index])


def of_rows(given: Sequence[NewReading]) -> Batch:
    """A batch of typed reads; those of an unknown delivery point or meter are refused at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, m.id, r.id FROM unnest(%s::text[], %s::text[], %s::smallint[], %s::text[]) "
            "WITH ORDINALITY n (point, serial, kind, name, row) "
            "LEFT JOIN premises_deliverypoint p ON p.number = n.point "
            "LEFT JOIN metering_meter m ON m.serial = n.serial "
            "LEFT JOIN metering_register r ON r.meter_id = m.id AND r.kind = n.kind AND r.name = n.name ORDER BY n.row",
            [
                [it.delivery_point for it in given],
                [it.meter for it in given],
                [int(it.kind) for it in given],
                [it.name for it in given],
            ],
        )
        found = cursor.fetchall()
    refused, good, rows = [], [], []
    for row, (it, (point, meter, register)) in enumerate(zip(given, found, strict=True), 1):
        if point is None:
            number = it.delivery_point
            refused.append(Problem(row, "delivery_point", "Le point de livraison {number} est inconnu.", number=number))
        if meter is None:
            refused.append(Problem(row, "meter", "Le compteur {meter} est inconnu.", meter=it.meter))
        elif register is None:
            which = in_each(partial(registers.label, it.kind.label, it.name))
            refused.append(
                Problem(row, "kind", "Le compteur {meter} n’a pas de registre {which}.", meter=it.meter, which=which)
            )
        if point is not None and register is not None:
            good.append((point, register, it.read_on, it.index, it.source, it.quality))
            rows.append(row)
    return Batch(_columns(good), np.array(rows, np.int64), [it[3] for it in good], refused)


def store(batch: Batch, *, on: date, corrects: bool = False) -> Recorded:
    """Judge a batch and keep what is not refused, in the caller's transaction."""
    terms = in_force(Terms, settings.FANAL_BYLAW, "plausibility", on=on)
    known = facts.sites(np.unique(batch.columns["delivery_point_id"]))
    site = facts.site_of_rows(batch.columns, known)
    sited = batch.columns | {name: _at(known[name], site) for name in OF_SITE}
    wrong = _cannot_be(sited, site, on)
    refused = [*batch.refused, *_worded_refusals(batch, sited, site, np.flatnonzero(wrong), on=on, terms=terms)]
    good = np.flatnonzero(~wrong)
    rows = {name: column[good] for name, column in sited.items()}
    of_past = {name: rows[name] for name in rows if name not in ("source", "quality", "ends_on")}
    past = facts.past_of(of_past, corrects=corrects)
    if corrects:
        refused += [
            Problem(int(batch.rows[at]), "read_on", "Aucune relève du {on} à corriger.", on=_day(rows, place))
            for place, at in enumerate(good)
            if past.same_day[place] < 0
        ]
    if corrects and refused:
        return Recorded(stored=0, already=0, refused=refused, findings=[])
    new = ~past.already
    _copy(rows, past, new, on)
    suspects = np.flatnonzero(new & _suspect(rows, past, terms, corrects))
    doubts = _worded_doubts(rows, past, batch.rows[good], suspects, on=on, terms=terms, corrects=corrects)
    return Recorded(stored=int(new.sum()), already=int((~new).sum()), refused=refused, findings=doubts)


def _cannot_be(sited: columns.Columns, site: np.ndarray, on: date) -> np.ndarray:
    """What the law refuses, a column at a time: no register there that day, a day to come, an index off its dials."""
    turn = THOUSAND * np.power(np.int64(10), sited["dials"].astype(np.int64))
    return (
        (site < 0)
        | (sited["read_on"] > np.datetime64(on))
        | (sited["read_on"] < sited["starts_on"])
        | (sited["read_on"] > sited["ends_on"])
        | (sited["value"] < 0)
        | (sited["value"] >= turn)
    )


def _suspect(rows: columns.Columns, past: Past, terms: Terms, corrects: bool) -> np.ndarray:
    """Where the look of a bill run sees something odd, or another index stands for that day."""
    difference, rolled = plausibility.roll_over(past.previous, rows["value"], rows["dials"])
    doubts = plausibility.doubts_of_quantities(
        kwh=difference * rows["multiplier"],
        days=past.days,
        usual_kwh_day=past.usual_kwh_day,
        rolled=rolled,
        terms=terms,
    )
    suspect = np.any([doubts[reason] for reason in SUSPECT], axis=0)
    odd = np.isin(rows["kind"], CUMULATIVE) & (past.days > 0) & suspect
    return odd if corrects else odd | (past.same_day >= 0)


def _copy(rows: columns.Columns, past: Past, new: np.ndarray, on: date) -> None:
    if not new.any():
        return
    kept = {name: rows[name][new] for name in ("delivery_point_id", "register_id", "read_on")}
    kept["sequence"] = past.sequence[new]
    kept |= {name: rows[name][new] for name in ("value", "source", "quality")}
    kept["recorded_on"] = np.full(int(new.sum()), on, "datetime64[D]")
    with saying(READ_TWICE), connection.cursor() as cursor:
        columns.write(cursor, "metering_reading", kept)


def _worded_refusals(
    batch: Batch, sited: columns.Columns, site: np.ndarray, places: np.ndarray, *, on: date, terms: Terms
) -> list[Problem]:
    """What the law says of each refused row."""
    names = facts.register_names(np.unique(sited["register_id"][places]))
    problems = []
    for place in places:
        value = int(sited["value"][place])
        meter, dials = names.get(int(sited["register_id"][place]), ("inconnu", 9))
        there = site[place] >= 0
        ends_on = sited["ends_on"][place].astype(object)
        reading = plausibility.Reading(
            index=batch.typed[place] if batch.typed else format_quantity(value),
            read_on=sited["read_on"][place].astype(object),
            today=on,
            meter=meter,
            installed_here=bool(there),
            dials=dials,
            installed_on=sited["starts_on"][place].astype(object) if there else None,
            removed_on=ends_on if there and ends_on != facts.STILL_THERE else None,
        )
        found = plausibility.check_reading(reading, terms)
        refusals = [it for it in found if it.severity == Severity.REFUSED]
        problems += [Problem(int(batch.rows[place]), it.field, "{why}", why=in_each(it.text)) for it in refusals]
    return problems


def _worded_doubts(
    rows: columns.Columns,
    past: Past,
    numbers: np.ndarray,
    places: np.ndarray,
    *,
    on: date,
    terms: Terms,
    corrects: bool,
) -> list[Doubt]:
    """What the law says of each suspect row; kept as findings."""
    names = facts.register_names(np.unique(rows["register_id"][places]))
    doubts, kept = [], []
    for place in places:
        meter, dials = names[int(rows["register_id"][place])]
        found = plausibility.check_reading(_reading(rows, past, place, meter, dials, on, corrects), terms)
        key = dict(
            delivery_point_id=int(rows["delivery_point_id"][place]),
            register_id=int(rows["register_id"][place]),
            read_on=rows["read_on"][place].astype(object),
            sequence=int(past.sequence[place]),
        )
        doubts += [Doubt(row=int(numbers[place]), code=it.code, reason=it.text(), **key) for it in found]
        kept += [Finding(code=it.code, evidence=_evidence(it.values), found_on=on, **key) for it in found]
    Finding.objects.bulk_create(kept)
    return doubts


def _reading(
    rows: columns.Columns, past: Past, place: int, meter: str, dials: int, on: date, corrects: bool
) -> plausibility.Reading:
    followed = bool(past.days[place] > 0)
    same_day = int(past.same_day[place])
    return plausibility.Reading(
        index=format_quantity(int(rows["value"][place])),
        read_on=rows["read_on"][place].astype(object),
        today=on,
        meter=meter,
        installed_here=True,
        dials=dials,
        cumulative=RegisterKind(rows["kind"][place]).is_cumulative,
        multiplier=int(rows["multiplier"][place]),
        previous_index=int(past.previous[place]) if followed else None,
        previous_on=past.previous_on[place].astype(object) if followed else None,
        same_day_index=None if corrects or same_day < 0 else same_day,
        usual_kwh_day=int(past.usual_kwh_day[place]),
    )


def _evidence(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _columns(given: Sequence[tuple[int, int, date, str, Source, Quality]]) -> columns.Columns:
    """Columns of (delivery point, register, day, index as typed, source, quality)."""
    points, registers, days, typed, sources, qualities = zip(*given, strict=True) if given else ((),) * 6
    return {
        "delivery_point_id": np.array(points, np.int64),
        "register_id": np.array(registers, np.int64),
        "read_on": np.array(days, "datetime64[D]"),
        "value": np.array([_value(text) for text in typed], np.int64),
        "source": np.array(sources, np.int16),
        "quality": np.array(qualities, np.int16),
    }


def _value(typed: str) -> int:
    return parse_quantity(typed) if DIGITS.fullmatch(typed) else UNREADABLE


def _at(column: np.ndarray, site: np.ndarray) -> np.ndarray:
    """The column at each site; anything where there is none: those rows are refused."""
    return column[site] if len(column) else np.zeros(len(site), column.dtype)


def _day(rows: columns.Columns, place: int) -> date:
    day: date = rows["read_on"][place].item()
    return day
