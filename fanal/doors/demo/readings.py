"""What the meter readers write down at each round, with its gaps and its slips. Pure.

An index is in thousandths of the dial's unit, always whole units for energy; power in hundredths of the dial's unit.
"""

import datetime
from dataclasses import dataclass, field

import numpy as np

from fanal.doors.demo.calendar import Round
from fanal.doors.demo.consumption import SEED, Integers, daily_peak
from fanal.doors.demo.stories import Slip, Town
from fanal.doors.demo.town import Hanging, Point

KWH, KW, KVA = 1, 2, 3
THOUSAND = 1000
WINTER_MONTHS = (12, 1, 2, 3)
MISSED_PERMILLE, MISSED_IN_WINTER_PERMILLE, SELF_READ_PERMILLE = 22, 45, 350
PHOTO_ONE_IN = 100
SLIP_PERMILLE, CORRECTED_PERMILLE, LATE_ENTRY_PERMILLE = 6, 850, 3


@dataclass(frozen=True)
class Read:
    """One line of a sheet: the true index and the one written down, in thousandths."""

    point: Point
    hanging: Hanging
    kind: int | str  # of a whole, or the name of a part
    read_on: datetime.date
    true: int
    written: int
    by_customer: bool = False
    corrected: bool = False  # the office saw the slip before the run

    @property
    def wrong(self) -> bool:
        return self.true != self.written

    @property
    def photographed(self) -> bool:
        """Whether the reader kept a photo of the dial in any case: what was slipped, and one read in a hundred."""
        one_in = (self.point.rank * 37 + self.read_on.toordinal()) % PHOTO_ONE_IN == 0
        return self.kind == KWH and (self.wrong or one_in)


@dataclass
class Sheet:
    """Feuille de relève of one round; what is `late` is entered with the next round only."""

    round: Round
    reads: list[Read] = field(default_factory=list)
    late: list[Read] = field(default_factory=list)


class Dials:
    """What every dial shows at the start of every day."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.cumulative = np.zeros((len(town.points), town.calendar.days + 1), np.int64)
        np.cumsum(town.use, axis=1, out=self.cumulative[:, 1:])
        self.peak: Integers = daily_peak(town.habits, town.use)
        self.parts = {key: np.append(0, np.cumsum(watt_hours)) for key, watt_hours in town.parts.items()}

    def day(self, on: datetime.date) -> int:
        """The column of that day."""
        return (on - self.town.calendar.starts_on).days

    def energy(self, point: Point, hanging: Hanging, on: datetime.date) -> int:
        """The energy index at the start of that day, in thousandths."""
        row = self.cumulative[point.rank]
        used = int(row[self.day(on)] - row[self.day(hanging.starts_on)])
        return (hanging.opening + used // (THOUSAND * hanging.multiplier)) % 10**hanging.dials * THOUSAND

    def part(self, point: Point, hanging: Hanging, name: str, on: datetime.date) -> int:
        """What a register that counts apart shows at the start of that day, in thousandths."""
        row = self.parts[point.rank, name]
        used = int(row[self.day(on)] - row[self.day(hanging.starts_on)])
        return used // THOUSAND % 10**hanging.dials * THOUSAND

    def power(self, point: Point, hanging: Hanging, since: datetime.date, on: datetime.date) -> tuple[int, int]:
        """The highest kW and kVA since the registers were set back, in thousandths of the dial's unit."""
        watts = int(self.peak[point.rank, self.day(since) : self.day(on)].max())
        volt_amperes = watts * 1000 // int(self.town.habits.power_factor_permille[point.rank])
        return watts // hanging.multiplier // 10 * 10, volt_amperes // hanging.multiplier // 10 * 10


def sheets(town: Town, dials: Dials) -> list[Sheet]:
    """The sheet of every round, in order."""
    reset_on = {point.rank: point.hangings[0].starts_on for point in town.points if point.demand}
    of_cycle: dict[int, list[Point]] = {}
    for point in town.points:
        if point.metered:
            of_cycle.setdefault(point.cycle, []).append(point)
    planted = town.planted
    made = []
    for it in town.calendar.rounds:
        sheet = Sheet(it)
        points = of_cycle.get(it.cycle, [])
        draws = np.random.default_rng([SEED, 100 + it.number]).integers(0, 1000, (len(points), 5)).tolist()
        for point, drawn in zip(points, draws, strict=True):
            _read(sheet, point, [1000] * 5 if point.rank in planted else drawn, dials, reset_on)
        made.append(sheet)
    return made


def _read(sheet: Sheet, point: Point, drawn: list[int], dials: Dials, reset_on: dict[int, datetime.date]) -> None:
    """Add what is read of one point, or nothing when nobody could."""
    it = sheet.round
    missed, self_read, slips, corrected, late = drawn
    missed_permille = MISSED_IN_WINTER_PERMILLE if it.read_on.month in WINTER_MONTHS else MISSED_PERMILLE
    by_customer = missed < missed_permille and not point.demand and self_read < SELF_READ_PERMILLE
    if (point.rank, it.number) in dials.town.gaps or (missed < missed_permille and not by_customer):
        return
    hanging = next(one for one in point.hangings if one.ends_on is None or one.ends_on > it.read_on)
    true = dials.energy(point, hanging, it.read_on)
    slip, seen = dials.town.slips.get((point.rank, it.number), (_drawn_slip(slips), corrected < CORRECTED_PERMILLE))
    written = slipped(true, slip, hanging.dials)
    read = Read(point, hanging, KWH, it.read_on, true, written, by_customer, corrected=seen or slip == Slip.DOUBLED)
    entered_late = late < LATE_ENTRY_PERMILLE and not read.wrong and not point.demand
    kept = sheet.late if entered_late else sheet.reads
    kept.append(read)
    kept += parts_read(point, hanging, dials, it.read_on)
    if point.demand:
        kw, kva = dials.power(point, hanging, reset_on[point.rank], it.read_on)
        sheet.reads += [Read(point, hanging, kind, it.read_on, its, its) for kind, its in ((KW, kw), (KVA, kva))]
        reset_on[point.rank] = it.read_on


def parts_read(point: Point, hanging: Hanging, dials: Dials, on: datetime.date) -> list[Read]:
    """What the registers that count apart show that day."""
    shown = [(name, dials.part(point, hanging, name, on)) for name in hanging.parts]
    return [Read(point, hanging, name, on, its, its) for name, its in shown]


def _drawn_slip(drawn: int) -> Slip:
    """Three in six thousand of each kind of slip, the last one refused at entry."""
    if drawn >= SLIP_PERMILLE:
        return Slip.NONE
    return (Slip.SWAPPED, Slip.SWAPPED, Slip.SWAPPED, Slip.DROPPED, Slip.DROPPED, Slip.DOUBLED)[drawn]


def slipped(true: int, slip: Slip, dials: int) -> int:
    """The index as it is written after such a slip, in thousandths."""
    figures = f"{true // THOUSAND:0{dials}d}"
    if slip == Slip.SWAPPED:
        # The first pair of neighbours that differ: the greatest mistake.
        for place in range(1, dials - 1):
            if figures[place] != figures[place + 1]:
                figures = figures[:place] + figures[place + 1] + figures[place] + figures[place + 2 :]
                break
    elif slip == Slip.DROPPED:
        figures = figures[:-1]
    elif slip == Slip.DOUBLED:
        figures = figures + figures[-1]
    return int(figures) * THOUSAND
