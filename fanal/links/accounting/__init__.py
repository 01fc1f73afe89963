"""Comptabilité: codecs that hand balanced entries to the municipality's ledger. The same bytes each time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fanal.values import wording
from fanal.values.refusal import Fault


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: the municipality's account code, its name, cents; of debit and credit one is zero."""

    account: str
    name: str
    debit_cents: int
    credit_cents: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the day, a short unique reference, a wording, and lines that balance."""

    on: date
    reference: str
    wording: str
    lines: tuple[Line, ...]


class Unbalanced(Fault):
    """An entry that does not balance is never written."""


class Unreadable(ValueError):
    """A file that is not what the codec writes: the line, and why (in French)."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"Ligne {line} : {reason}")
        self.line, self.reason = line, reason


def totals(entries: Iterable[Entry]) -> tuple[int, int]:
    """Total of the debits and of the credits, in cents: the control total of a file."""
    lines = [line for entry in entries for line in entry.lines]
    return sum(line.debit_cents for line in lines), sum(line.credit_cents for line in lines)


def refuse_unbalanced(entries: Sequence[Entry]) -> None:
    """Raise Unbalanced, naming the first entry whose debits are not its credits."""
    for entry in entries:
        debit, credit = totals([entry])
        if debit != credit or not entry.lines:
            raise Unbalanced(
                "L’écriture {reference} du {on} n’est pas équilibrée : {debit} au débit, {credit} au crédit.",
                reference=entry.reference, on=entry.on, debit=decimal(debit), credit=decimal(credit),
            )  # fmt: skip


def decimal(cents: int, mark: str = ".") -> str:
    """Cents as a plain decimal number: -1234 is « -12.34 »; the smallest coin of the accounts has its own decimals."""
    places = wording.decimals()
    digits = str(abs(cents)).rjust(places + 1, "0")
    said = f"{digits[:-places]}{mark}{digits[-places:]}" if places else digits
    return f"-{said}" if cents < 0 else said


def cents(text: str, mark: str = ".") -> int:
    """Read what `decimal` writes. Raises ValueError for anything else."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, found, part = digits.partition(mark)
    places, said = wording.decimals(), f"{whole}{part}"
    if not (len(part) == places and bool(found) == bool(places) and said.isascii() and said.isdigit() and whole):
        raise ValueError(f"« {text} » n’est pas un montant écrit comme {decimal(1234, mark)}")
    return sign * int(said)
