"""The mapping of an old system's export: which files, how they are written, which column is which; TOML in, typed out.

A mapping names canonical kinds and columns; `Kinds` says which exist. What is wrong in it is told by its place and why.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from fanal.links.legacy import forms
from fanal.links.legacy.forms import Writing, shown
from fanal.links.legacy.told import Faults, ToldColumn, ToldFile, ToldMapping, ToldRecord, checked
from fanal.values.refusal import Fault, Refused, refuse, refuse_any

SHIPPED = Path(__file__).with_name("mappings") / "quebec_municipal.toml"
USUAL_ENCODING = "cp1252"


class Wanted(Protocol):
    """A canonical column: its name, the form of its cells and their bounds, whether a row needs it, our codes."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def needed(self) -> bool: ...
    @property
    def codes(self) -> frozenset[str]: ...
    @property
    def least(self) -> int | None: ...
    @property
    def most(self) -> int | None: ...


Kinds = Mapping[str, Sequence[Wanted]]


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """Where a canonical column is found: under one of those headers, or at that place; how its cells read."""

    name: str
    parse: forms.Parse
    needed: bool
    headers: tuple[str, ...] = ()
    start: int = 0
    stop: int = 0
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of line of a file; its columns are in the order of the kind, None where the mapping is silent."""

    kind: str
    columns: tuple[ColumnPlace | None, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file of the export: its names, its form, its records by the sign that opens their lines ('' for all)."""

    label: str
    names: tuple[str, ...]
    form: str
    needed: bool
    records: Mapping[str, Record]


@dataclass(frozen=True, slots=True)
class BookOf:
    """The book of a tariff of the old system; `dwellings`: it counts the dwellings of the place."""

    book: str
    domestic: bool = True
    dwellings: bool = False


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A whole mapping, and what identifies its text."""

    title: str
    digest: str
    encoding: str
    says_encoding: bool  # whether the mapping itself said it: what it says is believed
    separator: str
    files: tuple[File, ...]
    ignored: tuple[str, ...] = field(default=())
    books: Mapping[str, BookOf] = field(default_factory=dict)


def shipped(kinds: Kinds) -> MappingFile:
    """The mapping that comes with the house: the municipal systems of Québec."""
    return read(SHIPPED.read_bytes(), kinds, name=SHIPPED.name)


def read(
    content: bytes, kinds: Kinds, books: Collection[str] | None = None, *, name: str = "correspondance"
) -> MappingFile:
    """The mapping of a TOML text; `books` are those that there are. Raises Refused with every fault and its place."""
    try:
        text = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise refuse("{file} n’est pas du TOML en UTF-8 : {why}.", file=name, why=str(problem)) from None
    except (RecursionError, ValueError, ArithmeticError):  # nested without end, or more digits than a number holds
        raise refuse("{file} ne se lit pas : trop de chiffres ou d’emboîtements.", file=name) from None
    return of(text, sha256(content).hexdigest(), kinds, books, name=name)


def of(
    text: Mapping[str, Any], digest: str, kinds: Kinds, books: Collection[str] | None = None, *, name: str
) -> MappingFile:
    """The mapping of tables already cut from TOML. Raises Refused as `read` does."""
    told = checked(text, faults := Faults(name))
    if told is None:
        raise Refused(faults)
    read_files = [_file(faults, label, it, kinds, told) for label, it in told.files.items() if not it.ignored]
    if not read_files:
        faults.add("files", Fault("aucun fichier à lire n’y est décrit."))
    for tariff, it in told.books.items():
        if books is not None and it.book not in books:
            faults.add(f"books.{tariff}.book", Fault("aucun livre ne porte le code « {code} ».", code=it.book))
    refuse_any(faults)
    return MappingFile(
        title=told.title,
        digest=digest,
        encoding=told.encoding or USUAL_ENCODING,
        says_encoding=told.encoding is not None,
        separator=told.separator,
        files=tuple(read_files),
        ignored=tuple(name for it in told.files.values() if it.ignored for name in it.names),
        books={tariff: BookOf(it.book, it.domestic, it.dwellings) for tariff, it in told.books.items()},
    )


def _file(faults: Faults, label: str, it: ToldFile, kinds: Kinds, told: ToldMapping) -> File:
    place = f"files.{label}"
    reading = Reading(it.form, Writing(tuple(told.days), frozenset(told.unknown_days), told.decimal), told.yes_no)
    records = {
        sign: _record(faults, f"{place}.records.{sign}" if sign else place, of, kinds, reading)
        for sign, of in it.of_sign.items()
    }
    return File(label, tuple(it.names), it.form, it.needed, records)


def _record(faults: Faults, place: str, it: ToldRecord, kinds: Kinds, reading: "Reading") -> Record:
    if it.kind not in kinds:
        why = Fault("« {kind} » n’est pas une sorte connue : {known}.", kind=shown(it.kind), known=", ".join(kinds))
        faults.add(f"{place}.kind", why)
        return Record(it.kind, ())
    of_kind = kinds[it.kind]
    for name in it.columns.keys() - {wanted.name for wanted in of_kind}:
        why = Fault("la sorte « {kind} » n’a pas cette colonne.", kind=it.kind)
        faults.add(f"{place}.columns.{name}", why)
    return Record(
        it.kind,
        tuple(_column(faults, f"{place}.columns.{of.name}", of, it.columns.get(of.name), reading) for of in of_kind),
    )


def _column(
    faults: Faults, place: str, wanted: Wanted, told: ToldColumn | None, reading: "Reading"
) -> ColumnPlace | None:
    if told is None:
        if wanted.needed:
            faults.add(place, Fault("cette colonne est nécessaire."))
        return None
    wrong = [*_misplaced(told, reading.form), *_miscoded(told, wanted)]
    for it in wrong:
        faults.add(place, it)
    codes = _flags(reading.yes_no) if wanted.type == "flag" else {it: it for it in sorted(wanted.codes)}
    if told.codes is not None:
        codes = _flags(told.codes) if wanted.type == "flag" else {key: str(it) for key, it in told.codes.items()}
    parser = forms.parser(wanted.type, reading.writing, codes)
    parse = forms.bounded(parser, wanted.type, wanted.least, wanted.most)
    if told.default is not None and told.default.strip() and not wrong:
        try:
            parse(told.default.strip())
        except Fault as why:
            faults.add(f"{place}.default", why)
    start = (told.at or 1) - 1
    return ColumnPlace(
        name=wanted.name, parse=parse, needed=wanted.needed, headers=tuple(told.headers),
        start=start, stop=start + (told.length or 0), default=told.default,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is cut, and how its cells are written."""

    form: str
    writing: Writing
    yes_no: Mapping[str, bool]


def _flags(told: Mapping[str, Any]) -> dict[str, str]:
    return {key: "t" if value else "f" for key, value in told.items()}


def _misplaced(told: ToldColumn, form: str) -> Iterator[Fault]:
    if form == "fixed" and (told.at is None or told.length is None):
        yield Fault("« at » et « length », à partir de 1, disent où elle est.")
    if form == "delimited" and not told.headers and told.default is None:
        yield Fault("il faut ses en-têtes, ou « default ».")


def _miscoded(told: ToldColumn, wanted: Wanted) -> Iterator[Fault]:
    if told.codes is None:
        return
    if wanted.type not in ("code", "flag", "text"):
        yield Fault("cette colonne n’a pas de codes (« codes »).")
    for word, ours in told.codes.items():
        if wanted.type == "flag" and not isinstance(ours, bool):
            yield Fault(
                "« {word} » y devient « {ours} », qui n’est ni true ni false.", word=word, ours=shown(str(ours))
            )
        if wanted.type == "text" and not isinstance(ours, str):
            yield Fault("« {word} » y devient « {ours} », qui n’est pas un texte.", word=word, ours=str(ours))
        if wanted.type == "code" and ours not in wanted.codes:
            yield Fault("« {word} » y devient « {ours} », qui n’est pas l’un de : {known}.",
                        word=word, ours=shown(str(ours)), known=", ".join(sorted(wanted.codes)))  # fmt: skip
