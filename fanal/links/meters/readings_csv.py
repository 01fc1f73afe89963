"""Reads typed in a spreadsheet: point;compteur;registre;date;index;source, a line a register read (see sheet).

`registre` is kWh (by default), kW, kVA or kvarh, with the name of the register where it has one: kWh-peak. `source` is
employé (by default), client, télérelève or reprise: a pose and a dépose are read by the acts on meters. Days are
AAAA-MM-JJ. The index stays as typed: the law judges it.
"""

from dataclasses import dataclass
from datetime import date

from fanal.links import sheet
from fanal.values.dates import parse_day
from fanal.values.energy import parse_register

NEEDED, OPTIONAL = ("point", "compteur", "date", "index"), ("registre", "source")
SOURCES = ("employé", "client", "télérelève", "reprise")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReading:
    """A line: numbers of the delivery point and of the meter, words for the register and the source."""

    point: str
    meter: str
    register: tuple[str, str]  # unit and name
    read_on: date
    index: str
    source: str


def decode(content: bytes) -> sheet.Sheet[TypedReading]:
    """The lines of such a file. Raises Refused when the whole cannot be read."""
    return sheet.decode(content, _reading, needed=NEEDED, optional=OPTIONAL)


_source = sheet.one_of({name: name for name in SOURCES})


def _reading(row: sheet.Row) -> TypedReading:
    return TypedReading(
        point=row.take("point", str),
        meter=row.take("compteur", str),
        register=row.take("registre", parse_register, "kWh"),
        read_on=row.take("date", parse_day),
        index=row.take("index", str),
        source=row.take("source", _source, "employé"),
    )
