"""Quantities of energy and power: integers, in thousandths of a kWh, kW, kVA or kvarh."""

import re
from decimal import Decimal

THOUSAND = 1000
LARGEST = 2**63 - 1
WRITTEN = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]+))?")


def parse_quantity(value: Decimal | int | str) -> int:
    """Thousandths of a quantity, exactly. ValueError, in French, if it needs a fourth decimal or is too large.

    Text takes a point or a comma, no space and no exponent.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise ValueError(f"« {value!r} » n’est pas une quantité exacte.")
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    match = WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(f"« {text} » n’est pas une quantité. Elle s’écrit en chiffres, comme 1250 ou 84,5.")
    sign, whole, decimals = match[1], match[2], (match[3] or "").rstrip("0")
    if len(decimals) > 3:
        raise ValueError(f"« {text} » a plus de trois décimales. La quantité est gardée au millième.")
    if len(whole) > 19:
        raise ValueError(f"« {text} » est trop grand pour une quantité.")
    thousandths = int(whole + decimals.ljust(3, "0"))
    if thousandths > LARGEST:
        raise ValueError(f"« {text} » est trop grand pour une quantité.")
    return -thousandths if sign == "-" else thousandths


def format_quantity(thousandths: int) -> str:
    """Plain text of a quantity, shortest and exact, with a point: 84500 → "84.5". For machines."""
    whole, decimals = divmod(abs(int(thousandths)), THOUSAND)
    text = f"{whole}.{decimals:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if thousandths < 0 else text
