"""Relevé des appareils (art. 4.1.2 b): appareil;nombre;watts;heures, a line a kind of appliance (see sheet).

`heures` are the mean hours of use a day, with at most two decimals.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from fanal.links import sheet
from fanal.values.refusal import Problem

COLUMNS = ("appareil", "nombre", "watts", "heures")
WHOLE = re.compile(r"[0-9]{1,6}")
HOURS = re.compile(r"[0-9]{1,2}(?:[.,][0-9]{1,2})?")
COUNT_MAX, WATTS_MAX, HOURS_MAX, LINES_MAX = 1_000, 100_000, 24, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedAppliance:
    """A line: so many of them, the watts of each, its mean hours a day."""

    name: str
    count: int
    watts: int
    hours_day: Decimal


def decode(content: bytes) -> sheet.Sheet[TypedAppliance]:
    """The lines of such a file. Raises Refused when the whole cannot be read."""
    found = sheet.decode(content, _appliance, needed=COLUMNS)
    found.refused.extend(
        Problem(line, "ligne", f"Un relevé a {LINES_MAX} appareils au plus.") for line in found.lines[LINES_MAX:]
    )
    return found


def _appliance(row: sheet.Row) -> TypedAppliance:
    return TypedAppliance(
        name=row.take("appareil", str),
        count=row.take("nombre", lambda text: _whole(text, COUNT_MAX)),
        watts=row.take("watts", lambda text: _whole(text, WATTS_MAX)),
        hours_day=row.take("heures", _hours),
    )


def _whole(text: str, most: int) -> int:
    if not WHOLE.fullmatch(text) or not 1 <= int(text) <= most:
        raise ValueError(f"« {text} » n’est pas un nombre entier de 1 à {most}.")
    return int(text)


def _hours(text: str) -> Decimal:
    if not HOURS.fullmatch(text) or (hours := Decimal(text.replace(",", "."))) > HOURS_MAX:
        raise ValueError(f"« {text} » n’est pas un nombre d’heures par jour, de 0 à 24, comme 4,5.")
    return hours
