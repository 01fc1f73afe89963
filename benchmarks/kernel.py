"""The rating kernel: bills a second on one core, beside a copy of the same bytes and the Decimal oracle.

Rate D register reads, a price change inside 85 % of the periods, two taxes, every column of every line produced.
All the figures come from one run on one machine: read the ratios.
"""

import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.rate import Rated, rate
from fanal.law.tariffs.shelf import load
from tests.law.tariffs import oracle

BILLS = int(os.environ.get("BENCH_BILLS", "1000000"))
ORACLE_BILLS = 3_000
RUNS = 5
EPOCH = date(1970, 1, 1)
TARGET = 2_000_000
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
    return 0 if speed >= TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
