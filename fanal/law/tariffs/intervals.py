"""Quarter-hours in columns to the registers of a book: a calendar made once, then sums of whole numbers."""

import numpy as np
import numpy.typing as npt

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.registers import Hours, Register
from fanal.law.tariffs.stretches import stretches
from fanal.values.money import QUANTITY_SCALE, Column, scaled

QUARTERS = 96  # in a day; every day has as many: the clock of the meters is standard time
NOWHERE = 255  # a quarter-hour that no register takes
WEEKDAYS = ("thu", "fri", "sat", "sun", "mon", "tue", "wed")  # 1970-01-01 was a Thursday
BLOCK = 1 << 19  # values added at once: what is read stays in the processor's cache
SAFE_RUN = 1 << 15  # values of 16 bits whose sum surely fits in 32

Slots = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


def slots_of(
    book: Book,
    start: int,
    end: int,
    *,
    holidays: npt.NDArray[np.integer] | None = None,
    events: Flags | None = None,
    celsius: npt.NDArray[np.integer] | None = None,
) -> Slots:
    """Say which register of the book takes each quarter-hour of the days [start, end), as places in `book.registers`.

    start, end, holidays: days since 1970; events [quarter-hours]: those of announced events; celsius: 1/1000 °C of
    each. The first register whose conditions hold takes it, a register without condition what is left; else NOWHERE.
    """
    count = (end - start) * QUARTERS
    slots = np.full(count, NOWHERE, np.uint8)
    day = np.arange(start, end)
    off = np.isin(day, [] if holidays is None else holidays)
    ordered = sorted(enumerate(book.registers.values()), key=lambda it: not it[1].conditional)
    for place, register in ordered:
        taken = _taken(book, register, day, off) & (slots == NOWHERE)
        if register.event:
            taken &= np.zeros(count, bool) if events is None else events
        if register.below is not None:
            taken &= np.zeros(count, bool) if celsius is None else celsius < scaled(register.below, QUANTITY_SCALE)
        slots[taken & (register.unit == "kWh")] = place
    return slots


def _taken(book: Book, register: Register, day: Column, off: Flags) -> Flags:
    """The quarter-hours within the season and the hours of a register."""
    inside = np.ones((len(day), QUARTERS), bool)
    if register.season is not None:
        inside &= _in_season(book, register.season, day)[:, None]
    if register.hours:
        inside &= np.logical_or.reduce([_within(book, hours, day, off) for hours in register.hours])
    return inside.ravel()


def _within(book: Book, hours: Hours, day: Column, off: Flags) -> Flags:
    begin, finish = (int(text[:2]) * 4 + int(text[3:]) // 15 for text in (hours.from_hour, hours.to_hour))
    quarter = np.arange(QUARTERS)
    inside = (quarter >= begin) & (quarter < finish) if begin < finish else (quarter >= begin) | (quarter < finish)
    week = np.isin(np.array(WEEKDAYS)[day % 7], hours.days)
    days = np.where(off, "holiday" in hours.days, week)
    if hours.season is not None:
        days = days & _in_season(book, hours.season, day)
    return np.asarray(days[:, None] & inside)


def _in_season(book: Book, name: str, day: Column) -> Flags:
    inside = np.zeros(len(day), bool)
    for begin, finish in stretches(book.season(name), int(day[0]), int(day[-1]) + 1):
        inside |= (day >= begin) & (day < finish)
    return inside


def registers_of(book: Book, slots: Slots, values: npt.NDArray[np.integer]) -> dict[str, Column]:
    """Add up the quarter-hours of each meter by register.

    values [meters, quarter-hours]: integers in the unit of the result, any integer type. Returns one int64 column
    [meters] a register of kWh; what falls nowhere is in none. Exact: runs of the same register are added as integers
    wide enough for them.
    """
    sums = np.zeros((len(book.registers), len(values)), np.int64)
    edges = np.flatnonzero(np.diff(slots, prepend=slots[:1] ^ 1))
    place = slots[edges]
    meters = max(1, BLOCK // max(values.shape[1], 1))
    for first in range(0, len(values) if len(edges) else 0, meters):
        part = values[first : first + meters]
        run = np.add.reduceat(part, edges, axis=1, dtype=_wide_enough(part, edges, len(slots)))
        for register in range(len(book.registers)):
            sums[register, first : first + meters] = run[:, place == register].sum(axis=1, dtype=np.int64)
    return {name: sums[n] for n, (name, it) in enumerate(book.registers.items()) if it.unit == "kWh"}


def peaks_of(
    book: Book,
    start: int,
    values: npt.NDArray[np.integer],
    *,
    holidays: npt.NDArray[np.integer] | None = None,
) -> dict[str, Column]:
    """Find what each register in kW shows: the highest quarter-hour of its season and hours, × 4 quarters.

    start: first day; values [meters, quarter-hours] in 1/1000 kWh, whole days. One int64 column [meters] a register.
    """
    day = np.arange(start, start + values.shape[1] // QUARTERS)
    off = np.isin(day, [] if holidays is None else holidays)
    found = {}
    for name, register in book.registers.items():
        if register.unit == "kW":
            inside = values[:, _taken(book, register, day, off)]
            found[name] = inside.max(axis=1, initial=0).astype(np.int64) * 4
    return found


def _wide_enough(values: npt.NDArray[np.integer], edges: Column, count: int) -> type[np.integer]:
    """The integers that the longest run of these values fits in: narrow ones are added faster."""
    longest = int(np.diff(edges, append=count).max(initial=0))
    return np.int32 if values.dtype.itemsize <= 2 and longest <= SAFE_RUN else np.int64
