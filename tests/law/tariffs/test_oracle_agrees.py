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
from hypothesis import given, settings
from hypothesis import strategies as st

import fanal.law.tariffs.rate as kernel_module
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.shelf import catalogue, load
from tests.law.tariffs.campaign import cases, disagreements
from tests.law.tariffs.oracle import Case

BILLS = int(os.environ.get("ORACLE_BILLS", "2000"))
STEP = 5_000


@pytest.mark.parametrize("code", catalogue())
def test_kernel_and_oracle_agree_on_random_bills(code: str) -> None:
    book = load(code)
    for seed in range(0, BILLS, STEP):
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
    winter_kw=milli(0, 10**7),
    multiplier=st.integers(1, 1000),
    phases=st.sampled_from([1, 3]),
    units=st.integers(0, 10**4),
)
@settings(max_examples=300, deadline=None)
def test_kernel_and_oracle_agree_on_every_shape(code: str, after: int, days: int, **measures: Any) -> None:
    book = load(code)
    start = book.versions[0].from_on + timedelta(days=after)
    assert disagreements(book, [Case(start, start + timedelta(days=days), **measures)]) == []


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


@pytest.mark.parametrize("code", catalogue())
def test_kernel_and_oracle_agree_where_sixty_three_bits_would_not_do(code: str) -> None:
    book = load(code)
    most, start = Decimal(book.quantity_max) / 1000, date(2023, 10, 7)
    vast = Case(start, start + timedelta(days=1800), most, most, most, 10**6, 3, 10**6, most)
    assert disagreements(book, [vast, replace(vast, kwh=-most), replace(vast, kwh=Decimal("0.001"))]) == []


def half_even(numerator: Any, denominator: Any) -> Any:
    quotient, remainder = numerator // denominator, numerator % denominator
    return quotient + ((2 * remainder > denominator) | ((2 * remainder == denominator) & (quotient % 2 == 1)))


def test_a_kernel_that_rounds_half_to_even_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book = load("hydro_quebec/D")
    tied = Case(date(2013, 5, 1), date(2013, 5, 31), Decimal("0.5"))  # 2.705 ¢ is no tie; 12.5 kWh x 5.68 ¢ = 71 ¢
    ties = [replace(tied, start=date(2014, 5, 1), end=date(2014, 5, 31), kwh=Decimal(n) / 2) for n in range(1, 400)]
    assert disagreements(book, ties) == []
    monkeypatch.setattr(kernel_module, "half_up", half_even)
    assert disagreements(book, ties)


def test_a_kernel_that_loses_a_share_of_a_segment_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book, honest = load("hydro_quebec/D"), kernel_module._Segment

    def losing(*columns: Any) -> Any:
        segment = honest(*columns)
        segment.kwh = segment.kwh * (segment.end != segment.rows.end) + (segment.kwh - 1) * (
            segment.end == segment.rows.end
        ) * (segment.days > 0)
        return segment

    monkeypatch.setattr(kernel_module, "_Segment", losing)
    assert disagreements(book, cases(book, 300, 3))


def test_a_kernel_whose_winter_is_a_day_late_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book, honest = load("hydro_quebec/DP"), kernel_module.stretches
    late = lambda *given: [(begin + 1, end + 1) for begin, end in honest(*given)]  # noqa: E731
    monkeypatch.setattr(kernel_module, "stretches", late)
    assert disagreements(book, cases(book, 300, 3))


def test_a_kernel_that_taxes_the_tax_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    book, honest = load("hydro_quebec/G"), kernel_module.taxes_on

    def stacked(book: Book, taxable: np.ndarray, last_day: np.ndarray) -> Any:
        cents, rates = honest(book, taxable, last_day)
        return honest(book, taxable + cents[:, 0], last_day)[0], rates

    monkeypatch.setattr(kernel_module, "taxes_on", stacked)
    assert disagreements(book, cases(book, 50, 3))
