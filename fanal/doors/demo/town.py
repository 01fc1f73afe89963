"""What stands in the demo town: addresses, delivery points, meters, who lives there from when to when.

Pure: the same size and the same calendar give the same town. Energy in Wh, power in W.
"""

import datetime
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from fanal.doors.demo.calendar import Calendar
from fanal.doors.demo.consumption import SEED, Habits
from fanal.doors.demo.names import CITY, ROADS, STREETS, postal_code
from fanal.doors.demo.people import Party
from fanal.records.premises.acts import Heating

WEEKEND_AT_HOME_PERMILLE = 1070
ENERGISED_ON = datetime.date(1998, 5, 1)


class Use(StrEnum):
    """What a delivery point serves."""

    HOUSE = "house"
    FLAT = "flat"
    SHOP = "shop"
    FARM = "farm"
    LARGE = "large"
    INDUSTRY = "industry"
    ESTATE = "estate"
    PUBLIC = "public"
    LIGHTING = "lighting"


SHARES = (
    (Use.FLAT, 245), (Use.SHOP, 82), (Use.FARM, 24), (Use.LARGE, 11), (Use.INDUSTRY, 2), (Use.ESTATE, 1),
    (Use.PUBLIC, 8), (Use.LIGHTING, 3),
)  # fmt: skip
BOOKS = {
    Use.HOUSE: "hydro_quebec/D",
    Use.FLAT: "hydro_quebec/D",
    Use.SHOP: "hydro_quebec/G",
    Use.FARM: "hydro_quebec/D",
    Use.LARGE: "hydro_quebec/G",
    Use.INDUSTRY: "hydro_quebec/M",
    Use.ESTATE: "hydro_quebec/DP",
    Use.PUBLIC: "hydro_quebec/G",
    Use.LIGHTING: "lac_aux_ormes/eclairage",
}
DEMAND_USES = frozenset({Use.LARGE, Use.INDUSTRY, Use.ESTATE})
DOMESTIC = frozenset({Use.HOUSE, Use.FLAT, Use.FARM, Use.ESTATE})
BASE_WH_DAY = {  # least, most
    Use.HOUSE: (14_000, 30_000), Use.FLAT: (7_000, 14_000), Use.SHOP: (15_000, 90_000), Use.FARM: (30_000, 140_000),
    Use.LARGE: (900_000, 2_600_000), Use.INDUSTRY: (3_000_000, 9_000_000), Use.ESTATE: (700_000, 1_200_000),
    Use.PUBLIC: (30_000, 180_000), Use.LIGHTING: (0, 1),
}  # fmt: skip
HEATING_WH_DEGREE = {
    Use.HOUSE: (1_700, 3_300), Use.FLAT: (700, 1_300), Use.SHOP: (600, 3_000), Use.FARM: (900, 2_500),
    Use.LARGE: (4_000, 22_000), Use.INDUSTRY: (10_000, 60_000), Use.ESTATE: (15_000, 25_000),
    Use.PUBLIC: (1_000, 6_000), Use.LIGHTING: (0, 1),
}  # fmt: skip


@dataclass
class Hanging:
    """One meter while it hangs: `opening` is its first index, in whole units of the dial."""

    serial: str
    model: str
    dials: int
    multiplier: int
    opening: int
    starts_on: datetime.date
    ends_on: datetime.date | None = None
    parts: tuple[str, ...] = ()  # names of its registers of kWh besides the whole
    registers: dict[int | str, int] = field(default_factory=dict)  # kind or name: register_id, once registered
    meter_id: int = 0


@dataclass
class Occupancy:
    """Who holds the subscription, from when to when; ids once they are opened."""

    party: Party
    starts_on: datetime.date
    ends_on: datetime.date | None = None
    book: str = ""  # another than that of the point
    follows: "Occupancy | None" = None  # the same people, who keep their account
    account_id: int = 0
    subscription_id: int = 0


@dataclass
class Point:
    """One delivery point and all that happens to it."""

    rank: int
    number: str
    use: Use
    civic_number: str
    street: str
    unit: str
    postal_code: str
    heating: str
    phases: int
    book: str
    units: int
    dwellings: int = 1
    certificate: str = ""  # of exemption from the first tax
    cycle: int = 0
    owner: Party | None = None
    occupancies: list[Occupancy] = field(default_factory=list)
    hangings: list[Hanging] = field(default_factory=list)
    delivery_point_id: int = 0
    premises_id: int = 0

    @property
    def demand(self) -> bool:
        return self.use in DEMAND_USES

    @property
    def monthly(self) -> bool:
        """Whether it is billed each 30 days (art. 4.2.1 a)."""
        return self.demand or not self.metered

    @property
    def metered(self) -> bool:
        return self.use != Use.LIGHTING

    @property
    def address(self) -> str:
        """The address as it stands on an envelope."""
        unit = f", app. {self.unit}" if self.unit else ""
        return f"{self.civic_number}, {self.street}{unit}\n{CITY} (Québec)  {self.postal_code}"


def lay_out(size: int, calendar: Calendar) -> list[Point]:
    """The points with their addresses and cycles; nobody lives there yet and no meter hangs."""
    random = np.random.default_rng([SEED, 10])
    points: list[Point] = []
    for rank, group in enumerate(_groups(size, random)):
        street = (ROADS if group[0] == Use.FARM else STREETS)[_street(rank, group[0], random)]
        civic = str(rank // 1600 * 600 + rank % 40 * 14 + int(random.integers(1, 15)))
        for position, use in enumerate(group):
            unit = str(position + 1) if len(group) > 1 else ""
            points.append(_point(len(points), use, (civic, street, unit), random))
    _share_cycles(points, calendar)
    return points


def _groups(size: int, random: np.random.Generator) -> list[list[Use]]:
    """Buildings in the order of the streets: one use each, flats by four to nine."""
    counts = {use: max(1, size * permille // 1000) for use, permille in SHARES}
    counts[Use.HOUSE] = size - sum(counts.values())
    if counts[Use.HOUSE] < 1:
        raise ValueError(f"Une ville de {size} points est trop petite : il en faut au moins 20.")
    groups = []
    for use, count in counts.items():
        while count:
            together = min(count, int(random.integers(4, 10))) if use == Use.FLAT else 1
            groups.append([use] * together)
            count -= together
    return [groups[int(rank)] for rank in random.permutation(len(groups))]


def _street(rank: int, use: Use, random: np.random.Generator) -> int:
    """Neighbours share a street; farms stand along the roads."""
    return int(random.integers(len(ROADS))) if use == Use.FARM else rank // 40 % len(STREETS)


def _point(rank: int, use: Use, door: tuple[str, str, str], random: np.random.Generator) -> Point:
    """A point of that use at that door (civic number, street, unit)."""
    civic, street, unit = door
    large = use in DEMAND_USES
    three = large or (use in (Use.SHOP, Use.FARM, Use.PUBLIC) and random.integers(3) == 0)
    electric = use in DOMESTIC and random.integers(100) < 78
    lighting = use == Use.LIGHTING
    return Point(
        rank=rank,
        number=f"LO-{rank + 1:06d}",
        use=use,
        civic_number="" if lighting else civic,
        street=f"éclairage public, {street}" if lighting else street,
        unit=unit,
        postal_code=postal_code((*STREETS, *ROADS).index(street)),
        heating=Heating.ELECTRIC if electric else Heating.OTHER,
        phases=3 if three else 1,
        book=BOOKS[use],
        units=int(random.integers(12, 95)) if lighting else 0,
    )


def _share_cycles(points: list[Point], calendar: Calendar) -> None:
    """Cut the town in rounds of the same length; demand meters and lighting make a round of their own."""
    energy = [point for point in points if not point.monthly]
    for position, point in enumerate(energy):
        point.cycle = 1 + position * calendar.energy_cycles // len(energy)
    for point in points:
        if point.monthly:
            point.cycle = calendar.demand_cycle


def habits_of(points: list[Point]) -> Habits:
    """How each point uses electricity, drawn between the least and the most of its use."""
    random = np.random.default_rng([SEED, 12])

    def between(bounds: dict[Use, tuple[int, int]]) -> np.ndarray:
        least = np.array([bounds[point.use][0] for point in points], dtype=np.int64)
        most = np.array([bounds[point.use][1] for point in points], dtype=np.int64)
        return least + (most - least) * random.integers(0, 1000, len(points)) // 1000

    electric = np.array([point.heating == Heating.ELECTRIC or point.use not in DOMESTIC for point in points])
    works = np.array([point.use in (Use.SHOP, Use.LARGE, Use.INDUSTRY, Use.PUBLIC) for point in points])
    return Habits(
        base_wh_day=between(BASE_WH_DAY),
        heating_wh_degree_day=np.where(electric, between(HEATING_WH_DEGREE), 60),
        weekend_permille=np.where(works, 700, WEEKEND_AT_HOME_PERMILLE),
        noise_permille=np.where(works, 120, 250),
        load_factor_permille=random.integers(420, 720, len(points)),
        power_factor_permille=random.integers(840, 990, len(points)),
    )
