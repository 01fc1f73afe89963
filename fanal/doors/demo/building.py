"""Build the demo town, or go on where a killed one stopped, or find that it stands already."""

import datetime
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from fanal.doors.bills import print_run
from fanal.doors.demo import calendar, life, stories
from fanal.doors.demo.life import BY, STEP, Life
from fanal.doors.demo.standing import ABOUT, FINISHED
from fanal.records.billing import facts as bills
from fanal.records.journal import acts as journal
from fanal.records.journal import facts as events
from fanal.records.ledger import facts as ledger
from fanal.reports import invariants

POINTS_PER_CYCLE = 600
MOST_CYCLES = 8
FEWEST_POINTS, FEWEST_MONTHS = 60, 13  # fewer would not hold the stories, or a year to compare with
STATISTICS_AT = (1, 12, 45)  # rounds before which the planner learns what the tables have become

Bar = Callable[..., Any]  # tqdm, or what stands for it


class CannotBuild(Exception):
    """Why there will be no demo town here, in a French sentence."""


@dataclass(frozen=True)
class Wanted:
    """Which town to build."""

    size: int
    months: int
    today: datetime.date
    folder: Path  # of the printed bills


def start_again(folder: Path) -> None:
    """Empty the database and the folder of its bills, only when it holds a demo town or nothing."""
    if _is_foreign():
        raise CannotBuild(FOREIGN)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    shutil.rmtree(folder, ignore_errors=True)
    call_command("migrate", verbosity=0, interactive=False)


FOREIGN = (
    "Cette base contient autre chose que la ville de démonstration : rien n’a été touché. "
    "Donner un autre dossier par FANAL_HOME, ou une autre base par DATABASE_URL."
)


def _is_foreign() -> bool:
    return not events.events_about(ABOUT) and not events.is_empty()


def build(wanted: Wanted, bar: Bar, tell: Callable[[str], None]) -> dict[str, Any]:
    """Build what is missing of the town and bill its last cycle; what the report says."""
    if _is_foreign():
        raise CannotBuild(FOREIGN)
    if wanted.size < FEWEST_POINTS or wanted.months < FEWEST_MONTHS:
        raise CannotBuild(f"La ville compte au moins {FEWEST_POINTS} points et {FEWEST_MONTHS} mois d’histoire.")
    steps = [event.grounds for event in events.events_about(ABOUT) if event.act == STEP]
    if steps and (steps[0]["size"], steps[0]["months"], steps[0]["today"]) != _identity(wanted):
        raise CannotBuild(
            f"Une ville de {steps[0]['size']} points et {steps[0]['months']} mois, au {steps[0]['today']}, est "
            "commencée ici : redonner les mêmes valeurs pour la finir, ou « fanal demo --again » pour tout refaire."
        )
    life.work_fast()
    cycles = max(1, min(MOST_CYCLES, wanted.size // POINTS_PER_CYCLE))
    town = stories.build(wanted.size, calendar.build(wanted.today, wanted.months, cycles))
    played = life.prepare(town, time.perf_counter)
    _play(played, wanted, steps, bar, tell)
    return _last_cycle(played, wanted, bar)


def _identity(wanted: Wanted) -> tuple[int, int, str]:
    return wanted.size, wanted.months, wanted.today.isoformat()


def _play(played: Life, wanted: Wanted, steps: list[dict[str, Any]], bar: Bar, tell: Callable[[str], None]) -> None:
    """The first day, then every round but the last."""
    if steps:
        tell("La construction avait été interrompue : elle reprend.")
        life.remember(played, steps)
    else:
        with played.timing("inscriptions"):
            life.found(played, wanted.size, wanted.months)
    entered = max(0, len(steps) - 1)
    history = played.sheets[:-1]
    with bar(total=sum(_weight(it) for it in history), desc=f"{wanted.months} mois d’histoire") as progress:
        for position, sheet in enumerate(history, 1):
            if position in STATISTICS_AT:
                _learn()
            if position > entered:
                life.enter(played, sheet, _since(played, position))
            if position > entered or not life.is_billed(sheet):
                life.bill(played, sheet)
            progress.update(_weight(sheet))


def _weight(sheet: life.Sheet) -> int:
    return len(sheet.reads) + 100  # a round costs something even when it is small


def _since(played: Life, position: int) -> datetime.date:
    """The day of the run before that round."""
    return played.sheets[position - 2].round.run_on if position > 1 else played.town.calendar.starts_on


def _learn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _last_cycle(played: Life, wanted: Wanted, bar: Bar) -> dict[str, Any]:
    """The cycle of today, end to end: read, computed, reviewed, approved, issued, printed, verified."""
    sheet = played.sheets[-1]
    position = len(played.sheets)
    steps = {event.grounds["step"]: event.grounds for event in events.events_about(ABOUT) if event.act == STEP}
    if position not in steps:
        life.enter(played, sheet, _since(played, position))
    if life.is_billed(sheet):
        run_id = bills.runs()[-1]
    else:
        with bar(total=len(sheet.reads), desc=f"Facturation du cycle {sheet.round.cycle}") as progress:
            run_id = life.bill(played, sheet, visible=True, on_bills=progress.update)
    _learn()
    with played.timing("impression"):
        folder, printed = _print(run_id, wanted.folder, bar)
    with played.timing("vérification"):
        results = invariants.verify(progress=lambda them: bar(them, desc="Invariants"))
    grounds = _summary(played, run_id) | {
        "folder": str(folder), "printed": printed, "size": wanted.size, "months": wanted.months,
        "today": wanted.today.isoformat(), "invariants": [[it.code, it.title_fr, it.count] for it in results],
    }  # fmt: skip
    journal.record(FINISHED, about=ABOUT, by=BY, on=wanted.today, grounds=grounds)
    return grounds | {"seconds": {what: round(value, 1) for what, value in played.seconds.items()}}


def _print(run_id: int, folder: Path, bar: Bar) -> tuple[Path, int]:
    """Print the bills of the run: where, and how many."""
    count = len(bills.issued_bills(run_id)["bill_id"])
    with bar(total=count, desc="Impression des factures") as progress:
        printed = print_run(run_id, folder / f"lot-{run_id:04d}", progress.update)
    return printed.folder, printed.count


def _summary(played: Life, run_id: int) -> dict[str, Any]:
    """The figures of the report, from what is stored."""
    steps = [event.grounds for event in events.events_about(ABOUT) if event.act == STEP]
    names = ("reads", "refused", "doubtful", "corrected", "receipts", "returns", "moves", "exchanges")
    runs = [bills.run_totals(it) for it in bills.runs()]
    tellable = [it for it in played.town.stories if it.account_id]
    numbers = ledger.accounts([it.account_id for it in tellable])
    return {
        "run": run_id,
        "cycle": played.sheets[-1].round.cycle,
        "read_on": played.sheets[-1].round.read_on.isoformat(),
        "accounts": len(played.cashier.payer_of),
        "points": len(played.town.points),
        "runs": len(runs),
        "bills": sum(it["bills"] - it["held"] for it in runs),
        "total_cents": sum(it["total_cents"] for it in runs),
        "all": {name: sum(step.get(name, 0) for step in steps) for name in names},
        "last": {name: steps[-1].get(name, 0) for name in names},
        "stories": [[it.code, numbers[it.account_id].number, it.point.number, it.text] for it in tellable],
    }
