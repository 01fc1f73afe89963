"""The rating kernel: bills a second on one core, beside a copy of the same bytes and the Decimal oracle.

Rate D register reads, a price change inside 85 % of the periods, two taxes, every column of every line produced.
All the figures come from one run on one machine: read the ratios.
"""

import os
import shutil
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.intervals import QUARTERS, registers_of, slots_of
from fanal.law.tariffs.rate import Rated, rate
from fanal.law.tariffs.shelf import PARAMETERS, load, read
from tests.law.tariffs import oracle, strange
from tests.law.tariffs.conftest import HEAD

BILLS = int(os.environ.get("BENCH_BILLS", "1000000"))
ORACLE_BILLS = 3_000
RUNS = 5
EPOCH = date(1970, 1, 1)
TARGET = 2_000_000
RICH_BILLS, RICH_TARGET = 200_000, 300_000
METERS, INTERVALS_TARGET = 10_000, 500_000_000
LINE_COLUMNS = ("bill", "charge", "start", "end", "days", "quantity", "amount")
BILL_COLUMNS = ("net", "tax", "tax_rate", "total", "billing_kw")


def register_reads(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the periods and the 1/1000 kWh of two-month reads, 85 % of them over the first of April 2026."""
    draw = np.random.default_rng(20260401)
    change = (date(2026, 4, 1) - EPOCH).days
    days = draw.integers(55, 66, count)
    over = draw.random(count) < 0.85
    start = np.where(over, change - 1 - draw.integers(0, 54, count), change + draw.integers(0, 30, count))
    return start.astype(np.int32), (start + days).astype(np.int32), draw.integers(0, 6_000, count) * 1000


def fastest(action: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return the least time of a few runs, in seconds."""
    times = []
    for _ in range(RUNS):
        before = clock()
        action()
        times.append(clock() - before)
    return min(times)


def columns_of(rated: Rated) -> list[np.ndarray]:
    """Return every column the kernel produced."""
    return [getattr(rated, name) for name in LINE_COLUMNS + BILL_COLUMNS]


def richest() -> tuple[float, int]:
    """Return the bills a second of the book with every kind of charge at once, and how many rows it has."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(PARAMETERS, root, dirs_exist_ok=True)
        (root / "essai").mkdir()
        head = HEAD.replace('needs = ["kwh"]', 'needs = ["kwh", "kw", "kvarh", "phases"]')
        path = root / "essai" / "E.toml"
        path.write_text(head.replace("[titles]", strange.STRANGE_HEAD) + strange.STRANGE, "utf-8")
        book = read(path, root)
    draw, count = np.random.default_rng(7), RICH_BILLS
    start = (draw.integers(-60, 60, count) + (date(2011, 4, 1) - EPOCH).days).astype(np.int32)
    kwh = draw.integers(0, 6_000_000, count)
    given = Quantities(
        kwh=kwh, kw=kwh // 500, kva=kwh // 400, kvarh=kwh // 2, past_kw=kwh // 300, bank_kwh=kwh // 20,
        phases=np.full(count, 1), households=np.full(count, 2),
        registers={name: kwh // 10 * (name != "event") for name in book.registers},
    )  # fmt: skip
    seconds = fastest(lambda: rate(book, start, start + 61, given), process_time)
    assert not rate(book, start, start + 61, given).refusals
    return count / seconds, sum(charge.version == 0 for charge in book.charges)


def intervals() -> float:
    """Return the quarter-hours a second that become time-of-use registers: a month of many meters."""
    book, start = load("evn/production_22_110kv"), (date(2025, 6, 1) - EPOCH).days
    values = np.random.default_rng(7).integers(0, 3_000, (METERS, 30 * QUARTERS)).astype(np.int16)
    slots = slots_of(book, start, start + 30)
    return values.size / fastest(lambda: registers_of(book, slots, values), process_time)


def oracle_rate(start: np.ndarray, end: np.ndarray, kwh: np.ndarray) -> float:
    """Return the bills a second of the Decimal oracle, on the first reads."""
    cases = [
        oracle.Case(EPOCH + timedelta(days=int(a)), EPOCH + timedelta(days=int(b)), Decimal(int(c)) / 1000)
        for a, b, c in zip(start[:ORACLE_BILLS], end[:ORACLE_BILLS], kwh[:ORACLE_BILLS], strict=True)
    ]
    before = process_time()
    for case in cases:
        oracle.bill("hydro_quebec/D", case)
    return len(cases) / (process_time() - before)


def main() -> int:
    """Print the figures; 1 when the kernel is below its target."""
    book = load("hydro_quebec/D")
    start, end, kwh = register_reads(BILLS)
    quantities = Quantities(kwh=kwh, multiplier=np.ones(BILLS, np.int64))
    seconds = fastest(lambda: rate(book, start, end, quantities), process_time)
    rated = rate(book, start, end, quantities)
    produced = [*columns_of(rated), start, end, kwh]
    copies = [np.empty_like(column) for column in produced]
    copying = fastest(
        lambda: [np.copyto(to, column) for to, column in zip(copies, produced, strict=True)], perf_counter
    )
    one = Quantities(kwh=kwh[:1])
    single = fastest(lambda: [rate(book, start[:1], end[:1], one) for _ in range(100)], process_time) / 100
    slow = oracle_rate(start, end, kwh)
    speed, megabytes = BILLS / seconds, sum(column.nbytes for column in produced) / 1e6
    print(f"kernel        {speed / 1e6:8.2f} M bills/s/core   {len(rated.bill) / BILLS:.2f} lines a bill, two taxes")
    print(f"target        {TARGET / 1e6:8.2f} M bills/s/core   × {speed / TARGET:.2f}")
    ratio = f"the kernel takes × {seconds / copying:.0f} ({megabytes:.0f} MB)"
    print(f"memory copy   {BILLS / copying / 1e6:8.2f} M bills/s        {ratio}")
    print(f"Decimal       {slow / 1e6:8.4f} M bills/s/core   the kernel is × {speed / slow:,.0f}")
    print(f"one bill      {single * 1e3:8.2f} ms")
    rich, rows = richest()
    quarters = intervals()
    print(f"richest book  {rich / 1e6:8.2f} M bills/s/core   {rows} rows, × {rich / RICH_TARGET:.2f} of the target")
    ratio = f"× {quarters / INTERVALS_TARGET:.2f} of the target"
    print(f"registers     {quarters / 1e6:8.0f} M quarter-hours/s/core   {ratio}")
    return 0 if speed >= TARGET and rich >= RICH_TARGET and quarters >= INTERVALS_TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
