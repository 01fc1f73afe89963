"""The kernel and the Decimal oracle agree on every line, and would not if the kernel were wrong."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import fanal.law.tariffs.book as book_module
import fanal.law.tariffs.kinds as kinds_module
import fanal.law.tariffs.rate as kernel_module
import fanal.law.tariffs.shares as shares_module
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.kinds import KINDS
from fanal.law.tariffs.shares import Shares
from fanal.law.tariffs.shelf import catalogue, load
from tests.law.tariffs.campaign import cases, closing, disagreements, priced
from tests.law.tariffs.oracle import Case
from tests.law.tariffs.strange import strange

BILLS = int(os.environ.get("ORACLE_BILLS", "2000"))
BOOKS = os.environ.get("ORACLE_BOOKS", "").split() or catalogue()
STEP = 5_000


@pytest.mark.parametrize("seed", range(0, BILLS, STEP))
@pytest.mark.parametrize("code", BOOKS)
def test_kernel_and_oracle_agree_on_random_bills(code: str, seed: int) -> None:
    book = load(code)
    assert disagreements(book, cases(book, min(STEP, BILLS - seed), seed)) == []


def milli(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda value: Decimal(value).scaleb(-3))


@given(
    code=st.sampled_from(catalogue()),
    after=st.integers(0, 5000),
    days=st.integers(1, 1200),
    kwh=milli(-(10**9), 10**12),
    kw=milli(0, 10**7),
    kva=milli(0, 10**7),
    kvarh=milli(0, 10**9),
    past_kw=milli(0, 10**7),
    bank_kwh=milli(0, 10**9),
    bank_ends=st.integers(0, 1),
    multiplier=st.integers(1, 1000),
    households=st.integers(1, 1000),
    phases=st.sampled_from([1, 3]),
    units=st.integers(0, 10**4),
    shown=milli(0, 10**9),
)
@settings(max_examples=400, deadline=None)
def test_kernel_and_oracle_agree_on_every_shape(
    code: str, after: int, days: int, shown: Decimal, **measures: Any
) -> None:
    book = load(code)
    start = book.versions[0].from_on + timedelta(days=after)
    last = closing(book)
    start, end = min(start, last - timedelta(days=1)), min(start + timedelta(days=days), last)
    registers = {name: shown for name, it in book.registers.items() if it.season is None}
    assume(priced(book, start, end))
    case = Case(start, max(end, start + timedelta(days=1)), registers=registers, **measures)
    assert disagreements(book, [case]) == []


EVERYTHING = """
[[version]]
from = 2010-04-01
to = 2012-02-15
confidence = "invented"
source = "Essai"
billing_demand = { power_factor_percent = "95", winter_ratchet_percent = "75" }
charges = [
  { code = "access", kind = "fixed", per_days = 1, times = "multiplier", price = "0.456789" },
  { code = "lamp", kind = "fixed", per_days = 30, times = "units", price = "7.77" },
  { code = "energy", kind = "flat", price = "0.100005" },
  { code = "demand", kind = "demand", per_days = 30, over = "50", over_per_multiplier = "4", price = "6.21" },
  { code = "minimum", kind = "minimum", per_days = 1, single_phase = "0.99", three_phase = "1.5" },
]
[[version]]
from = 2012-02-15
confidence = "invented"
source = "Essai"
charges = [
  { code = "energy", kind = "blocks", per_days = 30, times = "multiplier", steps = [
    { upto = "100.5", price = "0" }, { upto = "200", price = "0.07" }, { upto = "1200.125", price = "0.09" },
    { price = "0.123456" } ] },
  { code = "demand", kind = "demand", per_days = 30, season = "winter", price = "16.21" },
  { code = "minimum", kind = "minimum", per_days = 30, single_phase = "12", three_phase = "24.5" },
]
"""
TITLES = "\n".join(f'{code} = {{ fr = "x", en = "x" }}' for code in ("access", "lamp", "demand", "minimum"))


@pytest.mark.parametrize("proration", ["days", "end"])
def test_kernel_and_oracle_agree_on_every_kind_of_charge(
    proration: str, write: Callable[..., Book], parameters: Path
) -> None:
    needs = ('needs = ["kwh"]', 'needs = ["kwh", "kw", "units", "phases"]')
    changes = (("[titles]", f"[titles]\n{TITLES}"), ('proration = "days"', f'proration = "{proration}"'), needs)
    book = write(*changes, versions=EVERYTHING)
    assert disagreements(book, cases(book, 1500, 7), parameters) == []


@pytest.mark.parametrize("proration", ["days", "end"])
@pytest.mark.parametrize("rounding", ["half_up", "truncate"])
@pytest.mark.parametrize("rounded", ["line", "document"])
@pytest.mark.parametrize(("quantum", "cent"), [("0.001", "0.01"), ("1", "1")])
def test_kernel_and_oracle_agree_on_the_strangest_book(
    proration: str, rounding: str, rounded: str, quantum: str, cent: str, write: Callable[..., Book], parameters: Path
) -> None:
    said = f'rounding = "{rounding}"\nquantum = "{quantum}"\nrounded = "{rounded}"'
    title = '[titles]\nrounding = { fr = "x", en = "x" }' if rounded == "document" else "[titles]"
    book = strange(write, ('proration = "days"', f'proration = "{proration}"'), ('rounding = "half_up"', said),
                   ('"CAD"\ncent = "0.01"', f'"{"VND" if cent == "1" else "CAD"}"\ncent = "{cent}"'),
                   ("[titles]", title))  # fmt: skip
    assert disagreements(book, cases(book, 400, 7), parameters) == []


@pytest.mark.parametrize("code", catalogue())
def test_kernel_and_oracle_agree_where_sixty_three_bits_would_not_do(code: str) -> None:
    book = load(code)
    most, end = Decimal(book.quantity_max) / 1000, closing(book)
    start = max([book.versions[0].from_on, end - timedelta(days=1800), *(finish for _, finish in book.gaps)])
    shown = dict.fromkeys((name for name, it in book.registers.items() if not it.season), most)
    vast = Case(start, end, most, most, most, 10**6, 3, 10**6, most, most, 10**6, most, 1, registers=shown)
    assert disagreements(book, [vast, replace(vast, kwh=-most), replace(vast, kwh=Decimal("0.001"))]) == []


def half_even(numerator: Any, denominator: Any) -> Any:
    quotient, remainder = numerator // denominator, numerator % denominator
    return quotient + ((2 * remainder > denominator) | ((2 * remainder == denominator) & (quotient % 2 == 1)))


def test_a_kernel_that_rounds_half_to_even_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book = load("hydro_quebec/D")
    tied = Case(date(2013, 5, 1), date(2013, 5, 31), Decimal("0.5"))  # 2.705 ¢ is no tie; 12.5 kWh x 5.68 ¢ = 71 ¢
    ties = [replace(tied, start=date(2014, 5, 1), end=date(2014, 5, 31), kwh=Decimal(n) / 2) for n in range(1, 400)]
    assert disagreements(book, ties) == []
    monkeypatch.setattr(book_module, "half_up", half_even)
    assert disagreements(book, ties)


def test_a_kernel_that_loses_a_share_of_a_segment_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book, honest = load("hydro_quebec/D"), Shares.between
    monkeypatch.setattr(Shares, "between", lambda *given: honest(*given) - (given[2] == given[2].max()))
    assert disagreements(book, cases(book, 300, 3))


def test_a_kernel_whose_winter_is_a_day_late_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book, honest = load("hydro_quebec/DP"), kinds_module.stretches
    late = lambda *given: [(begin + 1, end + 1) for begin, end in honest(*given)]  # noqa: E731
    monkeypatch.setattr(kinds_module, "stretches", late)
    assert disagreements(book, cases(book, 300, 3))


def test_a_kernel_that_taxes_the_tax_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book, honest = load("hydro_quebec/G"), kernel_module.taxes_on

    def stacked(book: Book, taxable: np.ndarray, last_day: np.ndarray, exempt: np.ndarray) -> Any:
        cents, rates = honest(book, taxable, last_day, exempt)
        return honest(book, taxable + cents[:, 0], last_day, exempt)[0], rates

    monkeypatch.setattr(kernel_module, "taxes_on", stacked)
    assert disagreements(book, cases(book, 50, 3))


def planted(monkeypatch: pytest.MonkeyPatch, name: str, wrong: Callable[..., Any]) -> None:
    """Replace a kind of charge by one that is wrong."""
    honest = KINDS[name]
    monkeypatch.setitem(KINDS, name, lambda charge, segment: wrong(honest, charge, segment))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("energy", lambda it: replace(it, quantity=np.maximum(it.quantity, 0))),
        ("fixed", lambda it: replace(it, quantity=it.quantity // 1000 * 1000)),
        ("percent", lambda it: replace(it, quantity=np.abs(it.quantity))),
        ("bank", lambda it: replace(it, quantity=it.quantity * 0)),
        ("demand", lambda it: replace(it, days=None if it.days is None else np.minimum(it.days, 30))),
        ("minimum", lambda it: replace(it, amount=it.amount + (it.amount > 0))),
    ],
)
def test_a_kind_of_charge_that_is_wrong_is_caught(
    kind: str, wrong: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, write: Callable[..., Book], parameters: Path
) -> None:
    book = strange(write)
    planted(monkeypatch, kind, lambda honest, charge, segment: map(wrong, honest(charge, segment)))
    assert disagreements(book, cases(book, 400, 7), parameters)


@pytest.mark.parametrize(
    ("where", "name", "wrong"),
    [
        (kinds_module, "months", lambda start, end: ((end - start), np.full(len(start), 30))),
        (shares_module, "days_in", lambda season, start, end: end - start),
        (kinds_module.Segment, "reaches", lambda self, cos: self.rows.kvarh * 2 <= self.rows.kwh),
        (kernel_module, "netted", lambda book, rows: (rows, rows.start * 0)),
    ],
)
def test_a_wrong_month_season_power_factor_or_bank_is_caught(
    where: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch, write: Callable[..., Book], parameters: Path
) -> None:
    book = strange(write)
    monkeypatch.setattr(where, name, wrong)
    assert disagreements(book, cases(book, 400, 7), parameters)
