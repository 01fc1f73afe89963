"""Taking over an old system: one town, then several in one export, so that what grows faster than the town is seen.

`python -m benchmarks.takeover FOLDER 4` takes over the export of FOLDER (the example town's by default) without its
map, then four towns of it: every row again, under keys of its own. For each step, seconds and most memory, and how
many times those of one town.
"""

import csv
import gzip
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory

TOWNS = 4
STEPS = (
    ("réception et examen", "import-legacy", "--dry-run"),
    ("chargement", "import-legacy"),
    ("réconciliation", "reconcile"),
)
PROMISED = {"réception et examen": 60, "chargement": 180, "réconciliation": 20}  # seconds for one town
# What names a thing of the town: by header, and by place in the rows of a fixed width.
KEYS = ("NO_CLIENT", "NO_LIEU", "NO_ABONNEMENT", "NO_SERIE", "NO_PAIEMENT", "NO_ECRITURE", "NO_AVIS", "NO_DEPOT",
        "NO_ENTENTE", "REFERENCE")  # fmt: skip
FIXED = {"E": (1, 10, 116), "L": (1,), "S": (1, 22)}
SHARED = ("tarifs_legacy", "compteurs_transfo", "alimentation_horaire", "temperature")  # of all towns alike
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def main(folder: Path, towns: int = TOWNS) -> None:
    """Print what was measured."""
    first: dict[str, tuple[float, int]] = {}
    for count in (1, towns):
        with TemporaryDirectory() as place:
            rows = multiply(folder, Path(place), count)
            print(f"Reprise de {count} ville(s), {rows} lignes :")
            for title, seconds, memory in _take_over(Path(place)):
                told = f"  {title:<20} {seconds:7.1f} s, {memory} Mo au plus"
                if count == 1:
                    first[title] = seconds, memory
                    print(f"{told} (promis : {PROMISED[title]} s)")
                else:
                    longer, larger = seconds / first[title][0], memory / first[title][1]
                    print(f"{told} : {longer:.2f} × le temps d’une ville, {larger:.2f} × sa mémoire")


def _take_over(folder: Path) -> Iterator[tuple[str, float, int]]:
    """Each step of taking over that export into a fresh database: seconds, and the most megabytes that it held."""
    from benchmarks.bill_run import _fresh_database

    _fresh_database()
    for title, command, *options in STEPS:
        given = [str(folder)] if command == "import-legacy" else []
        began = time.perf_counter()
        asked = [sys.executable, "-m", "fanal", command, *given, *options, "--by", "mesure"]
        _, status, used = os.wait4(Popen(asked, stdout=DEVNULL, stderr=DEVNULL).pid, 0)
        if os.waitstatus_to_exitcode(status) not in ((0, 1) if command == "reconcile" else (0,)):
            raise SystemExit(f"{title}: the command failed")
        yield title, time.perf_counter() - began, used.ru_maxrss // 1024


def multiply(folder: Path, place: Path, towns: int) -> int:
    """Write an export of as many towns, each row followed by its own in the others; how many rows it has."""
    rows = 0
    for path in sorted(folder.glob("*.txt*")) + sorted(folder.glob("*.csv*")):
        name = path.name.removesuffix(".gz")
        copies = range(1 if name.startswith(SHARED) else towns)
        lines = _lines(path)
        if name.startswith("controle"):
            written = _control(list(lines), towns)
        elif name.startswith("factures"):
            written = (_moved(line, town) for line in lines for town in copies)
        else:
            written = _separated(lines, copies)
        with (place / name).open("w", encoding="latin-1", newline="") as file:
            for line in written:
                file.write(f"{line}\r\n")
                rows += 1
    return rows


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        yield from (it.decode("latin-1").removesuffix("\r\n") for it in file)


def _separated(lines: Iterator[str], towns: range) -> Iterator[str]:
    header = next(lines)
    yield header
    keys = [it in KEYS for it in header.split(";")]
    for line in lines:
        yield line
        cells = line.split(";") if '"' not in line else next(csv.reader([line], delimiter=";"))
        told = list(zip(cells, keys, strict=False))  # the last row may be cut
        for town in towns[1:]:
            moved = [_key(cell, town) if is_key and cell else cell for cell, is_key in told]
            yield ";".join(f'"{it.replace(chr(34), chr(34) * 2)}"' if ";" in it or '"' in it else it for it in moved)


def _moved(line: str, town: int) -> str:
    """A row of a fixed width under the keys of that town."""
    for at in FIXED.get(line[:1], ()) if town else ():
        if line[at : at + 1].strip():
            line = f"{line[:at]}{_key(line[at], town)}{line[at + 1 :]}"
    return line


def _key(key: str, town: int) -> str:
    """That key in another town: another first sign where it is 1 or 2, as fixed widths want; else a letter before."""
    return f"{LETTERS[2 * town + int(key[0]) - 1]}{key[1:]}" if key[0] in "12" else f"{LETTERS[2 * town]}{key}"


def _control(lines: Sequence[str], towns: int) -> Iterator[str]:
    """The totals of as many towns; those of the map are left out, for it is not taken along."""
    for line in lines:
        match line[:1]:
            case "N" if "reseau" in line:
                continue
            case "N" if not line[1:].startswith(SHARED):
                yield f"{line[:33]}{int(line[33:43]) * towns:>10}"
            case "T" | "K":
                amount = line[53:71].strip()
                told = int(amount.replace(",", "")) * towns
                sign, figures = "-" if told < 0 else "", f"{abs(told):03}"
                amount = f"{sign}{figures[:-2]},{figures[-2:]}" if "," in amount else str(told)
                yield f"{line[:45]}{int(line[45:53]) * towns:>8}{amount:>18}"
            case "S":
                yield from (_moved(line, town) for town in range(towns))
            case "Z":
                left_out = sum("reseau" in it for it in lines[:-1] if it[:1] == "N")
                accounts = sum(it[:1] == "S" for it in lines)
                yield f"Z{int(line[1:]) - left_out + accounts * (towns - 1):>10}"
            case _:
                yield line


if __name__ == "__main__":
    from benchmarks.__main__ import HOME
    from fanal.doors import office
    from fanal.settings import embedded_postgres

    office.migrate()
    shared = Path(os.environ.get("FANAL_SHARED", "../shared"))
    given = sys.argv[1:]
    try:
        main(Path(given[0]) if given else shared / "town", int(given[1]) if given[1:] else TOWNS)
    finally:
        embedded_postgres.stop(HOME)
