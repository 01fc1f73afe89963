"""`make peers`: the same bills by rating engines that others wrote, each in an environment of its own under var/.

SAM's UtilityRate5 rates a year of hourly demands by time of use, with a price per kW of the month and another of its
afternoons; Fanal rates the same hours, made quarter-hours, then registers. Every month must agree to the cent. Then a
rate of URDB, with seasons, tiers of power and a fixed charge, is read by SAM's own reader and imported by Fanal.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.intervals import QUARTERS, peaks_of, registers_of, slots_of
from fanal.law.tariffs.rate import rate
from fanal.law.tariffs.shelf import PARAMETERS, read
from fanal.links.tariffs import book_toml, urdb
from fanal.values.dates import to_days
from tests.links.tariffs.urdb_examples import FACTORY

HOME = (Path(os.environ.get("FANAL_HOME") or "var") / "engines").resolve()
BOOKS = Path(__file__).parents[1] / "tests" / "law" / "tariffs" / "examples"
YEAR = 2018  # begins on a Monday, as every year of SAM does
CODES = ("busy", "rest", "facility", "afternoon")


def python_with(package: str) -> Path:
    """The Python of an environment that has this package, made if needed."""
    home = HOME / package
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
    return python


def hours() -> np.ndarray:
    """A year of hourly demands in whole kW, the same at each run."""
    return np.random.default_rng(20180101).integers(0, 400, 8760)


def by_sam(load: np.ndarray) -> list[tuple[int, ...]]:
    """Cents of energy, of monthly demand and of afternoon demand, month after month."""
    week = [[2 if 7 <= hour < 19 else 1 for hour in range(24)]] * 12
    afternoons = [[2 if 14 <= hour < 19 else 1 for hour in range(24)]] * 12
    asked = {
        "load_kw": load.tolist(), "flat_demand": 18.05,
        "energy_prices": [0.28, 0.36], "energy_weekday": week, "energy_weekend": [[1] * 24] * 12,
        "demand_prices": [0, 10], "demand_weekday": afternoons, "demand_weekend": [[1] * 24] * 12,
    }  # fmt: skip
    return [it[:3] for it in _sam(asked)]


def _sam(asked: dict[str, Any]) -> list[tuple[int, ...]]:
    """The cents of each month by SAM: energy, monthly demand, demand by time of use, fixed charge."""
    script = Path(__file__).with_name("sam_bills.py")
    said = subprocess.run(
        [python_with("NREL-PySAM"), script], input=json.dumps(asked), text=True, check=True, stdout=subprocess.PIPE
    ).stdout
    return [tuple(round(dollars * 100) for dollars in it) for it in zip(*json.loads(said), strict=True)]


def imported(load: np.ndarray) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """A rate of URDB, month after month, by SAM's reader and by Fanal's."""
    urdb_rate = FACTORY | {"startdate": f"{YEAR}-01-01"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "peer" / "Factory.toml"
        path.parent.mkdir()
        (listed,) = urdb.rates(json.dumps(urdb_rate).encode())
        path.write_text(book_toml.encode(urdb.book_of(listed, "peer/Factory")), "utf-8")
        book = read(path)
    kinds = (("period_",), ("demand.",), ("demand_",), ("fixed",))
    ours = [
        tuple(sum(it for code, it in cents.items() if code.startswith(kind)) for kind in kinds)
        for cents in _months(book, load)
    ]
    return _sam({"load_kw": load.tolist(), "urdb": urdb_rate}), ours


def by_fanal(load: np.ndarray) -> list[tuple[int, ...]]:
    """The same, by the kernel."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(PARAMETERS, root, dirs_exist_ok=True)
        shutil.copytree(BOOKS, root, dirs_exist_ok=True)
        book = read(root / "others" / "hours.toml", root)
    return [(it["busy"] + it["rest"], it["facility"], it["afternoon"]) for it in _months(book, load)]


def _months(book: Book, load: np.ndarray) -> Iterator[dict[str, int]]:
    """The cents of each line of each month of the year, by its code."""
    firsts = [to_days(date(YEAR, month, 1)) for month in range(1, 13)] + [to_days(date(YEAR + 1, 1, 1))]
    quarters = np.repeat(load * 250, 4)[None, :]
    for start, end in pairwise(firsts):
        part = quarters[:, (start - firsts[0]) * QUARTERS : (end - firsts[0]) * QUARTERS]
        shown = registers_of(book, slots_of(book, start, end), part) | peaks_of(book, start, part)
        of_all = Quantities(kwh=part.sum(axis=1), kw=part.max(axis=1) * 4, registers=shown)
        rated = rate(book, np.array([start]), np.array([end]), of_all)
        yield {rated.charges[at].code: int(amount) for at, amount in zip(rated.charge, rated.amount, strict=True)}


def main() -> int:
    """Print what agrees; 1 when a month differs."""
    load = hours()
    compared = {
        "énergie, puissance, pointe d’après-midi": (by_sam(load), by_fanal(load)),
        "tarif d’URDB importé, saisons, paliers et redevance": imported(load),
    }
    wrong = False
    for said, (theirs, ours) in compared.items():
        differing = [month for month, pair in enumerate(zip(theirs, ours, strict=True), 1) if pair[0] != pair[1]]
        print(f"SAM UtilityRate5 : {12 - len(differing)} mois sur 12 au cent près ({said}).")
        for month in differing:
            print(f"  mois {month} : SAM {theirs[month - 1]}, Fanal {ours[month - 1]}")
        wrong |= bool(differing)
    print("ratebook : non comparé, il demande Python 3.12 et la maison tient à 3.11.")
    return int(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
