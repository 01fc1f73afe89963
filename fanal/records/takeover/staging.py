"""Rows on their way into the staging table: the text of a COPY, made a column at a time; the values go untouched."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import repeat
from typing import Any

from fanal.records.takeover.kinds import KINDS
from fanal.values.refusal import Fault

CELLS = Sequence[str | None]
MARKS = re.compile(r'[\\"]')
COPY_MARKS = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
WORDS = ("text", "code", "moment")


@dataclass(frozen=True, slots=True)
class NewRows:
    """Some lines of one kind: their numbers, their text, their fields by column in the order of the kind."""

    kind: str
    lines: Sequence[int]
    raws: Sequence[str]
    columns: Sequence[CELLS]


@dataclass(frozen=True, slots=True)
class NewFlaw:
    """What reading found wrong with a line, or with a cell of it; of a line that cannot be cut, `cell` is its text.

    `read` is what such a line says where it is whole, by canonical column, and `kind` of which kind it is.
    """

    line: int
    code: str
    column: str
    cell: str
    why: Fault
    kind: str = ""
    read: Mapping[str, str] = field(default_factory=dict)


def copy_text(file_id: int, new: NewRows) -> str:
    """The lines of a COPY into takeover_stagedrow (file_id, line, key, digest, raw, fields)."""
    kind = KINDS[new.kind]
    elements = [
        list(map(_element, column)) if of.type in WORDS else [it or "NULL" for it in column]
        for of, column in zip(kind.columns, new.columns, strict=True)
    ]
    fields = list(map(",".join, zip(*elements, strict=True)))
    key_columns = [new.columns[place] for place, it in enumerate(kind.columns) if it.name in kind.key]
    keys = [_escaped("|".join(it or "" for it in cells)) for cells in zip(*key_columns, strict=True)]
    made = zip(repeat(file_id), new.lines, keys, map(_digest, fields), map(_escaped, new.raws), fields, strict=False)
    return "".join([f"{file}\t{line}\t{key}\t{digest}\t{raw}\t{{{of}}}\n" for file, line, key, digest, raw, of in made])


def unread_text(file_id: int, flaws: Sequence[NewFlaw]) -> str:
    """The same for lines that cannot be read: they have their text alone."""
    return "".join(
        f"{file_id}\t{it.line}\t\t{_digest(it.cell)}\t{_escaped(it.cell)}\t{{}}\n"
        for it in flaws
        if it.cell and not it.column
    )


def flaw_text(rows: Iterator[tuple[int, NewFlaw, str]]) -> str:
    """The lines of a COPY into takeover_flaw (file_id, line, code, verdict, standing, evidence), by way of JSON."""
    out = []
    for file_id, it, verdict in rows:
        told = evidence_of(it.column, it.cell, it.why) | ({"kind": it.kind, "read": dict(it.read)} if it.kind else {})
        evidence = json.dumps(told, ensure_ascii=False)
        out.append(f"{file_id}\t{it.line}\t{it.code}\t{verdict}\t{verdict}\t{_escaped(evidence)}\n")
    return "".join(out)


def evidence_of(column: str, cell: str, why: Fault) -> dict[str, Any]:
    """Why a cell is not read: in French, and as a sentence apart from its facts, to be said in another language."""
    return {
        "column": column,
        "cell": cell[:200],
        "said": str(why),
        "why": {"sentence": why.sentence, "facts": why.facts},
    }


def _element(cell: str | None) -> str:
    """A text as an element of an array, within a COPY."""
    if cell is None:
        return "NULL"
    if "\\" in cell or '"' in cell:
        cell = _escaped(MARKS.sub(r"\\\g<0>", cell))
    return f'"{cell}"'


def _escaped(text: str) -> str:
    return text.translate(COPY_MARKS) if "\\" in text or "\t" in text or "\r" in text else text


def _digest(fields: str) -> str:
    return blake2b(fields.encode(), digest_size=16).hexdigest()
