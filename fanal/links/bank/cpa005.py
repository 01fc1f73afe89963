"""Débits préautorisés, as the bank takes them: the file of the Norme 005 de Paiements Canada, 1464 bytes a record.

What the layout cannot hold is refused, every fault at once: its row is the rank of the debit, 0 for the whole.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fanal.links.bank.cpa005_layout import HEADER, LENGTH, SEGMENT, SEGMENTS, START, TRAILER, julian, pack
from fanal.values.refusal import Phrase, Problem, refuse_any

# Norme 007: « Hydro Bill Payment », « Commercial Hydro Bill Payment ».
PERSONAL, BUSINESS = "433", "721"
CURRENCY = "CAD"
CENTS_MAX, TOTAL_MAX, FILE_NUMBER_MAX = 10**10 - 1, 10**14 - 1, 9999
YEARS = range(2000, 2100)
CROSS_REFERENCE = re.compile(r"[A-Z0-9-]{1,19}")
ORIGINATOR_ID = re.compile(r"[A-Z0-9]{10}")
LETTERS = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Đ": "D", "Ł": "L"})
OTHERS = re.compile(r"[^A-Z0-9]+")
NOT_DIGITS = Phrase("« {said} » n’est pas fait de {count} chiffres.")
NOT_AT_MOST = Phrase("« {said} » n’est pas fait de chiffres, {count} au plus.")
OUT_OF_CENTURY = "Le {day} n’est pas de ce siècle : le fichier n’écrit que deux chiffres de l’année."
NO_NAME = "Du nom « {said} », il ne reste rien en lettres de A à Z."


@dataclass(frozen=True, slots=True, kw_only=True)
class Originator:
    """Who asks for the debits, as the agreement with its bank says."""

    originator_id: str  # ten letters or digits
    short_name: str  # 15 characters, on the payor's statement
    long_name: str  # 30 characters
    data_centre: str  # five digits
    return_institution: str  # nine digits: 0, the institution, the transit
    return_account: str  # twelve digits at most
    line_ending: Literal["\r\n", "\n"] = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    """One presentation of one payment: its cross reference is its own for good."""

    cents: int
    due_on: date
    institution: str  # three digits
    transit: str  # five digits
    account: str  # twelve digits at most
    payor_name: str  # folded, and cut at 30 characters
    cross_reference: str
    business: bool = False  # the category of the agreement


def write(originator: Originator, *, file_creation_number: int, created_on: date, debits: Sequence[Debit]) -> bytes:
    """The file of those debits, in Canadian dollars. Raises Refused."""
    refuse_any(_faults(originator, file_creation_number, created_on, debits))
    same: dict[str, int | str] = {
        "originator_id": originator.originator_id,
        "file_creation_number": file_creation_number,
    }
    header = pack(
        HEADER, type="A", record_number=1, created_on=julian(created_on), data_centre=originator.data_centre,
        currency=CURRENCY, **same,
    )  # fmt: skip
    records = [header]
    for first in range(0, len(debits), SEGMENTS):
        start = pack(START, type="D", record_number=len(records) + 1, **same)
        records.append(start + "".join(_segment(originator, it) for it in debits[first : first + SEGMENTS]))
    totals = {"cents_DJ": sum(it.cents for it in debits), "count_DJ": len(debits)}
    none = {name: 0 for name in TRAILER if name not in START and name not in totals}
    records.append(pack(TRAILER, type="Z", record_number=len(records) + 1, **same, **totals, **none))
    return "".join(it.ljust(LENGTH) + originator.line_ending for it in records).encode("ascii")


def folded(text: str) -> str:
    """A name in the letters that every bank reads: A to Z and the digits, one blank between words."""
    letters = unicodedata.normalize("NFKD", text.upper()).translate(LETTERS)
    bare = "".join(it for it in letters if not unicodedata.combining(it))
    return OTHERS.sub(" ", bare).strip()


def _segment(originator: Originator, debit: Debit) -> str:
    return pack(
        SEGMENT,
        transaction_code=BUSINESS if debit.business else PERSONAL,
        cents=debit.cents,
        due_on=julian(debit.due_on),
        institution=f"0{debit.institution}{debit.transit}",
        account=debit.account,
        item_trace=0,
        stored_code=0,
        short_name=folded(originator.short_name),
        payor_name=folded(debit.payor_name)[:SEGMENT["payor_name"]],
        long_name=folded(originator.long_name),
        user_id=originator.originator_id,
        cross_reference=debit.cross_reference,
        return_institution=originator.return_institution,
        return_account=originator.return_account,
        invalid_elements=0,
    )  # fmt: skip


def _faults(
    originator: Originator, file_creation_number: int, created_on: date, debits: Sequence[Debit]
) -> Iterator[Problem]:
    yield from _originator_faults(originator)
    if not 1 <= file_creation_number <= FILE_NUMBER_MAX:
        yield Problem(
            0, "numéro de création", "Le numéro de création {number} n’est pas entre 1 et 9999.",
            number=str(file_creation_number),
        )  # fmt: skip
    yield from _day_faults(0, "date de création", created_on)
    if not debits:
        yield Problem(0, "débits", "Un fichier sans débit ne s’envoie pas.")
    if sum(it.cents for it in debits) > TOTAL_MAX:
        yield Problem(0, "débits", "Le total des débits a plus de quatorze chiffres : en faire plusieurs fichiers.")
    seen: dict[str, int] = {}
    for row, debit in enumerate(debits, 1):
        yield from _debit_faults(row, debit)
        if (first := seen.setdefault(debit.cross_reference, row)) != row:
            yield Problem(
                row, "référence", "La référence « {said} » est déjà celle du débit {first}.",
                said=debit.cross_reference, first=first,
            )  # fmt: skip


def _originator_faults(it: Originator) -> Iterator[Problem]:
    if not ORIGINATOR_ID.fullmatch(it.originator_id):
        yield Problem(
            0, "numéro de l’émetteur", "« {said} » n’est pas fait de dix chiffres ou majuscules.", said=it.originator_id
        )
    for field, name, most in (
        ("nom abrégé de l’émetteur", it.short_name, SEGMENT["short_name"]),
        ("nom de l’émetteur", it.long_name, SEGMENT["long_name"]),
    ):
        yield from _name_faults(0, field, name)
        if len(folded(name)) > most:
            yield Problem(0, field, "« {said} » a plus de {most} caractères.", said=folded(name), most=most)
    yield from _digit_faults(0, "centre de traitement", it.data_centre, HEADER["data_centre"])
    yield from _digit_faults(0, "institution des retours", it.return_institution, SEGMENT["return_institution"])
    yield from _digit_faults(0, "compte des retours", it.return_account, SEGMENT["return_account"], least=1)


def _debit_faults(row: int, it: Debit) -> Iterator[Problem]:
    if not 0 < it.cents <= CENTS_MAX:
        yield Problem(
            row, "montant", "Un débit est de plus de zéro, et de dix chiffres au plus ; celui-ci est de {cents} cents.",
            cents=str(it.cents),
        )  # fmt: skip
    yield from _day_faults(row, "échéance", it.due_on)
    yield from _digit_faults(row, "institution", it.institution, 3)
    yield from _digit_faults(row, "transit", it.transit, 5)
    yield from _digit_faults(row, "compte", it.account, SEGMENT["account"], least=1)
    yield from _name_faults(row, "nom du payeur", it.payor_name)
    if not CROSS_REFERENCE.fullmatch(it.cross_reference):
        yield Problem(
            row, "référence", "« {said} » n’est pas fait de chiffres, de majuscules ou de traits d’union, 19 au plus.",
            said=it.cross_reference,
        )  # fmt: skip


def _digit_faults(row: int, field: str, said: str, most: int, least: int = 0) -> Iterator[Problem]:
    """`most` digits exactly; or at most, when `least` is given."""
    if not (said.isascii() and said.isdigit() and (least or most) <= len(said) <= most):
        yield Problem(row, field, NOT_AT_MOST if least else NOT_DIGITS, said=said, count=most)


def _day_faults(row: int, field: str, day: date) -> Iterator[Problem]:
    if day.year not in YEARS:
        yield Problem(row, field, OUT_OF_CENTURY, day=day)


def _name_faults(row: int, field: str, name: str) -> Iterator[Problem]:
    if not folded(name):
        yield Problem(row, field, NO_NAME, said=name)
