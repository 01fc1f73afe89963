"""The general ledger export as CSV: UTF-8, one line a side, a control total at the end.

Columns: date (AAAA-MM-JJ); piece (reference of the entry); libelle; compte; nom_du_compte; debit; credit. The side of
nothing is empty. The last line has TOTAL as its piece, and the totals of the file. With the decimal comma the
separator is a semicolon (what a French spreadsheet opens), with the point it is a comma. Lines end in CR LF.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Literal

from fanal.links.accounting import Entry, Line, Unreadable, cents, decimal, refuse_unbalanced, totals

HEADERS = ("date", "piece", "libelle", "compte", "nom_du_compte", "debit", "credit")
TOTAL = "TOTAL"
Mark = Literal[",", "."]
SEPARATORS = {",": ";", ".": ","}


def encode(entries: Sequence[Entry], mark: Mark = ",") -> bytes:
    """The file of those entries. Raises Unbalanced."""
    refuse_unbalanced(entries)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATORS[mark], lineterminator="\r\n")
    writer.writerow(HEADERS)
    for entry in entries:
        for line in entry.lines:
            sides = (decimal(it, mark) if it else "" for it in (line.debit_cents, line.credit_cents))
            writer.writerow([entry.on.isoformat(), entry.reference, entry.wording, line.account, line.name, *sides])
    writer.writerow(["", TOTAL, "", "", "", *(decimal(it, mark) for it in totals(entries))])
    return text.getvalue().encode("utf-8")


def decode(content: bytes, mark: Mark = ",") -> list[Entry]:
    """The entries of such a file. Raises Unreadable when a line is not as documented, or the control total differs."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), delimiter=SEPARATORS[mark]))
    if not rows or tuple(rows[0]) != HEADERS:
        raise Unreadable(1, f"les en-têtes attendus sont {', '.join(HEADERS)}")
    if len(rows) < 2 or len(rows[-1]) != len(HEADERS) or rows[-1][1] != TOTAL:
        raise Unreadable(len(rows), "la ligne de contrôle TOTAL manque")
    body = list(_rows(rows[1:-1], mark))
    entries = [
        Entry(date.fromisoformat(on), reference, wording, tuple(line for _, line in lines))
        for (on, reference, wording), lines in groupby(body, key=lambda row: row[0])
    ]
    found, written = totals(entries), tuple(cents(it, mark) for it in rows[-1][5:])
    if found != written:
        raise Unreadable(len(rows), "le total de contrôle n’est pas celui des lignes")
    return entries


def _rows(rows: list[list[str]], mark: Mark) -> Iterator[tuple[tuple[str, str, str], Line]]:
    for number, row in enumerate(rows, 2):
        if len(row) != len(HEADERS):
            raise Unreadable(number, f"{len(row)} colonnes au lieu de {len(HEADERS)}")
        on, reference, wording, account, name, debit, credit = row
        try:
            sides = [cents(it, mark) if it else 0 for it in (debit, credit)]
            date.fromisoformat(on)
        except ValueError as error:
            raise Unreadable(number, str(error)) from None
        yield (on, reference, wording), Line(account, name, *sides)
