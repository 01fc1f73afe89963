"""Random bills, rated by the kernel and by the oracle, line for line."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

import numpy as np

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.rate import Rated, rate
from fanal.law.tariffs.stretches import days_in
from tests.law.tariffs import oracle
from tests.law.tariffs.oracle import PARAMETERS, Bill, Case

EPOCH = date(1970, 1, 1)
LAST_DAY = date(2028, 12, 31)


def milli(value: Decimal) -> int:
    """Thousandths, exactly."""
    assert value * 1000 == int(value * 1000)
    return int(value * 1000)


MILLI = ("kwh", "kw", "kva", "past_kw", "kvarh", "bank_kwh")
COUNTS = ("multiplier", "phases", "units", "households", "bank_ends", "exempt")


def kernel(book: Book, cases: Sequence[Case]) -> Rated:
    """Rate all the cases in one call."""
    start, end = (np.array([(getattr(c, side) - EPOCH).days for c in cases], np.int32) for side in ("start", "end"))
    given = {name: np.array([milli(getattr(case, name)) for case in cases], np.int64) for name in MILLI}
    given |= {name: np.array([getattr(case, name) for case in cases], np.int64) for name in COUNTS}
    registers = {
        name: np.array([milli(case.registers.get(name, Decimal(0))) for case in cases], np.int64)
        for name in book.registers
    }
    return rate(book, start, end, Quantities(**given, registers=registers))


def bill_of(rated: Rated, place: int) -> Bill:
    """Read one bill of the kernel in the words of the oracle."""

    def day(number: int) -> date:
        return EPOCH + timedelta(days=int(number))

    def coins(cents: int) -> Decimal:
        return int(cents) * rated.book.cent

    lines = [
        (
            rated.charges[rated.charge[at]].code,
            day(rated.start[at]),
            day(rated.end[at]),
            Decimal(int(rated.quantity[at])) / 1000,
            coins(rated.amount[at]),
        )
        for at in rated.lines_of(place)
    ]
    taxes = [coins(cents) for cents in rated.tax[place]]
    net, total = (coins(column[place]) for column in (rated.net, rated.total))
    power, bank = (Decimal(int(column[place])) / 1000 for column in (rated.billing_kw, rated.bank_kwh))
    return Bill(lines, net, taxes, total, power, bank)


def disagreements(book: Book, cases: Sequence[Case], root: Path = PARAMETERS) -> list[tuple[Case, Bill, Bill]]:
    """Return the cases where the kernel and the oracle differ, with both bills."""
    rated = kernel(book, cases)
    assert not rated.refusals, rated.refusals[:3]
    pairs = ((case, bill_of(rated, at), oracle.bill(book.code, case, root)) for at, case in enumerate(cases))
    return [pair for pair in pairs if pair[1] != pair[2]]


def closing(book: Book) -> date:
    """The day after the last one that a book and its taxes can rate, or a far one."""
    days = [book.versions[-1].to_on, *(tax.rates[-1].to_on for tax in book.taxes), LAST_DAY]
    return min(day for day in days if day)


def cases(book: Book, count: int, seed: int) -> list[Case]:
    """Return random bills: ordinary ones, and many at the edges of blocks, seasons, versions and zero."""
    draw = random.Random(f"{book.code} {seed}")
    drawn = (_case(book, draw) for _ in iter(int, 1))
    return list(islice((case for case in drawn if priced(book, case.start, case.end)), count))


def priced(book: Book, start: date, end: date) -> bool:
    """Whether every day of a period has a price: none falls between two versions."""
    return not any(start < finish and begin < end for begin, finish in book.gaps)


def _case(book: Book, draw: random.Random) -> Case:
    first = book.versions[0].from_on
    last = closing(book)
    if draw.random() < 0.5:
        cut = draw.choice([v.from_on for v in book.versions] + [date(draw.randint(first.year, last.year), 12, 1)])
        start = cut - timedelta(days=draw.randint(0, 70))
    else:
        start = first + timedelta(days=draw.randrange((last - first).days))
    start = min(max(start, first), last - timedelta(days=1))
    days = draw.choice([1, 2, 29, 30, 31, 59, 60, 61, 62, draw.randint(1, 90), draw.randint(1, 800)])
    days = min(days, (last - start).days)
    multiplier = draw.choice([1, 1, 1, 2, 3, draw.randint(1, 400)])
    kwh = energy(draw, days * multiplier)
    kw, kva, past_kw = (
        draw.choice(
            [Decimal(0), Decimal(50), Decimal(draw.randint(0, 300_000)).scaleb(-3), Decimal(draw.randint(0, 300))]
        )
        for _ in range(3)
    )
    end = start + timedelta(days=days)
    most = Decimal(book.quantity_max) / 1000  # what is beyond is refused, and has a test of its own
    kwh = max(min(kwh, most), -most)
    shown = {name: max(min(it, most), -most) for name, it in registers_of(book, draw, kwh, (start, end)).items()}
    return Case(
        start, end, kwh, kw, kva, multiplier, draw.choice([1, 3]), draw.choice([0, 1, 12, 5000]), past_kw,
        kvarh=min(kvarh(draw, kwh), most), households=draw.choice([1, 1, 2, draw.randint(1, 40)]),
        bank_kwh=draw.choice([Decimal(0), Decimal(draw.randint(0, 3_000_000)).scaleb(-3)]),
        bank_ends=draw.randint(0, 1), exempt=draw.choice([0, 0, 0, 2 ** len(book.taxes) - 1]),
        registers=shown,
    )  # fmt: skip


def energy(draw: random.Random, wide: int) -> Decimal:
    """The kWh: few, many, none, negative, or at the edge of a block that is so many days and dwellings wide."""
    width = draw.choice([30, 33, 36, 40, 50, 100, 400, 1200, 15090, 210000])
    edge = Decimal(width * wide) / draw.choice([1, 30])
    return draw.choice(
        [
            Decimal(draw.randint(0, 6000)),
            Decimal(draw.randint(0, 600_000)),
            Decimal(draw.randint(0, 10 ** draw.randint(6, 12))).scaleb(-3),
            edge.quantize(Decimal("0.001")) + draw.choice([0, 0, Decimal("0.001"), Decimal("-0.001")]),
            Decimal(0),
            Decimal(draw.randint(-(10**7), 0)).scaleb(-3),
            Decimal(draw.randint(0, 10**13)).scaleb(-3),
        ]
    )


def kvarh(draw: random.Random, kwh: Decimal) -> Decimal:
    """Reactive energy: none, or enough for any power factor, many at the edge of a hundredth."""
    of_tangent = Decimal(draw.choice([0, 0, 484, 500, 512, 750, 1333, 1405, draw.randint(0, 3000)])).scaleb(-3)
    return (abs(kwh) * of_tangent).quantize(Decimal("0.001"))


def registers_of(book: Book, draw: random.Random, kwh: Decimal, period: tuple[date, date]) -> dict[str, Decimal]:
    """What the registers of a book show: parts of the kWh, or more; nothing out of their season."""
    found = {}
    for name, register in book.registers.items():
        value = (abs(kwh) * draw.choice([0, 1, draw.randint(0, 1500)])).quantize(Decimal(1)).scaleb(-3)
        if register.unit == "kW":
            value = Decimal(draw.randint(0, 200_000)).scaleb(-3)
        if register.season and name != book.net_metering:
            days = [np.array([(day - EPOCH).days]) for day in period]
            value = value if days_in(book.season(register.season), *days)[0] else Decimal(0)
        elif register.unit == "kWh" and name != book.net_metering and draw.random() < 0.1:
            value = -value
        found[name] = value
    return found
