"""Norme 005 de Paiements Canada: where each field is in a logical record of 1464 bytes.

A header A, records of six payments each, a trailer Z. A field is a name and its width, in the order of the record.
"""

from collections.abc import Mapping
from datetime import date, timedelta

LENGTH = 1464
SEGMENTS = 6
DIGITS_OF_DAY = 6

Layout = Mapping[str, int]
START: Layout = {"type": 1, "record_number": 9, "originator_id": 10, "file_creation_number": 4}
HEADER: Layout = {**START, "created_on": 6, "data_centre": 5, "communication": 20, "currency": 3}
SEGMENT: Layout = {
    "transaction_code": 3,  # on a return, the reason (9xx)
    "cents": 10,
    "due_on": 6,
    "institution": 9,  # 0, the institution (3), the transit (5)
    "account": 12,
    "item_trace": 22,  # zeros from the originator: the bank gives it
    "stored_code": 3,  # on a return, the transaction code it had
    "short_name": 15,
    "payor_name": 30,
    "long_name": 30,
    "user_id": 10,
    "cross_reference": 19,
    "return_institution": 9,
    "return_account": 12,
    "sundry": 15,
    "original_trace": 22,  # on a return
    "settlement": 2,
    "invalid_elements": 11,  # five numbers of two digits, of what the bank could not read
}
# Of the trailer, each pair is the cents and the count of payments of those types.
TOTALS = ("DJ", "CI", "E", "F")
PAIR = (("cents", 14), ("count", 8))
TRAILER: Layout = {**START, **{f"{what}_{types}": wide for types in TOTALS for what, wide in PAIR}}


def pack(layout: Layout, **values: int | str) -> str:
    """Those fields, one after the other: a number filled with zeros, a text with blanks."""
    return "".join(_filled(values.get(name, ""), wide) for name, wide in layout.items())


def unpack(layout: Layout, text: str) -> dict[str, str]:
    """Each field of a text, without the blanks around it."""
    found, at = {}, 0
    for name, wide in layout.items():
        found[name], at = text[at : at + wide].strip(), at + wide
    return found


def width(layout: Layout) -> int:
    """How many bytes those fields take."""
    return sum(layout.values())


def julian(day: date) -> str:
    """A day as 0YYDDD. The century is ours: 2000 to 2099."""
    return f"0{day:%y%j}"


def day_of(text: str) -> date | None:
    """The day that 0YYDDD says; None unless it is one."""
    if not (len(text) == DIGITS_OF_DAY and text.isascii() and text.isdigit() and text[0] == "0"):
        return None
    first = date(2000 + int(text[1:3]), 1, 1)
    rank = int(text[3:])
    found = first + timedelta(days=rank - 1)
    return found if rank and found.year == first.year else None


def _filled(value: int | str, wide: int) -> str:
    said = str(value).rjust(wide, "0") if isinstance(value, int) else value.ljust(wide)
    if len(said) != wide or not said.isascii():
        raise ValueError(f"« {said} » ne tient pas en {wide} octets.")
    return said
