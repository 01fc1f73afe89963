"""Quantities of energy and power: integers, in thousandths of a kWh, kW, kVA or kvarh."""

import re
from decimal import Decimal

from fanal.values.refusal import Fault

THOUSAND = 1000
LARGEST = 2**63 - 1
UNITS = ("kWh", "kW", "kVA", "kvarh")
TOTAL = "total"  # the name of a register that counts the whole
REGISTER_NAME = r"^[a-z][a-z0-9_]{0,29}$"
REGISTER = re.compile(r"(kwh|kw|kva|kvarh)(?:-([a-z][a-z0-9_]{0,29}))?", re.IGNORECASE)
WRITTEN = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]+))?")


def parse_quantity(value: Decimal | int | str) -> int:
    """Thousandths of a quantity, exactly. Raises Fault if it needs a fourth decimal or is too large.

    Text takes a point or a comma, no space and no exponent.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise Fault("« {text} » n’est pas une quantité exacte.", text=repr(value))
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    match = WRITTEN.fullmatch(text)
    if match is None:
        raise Fault("« {text} » n’est pas une quantité. Elle s’écrit en chiffres, comme 1250 ou 84,5.", text=text)
    sign, whole, decimals = match[1], match[2], (match[3] or "").rstrip("0")
    if len(decimals) > 3:
        raise Fault("« {text} » a plus de trois décimales. La quantité est gardée au millième.", text=text)
    if len(whole) > 19:
        raise Fault("« {text} » est trop grand pour une quantité.", text=text)
    thousandths = int(whole + decimals.ljust(3, "0"))
    if thousandths > LARGEST:
        raise Fault("« {text} » est trop grand pour une quantité.", text=text)
    return -thousandths if sign == "-" else thousandths


def format_quantity(thousandths: int) -> str:
    """Plain text of a quantity, shortest and exact, with a point: 84500 → "84.5". For machines."""
    whole, decimals = divmod(abs(int(thousandths)), THOUSAND)
    text = f"{whole}.{decimals:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if thousandths < 0 else text


def parse_register(text: str) -> tuple[str, str]:
    """Unit and name of a register: « kWh » is the whole, « kWh-peak » what its meter counts as peak.

    ValueError, in French, for anything else.
    """
    match = REGISTER.fullmatch(text)
    if match is None:
        raise ValueError(
            f"« {text} » n’est pas un registre. Il s’écrit {', '.join(UNITS)}, ou avec un nom : kWh-peak, kWh-injected."
        )
    unit = next(it for it in UNITS if it.lower() == match[1].lower())
    return unit, (match[2] or TOTAL).lower()


def format_register(unit: str, name: str) -> str:
    """The text that `parse_register` reads."""
    return unit if name == TOTAL else f"{unit}-{name}"
