"""`make peers`: the same bills by rating engines that others wrote, each in an environment of its own under var/.

SAM's UtilityRate5 rates a year of hourly demands by time of use, with a price per kW of the month and another of its
afternoons; Fanal rates the same hours, made quarter-hours, then registers. Every month must agree to the cent.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.intervals import QUARTERS, peaks_of, registers_of, slots_of
from fanal.law.tariffs.rate import rate
from fanal.law.tariffs.shelf import PARAMETERS, read
from fanal.values.dates import to_days

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


def by_sam(load: np.ndarray) -> list[tuple[int, int, int]]:
    """Cents of energy, of monthly demand and of afternoon demand, month after month."""
    week = [[2 if 7 <= hour < 19 else 1 for hour in range(24)]] * 12
    afternoons = [[2 if 14 <= hour < 19 else 1 for hour in range(24)]] * 12
    asked = {
        "load_kw": load.tolist(), "flat_demand": 18.05,
        "energy_prices": [0.28, 0.36], "energy_weekday": week, "energy_weekend": [[1] * 24] * 12,
        "demand_prices": [0, 10], "demand_weekday": afternoons, "demand_weekend": [[1] * 24] * 12,
    }  # fmt: skip
    script = Path(__file__).with_name("sam_bills.py")
    said = subprocess.run(
        [python_with("NREL-PySAM"), script], input=json.dumps(asked), text=True, check=True, stdout=subprocess.PIPE
    ).stdout
    energy, monthly, afternoon = json.loads(said)
    return [tuple(round(dollars * 100) for dollars in it) for it in zip(energy, monthly, afternoon, strict=True)]


def by_fanal(load: np.ndarray) -> list[tuple[int, int, int]]:
    """The same, by the kernel."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(PARAMETERS, root, dirs_exist_ok=True)
        shutil.copytree(BOOKS, root, dirs_exist_ok=True)
        book = read(root / "others" / "hours.toml", root)
    firsts = [to_days(date(YEAR, month, 1)) for month in range(1, 13)] + [to_days(date(YEAR + 1, 1, 1))]
    quarters = np.repeat(load * 250, 4)[None, :]
    found = []
    for start, end in pairwise(firsts):
        part = quarters[:, (start - firsts[0]) * QUARTERS : (end - firsts[0]) * QUARTERS]
        shown = registers_of(book, slots_of(book, start, end), part) | peaks_of(book, start, part)
        of_all = Quantities(kwh=part.sum(axis=1), kw=part.max(axis=1) * 4, registers=shown)
        rated = rate(book, np.array([start]), np.array([end]), of_all)
        cents = {rated.charges[at].code: int(amount) for at, amount in zip(rated.charge, rated.amount, strict=True)}
        found.append((cents["busy"] + cents["rest"], cents["facility"], cents["afternoon"]))
    return found


def main() -> int:
    """Print what agrees; 1 when a month differs."""
    load = hours()
    theirs, ours = by_sam(load), by_fanal(load)
    differing = [month for month, pair in enumerate(zip(theirs, ours, strict=True), 1) if pair[0] != pair[1]]
    print(
        f"SAM UtilityRate5 : {12 - len(differing)} mois sur 12 au cent près (énergie, puissance, pointe d’après-midi)."
    )
    for month in differing:
        print(f"  mois {month} : SAM {theirs[month - 1]}, Fanal {ours[month - 1]}")
    print("ratebook : non comparé, il demande Python 3.12 et la maison tient à 3.11.")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
