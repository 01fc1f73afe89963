"""The rows of a file of an old system, in blocks: canonical columns, or why a line or a cell cannot be read.

Delimited or of fixed width; memory is bounded by the block. A line number counts the lines of the file.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fanal.links.legacy.forms import UnknownDay, shown
from fanal.links.legacy.mapping import ColumnPlace, File, MappingFile, Record
from fanal.links.legacy.writing import LOST, Lines, Told, Written, lines_of, written
from fanal.links.sheet import folded
from fanal.values.refusal import Fault, Problem, refuse, refuse_any

MEMO_MAX = 50_000
UNREADABLE_LINE, TRUNCATED_LINE = "UNREADABLE_LINE", "TRUNCATED_LINE"
UNREADABLE_CELL, EMPTY_CELL, UNKNOWN_DAY = "UNREADABLE_CELL", "EMPTY_CELL", "UNKNOWN_DAY"
UNENDED_LINE, UNREADABLE_SIGN, OTHER_ENCODING = "UNENDED_LINE", "UNREADABLE_SIGN", "OTHER_ENCODING"

Column = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Misread:
    """What is wrong with a line, or with one of its cells: a code, the column, the cell as it came, and why.

    Of a line that cannot be loaded, `read` is what its whole cells say, each at its place, and its `kind`.
    """

    line: int
    code: str
    column: str
    cell: str
    why: Fault
    kind: str = ""
    read: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Block:
    """Some lines of one kind: their numbers, their text, their canonical columns; those that cannot be cut, apart."""

    kind: str
    lines: Sequence[int]
    raws: Sequence[str]
    columns: list[Column]
    faults: list[Misread] = field(default_factory=list)


@dataclass(slots=True)
class Opened:
    """What of the headers of a file the mapping does not know or does not find."""

    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Memo(dict[str, "str | None"]):
    """What a parser made of each cell already seen; what it refused waits in `odd` for the block to tell it."""

    def __init__(self, place: ColumnPlace) -> None:
        super().__init__()
        self.place = place
        self.odd: dict[str, tuple[str, Fault]] = {}

    def __missing__(self, cell: str) -> str | None:
        bare = cell.strip() or self.place.default or ""
        value: str | None = None
        try:
            if not bare and self.place.needed:
                self.odd[cell] = EMPTY_CELL, Fault("La case est vide.")
                return None
            value = self.place.parse(bare) if bare else None
        except UnknownDay as problem:
            self.odd[cell] = UNKNOWN_DAY, problem
            return None
        except Fault as problem:
            self.odd[cell] = UNREADABLE_CELL, problem
            return None
        if LOST in cell and self.place.name:
            self.odd[cell] = UNREADABLE_SIGN, Fault("« {cell} » a un signe que l’encodage a perdu.", cell=shown(cell))
            return value
        if len(self) < MEMO_MAX:
            self[cell] = value
        return value


def find(folder: Path, mapping: MappingFile) -> tuple[list[tuple[File, Path]], list[str]]:
    """The files of the mapping that are there, and the names that it does not know. Raises Refused."""
    if not folder.is_dir():
        raise refuse("« {folder} » n’est pas un dossier.", folder=str(folder))
    there = {folded(path.name): path for path in sorted(folder.iterdir()) if path.is_file()}
    found, problems = [], []
    for file in mapping.files:
        names = [folded(name + end) for name in file.names for end in ("", ".gz")]
        paths = [there.pop(name) for name in names if name in there]
        if len(paths) > 1:
            names = ", ".join(it.name for it in paths)
            twice = Problem(0, file.label, "Le dossier contient deux fois le même fichier : {names}.", names=names)
            problems.append(twice)
        if paths:
            found.append((file, paths[0]))
        elif file.needed:
            problems.append(Problem(0, file.label, "Le fichier {name} manque au dossier.", name=file.names[0]))
    refuse_any(problems)
    if not found:
        raise refuse("Le dossier ne contient aucun fichier que la correspondance nomme.")
    known = {folded(name + end) for name in mapping.ignored for end in ("", ".gz")}
    return found, [path.name for name, path in there.items() if name not in known]


def read(file: File, path: Path, mapping: MappingFile, told: Told | None = None) -> tuple[Opened, Iterator[Block]]:
    """A file and its blocks; `told` hears how many bytes were read. Raises Refused when its headers are not it."""
    how = written(path, mapping.encoding, believed=mapping.says_encoding)
    lines, opened = lines_of(path, how, told), Opened()
    if file.form == "fixed":
        return opened, _doubted(how, _fixed(file, lines))
    at, header = next(((first + place, text) for first, texts, _ in lines_of(path, how)
                       for place, text in enumerate(texts) if text.strip()), (0, ""))  # fmt: skip
    if not at and file.needed:
        raise refuse("Le fichier {name} est vide : il n’a pas même ses en-têtes.", field=path.name, name=path.name)
    if not at:
        return opened, iter(())
    record = file.records[""]
    headers = [cell.strip() for cell in _cut(header, mapping.separator) or []]
    places, opened.unknown, opened.missing = _places(path, at, headers, record)
    return opened, _doubted(how, _delimited(record, places, len(headers), at, lines, mapping.separator))


def _doubted(how: Written, blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks; where the file contradicts the encoding that the mapping states, the first line that does says so."""
    doubt = how.doubt
    for block in blocks:
        if doubt and (lines := [line for line, raw in zip(block.lines, block.raws, strict=True) if not raw.isascii()]):
            block.faults.append(Misread(lines[0], OTHER_ENCODING, "", "", doubt))
            doubt = None
        yield block


def _places(
    path: Path, at: int, headers: list[str], record: Record
) -> tuple[list[tuple[int | None, Memo]], tuple[str, ...], tuple[str, ...]]:
    """The rank of each canonical column in the file. Raises Refused for a needed one missing, or one there twice."""
    ranks: dict[str, list[int]] = {}
    for rank, header in enumerate(headers):
        ranks.setdefault(folded(header), []).append(rank)
    problems, places, missing, where = [], [], [], f"{path.name}, en-têtes"
    for place in record.columns:
        rank: int | None = None
        if place is not None and place.headers:
            found = [it for name in dict.fromkeys(map(folded, place.headers)) for it in ranks.pop(name, [])]
            if len(found) > 1:
                twice = " et ".join(headers[it] for it in found)
                problems.append(Problem(at, where, "{twice} disent la même chose : n’en garder qu’une.", twice=twice))
            if found:
                rank = found[0]
            elif place.needed and place.default is None:
                names = " ou ".join(place.headers)
                problems.append(Problem(at, where, "La colonne {headers} manque.", headers=names))
            else:
                missing.append(place.headers[0])
        places.append((rank, Memo(place or ColumnPlace("", str, False))))
    refuse_any(problems)
    unknown = tuple(headers[rank] for ranks_left in ranks.values() for rank in ranks_left if headers[rank])
    return places, unknown, tuple(missing)


def _delimited(
    record: Record,
    places: list[tuple[int | None, Memo]],
    width: int,
    header_at: int,
    blocks: Lines,
    separator: str,
) -> Iterator[Block]:
    for first, texts, ended in blocks:
        numbers = range(first, first + len(texts))
        if first <= header_at:
            passed = header_at - first + 1
            numbers, texts = numbers[passed:], texts[passed:]
        rows: list[list[str] | None] = (
            [_cut(text, separator) for text in texts]
            if any('"' in text for text in texts)
            else [text.split(separator) for text in texts]
        )
        faults, good = [], []
        for place, row in enumerate(rows):
            if row is not None and len(row) > width and not any(map(str.strip, row[width:])):
                row = rows[place] = row[:width]  # separators behind the last cell say nothing
            if row is not None and len(row) == width:
                good.append(place)
            elif not texts[place].strip(f"{separator} "):
                continue  # a blank line is no row
            else:
                unended = not ended and place == len(rows) - 1
                misread = _misshapen(numbers[place], texts[place], row, width, unended)
                whole = dict(enumerate((row or [])[: -1 if misread.code == TRUNCATED_LINE else None]))
                faults.append(replace(misread, kind=record.kind, read=_remains(places, whole)))
        cells = list(zip(*(rows[place] or () for place in good), strict=True)) if good else [()] * width
        block = Block(record.kind, [numbers[it] for it in good], [texts[it] for it in good], [], faults)
        empty = [""] * len(good)
        block.columns = [_column(block, memo, empty if rank is None else cells[rank]) for rank, memo in places]
        if not ended and good and good[-1] == len(rows) - 1:
            why = Fault("La dernière ligne n’a pas de fin de ligne : elle est peut-être coupée.")
            block.faults.append(Misread(block.lines[-1], UNENDED_LINE, "", "", why))
        yield block


def _misshapen(line: int, text: str, row: list[str] | None, width: int, unended: bool) -> Misread:
    if unended and (row is None or len(row) < width):
        return _truncated(line, text)
    if row is None:
        return Misread(line, UNREADABLE_LINE, "", text, Fault("Un guillemet n’est pas fermé, ou est mal placé."))
    why = Fault("La ligne a {cells} cases au lieu de {width}.", cells=len(row), width=width)
    return Misread(line, UNREADABLE_LINE, "", text, why)


def _truncated(line: int, text: str) -> Misread:
    why = Fault("Le fichier finit au milieu de sa dernière ligne : « {text} ».", text=shown(text))
    return Misread(line, TRUNCATED_LINE, "", text, why)


def _cut(text: str, separator: str) -> list[str] | None:
    """The cells of a line; None when its quotes are wrong."""
    if '"' not in text:
        return text.split(separator)
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _fixed(file: File, blocks: Lines) -> Iterator[Block]:
    memos = {sign: [Memo(it or ColumnPlace("", str, False)) for it in of.columns] for sign, of in file.records.items()}
    least = {sign: max((it.stop - it.start and it.start + 1 for it in of.columns if it and it.needed), default=0)
             for sign, of in file.records.items()}  # fmt: skip
    for first, texts, ended in blocks:
        sorted_out: dict[str, list[int]] = {sign: [] for sign in file.records}
        faults = []
        for place, text in enumerate(texts):
            sign = text[:1] if text[:1] in sorted_out else ""
            last = not ended and place == len(texts) - 1
            if sign in sorted_out and len(text) >= least[sign] and not (last and _is_cut(file.records[sign], text)):
                sorted_out[sign].append(place)
            elif text.strip():
                misread = _unfit(first + place, text, sign in sorted_out, last)
                faults.append(replace(misread, **_standing(file.records, memos, sign, text)))
        if faults:
            yield Block("", [], [], [], faults)
        for sign, chosen in sorted_out.items():
            if chosen:
                yield _fixed_block(file.records[sign], memos[sign], first, [texts[it] for it in chosen], chosen)


def _fixed_block(record: Record, memos: list[Memo], first: int, raws: list[str], chosen: list[int]) -> Block:
    block = Block(record.kind, [first + it for it in chosen], raws, [])
    for place, memo in zip(record.columns, memos, strict=True):
        cut = slice(place.start, place.stop) if place else slice(0, 0)
        block.columns.append(_column(block, memo, [raw[cut] for raw in raws]))
    return block


def _is_cut(record: Record, text: str) -> bool:
    """Whether a last line without its end stops before its record does."""
    return len(text.rstrip()) < max((it.stop for it in record.columns if it and it.needed), default=0)


def _remains(places: Sequence[tuple[int | None, Memo]], cells: Mapping[int, str]) -> dict[str, str]:
    """What the whole cells of a broken line say, by canonical column; a cell that says nothing is left out."""
    said = {memo.place.name: memo[cells[rank]] for rank, memo in places if rank in cells}
    for _, memo in places:
        memo.odd.clear()
    return {name: value for name, value in said.items() if name and value is not None}


def _standing(records: Mapping[str, Record], memos: Mapping[str, list[Memo]], sign: str, text: str) -> dict[str, Any]:
    """The kind of a broken line of fixed width, and what its columns that are whole say."""
    if sign not in records:
        return {}
    columns = records[sign].columns
    cells = {at: text[it.start : it.stop] for at, it in enumerate(columns) if it and it.stop <= len(text)}
    return {"kind": records[sign].kind, "read": _remains(list(enumerate(memos[sign])), cells)}


def _unfit(line: int, text: str, known: bool, last: bool) -> Misread:
    if last:
        return _truncated(line, text)
    no_kind = Fault("Aucune sorte de ligne ne commence par « {sign} ».", sign=shown(text[:1]))
    return Misread(line, UNREADABLE_LINE, "", text, Fault("La ligne est trop courte.") if known else no_kind)


def _column(block: Block, memo: Memo, cells: Sequence[str]) -> Column:
    """The values of a column; what cannot be read goes to the faults of the block."""
    values = list(map(memo.__getitem__, cells))
    if memo.odd:
        for place, cell in enumerate(cells):
            if cell in memo.odd:
                code, why = memo.odd[cell]
                block.faults.append(Misread(block.lines[place], code, memo.place.name, cell.strip(), why))
        memo.odd.clear()
    return values
