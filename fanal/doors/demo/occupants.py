"""Who is supplied where, from when to when; and which meter hangs there. Pure, like the town itself."""

import datetime

import numpy as np

from fanal.doors.demo.calendar import Calendar
from fanal.doors.demo.consumption import SEED
from fanal.doors.demo.people import Party, People
from fanal.doors.demo.town import Hanging, Occupancy, Point, Use

QUIET_DAYS = 45  # no move so near the first day or the last
MOVING_DAY = (7, 1)  # the whole of Québec moves on the first of July
MOVES_PERMILLE = {Use.FLAT: 330, Use.HOUSE: 90, Use.SHOP: 120, Use.FARM: 20}  # over the whole history
EXCHANGES_PERMILLE = 55
OWNER_TAKES_OVER_PERCENT = 40
VACANT_PERCENT = 8
BUILDINGS_OF_AN_OWNER = 2


def settle(points: list[Point], calendar: Calendar) -> None:
    """Give each point its people: the first ones, the owners of flats, and those who move in later."""
    people = People(np.random.default_rng([SEED, 11]), calendar.starts_on)
    random = np.random.default_rng([SEED, 13])
    town_hall = people.public(0, _address_of_town_hall(points))
    owners: list[Party] = []
    building = ""
    for point in points:
        if point.use == Use.FLAT:
            if (here := f"{point.civic_number} {point.street}") != building:
                building = here
                if len(owners) == 0 or random.integers(BUILDINGS_OF_AN_OWNER) == 0:
                    owners.append(people.household(point.address, couple=False))
            point.owner = owners[-1]
        starts_on = calendar.opens_on[point.cycle]
        party = town_hall if point.use == Use.LIGHTING else _party(point, people)
        point.occupancies = [Occupancy(party, starts_on)]
        if random.integers(1000) < MOVES_PERMILLE.get(point.use, 0):
            _move(point, people, random, calendar)


def _address_of_town_hall(points: list[Point]) -> str:
    return next(point.address for point in points if point.use == Use.PUBLIC)


def _party(point: Point, people: People) -> Party:
    """Those who hold the subscription of such a point."""
    match point.use:
        case Use.HOUSE | Use.FLAT | Use.ESTATE:
            return people.household(point.address)
        case Use.SHOP:
            return people.shop(point.address)
        case Use.FARM:
            return people.farm(point.address)
        case Use.LARGE:
            return people.large(point.address)
        case Use.INDUSTRY:
            return people.industry(point.address)
        case _:
            return people.public(point.rank, point.address)


def _move(point: Point, people: People, random: np.random.Generator, calendar: Calendar) -> None:
    """Somebody leaves; the owner on file, nobody or the next ones follow."""
    first = point.occupancies[0]
    moved_on = _moving_day(first.starts_on, random, calendar)
    if moved_on is None:
        return
    first.ends_on = moved_on
    drawn = int(random.integers(100))
    days = int(random.integers(12, 75))
    next_on = moved_on
    if point.owner and drawn < OWNER_TAKES_OVER_PERCENT:
        next_on = moved_on + datetime.timedelta(days=days)
        point.occupancies.append(Occupancy(point.owner, moved_on, next_on))
    elif drawn >= 100 - VACANT_PERCENT:
        next_on = moved_on + datetime.timedelta(days=days)
    if next_on <= calendar.today:
        point.occupancies.append(Occupancy(_party(point, people), next_on))
    elif point.occupancies[-1].ends_on and point.occupancies[-1].ends_on > calendar.today:
        point.occupancies[-1].ends_on = None


def _moving_day(after: datetime.date, random: np.random.Generator, calendar: Calendar) -> datetime.date | None:
    """Half the moves fall on the first of July."""
    first = after + datetime.timedelta(days=QUIET_DAYS)
    last = calendar.today - datetime.timedelta(days=QUIET_DAYS)
    julys = [datetime.date(year, *MOVING_DAY) for year in range(first.year, last.year + 1)]
    julys = [day for day in julys if first <= day <= last]
    if julys and random.integers(2):
        return julys[int(random.integers(len(julys)))]
    days = (last - first).days
    return first + datetime.timedelta(days=int(random.integers(days))) if days > 0 else None


def hang_meters(points: list[Point], calendar: Calendar) -> None:
    """Give each metered point its meter, and a second one where it is exchanged."""
    random = np.random.default_rng([SEED, 14])
    for point in points:
        if not point.metered:
            continue
        point.hangings = [_meter(point, 1, random, calendar.opens_on[point.cycle])]
        drawn = int(random.integers(1000))
        days = int(random.integers(QUIET_DAYS, max(QUIET_DAYS + 1, calendar.days - 70)))
        if drawn < EXCHANGES_PERMILLE and not point.demand:
            exchange(point, calendar.starts_on + datetime.timedelta(days=days), calendar)


def exchange(point: Point, on: datetime.date, calendar: Calendar) -> None:
    """Hang a new meter that day, or on the first day after it when nothing else happens at the point."""
    busy = {it.read_on for it in calendar.rounds if it.cycle == point.cycle}
    busy |= {day for it in point.occupancies for day in (it.starts_on, it.ends_on) if day}
    on = max(on, point.hangings[-1].starts_on + datetime.timedelta(days=10))
    while on in busy:
        on += datetime.timedelta(days=1)
    if on > calendar.today - datetime.timedelta(days=5):
        return
    old = point.hangings[-1]
    old.ends_on = on
    serial = f"LX{point.rank + 1:06d}-{len(point.hangings) + 1}"
    dials = max(old.dials, 5)
    point.hangings.append(Hanging(serial, "Luciole 3", dials, old.multiplier, 0, on))


def _meter(point: Point, rank: int, random: np.random.Generator, starts_on: datetime.date) -> Hanging:
    """A meter as it stood on the first day; one in eight has four dials only, and turns over often."""
    multiplier = {Use.LARGE: 40, Use.ESTATE: 40, Use.INDUSTRY: 200}.get(point.use, 1)
    small = point.use in (Use.HOUSE, Use.FLAT)
    old = small and random.integers(8) == 0
    dials = 4 if old else 5
    opening = int(random.integers(10**dials * 95 // 100))
    model = "Luciole 1" if old else "Luciole 2"
    return Hanging(f"LX{point.rank + 1:06d}-{rank}", model, dials, multiplier, opening, starts_on)
