"""The figures in force on a day: dated TOML in, a typed frozen object out.

A file reads so, and a value holds from its date until the next one:

    source = "Règlement 336-2019, édition du 1er avril 2019"

    [payment_days]
    article = "4.3.1"
    2019-04-01 = 21
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from fanal.law.decision import Figure

PARAMETERS = Path(__file__).with_name("parameters")
ABOUT = frozenset({"article", "source", "note"})
UNDATED = frozenset({"articles.toml", "holidays.toml"})  # files of a municipality that have a shape of their own
FRENCH_TYPES = {
    int: "un nombre entier",
    Decimal: "un nombre",
    str: "un texte",
    bool: "true ou false",
    date: "une date",
    tuple[str, ...]: "une liste de textes",
    tuple[int, ...]: "une liste de nombres entiers",
}


class ParameterError(ValueError):
    """A file of parameters that cannot be used; the message, in French, names the file and the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedTerms:
    """What every `Terms` keeps besides its values: where each one comes from."""

    figures: Mapping[str, Figure] = field(repr=False, compare=False)

    def figure(self, name: str) -> Figure:
        """The value of that name with its date, article and source, for a ground."""
        return self.figures[name]


TermsT = TypeVar("TermsT", bound=DatedTerms)


def in_force(terms: type[TermsT], municipality: str, chapter: str, *, on: date, root: Path = PARAMETERS) -> TermsT:
    """The terms of a chapter as they stand that day. ParameterError names the file and the key."""
    path = root / municipality / f"{chapter}.toml"
    entries = _entries(path)
    types = {it.name: get_type_hints(terms)[it.name] for it in fields(terms) if it.name != "figures"}
    for name in types.keys() - entries.keys():
        raise ParameterError(f"{_where(path)} : la valeur « {name} » manque.")
    for name in entries.keys() - types.keys():
        raise ParameterError(f"{_where(path)} : la valeur « {name} » n’est attendue par aucune règle.")
    figures = {name: _value_on(path, name, entries[name], types[name], on) for name in types}
    return terms(**{name: figure.value for name, figure in figures.items()}, figures=figures)


def figures_in_force(municipality: str, on: date, *, root: Path = PARAMETERS) -> tuple[Figure, ...]:
    """Every dated figure of a municipality that has a value that day, in the order of its files."""
    found = []
    for path in sorted(path for path in (root / municipality).glob("*.toml") if path.name not in UNDATED):
        for name, entry in _entries(path).items():
            known = [(since, value) for since, value in entry.values if since <= on]
            if known:
                since, value = known[-1]
                value = tuple(value) if isinstance(value, list) else value
                found.append(Figure(name=name, value=value, since=since, article=entry.article, source=entry.source))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    article: str
    source: str
    values: tuple[tuple[date, Any], ...]


def _value_on(path: Path, name: str, entry: _Entry, kind: Any, on: date) -> Figure:
    typed = [(since, _typed(path, name, value, kind)) for since, value in entry.values]
    known = [(since, value) for since, value in typed if since <= on]
    if not known:
        raise ParameterError(f"{_where(path)} : « {name} » n’a pas de valeur au {on}.")
    since, value = known[-1]
    return Figure(name=name, value=value, since=since, article=entry.article, source=entry.source)


def _typed(path: Path, name: str, value: Any, kind: Any) -> Any:
    if kind is Decimal and type(value) is int:
        return Decimal(value)
    if kind in (tuple[str, ...], tuple[int, ...]) and isinstance(value, list):
        wanted = str if kind == tuple[str, ...] else int
        if all(type(it) is wanted for it in value):
            return tuple(value)
    elif type(value) is kind:
        return value
    raise ParameterError(f"{_where(path)} : « {name} » vaut {value!r}; il faut {FRENCH_TYPES[kind]}.")


@cache
def _entries(path: Path) -> dict[str, _Entry]:
    document = read_toml(path)
    source = document.pop("source", None)
    return {name: _entry(path, name, table, source) for name, table in document.items()}


def _entry(path: Path, name: str, table: Any, source: str | None) -> _Entry:
    if not isinstance(table, dict):
        raise ParameterError(f"{_where(path)} : « {name} » doit être une table, avec son article et ses dates.")
    article, source = table.get("article"), table.get("source", source)
    if not isinstance(article, str) or not isinstance(source, str):
        raise ParameterError(f"{_where(path)} : « {name} » doit citer son article et sa source.")
    try:
        values = sorted((date.fromisoformat(key), table[key]) for key in table.keys() - ABOUT)
    except ValueError:
        wrong = ", ".join(sorted(key for key in table.keys() - ABOUT if not key[:1].isdigit()))
        raise ParameterError(f"{_where(path)} : « {name} » a une clé qui n’est pas une date ({wrong}).") from None
    if not values:
        raise ParameterError(f"{_where(path)} : « {name} » n’a aucune valeur datée.")
    return _Entry(article=article, source=source, values=tuple(values))


def read_toml(path: Path) -> dict[str, Any]:
    """A file of parameters, decimals kept exactly. ParameterError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file, parse_float=Decimal)
    except FileNotFoundError:
        raise ParameterError(f"{_where(path)} : ce fichier de paramètres n’existe pas.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ParameterError(f"{_where(path)} : ce fichier ne se lit pas ({problem}).") from None


def _where(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
