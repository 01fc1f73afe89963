"""4.1.2: an estimate says by which means and from what it was made."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.law.metering import estimation
from fanal.law.metering.estimation import Appliance, Basis, Method


def column(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_history_comes_from_last_year_then_from_the_last_period() -> None:
    estimates = estimation.estimate_from_history(
        days=column(60, 60, 60),
        last_year_kwh=column(3_100_000, 0, 0),
        last_year_days=column(62, 0, 0),
        previous_kwh=column(999_000, 1_000_000, 0),
        previous_days=column(60, 61, 0),
    )

    assert estimates.quantity.tolist() == [3_000_000, 984_000, 0]
    assert [Basis(it).name for it in estimates.basis] == [
        "SAME_PERIOD_LAST_YEAR",
        "PREVIOUS_PERIOD",
        "NONE",
    ]
    assert [Method(it).letter for it in estimates.method] == ["a", "a", ""]
    assert estimates.base_quantity.tolist() == [3_100_000, 1_000_000, 0]
    assert estimates.base_days.tolist() == [62, 61, 0]


@given(st.integers(1, 400), st.integers(0, 10**12), st.integers(1, 400))
def test_an_estimate_stays_within_half_a_kwh_of_the_exact_share(days: int, kwh: int, base_days: int) -> None:
    unknown = column(0)
    estimates = estimation.estimate_from_history(
        days=column(days),
        last_year_kwh=column(kwh),
        last_year_days=column(base_days),
        previous_kwh=unknown,
        previous_days=unknown,
    )

    quantity = int(estimates.quantity[0])
    assert quantity % 1000 == 0
    assert abs(quantity * base_days - kwh * days) * 2 <= 1000 * base_days


def test_power_is_the_higher_of_last_year_and_last_period() -> None:
    estimates = estimation.estimate_demand(last_year_kw=column(84_500, 0, 0), previous_kw=column(80_000, 60_000, 0))

    assert estimates.quantity.tolist() == [84_500, 60_000, 0]
    assert estimates.basis.tolist() == [Basis.SAME_PERIOD_LAST_YEAR, Basis.PREVIOUS_PERIOD, Basis.NONE]


def test_an_inventory_adds_each_appliance_and_keeps_the_list() -> None:
    appliances = [
        Appliance(name="plinthes", watts=1500, hours_day=Decimal("6.5"), count=4),
        Appliance(name="chauffe-eau", watts=4500, hours_day=Decimal("2.25")),
    ]

    estimate = estimation.estimate_from_appliances(appliances, 30)

    assert estimate.quantity == 1_474_000  # 1473.75 kWh
    assert (estimate.method, estimate.method.letter) == (Method.INVENTORY, "b")
    assert estimate.inputs[1] == {"name": "plinthes", "watts": 1500, "hours_day": "6.5", "count": 4}


def test_a_test_measure_is_multiplied_by_the_days() -> None:
    estimate = estimation.estimate_from_tests(41_250, 30, tested_on=date(2026, 1, 5))

    assert estimate.quantity == 1_238_000  # 1237.5 kWh, the half goes up
    assert estimate.method.letter == "c"


def test_a_typed_figure_needs_a_written_reason() -> None:
    assert estimation.estimate_otherwise(5_000, reason="Entente avec le client").method.letter == "d"
    with pytest.raises(ValueError, match="raison écrite"):
        estimation.estimate_otherwise(5_000, reason="  ")
