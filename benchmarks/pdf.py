"""Bills printed per second and core: two tagged pages, PDF/A-2a, one file a bill (`python -m benchmarks.pdf`)."""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fanal.links.print.contract import PrintedBill
from fanal.links.print.render import render_many
from tests.links.print import examples

FLOOR = 40  # bills a second and core that the product promises


def bills(count: int, seed: str) -> Iterator[PrintedBill]:
    """Everyday bills that all differ where real ones do: names, numbers, amounts, bars, QR code."""
    base = examples.domestic()
    slip = base.slip
    assert slip is not None
    for n in range(count):
        amount = f"{100 + n % 800},{n % 100:02d} $"
        yield replace(
            base,
            number=f"{seed}-{n:06d}",
            account=replace(
                base.account,
                holders=(f"Rosalie Spécimen {n}",),
                address=(f"{n}, rue des Ormes", base.account.address[1]),
            ),
            total=amount,
            net=amount,
            slip=replace(slip, amount=amount, qr=f"{slip.qr}{n}"),
            months=tuple(
                replace(m, tenths=(m.tenths or 0) + n % 40, average=f"{((m.tenths or 0) + n % 40) // 10},{n % 10}")
                for m in base.months
            ),
            sections=tuple(
                replace(s, lines=tuple(replace(line, amount=amount) for line in s.lines)) for s in base.sections
            ),
        )


def measure(workers: int, count: int, seed: str) -> tuple[float, float, int]:
    """Seconds of clock and of processor (children too), and bytes, for `count` bills; starting workers counts."""
    with tempfile.TemporaryDirectory() as folder:
        before, start = os.times(), time.perf_counter()
        printed = render_many(bills(count, seed), Path(folder), workers)
        after, seconds = os.times(), time.perf_counter() - start
    assert printed.count == count, printed.refused
    return seconds, sum(after[:4]) - sum(before[:4]), printed.size


def main() -> None:
    """Print bills/s/core with one and two workers, and the ratio to the promise; a core is a second of processor."""
    measure(1, 20, "W")  # fonts, first layout
    for workers, count in ((1, 200), (2, 400)):
        seconds, busy, size = measure(workers, count, f"R{workers}")
        print(
            f"pdf, {workers} worker(s): {count / seconds:.1f} bills/s, {count / busy:.1f} bills/s/core, "
            f"{count / busy / FLOOR:.2f} x the promised {FLOOR}, {size // count // 1000} kB a bill"
        )


if __name__ == "__main__":
    main()
