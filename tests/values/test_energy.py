"""Quantities are exact or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.values.energy import format_quantity, parse_quantity


@pytest.mark.parametrize(
    ("value", "thousandths"),
    [("1250", 1_250_000), ("84,5", 84_500), ("-0.001", -1), (Decimal("1E+3"), 1_000_000), ("1.5000", 1_500), (7, 7000)],
)
def test_a_quantity_is_read_exactly(value: Decimal | int | str, thousandths: int) -> None:
    assert parse_quantity(value) == thousandths


@pytest.mark.parametrize(
    "value", ["1.2345", "1e3", "", "12 000", "٣", "NaN", Decimal("NaN"), "9223372036854775.808", "9" * 400, True, 1.5]
)
def test_what_does_not_fit_is_refused_by_name(value: object) -> None:
    with pytest.raises(ValueError, match="«"):
        parse_quantity(value)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_a_quantity_survives_its_text(thousandths: int) -> None:
    assert parse_quantity(format_quantity(thousandths)) == thousandths
