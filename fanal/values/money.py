"""Money: the one rounding of the house, the product that cannot overflow, the scale that refuses.

Quantities are integers in 1/1000 (kWh, kW, kVA), prices in 1/1,000,000 of the currency, amounts in its
smallest unit. Everything here is exact on Python integers and on NumPy int64 columns alike.
"""

from decimal import Decimal
from typing import TypeAlias, overload

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[np.int64]

PRICE_SCALE = 1_000_000
QUANTITY_SCALE = 1_000
SAFE = 2**62  # half of the int64 range: what is below it can still receive half a denominator
_DIGITS_MAX = 40


class DoesNotFit(ValueError):
    """A figure with more decimals or more digits than its scale can hold."""


@overload
def half_up(numerator: int, denominator: int) -> int: ...
@overload
def half_up(numerator: Column, denominator: int | Column) -> Column: ...
def half_up(numerator: int | Column, denominator: int | Column) -> int | Column:
    """Divide and round to the nearest integer, a half going away from zero: the rounding of the house.

    Integers or int64 columns; the denominator is positive. A column that `product` had to widen comes back
    as int64. Raises OverflowError when a quotient does not fit in int64.
    """
    return _divided(numerator, denominator, denominator // 2)


@overload
def truncated(numerator: int, denominator: int) -> int: ...
@overload
def truncated(numerator: Column, denominator: int | Column) -> Column: ...
def truncated(numerator: int | Column, denominator: int | Column) -> int | Column:
    """Divide and drop what is left, towards zero (troncature): for the books that say so. As `half_up` otherwise."""
    return _divided(numerator, denominator, denominator * 0)


def _divided(numerator: int | Column, denominator: int | Column, more: int | Column) -> int | Column:
    """Divide the magnitudes after adding `more` (less than the denominator), and give the sign back."""
    if isinstance(numerator, int):
        assert isinstance(denominator, int)
        assert isinstance(more, int)
        quotient = (abs(numerator) + more) // denominator
        return -quotient if numerator < 0 else quotient
    if numerator.size == 0:
        return numerator.astype(np.int64)
    lowest, highest = int(numerator.min()), int(numerator.max())
    if numerator.dtype == object or max(-lowest, highest, _peak(denominator)) >= SAFE:
        wide = numerator.astype(object)
        return np.asarray(np.where(wide < 0, -1, 1) * ((abs(wide) + more) // denominator)).astype(np.int64)
    if isinstance(denominator, int) and denominator == 1:
        return numerator
    if lowest >= 0:
        return np.asarray((numerator + more) // denominator)
    return np.asarray(np.sign(numerator) * ((np.abs(numerator) + more) // denominator))


def shared(cents: int, parts: int) -> tuple[int, ...]:
    """Split an amount in parts as equal as cents allow; their sum is exact, and the larger ones come last."""
    each, more = divmod(cents, parts)
    return (each,) * (parts - more) + (each + 1,) * more


def product(quantity: Column, *factors: int | Column) -> Column:
    """Multiply a column by integers or columns; falls to Python integers where 62 bits would not do."""
    bound = _peak(quantity)
    for factor in factors:
        bound *= _peak(factor)
    wide = quantity if bound < SAFE else quantity.astype(object)
    for factor in factors:
        wide = wide * factor
    return wide


def scaled(value: Decimal | int, scale: int) -> int:
    """Return value × scale as an integer; raises DoesNotFit rather than round."""
    value = Decimal(value)
    if not value.is_finite():
        raise DoesNotFit("n’est pas un nombre")
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if value and (value.adjusted() > _DIGITS_MAX or len(digits) > 2 * _DIGITS_MAX):
        raise DoesNotFit("a trop de chiffres")
    if value and exponent < -2 * _DIGITS_MAX:
        raise DoesNotFit("a trop de décimales")
    if not value:
        return 0
    numerator, denominator = value.as_integer_ratio()
    if numerator * scale % denominator:
        raise DoesNotFit(f"a trop de décimales : {len(str(scale)) - 1} au plus")
    return numerator * scale // denominator


def unscaled(value: int, scale: int) -> Decimal:
    """Return value ÷ scale exactly, the scale being a power of ten, without needless zeros."""
    places = len(str(scale)) - 1
    sign, digits = ("-" if value < 0 else ""), str(abs(value)).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
    return Decimal(f"{sign}{whole}.{part}" if part else f"{sign}{whole}")


def _peak(value: int | Column) -> int:
    """Return the greatest absolute value, at least 1."""
    if isinstance(value, np.ndarray):
        return max(1, -int(value.min()), int(value.max())) if value.size else 1
    return max(1, abs(value))
