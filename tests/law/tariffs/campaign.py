"""Random bills, rated by the kernel and by the oracle, line for line."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.rate import Rated, rate
from tests.law.tariffs import oracle
from tests.law.tariffs.oracle import PARAMETERS, Bill, Case

EPOCH = date(1970, 1, 1)
LAST_DAY = date(2028, 12, 31)


def milli(value: Decimal) -> int:
    """Thousandths, exactly."""
    assert value * 1000 == int(value * 1000)
    return int(value * 1000)


def kernel(book: Book, cases: Sequence[Case]) -> Rated:
    """Rate all the cases in one call."""

    def column(name: str) -> np.ndarray:
        return np.array([milli(getattr(case, name)) for case in cases], np.int64)

    def count(name: str) -> np.ndarray:
        return np.array([getattr(case, name) for case in cases], np.int64)

    start, end = (np.array([(getattr(c, side) - EPOCH).days for c in cases], np.int32) for side in ("start", "end"))
    measures = {name: column(name) for name in ("kwh", "kw", "kva", "winter_kw")}
    return rate(book, start, end, Quantities(**measures, **{n: count(n) for n in ("multiplier", "phases", "units")}))


def bill_of(rated: Rated, place: int) -> Bill:
    """Read one bill of the kernel in the words of the oracle."""

    def day(number: int) -> date:
        return EPOCH + timedelta(days=int(number))

    lines = [
        (
            rated.charges[rated.charge[at]].code,
            day(rated.start[at]),
            day(rated.end[at]),
            Decimal(int(rated.quantity[at])) / 1000,
            Decimal(int(rated.amount[at])) / 100,
        )
        for at in rated.lines_of(place)
    ]
    taxes = [Decimal(int(cents)) / 100 for cents in rated.tax[place]]
    net, total = (Decimal(int(column[place])) / 100 for column in (rated.net, rated.total))
    return Bill(lines, net, taxes, total, Decimal(int(rated.billing_kw[place])) / 1000)


def disagreements(book: Book, cases: Sequence[Case], root: Path = PARAMETERS) -> list[tuple[Case, Bill, Bill]]:
    """Return the cases where the kernel and the oracle differ, with both bills."""
    rated = kernel(book, cases)
    assert not rated.refusals, rated.refusals[:3]
    pairs = ((case, bill_of(rated, at), oracle.bill(book.code, case, root)) for at, case in enumerate(cases))
    return [pair for pair in pairs if pair[1] != pair[2]]


def cases(book: Book, count: int, seed: int) -> list[Case]:
    """Return random bills: ordinary ones, and many at the edges of blocks, seasons, versions and zero."""
    draw = random.Random(f"{book.code} {seed}")
    return [_case(book, draw) for _ in range(count)]


def _case(book: Book, draw: random.Random) -> Case:
    first = book.versions[0].from_on
    if draw.random() < 0.5:
        cut = draw.choice([v.from_on for v in book.versions] + [date(draw.randint(first.year, 2027), 12, 1)])
        start = cut - timedelta(days=draw.randint(0, 70))
    else:
        start = first + timedelta(days=draw.randrange((LAST_DAY - first).days))
    start = max(start, first)
    days = draw.choice([1, 2, 29, 30, 31, 59, 60, 61, 62, draw.randint(1, 90), draw.randint(1, 800)])
    multiplier = draw.choice([1, 1, 1, 2, 3, draw.randint(1, 400)])
    width = draw.choice([30, 33, 36, 40, 1200, 15090, 210000])
    edge = Decimal(width * days * multiplier) / draw.choice([1, 30])
    kwh = draw.choice(
        [
            Decimal(draw.randint(0, 6000)),
            Decimal(draw.randint(0, 600_000)),
            Decimal(draw.randint(0, 10**9)).scaleb(-3),
            edge.quantize(Decimal("0.001")) + draw.choice([0, 0, Decimal("0.001"), Decimal("-0.001")]),
            Decimal(0),
            Decimal(draw.randint(-(10**7), 0)).scaleb(-3),
            Decimal(draw.randint(0, 10**13)).scaleb(-3),
        ]
    )
    kw, kva, winter_kw = (
        draw.choice(
            [Decimal(0), Decimal(50), Decimal(draw.randint(0, 300_000)).scaleb(-3), Decimal(draw.randint(0, 300))]
        )
        for _ in range(3)
    )
    end = start + timedelta(days=days)
    return Case(start, end, kwh, kw, kva, multiplier, draw.choice([1, 3]), draw.choice([0, 1, 12, 5000]), winter_kw)
