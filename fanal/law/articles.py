"""The articles of the bylaw in our words, as they stand on a day: gist, figures, and the rules that apply them.

A municipality keeps them in `parameters/<municipality>/articles.toml`; the numbers are those that the code cites.
"""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from fanal.law import conditions, delays
from fanal.law.decision import Figure
from fanal.law.explain import LANGUAGES, explained, fill
from fanal.law.in_force import PARAMETERS, ParameterError, figures_in_force, read_toml
from fanal.law.metering import estimation
from fanal.values.wording import Lang

FILE = "articles.toml"
# Not what other texts number: « GEN-30 4.3.2 », « 98 ».
NUMBER = re.compile(r"(?<!GEN-30 )(?<!A-2\.1 )(?<![\w.-])\d+(?:\.\d+)+|Part(?:ie)? VIII|Annexe [123]")
# In a sentence: « art. 4.2.1 a) », “s. 4.5”, « Partie VIII »; a quantity never has two points.
CITED = re.compile(r"(?:\b(?:art\.|s\.)[ \u00a0]\d+(?:\.\d+)+|\b\d+(?:\.\d+){2,})(?: [a-h]\))?|\bPart(?:ie)? VIII\b")
CHAPTER = re.compile(r"^(ch\d+|part\d+)_\w+$")  # the rules of ch04_billing.py are named ch04.…
OPENING = re.compile(rf"({NUMBER.pattern})\b[^:\n]*:")


class UnknownArticle(LookupError):
    """No article has this number, or no chapter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A function of the law that opens with an article; `said` when it gives a ground: [met, not met] by language."""

    name: str
    said: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article on a day. `gist` and `since` are empty before its first edition."""

    number: str
    chapter: str
    title: Mapping[str, str]
    gist: Mapping[str, str]
    since: date | None
    source: str
    figures: tuple[Figure, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter with its articles, in their order; `source` is that of the bylaw."""

    number: str
    title: Mapping[str, str]
    source: str
    articles: tuple[Article, ...]


def number_in(cited: str) -> str:
    """The article that a citation names, without its paragraph: « 4.2.1 a) » is « 4.2.1 »; empty when it names none."""
    found = NUMBER.search(cited)
    return found[0].replace("Part VIII", "Partie VIII") if found else ""


def chapter_of(number: str) -> str:
    """« 4 » of « 4.3.1 », « VIII » of « Partie VIII », « annexes » of « Annexe 3 »."""
    if number.startswith("Annexe"):
        return "annexes"
    return number.removeprefix("Partie ").partition(".")[0]


@cache
def numbers(municipality: str, *, root: Path = PARAMETERS) -> tuple[str, ...]:
    """The number of every article that is told, in the order of the bylaw."""
    return tuple(it for it in _document(municipality, root) if NUMBER.fullmatch(it))


def chapters(municipality: str, on: date, *, root: Path = PARAMETERS) -> tuple[Chapter, ...]:
    """The whole bylaw as it stands that day, in our words. ParameterError names what is wrong in the file."""
    told = _told(numbers(municipality, root=root), municipality, on, root)
    named = _document(municipality, root)["chapters"]
    return tuple(_chapter(it, municipality, tuple(one for one in told if one.chapter == it), root) for it in named)


def chapter(municipality: str, number: str, on: date, *, root: Path = PARAMETERS) -> Chapter:
    """One chapter that day. UnknownArticle when there is none of this number."""
    if number not in _document(municipality, root)["chapters"]:
        raise UnknownArticle(f"Aucun chapitre ne porte le numéro {number}.")
    its = [it for it in numbers(municipality, root=root) if chapter_of(it) == number]
    return _chapter(number, municipality, tuple(_told(its, municipality, on, root)), root)


def article(municipality: str, number: str, on: date, *, root: Path = PARAMETERS) -> Article:
    """One article that day. UnknownArticle when there is none of this number."""
    if number not in numbers(municipality, root=root):
        raise UnknownArticle(f"Aucun article ne porte le numéro {number}.")
    return _told([number], municipality, on, root)[0]


def _chapter(number: str, municipality: str, told: tuple[Article, ...], root: Path) -> Chapter:
    document = _document(municipality, root)
    return Chapter(number=number, title=_worded(document["chapters"][number]), source=document["source"], articles=told)


def _told(which: Iterable[str], municipality: str, on: date, root: Path) -> list[Article]:
    document, rules = _document(municipality, root), rules_by_article()
    figures = figures_in_force(municipality, on, root=root)
    return [_article(number, document, figures, rules, on) for number in which]


def _article(
    number: str, document: dict[str, Any], figures: tuple[Figure, ...], rules: Mapping[str, tuple[str, ...]], on: date
) -> Article:
    entry, values = document[number], {it.name: it.value for it in figures}
    since = max((it for it in _days(number, entry) if it <= on), default=None)
    return Article(
        number=number,
        chapter=chapter_of(number),
        title=_worded(entry["title"]),
        gist={it: fill(entry[since.isoformat()][it], values, it) for it in LANGUAGES} if since else {},
        since=since,
        source=entry.get("source", document["source"]),
        figures=tuple(it for it in figures if number_in(it.article) == number),
        rules=tuple(_rule(name, values) for name in rules.get(number, ())),
    )


def _rule(name: str, values: Mapping[str, Any]) -> Rule:
    said = explained().get(name.rpartition(".")[2])
    if said is None:
        return Rule(name=name, said={})
    texts: Mapping[str, tuple[str, str]]
    texts = {it: (_shape(said["met"][it], values, it), _shape(said["not_met"][it], values, it)) for it in LANGUAGES}
    return Rule(name=name, said=texts)


def _shape(template: str, values: Mapping[str, Any], lang: Lang) -> str:
    return fill(template, _Blanks(values), lang).replace("….", "…")


class _Blanks(dict[str, Any]):
    """The figures of the law, with « … » for what only a case would say."""

    def __missing__(self, name: str) -> Mapping[str, str]:
        return dict.fromkeys(LANGUAGES, "…")


def _days(number: str, entry: Mapping[str, Any]) -> list[date]:
    try:
        return [date.fromisoformat(key) for key in entry.keys() - {"title", "source"}]
    except ValueError:
        raise ParameterError(f"{FILE} : l’article {number} a une clé qui n’est pas une date.") from None


def _worded(texts: Mapping[str, str]) -> Mapping[str, str]:
    return {it: fill(texts[it], {}, it) for it in LANGUAGES}


@cache
def _document(municipality: str, root: Path) -> dict[str, Any]:
    return read_toml(root / municipality / FILE)


@cache
def rules_by_article() -> Mapping[str, tuple[str, ...]]:
    """The rules of each article: public functions whose docstring opens with it, by module and name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, opening in _openings():
        number = number_in(opening)
        found[number] = (*found.get(number, ()), name)
    return found


def _openings() -> Iterator[tuple[str, str]]:
    for module in _modules():
        prefix = CHAPTER.sub(r"\1", module.__name__.rpartition(".")[2])
        for name, rule in vars(module).items():  # in the order in which they are written
            opening = inspect.isfunction(rule) and OPENING.match(rule.__doc__ or "")
            if opening and rule.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{prefix}.{name}", opening[1]


def _modules() -> Iterator[ModuleType]:
    for found in iter_modules(conditions.__path__, f"{conditions.__name__}."):
        yield import_module(found.name)
    yield from (estimation, delays)
