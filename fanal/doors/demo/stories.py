"""The stories planted on purpose in the demo town, so that every hard case can be shown. See README.md."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from fanal.doors.demo.calendar import Calendar, Round
from fanal.doors.demo.consumption import SEED, Habits, Integers, daily_use, temperatures
from fanal.doors.demo.occupants import exchange, hang_meters, settle
from fanal.doors.demo.people import Payer, People
from fanal.doors.demo.town import Occupancy, Point, Use, habits_of, lay_out
from fanal.records.premises.acts import Heating

ESTIMATED_ROUNDS = 6  # a year
STOPPED_DAYS = 100
EMPTY_DAYS = 125
FIRST_DAYS = 75
MILL_SUMMER_WH_DAY = 3_000_000
MILL_HEATING_WH_DEGREE = 420_000
WINTER_MONTHS = (12, 1, 2, 3)
PEAK_BELOW, PEAK_PERMILLE = -150, 210  # tenths of a degree; of the use of such a day
NET_METERING_ON = datetime.date(2026, 4, 1)  # the first day with a price
SUN_WH_DAY = (5_000, 9_000, 20_000, 34_000, 46_000, 52_000, 54_000, 44_000, 30_000, 16_000, 7_000, 4_000)


class Slip(IntEnum):
    """What went wrong between the dial and the form."""

    NONE = 0
    SWAPPED = 1  # two neighbouring digits
    DROPPED = 2  # the last digit
    DOUBLED = 3  # a digit too many: refused at entry


@dataclass(frozen=True)
class Story:
    """Histoire semée: where to look, and for what; `tenant` is the rank of the occupancy it tells of."""

    code: str
    point: Point
    text: str
    tenant: int = -1

    @property
    def account_id(self) -> int:
        return self.point.occupancies[self.tenant].account_id


@dataclass
class Town:
    """The whole town: its points, their use (Wh, one row per point, one column per day), and what is planted."""

    calendar: Calendar
    points: list[Point]
    habits: Habits
    use: Integers
    stories: list[Story] = field(default_factory=list)
    parts: dict[tuple[int, str], Integers] = field(default_factory=dict)  # Wh a day of a (point, register)
    gaps: set[tuple[int, int]] = field(default_factory=set)  # (point, round) that nobody reads
    slips: dict[tuple[int, int], tuple[Slip, bool]] = field(default_factory=dict)  # and whether it is corrected

    @property
    def planted(self) -> set[int]:
        """Ranks of the points of stories: no other mishap befalls them."""
        return {story.point.rank for story in self.stories}


def build(size: int, calendar: Calendar) -> Town:
    """A town of `size` delivery points with its stories; the same size and calendar give the same town."""
    points = lay_out(size, calendar)
    settle(points, calendar)
    hang_meters(points, calendar)
    habits = habits_of(points)
    mill = next(point for point in points if point.use == Use.INDUSTRY)
    habits.base_wh_day[mill.rank] = MILL_SUMMER_WH_DAY
    habits.heating_wh_degree_day[mill.rank] = MILL_HEATING_WH_DEGREE
    habits.power_factor_permille[mill.rank] = 860  # its kVA rule: 90 % of them exceed its kW
    town = Town(calendar, points, habits, daily_use(habits, calendar.starts_on, calendar.days))
    _vary(town)
    _keep_first_bills_plain(town)
    houses = _quiet_houses(town)
    rounds = [it for it in calendar.rounds if it.cycle == calendar.rounds[-1].cycle]
    for plant in (_dials, _reads, _people, _rates):
        town.stories += plant(town, houses, rounds)
    town.stories.append(Story("ratchet", mill, "Moulin : la pointe de l’hiver relève la puissance facturée l’été"))
    town.stories.append(_owner(town))
    return town


def _vary(town: Town) -> None:
    """New people have other habits; an empty place uses little."""
    random = np.random.default_rng([SEED, 15])
    for point in town.points:
        start = town.calendar.starts_on
        for before, after in zip(point.occupancies, [*point.occupancies[1:], None], strict=True):
            if after is not None:
                town.use[point.rank, (after.starts_on - start).days :] *= int(random.integers(75, 130))
                town.use[point.rank, (after.starts_on - start).days :] //= 100
            if before.ends_on and (after is None or after.starts_on > before.ends_on):
                end = (after.starts_on - start).days if after else None
                town.use[point.rank, (before.ends_on - start).days : end] //= 12


def _keep_first_bills_plain(town: Town) -> None:
    """No meter turns over before the place has a habit to judge it by."""
    for point in town.points:
        if point.metered:
            meter, first = point.hangings[0], (point.hangings[0].starts_on - town.calendar.starts_on).days
            use = int(town.use[point.rank, first : first + FIRST_DAYS].sum()) // (1000 * meter.multiplier) + 1
            meter.opening %= max(10**meter.dials - use, 1)


def _quiet_houses(town: Town) -> Iterator[Point]:
    """Heated houses of the last cycle to which nothing else happens, in order."""
    last = town.calendar.rounds[-1].cycle
    for point in town.points:
        alone = len(point.occupancies) == 1 and len(point.hangings) == 1 and point.hangings[0].dials == 5
        if point.use == Use.HOUSE and point.cycle == last and point.heating == Heating.ELECTRIC and alone:
            point.occupancies[0].party.payer = Payer.ON_TIME
            yield point


def _dials(town: Town, houses: Iterator[Point], rounds: list[Round]) -> Iterator[Story]:
    """A roll-over, an exchange inside a period, a stopped meter."""
    point = next(houses)
    half = int(town.use[point.rank].sum()) // 2000
    point.hangings[0].opening = 100_000 - half
    yield Story("roll_over", point, "Tour de compteur : l’index repasse par 00000")
    point = next(houses)
    exchange(point, rounds[-1].read_on - datetime.timedelta(days=25), town.calendar)
    yield Story("exchange", point, "Échange de compteur au milieu d’une période")
    point = next(houses)
    town.use[point.rank, -STOPPED_DAYS:] = 0
    yield Story("stopped", point, "Compteur arrêté : aucune consommation, facture retenue")


def _reads(town: Town, houses: Iterator[Point], rounds: list[Round]) -> Iterator[Story]:
    """A year of estimates, an over-estimate, digits swapped and seen, digits swapped and not yet seen."""
    point = next(houses)
    town.gaps |= {(point.rank, it.number) for it in rounds[1:-1][-ESTIMATED_ROUNDS:]}
    yield Story("estimates", point, "Un an d’estimations, puis une relève réelle")
    point = next(houses)
    town.gaps.add((point.rank, rounds[-2].number))
    town.use[point.rank, -EMPTY_DAYS:] //= 12
    text = "Estimation trop forte, puis une relève plus basse : la facture rend le trop-perçu"
    yield Story("over_estimate", point, text)
    point = next(houses)
    town.slips[point.rank, rounds[-2].number] = (Slip.SWAPPED, True)
    yield Story("swap_corrected", point, "Chiffres inversés à la relève, corrigés avant la facture")
    point = next(houses)
    town.slips[point.rank, rounds[-1].number] = (Slip.SWAPPED, False)
    yield Story("swap", point, "Chiffres inversés à la relève : facture retenue")


def _people(town: Town, houses: Iterator[Point], rounds: list[Round]) -> Iterator[Story]:
    """How customers pay, and an English couple."""
    for code, payer, text in (
        ("returned", Payer.RETURNED, "Paiement retourné par la banque"),
        ("late", Payer.LATE, "Paie en retard chaque fois"),
        ("never", Payer.NEVER, "Ne paie jamais"),
        ("credit", Payer.IN_ADVANCE, "Paie toujours 100 $ de trop : solde créditeur"),
    ):
        point = next(houses)
        point.occupancies[0].party.payer = payer
        yield Story(code, point, text)
    point = next(houses)
    people = People(np.random.default_rng([SEED, 16]), town.calendar.starts_on)
    couple = people.household(point.address, english=True, couple=True)
    couple.payer = Payer.ON_TIME
    point.occupancies[0].party = couple
    yield Story("english", point, "Couple de langue anglaise, deux titulaires")


def _rates(town: Town, houses: Iterator[Point], rounds: list[Round]) -> Iterator[Story]:
    """Rates that ask for more than kWh: critical peaks, dwellings, an exemption, net metering."""
    start, days = town.calendar.starts_on, town.calendar.days
    calendar = [start + datetime.timedelta(days=rank) for rank in range(days)]
    month = np.array([day.month for day in calendar])
    point = next(houses)
    cold = np.isin(month, WINTER_MONTHS) & (temperatures(start, days) < PEAK_BELOW)
    _measure_apart(town, point, "event", np.where(cold, town.use[point.rank] * PEAK_PERMILLE // 1000, 0))
    point.book = "hydro_quebec/Flex_D"
    yield Story("critical_peak", point, "Tarif Flex D : les heures de pointe ont leur registre")
    point = next(houses)
    point.dwellings = 4
    yield Story("dwellings", point, "Quatre logements sur un compteur : des tranches quatre fois plus larges")
    point = next(houses)
    point.certificate = "TPS-EX-0042"
    yield Story("exempt", point, "Exonération de la TPS, par certificat")
    point, changed_on = next(houses), NET_METERING_ON
    if changed_on - start < datetime.timedelta(days=FIRST_DAYS) or changed_on > rounds[-2].read_on:
        return
    sun = np.array([SUN_WH_DAY[it - 1] for it in month])
    since = np.array([day >= changed_on for day in calendar])
    _measure_apart(town, point, "injected", np.where(since, sun, 0))
    before = point.occupancies[0]
    before.ends_on = changed_on
    point.occupancies.append(Occupancy(before.party, changed_on, book="hydro_quebec/D_net_metering", follows=before))
    yield Story("net_metering", point, "Mesurage net : le surplus de l’été va en banque de facture en facture")


def _measure_apart(town: Town, point: Point, name: str, watt_hours: Integers) -> None:
    point.hangings[0].parts = (name,)
    town.parts[point.rank, name] = watt_hours


def _owner(town: Town) -> Story:
    """The tenant of a flat leaves on the first of July and the owner takes over until the next tenant comes."""
    flats = [it for it in town.points if it.use == Use.FLAT and len(it.occupancies) == 1 and len(it.hangings) == 1]
    flat = next((it for it in flats if it.cycle == town.calendar.rounds[-1].cycle), flats[0])
    assert flat.owner is not None
    left_on = datetime.date(town.calendar.today.year, 7, 1)
    if left_on > town.calendar.today:
        left_on = left_on.replace(year=left_on.year - 1)
    tenant = flat.occupancies[0]
    tenant.ends_on = left_on
    taken_on = left_on + datetime.timedelta(days=48)
    newcomer = People(np.random.default_rng([SEED, 17]), left_on).household(flat.address)
    flat.occupancies += [Occupancy(flat.owner, left_on, taken_on), Occupancy(newcomer, taken_on)]
    return Story("owner", flat, "Le locataire part, le propriétaire au dossier prend la suite", tenant=1)
