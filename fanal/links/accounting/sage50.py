"""The general journal of Sage 50 (Canadian edition), as its text import reads it.

Windows-1252, lines ending in CR LF. An entry is `MM-DD-YY,"source","comment"`, then `account,amount` a line: a debit is
positive, a credit negative, with two decimals. Source: Sage 50 CA help, « Import general journal entries »; the older
and shorter limits are kept (source 13, comment 39 characters), so that every release reads the file. Sage refuses an
entry to its own linked receivable account: give another code for 1200.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date

from fanal.links.accounting import Entry, Line, Unreadable, cents, decimal, refuse_unbalanced
from fanal.values import wording
from fanal.values.refusal import Fault

ENCODING = "cp1252"
SOURCE_LENGTH, COMMENT_LENGTH = 13, 39
DAY = re.compile(r"(\d\d)-(\d\d)-(\d\d)", re.ASCII)
CENTURY = 2000
DECIMALS = 2


class DoesNotFit(Fault):
    """A text or a day that this format cannot hold."""


def encode(entries: Sequence[Entry]) -> bytes:
    """The file of those entries. Raises Unbalanced, or DoesNotFit for a reference too long to stay unique."""
    refuse_unbalanced(entries)
    if wording.decimals() != DECIMALS:
        raise DoesNotFit(
            "Sage 50 écrit deux décimales ; les comptes sont tenus en {unit}.", unit=wording.house_currency()
        )
    text = []
    for entry in entries:
        source, comment = (
            _quoted(entry.reference, SOURCE_LENGTH),
            _quoted(entry.wording[:COMMENT_LENGTH], COMMENT_LENGTH),
        )
        if not CENTURY <= entry.on.year < CENTURY + 100:
            raise DoesNotFit("L’année {year} ne s’écrit pas sur deux chiffres.", year=str(entry.on.year))
        text.append(f"{entry.on:%m-%d-%y},{source},{comment}")
        text += [f"{_account(line.account)},{decimal(line.debit_cents - line.credit_cents)}" for line in entry.lines]
    return "".join(f"{line}\r\n" for line in text).encode(ENCODING, "replace")


def decode(content: bytes) -> list[Entry]:
    """The entries of such a file; account names are not in it. Raises Unreadable."""
    entries: list[Entry] = []
    lines: list[Line] = []
    for number, row in enumerate(csv.reader(io.StringIO(content.decode(ENCODING), newline="")), 1):
        try:
            if len(row) >= 3 and (day := DAY.fullmatch(row[0])):
                month, day_of_month, year = (int(part) for part in day.groups())
                entries.append(Entry(date(CENTURY + year, month, day_of_month), row[1], row[2], ()))
                lines = []
                continue
            account, amount = row[:2]
            value = cents(amount)
            lines.append(Line(account, "", max(value, 0), max(-value, 0)))
            last = entries[-1]
        except (ValueError, IndexError):
            raise Unreadable(number, "ni une écriture (date, source, commentaire), ni « compte,montant »") from None
        entries[-1] = Entry(last.on, last.reference, last.wording, tuple(lines))
    return entries


def _account(code: str) -> str:
    if not (code.isascii() and code.isalnum()):
        raise DoesNotFit("Le compte « {code} » n’est pas un numéro de compte.", code=code)
    return code


def _quoted(text: str, length: int) -> str:
    """A text between quotes; those inside become apostrophes, since the format has no escape."""
    if len(text) > length:
        raise DoesNotFit("« {text} » dépasse {length} caractères.", text=text, length=length)
    return '"' + " ".join(text.replace('"', "'").split()) + '"'
