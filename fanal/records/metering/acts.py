"""Register, install, exchange and remove meters; record, photograph, correct and estimate what they show."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from django.db import connection, transaction

from fanal.law.metering import estimation
from fanal.law.metering import registers as told
from fanal.records.columns import Columns
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.metering import photos as pictures
from fanal.records.metering import reads
from fanal.records.metering.models import Estimate, Installation, Meter, Quality, Register, RegisterKind, Source
from fanal.records.metering.photos import Attached, NewPhoto
from fanal.records.metering.reads import NewReading, Recorded
from fanal.records.premises.models import DeliveryPoint
from fanal.values.energy import REGISTER_NAME, TOTAL, format_register, parse_quantity
from fanal.values.refusal import Fault, Problem, Refused, in_each, refuse, refuse_any
from fanal.values.wording import Lang
from fanal.values.writing import line

__all__ = ["Attached", "NewPhoto", "NewReading", "Quality", "Recorded", "RegisterKind", "Source"]

HUNG_TWICE = {
    "a_meter_hangs_in_one_place": "Un compteur est posé à deux endroits le même jour.",
    "one_meter_per_delivery_point_and_day": "Deux compteurs sont posés au même point de livraison le même jour.",
}
HAS_ALREADY = "Le compteur {serial} a déjà un registre {which}."
IN_PLACE = "Le compteur {serial} est déjà en place à ce point de livraison depuis le {on}."
NO_REGISTER_NAME = "« {name} » n’est pas un nom de registre, comme peak ou injected."
REMOVED_BEFORE = "Le compteur est en place depuis le {on} : la dépose vient après."
UNKNOWN_POINT = "Le point de livraison {id} n’existe pas."
SERIAL_TAKEN = {"metering_meter_serial_key": "Un de ces numéros de compteur vient d’être pris."}
Which = RegisterKind | tuple[RegisterKind, str]  # the register of a whole, or one that has a name
Indexes = Mapping[Which, Decimal | int]
Registers = dict[Which, int]  # their ids


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeter:
    """A meter to register: (which, dials) of each of its registers, the digits before the decimal point."""

    serial: str
    registers: Sequence[tuple[Which, int]]
    model: str = ""
    verified_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInstallation:
    """Pose: a meter hung at a delivery point at the start of a day, and what it shows then."""

    meter_id: int
    delivery_point_id: int
    starts_on: date
    opening: Indexes
    multiplier: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Dépose: the meter of a delivery point taken away at the start of a day, and what it showed."""

    delivery_point_id: int
    ends_on: date
    closing: Indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Remplacement: the meter of a delivery point taken away and another hung, at the start of the same day."""

    delivery_point_id: int
    exchanged_on: date
    closing: Indexes
    meter_id: int
    opening: Indexes
    multiplier: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """4.1.2 b): relevé des appareils."""

    appliances: Sequence[estimation.Appliance]


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """4.1.2 c): what a test measured in a day, in kWh."""

    kwh_day: Decimal
    tested_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """4.1.2 d): a quantity set by a person, with the written reason."""

    quantity: Decimal
    reason: str


def kind_of(unit: str) -> RegisterKind:
    """What a register in that unit counts."""
    return {it.label: it for it in RegisterKind}[unit]


def which(unit: str, name: str) -> Which:
    """The register of that unit and that name, as the acts take it."""
    return kind_of(unit) if name == TOTAL else (kind_of(unit), name)


def index_of(typed: str) -> Decimal:
    """An index as it is typed; refused, in a sentence, when it is no number."""
    try:
        return Decimal(parse_quantity(typed)).scaleb(-3)
    except Fault as fault:
        raise fault.refused(field="index") from None


@transaction.atomic
def register_meters(*, meters: Sequence[NewMeter], by: str, on: date) -> list[tuple[int, Registers]]:
    """Inscrire des compteurs: (meter id, {which: register id}) of each, in order."""
    serials = Counter(it.serial for it in meters)
    taken = set(Meter.objects.filter(serial__in=list(serials)).values_list("serial", flat=True))
    refuse_any(problem for row, it in enumerate(meters, 1) for problem in _wrong_meter(row, it, taken, serials))
    with saying(SERIAL_TAKEN):
        made = Meter.objects.bulk_create(
            Meter(serial=it.serial, model=it.model, verified_until=it.verified_until) for it in meters
        )
    registers = Register.objects.bulk_create(
        _new_register(meter.pk, which, dials)
        for meter, new in zip(made, meters, strict=True)
        for which, dials in new.registers
    )
    journal.record_many("register_meters", noun="meter", ids=[it.pk for it in made], by=by, on=on)
    of_meter: dict[int, Registers] = {it.pk: {} for it in made}
    for register in registers:
        of_meter[register.meter_id][_which(register.kind, register.name)] = register.pk
    return list(of_meter.items())


@transaction.atomic
def add_register(
    *, meter_id: int, which: Which, dials: int, index: Decimal | int, added_on: date, by: str, on: date
) -> int:
    """Ajouter un registre à un compteur en place, with what it shows at the start of that day: its id."""
    meter = Meter.objects.select_for_update().filter(pk=meter_id).first()
    hung = Installation.objects.filter(meter_id=meter_id, ends_on=None, starts_on__lte=added_on).first()
    if meter is None or hung is None:
        raise refuse("Ce compteur n’est pas en place : ses registres se disent quand il est inscrit.", field="meter_id")
    refuse_any(_wrong_registers(0, [(which, dials)]))
    kind, name = _told(which)
    if Register.objects.filter(meter=meter, kind=kind, name=name).exists():
        raise refuse(HAS_ALREADY, field="registers", serial=meter.serial, which=_label(which))
    register = _new_register(meter.pk, which, dials)
    register.save()
    _read_dials([(0, hung.delivery_point_id, register.pk, added_on, index)], source=Source.INSTALLATION, on=on)
    grounds = {"register": format_register(kind.label, name), "dials": dials, "index": str(index),
               "added_on": added_on.isoformat()}  # fmt: skip
    journal.record("add_register", about=f"meter:{meter_id}", by=by, on=on, grounds=grounds)
    return register.pk


@transaction.atomic
def install_meters(*, installations: Sequence[NewInstallation], by: str, on: date) -> list[int]:
    """Poser des compteurs, with the index each register shows: the ids of the installations, in order."""
    ids = _install(installations, on=on)
    journal.record_many("install_meters", noun="installation", ids=ids, by=by, on=on)
    return ids


@transaction.atomic
def remove_meters(*, removals: Sequence[Removal], by: str, on: date) -> None:
    """Déposer des compteurs, with the last index of each register."""
    ids = _remove(removals, on=on)
    journal.record_many("remove_meters", noun="installation", ids=ids, by=by, on=on)


@transaction.atomic
def exchange_meters(*, exchanges: Sequence[Exchange], by: str, on: date) -> list[int]:
    """Remplacer des compteurs: removal index, new meter, opening index, together; the ids of the new installations."""
    removed = _remove(
        [
            Removal(delivery_point_id=it.delivery_point_id, ends_on=it.exchanged_on, closing=it.closing)
            for it in exchanges
        ],
        on=on,
    )
    installed = [
        NewInstallation(
            meter_id=it.meter_id,
            delivery_point_id=it.delivery_point_id,
            starts_on=it.exchanged_on,
            opening=it.opening,
            multiplier=it.multiplier,
        )
        for it in exchanges
    ]
    ids = _install(installed, on=on)
    journal.record_many("exchange_meters", noun="installation", ids=ids, by=by, on=on, grounds={"removed": removed})
    return ids


@transaction.atomic
def record_readings(
    *, readings: Sequence[NewReading] | Columns, by: str, on: date, keep_good: bool = False
) -> Recorded:
    """Inscrire des relèves. The doubtful are kept with their findings; a refused one refuses all unless `keep_good`.

    Rows as typed, or columns: delivery_point_id i64, register_id i64, read_on D, value i64 (thousandths of the dial's
    unit), source i16, quality i16. A reading that is already there with the same index is counted, not kept twice.
    The photos of a row are kept with its reading.
    """
    batch = reads.of_columns(readings) if isinstance(readings, dict) else reads.of_rows(readings)
    recorded = reads.store(batch, on=on)
    if recorded.refused and not keep_good:
        raise Refused(recorded.refused)
    grounds: dict[str, Any] = {
        "stored": recorded.stored,
        "already": recorded.already,
        "refused": len(recorded.refused),
        "findings": len(recorded.findings),
    }
    if taken := [] if isinstance(readings, dict) else pictures.of_readings(readings, recorded.refused):
        grounds["photos"] = _attach(taken, by=by, on=on).ids
    journal.record("record_readings", about=f"readings:×{recorded.stored}", by=by, on=on, grounds=grounds)
    return recorded


@transaction.atomic
def attach_photos(*, photos: Sequence[NewPhoto], by: str, on: date) -> Attached:
    """Joindre des photos à des relèves already recorded, all or none; one that a reading has already is counted.

    Raises Refused with the row of each photo whose reading is not found.
    """
    attached = _attach(photos, by=by, on=on)
    grounds = {"already": attached.already}
    journal.record_many("attach_photos", noun="photo", ids=attached.ids, by=by, on=on, grounds=grounds)
    return attached


@transaction.atomic
def correct_reading(
    *,
    delivery_point_id: int,
    register_id: int,
    read_on: date,
    index: str,
    reason: str,
    by: str,
    on: date,
    photos: Sequence[NewPhoto] = (),
) -> Recorded:
    """Corriger une relève: the same register and day with the next sequence, and the written reason in the journal.

    `photos` of that register and day are kept with the new reading.
    """
    reason = line(reason, missing="Une correction demande une raison écrite.")
    batch = reads.correction(delivery_point_id=delivery_point_id, register_id=register_id, read_on=read_on, index=index)
    recorded = reads.store(batch, on=on, corrects=True)
    refuse_any(recorded.refused)
    if recorded.already:
        raise refuse("L’index {index} est déjà inscrit pour le {on}.", field="index", index=index, on=read_on)
    grounds: dict[str, Any] = {
        "register": register_id,
        "read_on": read_on.isoformat(),
        "index": index,
        "reason": reason,
    }
    if photos:
        grounds["photos"] = _attach(photos, by=by, on=on).ids
    journal.record("correct_reading", about=f"delivery_point:{delivery_point_id}", by=by, on=on, grounds=grounds)
    return recorded


@transaction.atomic
def record_estimate(
    *,
    delivery_point_id: int,
    kind: RegisterKind,
    from_on: date,
    to_on: date,
    means: Inventory | Test | Figure,
    by: str,
    on: date,
    name: str = TOTAL,
) -> int:
    """Estimer une consommation ou une puissance sur [from_on, to_on) par 4.1.2 b), c) ou d): the id of the estimate.

    `name` is that of the register that it stands for, where it is not the whole.
    """
    _refuse_estimate(delivery_point_id, (kind, name), (from_on, to_on), means)
    made = _estimated(means, (to_on - from_on).days)
    if made.quantity < 0:
        raise refuse("Une quantité estimée n’est jamais négative.", field="quantity")
    row = Estimate.objects.create(
        delivery_point_id=delivery_point_id,
        kind=kind,
        name=name,
        from_on=from_on,
        to_on=to_on,
        method=made.method.letter,
        quantity=made.quantity,
        inputs=list(made.inputs),
        by=by,
    )
    grounds = {
        "kind": int(kind),
        "name": name,
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat(),
        "estimate": row.pk,
    }
    journal.record("record_estimate", about=f"delivery_point:{delivery_point_id}", by=by, on=on, grounds=grounds)
    return row.pk


def _attach(photos: Sequence[NewPhoto], *, by: str, on: date) -> Attached:
    attached, wrong = pictures.store(photos, by=by, on=on)
    refuse_any(wrong)
    return attached


def _refuse_estimate(
    delivery_point_id: int, which: tuple[RegisterKind, str], days: tuple[date, date], means: Inventory | Test | Figure
) -> None:
    if not re.fullmatch(REGISTER_NAME, which[1]):
        raise refuse(NO_REGISTER_NAME, field="name", name=which[1])
    if days[1] <= days[0]:
        raise refuse("La période à estimer finit avant d’avoir duré un jour.", field="to_on")
    if not DeliveryPoint.objects.filter(pk=delivery_point_id).exists():
        raise refuse(UNKNOWN_POINT, field="delivery_point_id", id=str(delivery_point_id))
    if which != (RegisterKind.KWH, TOTAL) and not isinstance(means, Figure):
        raise refuse("Les appareils et les essais (art. 4.1.2 b et c) estiment tous les kWh seulement.", field="kind")


def _estimated(means: Inventory | Test | Figure, days: int) -> estimation.Estimate:
    try:
        match means:
            case Inventory():
                return estimation.estimate_from_appliances(means.appliances, days)
            case Test():
                return estimation.estimate_from_tests(parse_quantity(means.kwh_day), days, tested_on=means.tested_on)
            case Figure():
                return estimation.estimate_otherwise(parse_quantity(means.quantity), reason=means.reason)
    except Fault as fault:
        raise fault.refused(field="means") from fault


def _install(installations: Sequence[NewInstallation], *, on: date) -> list[int]:
    registers = _registers_of({it.meter_id for it in installations})
    points = {it.delivery_point_id for it in installations}
    known = set(DeliveryPoint.objects.filter(pk__in=points).values_list("pk", flat=True))
    wrong = [
        problem
        for row, it in enumerate(installations, 1)
        for problem in _wrong_installation(row, it, registers.get(it.meter_id), it.delivery_point_id in known, on)
    ]
    refuse_any(wrong or _hung_already(installations))
    with saying(HUNG_TWICE):
        made = Installation.objects.bulk_create(
            Installation(
                meter_id=it.meter_id,
                delivery_point_id=it.delivery_point_id,
                multiplier=it.multiplier,
                starts_on=it.starts_on,
            )
            for it in installations
        )
    _read_dials(
        [
            (row, it.delivery_point_id, register_id, it.starts_on, it.opening.get(kind, 0))
            for row, it in enumerate(installations, 1)
            for kind, register_id in registers[it.meter_id].items()
        ],
        source=Source.INSTALLATION,
        on=on,
    )
    return [it.pk for it in made]


def _remove(removals: Sequence[Removal], *, on: date) -> list[int]:
    points = {it.delivery_point_id for it in removals}
    hanging = Installation.objects.select_for_update(no_key=True).filter(delivery_point_id__in=points, ends_on=None)
    found = {it.delivery_point_id: it for it in hanging.order_by("pk")}
    registers = _registers_of({it.meter_id for it in found.values()})
    refuse_any(
        problem
        for row, it in enumerate(removals, 1)
        for problem in _wrong_removal(row, it, found.get(it.delivery_point_id), registers, on)
    )
    ids = [found[it.delivery_point_id].pk for it in removals]
    _read_dials(
        [
            (row, it.delivery_point_id, register_id, it.ends_on, it.closing[kind])
            for row, it in enumerate(removals, 1)
            for kind, register_id in registers[found[it.delivery_point_id].meter_id].items()
            if kind in it.closing
        ],
        source=Source.REMOVAL,
        on=on,
    )
    _end_installations(ids, [it.ends_on for it in removals])
    return ids


def _end_installations(ids: list[int], ends_on: list[date]) -> None:
    """Date the end of installations; refused when one was read after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE metering_installation i SET ends_on = e.ends_on "
            "FROM unnest(%s::bigint[], %s::date[]) e (id, ends_on) WHERE i.id = e.id",
            [ids, ends_on],
        )
        cursor.execute(
            "SELECT e.row, max(l.read_on) FROM unnest(%s::bigint[]) WITH ORDINALITY e (id, row) "
            "JOIN metering_installation i ON i.id = e.id JOIN metering_register r ON r.meter_id = i.meter_id "
            "JOIN metering_reading l ON l.delivery_point_id = i.delivery_point_id AND l.register_id = r.id "
            "AND l.read_on > i.ends_on GROUP BY e.row ORDER BY e.row",
            [ids],
        )
        refuse_any(
            Problem(row, "ends_on", "Le compteur a encore été lu le {on}, après sa dépose.", on=last)
            for row, last in cursor.fetchall()
        )


def _read_dials(shown: Sequence[tuple[int, int, int, date, Decimal | int]], *, source: Source, on: date) -> None:
    """Keep what the dials show at a pose or a dépose: (row, delivery point, register, day, index)."""
    batch = reads.of_dials(shown, source=source)
    refuse_any(reads.store(batch, on=on).refused)


def _registers_of(meter_ids: set[int]) -> dict[int, Registers]:
    found: dict[int, Registers] = {}
    rows = Register.objects.filter(meter_id__in=meter_ids).order_by("kind", "pk")
    for meter_id, kind, name, pk in rows.values_list("meter_id", "kind", "name", "pk"):
        found.setdefault(meter_id, {})[_which(kind, name)] = pk
    return found


def _told(which: Which) -> tuple[RegisterKind, str]:
    """Kind and name of a register."""
    return which if isinstance(which, tuple) else (which, TOTAL)


def _which(kind: int, name: str) -> Which:
    return RegisterKind(kind) if name == TOTAL else (RegisterKind(kind), name)


def _label(which: Which) -> Mapping[Lang, str]:
    kind, name = _told(which)
    return in_each(partial(told.label, kind.label, name))


def _new_register(meter_id: int, which: Which, dials: int) -> Register:
    kind, name = _told(which)
    return Register(meter_id=meter_id, kind=kind, name=name, dials=dials)


def _hung_already(installations: Sequence[NewInstallation]) -> list[Problem]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.row, m.serial, i.meter_id = n.meter, i.starts_on "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::date[]) WITH ORDINALITY n (meter, point, starts_on, row) "
            "JOIN metering_installation i ON (i.meter_id = n.meter OR i.delivery_point_id = n.point) "
            "AND daterange(i.starts_on, i.ends_on) && daterange(n.starts_on, NULL) "
            "JOIN metering_meter m ON m.id = i.meter_id ORDER BY n.row, i.starts_on",
            [
                [it.meter_id for it in installations],
                [it.delivery_point_id for it in installations],
                [it.starts_on for it in installations],
            ],
        )
        return [
            Problem(row, "meter_id", "Le compteur {serial} est déjà posé depuis le {on}.", serial=serial, on=starts_on)
            if same
            else Problem(row, "delivery_point_id", IN_PLACE, serial=serial, on=starts_on)
            for row, serial, same, starts_on in cursor.fetchall()
        ]


def _wrong_meter(row: int, new: NewMeter, taken: set[str], serials: Counter[str]) -> Iterator[Problem]:
    if not new.serial.strip():
        yield Problem(row, "serial", "Le numéro du compteur manque.")
    if new.serial in taken or serials[new.serial] > 1:
        yield Problem(row, "serial", "Le compteur {serial} est déjà inscrit.", serial=new.serial)
    all_told = [_told(which) for which, _ in new.registers]
    if not all_told or len(set(all_told)) < len(all_told):
        yield Problem(
            row, "registers", "Un compteur a au moins un registre, et un seul de chaque sorte et de chaque nom."
        )
    yield from _wrong_registers(row, new.registers)


def _wrong_registers(row: int, registers: Sequence[tuple[Which, int]]) -> Iterator[Problem]:
    for which, dials in registers:
        kind, name = _told(which)
        if kind not in RegisterKind.values:
            yield Problem(row, "registers", "« {kind} » n’est pas une sorte de registre.", kind=str(kind))
        if not re.fullmatch(REGISTER_NAME, name):
            yield Problem(row, "registers", NO_REGISTER_NAME, name=name)
        if not 3 <= dials <= 9:
            yield Problem(row, "registers", "{dials} chiffres au cadran : il en faut de 3 à 9.", dials=dials)


def _wrong_installation(
    row: int, new: NewInstallation, registers: Registers | None, point_known: bool, on: date
) -> Iterator[Problem]:
    if registers is None:
        yield Problem(row, "meter_id", "Le compteur {id} n’existe pas.", id=str(new.meter_id))
    if not point_known:
        yield Problem(row, "delivery_point_id", UNKNOWN_POINT, id=str(new.delivery_point_id))
    if new.multiplier < 1:
        yield Problem(row, "multiplier", "Le multiplicateur du compteur compte à partir de 1.")
    if new.starts_on > on:
        yield Problem(row, "starts_on", "La pose est datée du {on}, dans l’avenir.", on=new.starts_on)
    yield from _wrong_indexes(row, "opening", new.opening, registers or {})


def _wrong_removal(
    row: int,
    removal: Removal,
    hanging: Installation | None,
    registers: Mapping[int, Registers],
    on: date,
) -> Iterator[Problem]:
    if hanging is None:
        yield Problem(row, "delivery_point_id", "Aucun compteur n’est en place à ce point de livraison.")
        return
    if removal.ends_on <= hanging.starts_on:
        yield Problem(row, "ends_on", REMOVED_BEFORE, on=hanging.starts_on)
    if removal.ends_on > on:
        yield Problem(row, "ends_on", "La dépose est datée du {on}, dans l’avenir.", on=removal.ends_on)
    yield from _wrong_indexes(row, "closing", removal.closing, registers[hanging.meter_id])


def _wrong_indexes(row: int, field: str, indexes: Indexes, registers: Registers) -> Iterator[Problem]:
    """The index of energy is always noted; a demand register starts again from zero."""
    for which in registers:
        if which not in indexes and _told(which)[0].is_cumulative:
            yield Problem(row, field, "L’index des {which} manque.", which=_label(which))
    for which in indexes if registers else ():
        if which not in registers:
            yield Problem(row, field, "Ce compteur n’a pas de registre {which}.", which=_label(which))


def columns_of_readings(
    delivery_point_ids: np.ndarray,
    register_ids: np.ndarray,
    read_on: np.ndarray,
    values: np.ndarray,
    *,
    source: Source = Source.REMOTE,
    quality: Quality = Quality.REAL,
) -> Columns:
    """The columns that `record_readings` takes, with their dtypes; `values` in thousandths."""
    count = len(register_ids)
    return {
        "delivery_point_id": np.asarray(delivery_point_ids, np.int64),
        "register_id": np.asarray(register_ids, np.int64),
        "read_on": np.asarray(read_on, "datetime64[D]"),
        "value": np.asarray(values, np.int64),
        "source": np.full(count, source, np.int16),
        "quality": np.full(count, quality, np.int16),
    }
