"""4.1.2: how a use or a power is estimated, by which means, and from what; the inputs go with the result.

Quantities are int64 in 1/1000 (kWh, kW). An estimated use is rounded to the whole kWh.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanal.law.decision import Fact
from fanal.values.energy import THOUSAND
from fanal.values.money import half_up, product
from fanal.values.refusal import Fault

Integers = NDArray[np.int64]
Codes = NDArray[np.int16]


class Method(IntEnum):
    """4.1.2, moyens: a) history, b) inventory, c) tests, d) other. Numbers kept in columns never change."""

    NONE = 0
    HISTORY = 1
    INVENTORY = 2
    TESTS = 3
    OTHER = 4

    @property
    def letter(self) -> str:
        """The letter of 4.1.2, empty when nothing could be estimated."""
        return " abcd"[self].strip()


class Basis(IntEnum):
    """What the figures of an estimate come from. Numbers kept in columns never change."""

    NONE = 0
    SAME_PERIOD_LAST_YEAR = 1
    PREVIOUS_PERIOD = 2
    APPLIANCES = 4
    TEST_MEASURE = 5
    TYPED = 6


METHOD_OF_BASIS = np.array([0, 1, 1, 4, 2, 3, 4], dtype=np.int16)
"""The `Method` of each `Basis`, by its number; no basis has number 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """A column of estimates. `quantity` = `base_quantity` × days ÷ `base_days`, rounded to the whole kWh."""

    quantity: Integers
    method: Codes
    basis: Codes
    base_quantity: Integers
    base_days: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimate made by hand, with all that it was made from."""

    quantity: int
    method: Method
    basis: Basis
    inputs: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """Appareil: so many of them, their watts, their mean hours a day."""

    name: str
    watts: int
    hours_day: Decimal
    count: int = 1

    def as_dict(self) -> dict[str, Any]:
        """The appliance as JSON keeps it."""
        hours = format(self.hours_day, "f")
        return {"name": self.name, "watts": self.watts, "hours_day": hours, "count": self.count}


def estimate_from_history(
    *,
    days: Integers,
    last_year_kwh: Integers,
    last_year_days: Integers,
    previous_kwh: Integers,
    previous_days: Integers,
) -> Estimates:
    """4.1.2 a): the daily use of the same period last year, else of the previous period.

    int64 columns of one length; a base of 0 days is unknown. Where all are, `basis` is NONE and quantity 0.
    """
    known = [last_year_days > 0, previous_days > 0]
    codes = [Basis.SAME_PERIOD_LAST_YEAR, Basis.PREVIOUS_PERIOD]
    basis = np.select(known, [np.int16(it) for it in codes], np.int16(0)).astype(np.int16)
    base_kwh = np.select(known, [last_year_kwh, previous_kwh], 0).astype(np.int64)
    base_days = np.select(known, [last_year_days, previous_days], 0).astype(np.int64)
    whole_kwh = half_up(product(base_kwh, days), np.maximum(base_days, 1) * THOUSAND)
    return Estimates(
        quantity=whole_kwh * THOUSAND,
        method=METHOD_OF_BASIS[basis],
        basis=basis,
        base_quantity=base_kwh,
        base_days=base_days,
    )


def estimate_demand(*, last_year_kw: Integers, previous_kw: Integers) -> Estimates:
    """4.1.2 a): the higher of the power of the same month last year and of the last period; 0 is unknown."""
    quantity: Integers = np.maximum(last_year_kw, previous_kw)
    from_last_year = np.where(last_year_kw >= previous_kw, Basis.SAME_PERIOD_LAST_YEAR, Basis.PREVIOUS_PERIOD)
    basis = np.where(quantity > 0, from_last_year, Basis.NONE).astype(np.int16)
    none = np.zeros(quantity.shape, dtype=np.int64)
    return Estimates(
        quantity=quantity, method=METHOD_OF_BASIS[basis], basis=basis, base_quantity=quantity, base_days=none
    )


def estimate_from_appliances(appliances: Iterable[Appliance], days: int) -> Estimate:
    """4.1.2 b): watts × hours a day × days of each appliance; a watt-hour is a thousandth of a kWh."""
    listed = tuple(appliances)
    watt_hours = sum((_watt_hours_day(it) for it in listed), Fraction(0)) * days
    return Estimate(
        quantity=half_up(watt_hours.numerator, watt_hours.denominator * THOUSAND) * THOUSAND,
        method=Method.INVENTORY,
        basis=Basis.APPLIANCES,
        inputs=({"days": days}, *(it.as_dict() for it in listed)),
    )


def estimate_from_tests(kwh_day: int, days: int, *, tested_on: date) -> Estimate:
    """4.1.2 c): what a test measured in a day, in thousandths of a kWh, × days."""
    return Estimate(
        quantity=half_up(kwh_day * days, THOUSAND) * THOUSAND,
        method=Method.TESTS,
        basis=Basis.TEST_MEASURE,
        inputs=({"days": days, "kwh_day": kwh_day, "tested_on": tested_on.isoformat()},),
    )


def estimate_otherwise(quantity: int, *, reason: str) -> Estimate:
    """4.1.2 d): a figure set by a person, with the written reason. Raises Fault without one."""
    if not reason.strip():
        raise Fault("Une estimation par un autre moyen (art. 4.1.2 d) demande une raison écrite.")
    inputs: dict[str, Fact] = {"quantity": quantity, "reason": reason.strip()}
    return Estimate(quantity=quantity, method=Method.OTHER, basis=Basis.TYPED, inputs=(inputs,))


def _watt_hours_day(appliance: Appliance) -> Fraction:
    return appliance.watts * appliance.count * Fraction(appliance.hours_day)
