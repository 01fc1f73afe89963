"""A table that people send as CSV: bytes in, one object a line out; what is wrong, by line and column, in French.

UTF-8 or Windows-1252; `;` or `,`, whichever the headers use; headers in any order, their case and accents not counting;
a row is one line. Blank lines are passed over. A column « motif » is passed over too: it is what `with_reasons` adds.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fanal.values.refusal import Problem, Refused, refuse

T = TypeVar("T")

BYTES_MAX = 64 * 2**20
LINE_MAX, CELL_MAX = 2_000, 200
BREAK = re.compile(r"\r\n|\r|\n")
REASON = "motif"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """A line under reading: its number in the file, its cells by column, what is found wrong with them."""

    line: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def take(self, column: str, parse: Callable[[str], T], default: str = "") -> T:
        """What `parse` makes of a cell. Its ValueError, a French sentence, becomes a problem of the row."""
        try:
            if text := self.cells.get(column) or default:
                return parse(text)
            raise ValueError("La case est vide.")
        except ValueError as problem:
            self.problems.append(Problem(self.line, column, str(problem)))
        return None  # a row with a problem is not kept


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """A table as read: what its good lines say, what is wrong with the others, and every line as it came."""

    columns: tuple[str, ...]
    separator: str
    rows: list[T]
    lines: list[int]  # the line of each row
    refused: list[Problem]
    came: dict[int, list[str]]

    def with_reasons(self, problems: Sequence[Problem]) -> bytes:
        """The refused lines as they came, with one more column that tells why; `decode` reads it again."""
        reasons: dict[int, list[str]] = {}
        for it in problems:
            reasons.setdefault(it.row, []).append(f"ligne {it.row}, {it.field} : {it.reason}")
        kept = [place for place, name in enumerate(self.columns) if name != REASON]
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.separator, lineterminator="\r\n")
        writer.writerow([*(self.columns[place] for place in kept), REASON])
        for line, said in sorted(reasons.items()):
            cells = self.came[line]
            aligned = [cells[place] for place in kept] if len(cells) == len(self.columns) else cells
            writer.writerow([*aligned, *[""] * (len(kept) - len(aligned)), " ; ".join(said)])
        return text.getvalue().encode("utf-8-sig")


def decode(
    content: bytes, build: Callable[[Row], T], *, needed: Sequence[str], optional: Sequence[str] = ()
) -> Sheet[T]:
    """Read a table, each row by `build`. Raises Refused when the whole cannot be read as one."""
    lines = BREAK.split(_text(content))
    at = next((place for place, line in enumerate(lines) if line.strip()), None)
    if at is None:
        raise refuse("Le fichier est vide.")
    separator = ";" if ";" in lines[at][:LINE_MAX] else ","
    columns = _columns(lines[at], at + 1, separator, [*needed], [*needed, *optional])
    found: Sheet[T] = Sheet(columns, separator, [], [], [], {})
    for number, line in enumerate(lines[at + 1 :], at + 2):
        cells = _cells(line, separator)
        if not any(cell.strip() for cell in cells or [line]):
            continue
        found.came[number] = [line] if cells is None else cells
        row = Row(number, dict(zip(columns, (it.strip() for it in cells or ()), strict=False)))
        row.problems.extend(_misshapen(number, line, cells, columns, separator))
        made = None if row.problems else build(row)
        found.refused.extend(row.problems)
        if made is not None and not row.problems:
            found.rows.append(made)
            found.lines.append(number)
    if not found.came:
        raise refuse("Le fichier n’a aucune ligne après ses en-têtes.")
    return found


def folded(text: str) -> str:
    """A word without its case and accents, to compare."""
    bare = unicodedata.normalize("NFKD", text)
    return "".join(it for it in bare if not unicodedata.combining(it)).casefold().strip()


def one_of(choices: Mapping[str, T]) -> Callable[[str], T]:
    """A parser of one of those words, case and accents not counting."""
    known = {folded(word): value for word, value in choices.items()}

    def parse(text: str) -> T:
        if folded(text) not in known:
            raise ValueError(f"« {text} » n’est pas l’un de : {', '.join(choices)}.")
        return known[folded(text)]

    return parse


def _text(content: bytes) -> str:
    if len(content) > BYTES_MAX:
        raise refuse(f"Le fichier dépasse {BYTES_MAX // 2**20} Mo : le couper en plusieurs.")
    if content.startswith(UTF_16):
        raise refuse("Le fichier est en UTF-16 : l’enregistrer en « CSV UTF-8 ».")
    if content.startswith(WORKBOOKS):
        raise refuse("Le fichier est un classeur : l’enregistrer en « CSV UTF-8 ».")
    if (at := content.find(b"\0")) >= 0:
        raise refuse(
            "Un octet nul s’y trouve : ce n’est pas un fichier de texte.", row=_line_of(content, at), field="texte"
        )
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            at = error.start
    said = f"L’octet {content[at]:02X} n’est ni de l’UTF-8 ni du Windows-1252 : enregistrer en « CSV UTF-8 »."
    raise refuse(said, row=_line_of(content, at), field="texte")


def _line_of(content: bytes, at: int) -> int:
    return len(BREAK.split(content[:at].decode("latin-1")))


def _cells(line: str, separator: str) -> list[str] | None:
    """The cells of a line; None when it cannot be cut."""
    if len(line) > LINE_MAX:
        return None
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _columns(line: str, number: int, separator: str, needed: list[str], known: list[str]) -> tuple[str, ...]:
    names = {folded(name): name for name in [*known, REASON]}
    columns = [names.get(folded(cell), cell.strip()) for cell in _cells(line, separator) or [line[:CELL_MAX]]]
    while columns and not columns[-1]:
        columns.pop()
    expected = f"Les en-têtes sont {', '.join(known)}."
    problems = [
        Problem(number, "en-têtes", f"La colonne « {_shown(name)} » est inconnue. {expected}")
        for name in columns if name not in names.values()
    ]  # fmt: skip
    twice = dict.fromkeys(name for name in columns if columns.count(name) > 1)
    problems += [Problem(number, "en-têtes", f"La colonne « {_shown(name)} » est là deux fois.") for name in twice]
    missing = [name for name in needed if name not in columns]
    problems += [Problem(number, "en-têtes", f"La colonne « {name} » manque. {expected}") for name in missing]
    if problems:
        raise Refused(problems[: len(known)])
    return tuple(columns)


def _misshapen(
    number: int, line: str, cells: list[str] | None, columns: tuple[str, ...], separator: str
) -> list[Problem]:
    """What keeps a line from being read at all."""
    if len(line) > LINE_MAX:
        return [Problem(number, "ligne", f"Elle a {len(line)} caractères ; {LINE_MAX} au plus.")]
    if cells is None:
        return [Problem(number, "ligne", "Un guillemet n’est pas fermé, ou est mal placé.")]
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(columns):
        hint = " Une virgule décimale se met entre guillemets, ou on sépare par « ; »." if separator == "," else ""
        return [Problem(number, "ligne", f"Elle a {len(cells)} cases au lieu de {len(columns)}.{hint}")]
    named = list(zip(columns, (it.strip() for it in cells), strict=True))
    problems = [
        Problem(number, name, f"La case a {len(cell)} caractères ; {CELL_MAX} au plus.")
        for name, cell in named if len(cell) > CELL_MAX and name != REASON
    ]  # fmt: skip
    if line.isprintable():
        return problems
    hidden = [(name, sign) for name, cell in named for sign in cell if unicodedata.category(sign).startswith("C")]
    return problems + [
        Problem(number, name, f"Un caractère invisible (U+{ord(sign):04X}) s’y est glissé.")
        for name, sign in hidden[:1]
    ]


def _shown(name: Any) -> str:
    """A header as it may be printed."""
    return "".join(it if it.isprintable() or it == "\u00a0" else "·" for it in str(name)[:60])
