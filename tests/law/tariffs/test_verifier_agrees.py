"""The interpreter that leaves with an archive shares no line with the kernel, and agrees with it on every line."""

import ast
import json
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from fanal.law.tariffs.book import Book, dump
from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.rate import rate
from fanal.law.tariffs.shelf import catalogue, load
from fanal.values.dates import to_days
from tests.law.tariffs.campaign import cases
from tests.law.tariffs.oracle import Case
from tests.law.tariffs.strange import strange

VERIFIER = Path(__file__).parents[3] / "fanal" / "doors" / "archive" / "verifier"
EPOCH = 719_163  # ordinal of 1970-01-01
OWN = ("kwh", "kw", "kva", "kvarh", "past_kw", "bank_kwh")
COUNTS = ("multiplier", "phases", "units", "households", "bank_ends", "exempt")


def interpreter() -> ModuleType:
    """The file as it leaves, which no package holds."""
    spec = spec_from_file_location("tarif", VERIFIER / "tarif.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tarif = interpreter()


def milli(case: Case, name: str) -> int:
    return int(getattr(case, name) * 1000)


def by_kernel(book: Book, asked: list[Case]) -> list[tuple[Any, ...]]:
    columns = {name: np.array([milli(it, name) for it in asked], np.int64) for name in OWN}
    columns |= {name: np.array([getattr(it, name) for it in asked], np.int64) for name in COUNTS}
    shown = {
        name: np.array([int(it.registers.get(name, 0) * 1000) for it in asked], np.int64) for name in book.registers
    }
    start, end = (np.array([to_days(it) for it in days], np.int64)
                  for days in ([it.start for it in asked], [it.end for it in asked]))  # fmt: skip
    rated = rate(book, start, end, Quantities(**columns, registers=shown))
    assert not rated.refusals
    found = []
    for at in range(len(asked)):
        of = list(rated.lines_of(at))
        lines = sorted((int(rated.charge[it]), int(rated.start[it]) + EPOCH, int(rated.end[it]) + EPOCH,
                        int(rated.quantity[it]), int(rated.amount[it])) for it in of)  # fmt: skip
        found.append((lines, int(rated.net[at]), rated.tax[at].tolist(), int(rated.billing_kw[at]),
                      int(rated.bank_kwh[at])))  # fmt: skip
    return found


def by_verifier(book: Book, asked: list[Case]) -> list[tuple[Any, ...]]:
    read = tarif.Book(json.loads(json.dumps(dump(book))))
    assert read.count == len(book.charges)
    found = []
    for it in asked:
        given = {name: milli(it, name) for name in OWN} | {name: getattr(it, name) for name in COUNTS}
        given["registers"] = {name: int(value * 1000) for name, value in it.registers.items()}
        rating = tarif.Rating(read, it.start.toordinal(), it.end.toordinal(), given)
        taxes = tarif.taxed(read, rating.taxable, it.end.toordinal() - 1, it.exempt)
        found.append((sorted(rating.lines), rating.net, taxes, rating.billing_kw, rating.bank_left))
    return found


@pytest.mark.parametrize("code", catalogue())
def test_the_verifier_and_the_kernel_agree_on_random_bills(code: str) -> None:
    book = load(code)
    asked = cases(book, 150, 11)

    assert by_verifier(book, asked) == by_kernel(book, asked)


@pytest.mark.parametrize("proration", ["days", "end"])
@pytest.mark.parametrize("rounding", ["half_up", "truncate"])
@pytest.mark.parametrize("rounded", ["line", "document"])
@pytest.mark.parametrize(("quantum", "cent"), [("0.001", "0.01"), ("1", "1")])
def test_the_verifier_and_the_kernel_agree_on_the_strangest_book(
    proration: str, rounding: str, rounded: str, quantum: str, cent: str, write: Callable[..., Book]
) -> None:
    said = f'rounding = "{rounding}"\nquantum = "{quantum}"\nrounded = "{rounded}"'
    title = '[titles]\nrounding = { fr = "x", en = "x" }' if rounded == "document" else "[titles]"
    book = strange(write, ('proration = "days"', f'proration = "{proration}"'), ('rounding = "half_up"', said),
                   ('"CAD"\ncent = "0.01"', f'"{"VND" if cent == "1" else "CAD"}"\ncent = "{cent}"'),
                   ("[titles]", title))  # fmt: skip
    asked = cases(book, 300, 11)

    assert by_verifier(book, asked) == by_kernel(book, asked)


def test_what_it_does_not_know_it_does_not_guess() -> None:
    plain = json.loads(json.dumps(dump(load("hydro_quebec/D"))))
    for name, value in (("rounded", "page"), ("rounding", "bankers"), ("moon", "full")):
        with pytest.raises(tarif.NotInterpreted):
            tarif.Book(plain | {name: value})
    for where in (plain["version"][0], plain["version"][0]["charges"][0], plain["version"][0]["billing_demand"]):
        where["moon"] = "full"
        with pytest.raises(tarif.NotInterpreted, match="moon"):
            tarif.Book(plain)
        del where["moon"]


def test_the_verifier_asks_for_the_standard_library_alone() -> None:
    asked = set()
    for path in VERIFIER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            asked |= {it.name for it in node.names} if isinstance(node, ast.Import) else set()
            asked |= {str(node.module)} if isinstance(node, ast.ImportFrom) else set()

    beside = {it.stem for it in VERIFIER.glob("*.py")}
    assert {it.partition(".")[0] for it in asked} - sys.stdlib_module_names <= beside


def test_the_verifier_counts_in_whole_numbers_alone() -> None:
    for node in (node for it in VERIFIER.glob("*.py") for node in ast.walk(ast.parse(it.read_text("utf-8")))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), node.lineno
        assert not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"), node.lineno
    assert not any(isinstance(it, ast.Div) for it in ast.walk(ast.parse((VERIFIER / "tarif.py").read_text("utf-8"))))


def test_the_verifier_is_written_in_a_python_that_any_machine_has() -> None:
    for path in VERIFIER.glob("*.py"):
        ast.parse(path.read_text("utf-8"), feature_version=(3, 9))
