"""The mapping of an old system's export: which files, how they are written, which column is which; TOML in, typed out.

A mapping names canonical kinds and columns; `Kinds` says which exist. What is wrong in it is told by its place and why.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from fanal.links.legacy import forms
from fanal.links.legacy.forms import Writing
from fanal.values.refusal import Problem, refuse, refuse_any

SHIPPED = Path(__file__).with_name("mappings") / "quebec_municipal.toml"
TOP = {"title", "encoding", "separator", "decimal", "days", "unknown_days", "yes_no", "books", "files"}
OF_FILE = {"names", "form", "kind", "records", "columns", "needed", "ignored"}
OF_RECORD = {"kind", "columns"}
OF_BOOK = {"book", "domestic", "dwellings"}
OF_COLUMN = {"headers", "at", "length", "codes", "default"}
FORMS = ("delimited", "fixed")


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
    separator: str
    files: tuple[File, ...]
    ignored: tuple[str, ...] = field(default=())
    books: Mapping[str, BookOf] = field(default_factory=dict)


def shipped(kinds: Kinds) -> MappingFile:
    """The mapping that comes with the house: the municipal systems of Québec."""
    return read(SHIPPED.read_bytes(), kinds)


def read(content: bytes, kinds: Kinds) -> MappingFile:
    """The mapping of a TOML text. Raises Refused with every fault, each with its place."""
    try:
        told = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise refuse("La correspondance n’est pas du TOML en UTF-8 : {why}.", why=str(problem)) from None
    problems: list[Problem] = []
    _unknown(problems, "", told, TOP)
    writing = _writing(problems, told)
    flags = _flags(told.get("yes_no", {"O": True, "N": False}))
    ignored: list[str] = []
    files = []
    for label, it in told.get("files", {}).items():
        if it.get("ignored"):
            ignored += it.get("names", [])
        else:
            files.append(_file(problems, label, it, kinds, writing, flags))
    books = _books(problems, told.get("books", {}))
    if not files and not problems:
        problems.append(_fault("files", "aucun fichier n’y est décrit"))
    refuse_any(problems)
    return MappingFile(
        title=str(told.get("title", "")),
        digest=sha256(content).hexdigest(),
        encoding=told.get("encoding", "cp1252"),
        separator=told.get("separator", ";"),
        files=tuple(files),
        ignored=tuple(ignored),
        books=books,
    )


def _books(problems: list[Problem], told: Mapping[str, Any]) -> dict[str, BookOf]:
    """The book of each tariff: what a subscription is billed by once it is ours."""
    found = {}
    for tariff, it in told.items():
        place = f"books.{tariff}"
        _unknown(problems, place, it, OF_BOOK)
        if not isinstance(it.get("book"), str):
            problems.append(_fault(place, "le code du livre (book) manque"))
        else:
            found[tariff] = BookOf(it["book"], bool(it.get("domestic", True)), bool(it.get("dwellings", False)))
    return found


def _writing(problems: list[Problem], told: Mapping[str, Any]) -> Writing:
    usual = Writing()
    days = tuple(told.get("days", usual.days))
    for it in days:
        try:
            forms.day_form(it)
        except ValueError as problem:
            problems.append(_fault("days", str(problem)))
            return usual
    separator = told.get("separator", ";")
    if not isinstance(separator, str) or len(separator) != 1:
        problems.append(_fault("separator", "un seul signe sépare les cases"))
    try:
        "".encode(told.get("encoding", "cp1252"))
    except (LookupError, TypeError):
        problems.append(_fault("encoding", "cet encodage est inconnu"))
    unknown = frozenset(told.get("unknown_days", usual.unknown_days))
    return Writing(days, unknown, told.get("decimal", usual.decimal))


def _file(
    problems: list[Problem], label: str, it: Mapping[str, Any], kinds: Kinds, writing: Writing, flags: Mapping[str, str]
) -> File:
    place = f"files.{label}"
    _unknown(problems, place, it, OF_FILE)
    form = it.get("form", "delimited")
    if form not in FORMS:
        problems.append(_fault(f"{place}.form", f"« {form} » n’est pas l’un de : {', '.join(FORMS)}"))
    if not it.get("names"):
        problems.append(_fault(f"{place}.names", "il faut au moins un nom de fichier"))
    told = {"": {key: it[key] for key in OF_RECORD if key in it}} if "kind" in it else it.get("records", {})
    if not told:
        problems.append(_fault(place, "il y faut « kind » ou « records »"))
    records = {
        sign: _record(problems, f"{place}.records.{sign}" if sign else place, of, form, kinds, writing, flags)
        for sign, of in told.items()
    }
    return File(label, tuple(it.get("names", ())), form, bool(it.get("needed", False)), records)


def _record(
    problems: list[Problem],
    place: str,
    it: Mapping[str, Any],
    form: str,
    kinds: Kinds,
    writing: Writing,
    flags: Mapping[str, str],
) -> Record:
    kind = it.get("kind", "")
    if kind not in kinds:
        problems.append(_fault(f"{place}.kind", f"« {kind} » n’est pas une sorte connue : {', '.join(kinds)}"))
        return Record(kind, ())
    told = dict(it.get("columns", {}))
    places = [_column(problems, f"{place}.columns", wanted, told.pop(wanted.name, None), form, writing, flags)
              for wanted in kinds[kind]]  # fmt: skip
    for name in told:
        problems.append(_fault(f"{place}.columns.{name}", f"la sorte « {kind} » n’a pas cette colonne"))
    return Record(kind, tuple(places))


def _column(
    problems: list[Problem],
    place: str,
    wanted: Wanted,
    told: Any,
    form: str,
    writing: Writing,
    flags: Mapping[str, str],
) -> ColumnPlace | None:
    here = f"{place}.{wanted.name}"
    if told is None:
        if wanted.needed:
            problems.append(_fault(here, "cette colonne est nécessaire"))
        return None
    of = {"headers": told} if isinstance(told, list) else told
    if not isinstance(of, dict):
        problems.append(_fault(here, "une liste d’en-têtes, ou une table, est attendue"))
        return None
    _unknown(problems, here, of, OF_COLUMN)
    problems.extend(_misplaced(here, of, form))
    codes = of.get("codes", {it: it for it in sorted(wanted.codes)} if wanted.type == "code" else flags)
    if wanted.type == "flag":
        codes = _flags(codes) if "codes" in of else flags
    for word, ours in codes.items() if wanted.type == "code" else ():
        if ours not in wanted.codes:
            said = f"« {word} » y devient « {ours} », qui n’est pas l’un de : {', '.join(sorted(wanted.codes))}"
            problems.append(_fault(here, said))
    start = int(of.get("at", 1)) - 1
    return ColumnPlace(
        name=wanted.name,
        parse=forms.bounded(forms.parser(wanted.type, writing, codes), wanted.type, wanted.least, wanted.most),
        needed=wanted.needed,
        headers=tuple(of.get("headers", ())),
        start=start,
        stop=start + int(of.get("length", 0)),
        default=of.get("default"),
    )


def _flags(told: Mapping[str, Any]) -> dict[str, str]:
    return {key: "t" if value else "f" for key, value in told.items()}


def _misplaced(place: str, of: Mapping[str, Any], form: str) -> Iterator[Problem]:
    if form == "fixed" and not (_count(of.get("at")) and _count(of.get("length"))):
        yield _fault(place, "« at » et « length », à partir de 1, disent où elle est")
    if form == "delimited" and not of.get("headers") and "default" not in of:
        yield _fault(place, "il faut ses en-têtes, ou « default »")


def _count(value: object) -> bool:
    return isinstance(value, int) and value >= 1


def _unknown(problems: list[Problem], place: str, told: Mapping[str, Any], known: set[str]) -> None:
    for key in sorted(set(told) - known):
        where = f"{place}.{key}" if place else key
        problems.append(_fault(where, f"ce mot n’y a pas de sens ; on y connaît {', '.join(sorted(known))}"))


def _fault(place: str, why: str) -> Problem:
    return Problem(0, place, "Correspondance, {place} : {why}.", place=place, why=why.rstrip("."))
