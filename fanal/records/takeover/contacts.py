"""Postal codes, telephones and e-mail addresses of staged rows: read by the house's own readers, each value once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fanal.records.takeover.staging import evidence_of
from fanal.values import address, contact
from fanal.values.refusal import Fault

Found = tuple[int, int, str, dict[str, Any]]  # file, line, code, evidence


@dataclass(frozen=True, slots=True)
class Way:
    """A column of contacts: its kind of row, the code of what is wrong with it, how it is read and mended."""

    kind: str
    column: str
    code: str
    read: Callable[[str], Any]
    mend: Callable[[str], str]


def _unmended(text: str) -> str:
    return ""


def _local_phone(text: str) -> contact.Phone:
    """Seven digits alone are a number of here; which area is for those who load them to say."""
    return contact.phone(text, area="418")


WAYS = (
    Way("customers", "postal_code", "BAD_POSTAL_CODE", contact.postal_code, contact.mended_postal_code),
    Way("premises", "postal_code", "BAD_POSTAL_CODE", contact.postal_code, contact.mended_postal_code),
    Way("customers", "address", "BAD_ADDRESS", address.civic_address, _unmended),
    Way("premises", "civic_number", "BAD_ADDRESS", address.civic_number, _unmended),
    Way("premises", "street", "BAD_ADDRESS", address.street, _unmended),
    Way("customers", "phone", "BAD_PHONE", _local_phone, _unmended),
    Way("customers", "other_phone", "BAD_PHONE", _local_phone, _unmended),
    Way("customers", "email", "BAD_EMAIL", contact.email, contact.mended_email),
)


def wrong(cursor: Any) -> Iterator[Found]:
    """Each contact that cannot be read, with why and what it may mean."""
    for way in WAYS:
        faults: dict[str, dict[str, Any] | None] = {}
        cursor.execute(f"SELECT file_id, line, {way.column} FROM staged_{way.kind} WHERE {way.column} IS NOT NULL")
        for file_id, line, cell in cursor.fetchall():
            if cell not in faults:
                faults[cell] = _fault(way, cell)
            if evidence := faults[cell]:
                yield file_id, line, way.code, evidence


def _fault(way: Way, cell: str) -> dict[str, Any] | None:
    try:
        way.read(cell)
    except Fault as fault:
        return {**evidence_of(way.column, cell, fault), "mended": way.mend(cell) or None}
    return None
