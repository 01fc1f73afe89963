"""The town comes into the records: acts that register people, places, meters and subscriptions, and keep their ids.

Every act that gives ids goes through `Memory`, which the journal keeps step by step: a demo that was killed is taken up
again by going through the same code with what the journal remembers, and no act is done twice.
"""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from fanal.doors.demo.names import CITY
from fanal.doors.demo.people import Party
from fanal.doors.demo.readings import KVA, KW, KWH, Dials
from fanal.doors.demo.stories import Town
from fanal.doors.demo.town import DOMESTIC, ENERGISED_ON, Hanging, Occupancy, Point, Use
from fanal.records.customers import acts as customers
from fanal.records.ledger import acts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind, Which
from fanal.records.premises import acts as premises
from fanal.records.subscriptions import acts as subscriptions
from fanal.records.subscriptions import particulars

BY = "demo"
DEMAND_DIALS = 5
VERIFIED_UNTIL = datetime.date(2031, 12, 31)
THOUSAND = 1000


class Memory:
    """Ids that acts gave, in the order of the acts."""

    def __init__(self, past: list[Any] | None = None) -> None:
        self.past = past
        self.made: list[Any] = []

    def of(self, call: Callable[[], Any]) -> Any:
        """What the act gave when it was first done; do it now if it never was."""
        if self.past is not None:
            return self.past.pop(0)
        self.made.append(call())
        return self.made[-1]


def found_town(town: Town, memory: Memory) -> None:
    """Register all that is there on the first day."""
    first_on = town.calendar.starts_on
    parties = [it.occupancies[0].party for it in town.points] + [it.owner for it in town.points if it.owner]
    _register_parties(parties, memory, first_on)
    _register_premises(town, memory)
    _register_meters([it.hangings[0] for it in town.points if it.metered], memory, first_on)
    _open_accounts([(it, it.occupancies[0]) for it in town.points], memory, first_on)
    for cycle, on in sorted(town.calendar.opens_on.items()):
        points = [it for it in town.points if it.cycle == cycle]
        if points:
            _begin_cycle(points, memory, on)
    owned = [it for it in town.points if it.owner]
    agreements = [
        subscriptions.NewOwnerAgreement(
            premises_id=it.premises_id, customer_id=it.owner.customer_ids[0], starts_on=first_on
        )
        for it in owned
        if it.owner
    ]
    memory.of(lambda: subscriptions.put_owners_on_file(agreements=agreements, by=BY, on=first_on))


def _begin_cycle(points: list[Point], memory: Memory, on: datetime.date) -> None:
    metered = [(it, it.hangings[0]) for it in points if it.metered]
    installations = [
        metering.NewInstallation(
            meter_id=hanging.meter_id,
            delivery_point_id=point.delivery_point_id,
            starts_on=on,
            opening={RegisterKind.KWH: hanging.opening, **{(RegisterKind.KWH, name): 0 for name in hanging.parts}},
            multiplier=hanging.multiplier,
        )
        for point, hanging in metered
    ]
    if installations:
        memory.of(lambda: metering.install_meters(installations=installations, by=BY, on=on))
    _open_subscriptions([(it, it.occupancies[0]) for it in points], memory, on)


def move_people(town: Town, dials: Dials, since: datetime.date, on: datetime.date, memory: Memory) -> list[Any]:
    """Moves of the days ]since, on]: final reads, ended and new subscriptions. Returns (point, day) to read."""
    leaving = [
        (point, it) for point in town.points for it in point.occupancies if it.ends_on and since < it.ends_on <= on
    ]
    coming = [(point, it) for point in town.points for it in point.occupancies[1:] if since < it.starts_on <= on]
    if leaving:
        endings = {it.subscription_id: it.ends_on for _, it in leaving if it.ends_on}
        memory.of(lambda: subscriptions.end_subscriptions(endings=endings, by=BY, on=on))
    if coming:
        _register_parties([it.party for _, it in coming], memory, on)
        _open_accounts(coming, memory, on)
        _open_subscriptions(coming, memory, on)
    days = {(point.rank, it.ends_on): (point, it.ends_on) for point, it in leaving}
    days |= {(point.rank, it.starts_on): (point, it.starts_on) for point, it in coming}
    return [days[key] for key in sorted(days)]


def exchange_meters(town: Town, dials: Dials, since: datetime.date, on: datetime.date, memory: Memory) -> int:
    """Exchanges of the days ]since, on]; how many."""
    changes = [
        (point, old, new)
        for point in town.points
        for old, new in zip(point.hangings, point.hangings[1:], strict=False)
        if since < new.starts_on <= on
    ]
    if not changes:
        return 0
    _register_meters([new for _, _, new in changes], memory, on)
    exchanges = [
        metering.Exchange(
            delivery_point_id=point.delivery_point_id,
            exchanged_on=new.starts_on,
            closing={RegisterKind.KWH: dials.energy(point, old, new.starts_on) // THOUSAND},
            meter_id=new.meter_id,
            opening={RegisterKind.KWH: new.opening},
            multiplier=new.multiplier,
        )
        for point, old, new in changes
    ]
    memory.of(lambda: metering.exchange_meters(exchanges=exchanges, by=BY, on=on))
    return len(changes)


def _register_parties(parties: Iterable[Party], memory: Memory, on: datetime.date) -> None:
    new = list({id(it): it for it in parties if not it.customer_ids}.values())
    people = [customer for it in new for customer in it.customers]
    if not people:
        return
    ids = iter(memory.of(lambda: customers.register_customers(customers=people, by=BY, on=on)))
    for it in new:
        it.customer_ids = tuple(next(ids) for _ in it.customers)


def _register_premises(town: Town, memory: Memory) -> None:
    rank_in_cycle: dict[int, int] = {}
    places = []
    for it in town.points:
        rank_in_cycle[it.cycle] = sequence = rank_in_cycle.get(it.cycle, 0) + 10
        point = premises.NewDeliveryPoint(
            number=it.number, cycle=it.cycle, sequence=sequence, energised_on=ENERGISED_ON, phases=it.phases
        )
        place = premises.NewPremises(
            street=it.street, city=CITY, postal_code=it.postal_code, civic_number=it.civic_number, unit=it.unit,
            heating=it.heating, delivery_points=[point],
        )  # fmt: skip
        places.append(place)
    on = town.calendar.starts_on
    ids = memory.of(lambda: premises.register_premises(premises=places, by=BY, on=on))
    for it, (premises_id, (delivery_point_id,)) in zip(town.points, ids, strict=True):
        it.premises_id, it.delivery_point_id = premises_id, delivery_point_id


def _register_meters(hangings: list[Hanging], memory: Memory, on: datetime.date) -> None:
    def register() -> list[tuple[int, list[tuple[int | str, int]]]]:
        meters = [
            metering.NewMeter(serial=it.serial, model=it.model, verified_until=VERIFIED_UNTIL, registers=_registers(it))
            for it in hangings
        ]
        made = metering.register_meters(meters=meters, by=BY, on=on)
        return [(meter_id, [(_key(which), pk) for which, pk in of.items()]) for meter_id, of in made]

    for it, (meter_id, of_kind) in zip(hangings, memory.of(register), strict=True):
        it.meter_id, it.registers = meter_id, dict(of_kind)


def _key(which: Which) -> int | str:
    """A register by its name, else by its kind."""
    return which[1] if isinstance(which, tuple) else int(which)


def _registers(hanging: Hanging) -> list[tuple[Which, int]]:
    kinds = (KWH, KW, KVA) if hanging.multiplier > 1 else (KWH,)
    wholes: list[tuple[Which, int]] = [
        (RegisterKind(kind), hanging.dials if kind == KWH else DEMAND_DIALS) for kind in kinds
    ]
    return wholes + [((RegisterKind.KWH, name), hanging.dials) for name in hanging.parts]


def _open_accounts(coming: list[tuple[Point, Occupancy]], memory: Memory, on: datetime.date) -> None:
    """One account each; the lighting of the whole town stands on one account."""
    lit = [occupancy for point, occupancy in coming if point.use == Use.LIGHTING]
    others = [it for point, it in coming if point.use != Use.LIGHTING and it.follows is None]
    for _, it in coming:
        it.account_id = it.follows.account_id if it.follows else 0
    if not others and not lit:
        return
    count = len(others) + bool(lit)
    ids = list(memory.of(lambda: ledger.open_accounts(count=count, by=BY, on=on)))
    for occupancy, account_id in zip(others, ids, strict=False):
        occupancy.account_id = account_id
    for occupancy in lit:
        occupancy.account_id = ids[-1]


def _open_subscriptions(coming: list[tuple[Point, Occupancy]], memory: Memory, on: datetime.date) -> None:
    new = [
        subscriptions.NewSubscription(
            account_id=it.account_id,
            delivery_point_id=point.delivery_point_id,
            book=it.book or point.book,
            multiplier=point.dwellings,
            starts_on=it.starts_on,
            holder_ids=it.party.customer_ids,
            domestic=point.use in DOMESTIC,
            units=point.units,
        )
        for point, it in coming
    ]
    ids = memory.of(lambda: subscriptions.open_subscriptions(subscriptions=new, by=BY, on=on))
    for (_, it), subscription_id in zip(coming, ids, strict=True):
        it.subscription_id = subscription_id
    for point, it in coming:
        if point.certificate:
            _exempt(point.certificate, it, memory, on)


def _exempt(certificate: str, occupancy: Occupancy, memory: Memory, on: datetime.date) -> None:
    """The holder does not pay the first tax from the first day on."""
    told = {"subscription_id": occupancy.subscription_id, "starts_on": occupancy.starts_on, "by": BY, "on": on}
    memory.of(lambda: particulars.exempt_from_tax(tax="canada/gst", certificate=certificate, **told))
