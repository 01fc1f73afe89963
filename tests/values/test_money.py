"""The one rounding, the product that cannot overflow, the scale that refuses."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.values.money import DoesNotFit, half_up, product, scaled, unscaled

INT64 = st.integers(-(2**63), 2**63 - 1)
DENOMINATORS = st.one_of(st.integers(1, 1000), st.sampled_from([10**7, 3 * 10**8, 10**6, 2**62, 2**63 - 1]))


def by_decimal(numerator: int, denominator: int) -> int:
    with localcontext() as context:
        context.prec = 100
        return int((Decimal(numerator) / denominator).quantize(Decimal(1), ROUND_HALF_UP))


@given(st.integers(), st.integers(1, 10**12))
def test_rounding_integers_is_that_of_decimal(numerator: int, denominator: int) -> None:
    if abs(numerator) < 10**70:
        assert half_up(numerator, denominator) == by_decimal(numerator, denominator)


@given(st.lists(INT64, max_size=20), DENOMINATORS)
def test_rounding_a_column_is_that_of_decimal(numerators: list[int], denominator: int) -> None:
    found = half_up(np.array(numerators, np.int64), denominator)
    assert found.dtype == np.int64
    assert found.tolist() == [by_decimal(numerator, denominator) for numerator in numerators]


@given(st.lists(st.tuples(INT64, DENOMINATORS), min_size=1, max_size=20))
def test_rounding_by_a_column_is_that_of_decimal(pairs: list[tuple[int, int]]) -> None:
    numerators, denominators = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    assert half_up(numerators, denominators).tolist() == [by_decimal(*pair) for pair in pairs]


@given(st.integers(-(10**12), 10**12))
def test_a_half_goes_away_from_zero(cents: int) -> None:
    assert half_up(2 * cents + 1, 2) == (cents + 1 if cents >= 0 else cents)
    assert half_up(np.array([2 * cents + 1]), 2).tolist() == [cents + 1 if cents >= 0 else cents]


@given(st.lists(INT64, min_size=1, max_size=9), INT64, st.lists(INT64, min_size=9, max_size=9))
def test_a_product_never_overflows(column: list[int], factor: int, factors: list[int]) -> None:
    found = product(np.array(column, np.int64), factor, np.array(factors[: len(column)], np.int64))
    assert [int(value) for value in found] == [a * factor * b for a, b in zip(column, factors, strict=False)]


def test_a_quotient_too_large_for_a_column_is_an_error_not_a_wrong_figure() -> None:
    with pytest.raises(OverflowError):
        half_up(product(np.array([2**62], np.int64), 2**10), 3)


@given(st.integers(-(10**30), 10**30), st.sampled_from([1, 1000, 10**6]))
def test_a_scaled_figure_comes_back(value: int, scale: int) -> None:
    assert scaled(unscaled(value, scale), scale) == value


@pytest.mark.parametrize(
    "figure", ["0.0000001", "1e-400000", "NaN", "sNaN", "Infinity", "-Infinity", "1e400000", "9" * 90]
)
def test_a_figure_that_does_not_fit_is_refused_at_once(figure: str) -> None:
    with pytest.raises(DoesNotFit):
        scaled(Decimal(figure), 10**6)


def test_trailing_zeros_are_not_decimals() -> None:
    assert scaled(Decimal("1.5000000000"), 1000) == 1500
    assert scaled(Decimal("0e-999999"), 1000) == 0
    assert scaled(Decimal("1e3"), 1000) == 10**6
