"""Quarter-hours fall in the registers that the hours of a book say, and none is lost or counted twice."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from fanal.law.tariffs import intervals
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.intervals import QUARTERS, peaks_of, registers_of, slots_of
from fanal.law.tariffs.shelf import load
from fanal.values.dates import to_days

MONDAY = to_days(date(2025, 6, 2))


def hours_of(book: Book, first: int, days: int, **given: np.ndarray) -> dict[str, np.ndarray]:
    """Which quarter-hours each register takes, day by day."""
    slots = slots_of(book, first, first + days, **given).reshape(days, QUARTERS)
    return {name: slots == place for place, name in enumerate(book.registers)}


def test_the_hours_of_evn_share_a_week_between_three_registers() -> None:
    week = hours_of(load("evn/production_22_110kv"), MONDAY, 7)
    assert week["peak"].sum(axis=1).tolist() == [20] * 6 + [0]
    assert week["offpeak"].sum(axis=1).tolist() == [24] * 7
    assert sum(it.astype(int) for it in week.values()).tolist() == [[1] * QUARTERS] * 7
    monday = week["peak"][0]
    assert np.flatnonzero(monday).tolist() == [*range(38, 46), *range(68, 80)]
    assert np.flatnonzero(week["offpeak"][0]).tolist() == [*range(16), *range(88, 96)]


def test_a_holiday_is_no_weekday() -> None:
    book = load("evn/production_22_110kv")
    assert hours_of(book, MONDAY, 2, holidays=np.array([MONDAY]))["peak"].sum(axis=1).tolist() == [0, 20]


def test_events_and_cold_take_their_quarter_hours() -> None:
    event, cold = np.zeros(QUARTERS, bool), np.zeros(QUARTERS, np.int64)
    event[24:40], cold[:10], cold[10] = True, -12_001, -12_000
    january = to_days(date(2026, 1, 5))
    flex, dual = load("hydro_quebec/Flex_D"), load("hydro_quebec/DT")
    assert hours_of(flex, january, 1, events=event)["event"].sum() == 16
    assert hours_of(flex, MONDAY, 1, events=event)["event"].sum() == 0
    dual_day = hours_of(dual, january, 1, celsius=cold)
    assert (dual_day["cold"].sum(), dual_day["mild"].sum()) == (10, 86)


@pytest.mark.parametrize("kind", [np.int16, np.uint16, np.int32, np.int64])
def test_registers_add_up_to_the_whole_exactly(kind: type[np.integer], monkeypatch: pytest.MonkeyPatch) -> None:
    book, days = load("evn/production_22_110kv"), 365
    slots = slots_of(book, MONDAY, MONDAY + days)
    most = min(np.iinfo(kind).max, 10**9)
    values = np.random.default_rng(7).integers(0, most, (5, days * QUARTERS)).astype(kind)
    values[0] = most
    monkeypatch.setattr(intervals, "BLOCK", 2 * days * QUARTERS)
    sums = registers_of(book, slots, values)
    for place, name in enumerate(book.registers):
        by_hand = [sum(int(value) for value in row[slots == place]) for row in values]
        assert sums[name].tolist() == by_hand


def test_a_register_that_runs_all_year_is_added_without_overflow(write: Callable[..., Book]) -> None:
    book = write(("[titles]", '[registers]\nall = { fr = "Tout", en = "All" }\n[titles]'))
    values = np.full((1, 400 * QUARTERS), np.iinfo(np.int16).max, np.int16)
    slots = slots_of(book, MONDAY, MONDAY + 400)
    assert registers_of(book, slots, values)["all"].tolist() == [400 * QUARTERS * 32767]


def test_a_register_in_kilowatts_shows_its_highest_quarter_hour(write: Callable[..., Book]) -> None:
    hours = 'hours = [ { from = "14:00", to = "19:00", days = ["mon", "tue", "wed", "thu", "fri"] } ]'
    registers = f'[registers]\nafternoon = {{ fr = "x", en = "x", unit = "kW", {hours} }}\n'
    book = write(("[titles]", f"{registers}[titles]"))
    values = np.zeros((2, 7 * QUARTERS), np.int64)
    values[0, 14 * 4 : 14 * 4 + 2] = [2_500, 3_000]
    values[1, 5 * QUARTERS + 60] = 9_000  # a Saturday
    assert peaks_of(book, MONDAY, values)["afternoon"].tolist() == [12_000, 0]
