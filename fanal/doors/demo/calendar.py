"""The rounds of the town, counted back from « today »: which cycle is read when, and billed when."""

import datetime
from dataclasses import dataclass

from fanal.values.dates import add_months

ENERGY_PERIOD_DAYS = 61
DEMAND_PERIODS_IN_ENERGY_PERIOD = 2
ENTRY_DAYS = 3  # from the round to its entry and its run
MONTHLY_BEFORE = datetime.timedelta(days=9)  # the last monthly round comes so long before the last cycle
SATURDAY = 5


@dataclass(frozen=True)
class Round:
    """Tournée: one cycle read at the start of `read_on`, entered and billed on `run_on`."""

    number: int
    cycle: int
    read_on: datetime.date
    run_on: datetime.date


@dataclass(frozen=True)
class Calendar:
    """All rounds in the order of their runs; cycle `demand_cycle` holds what is billed each 30 days."""

    starts_on: datetime.date
    today: datetime.date
    energy_cycles: int
    opens_on: dict[int, datetime.date]  # the first day of each cycle's points
    rounds: tuple[Round, ...]

    @property
    def demand_cycle(self) -> int:
        return self.energy_cycles + 1

    @property
    def days(self) -> int:
        return (self.today - self.starts_on).days + 1


def working_day(day: datetime.date) -> datetime.date:
    """The day itself, or the Monday after a week-end."""
    late = day.weekday() - SATURDAY
    return day + datetime.timedelta(days=2 - late) if late >= 0 else day


def build(today: datetime.date, months: int, energy_cycles: int) -> Calendar:
    """The calendar of `months` before `today`; its last round is run today."""
    starts_on = add_months(today, -months)
    last_on = today - datetime.timedelta(days=ENTRY_DAYS)
    energy = _days(last_on, starts_on, energy_cycles)
    slots = [(day, energy_cycles - rank % energy_cycles) for rank, day in enumerate(energy)]
    monthly = _days(last_on - MONTHLY_BEFORE, starts_on, DEMAND_PERIODS_IN_ENERGY_PERIOD)
    slots += [(day, energy_cycles + 1) for day in monthly]
    slots.sort()
    opens_on: dict[int, datetime.date] = {}
    rounds: list[Round] = []
    for read_on, cycle in slots:
        if cycle in opens_on:
            run_on = min(working_day(read_on + datetime.timedelta(days=ENTRY_DAYS)), today)
            rounds.append(Round(len(rounds) + 1, cycle, read_on, run_on))
        else:
            opens_on[cycle] = read_on
    return Calendar(starts_on, today, energy_cycles, opens_on, tuple(rounds))


def _days(last_on: datetime.date, starts_on: datetime.date, in_period: int) -> list[datetime.date]:
    """Days of reading, the last one first, equally spaced: so many in an energy period."""
    days = []
    while (day := last_on - datetime.timedelta(days=len(days) * ENERGY_PERIOD_DAYS // in_period)) >= starts_on:
        days.append(day)
    return [min(working_day(day), last_on) for day in days]
