"""A step of an explanation: an operation, its result, what it rests on; in French and in English."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fanal.law.explain import fill
from fanal.reports.bill_story import Seen
from fanal.values.wording import Lang

Words = Mapping[str, str]
LANGUAGES: tuple[Lang, ...] = ("fr", "en")
NOTHING: Words = {"fr": "", "en": ""}
CONFIDENCE = {
    "two_sources": ("vu à deux sources", "seen in two sources"),
    "seen": ("vu à une source", "seen in one source"),
    "derived": ("dérivé des hausses publiées", "derived from published increases"),
    "background": ("de mémoire, à vérifier", "from memory, to be checked"),
    "invented": ("inventé pour la démonstration", "invented for the demonstration"),
}


def said(french: str, english: str, **facts: Any) -> Words:
    """A sentence in both languages; facts take the forms named in it ({on:day}, {kwh:kWh}, {total:money}…)."""
    return {"fr": fill(french, facts, "fr"), "en": fill(english, facts, "en")}


@dataclass(frozen=True, slots=True)
class Citation:
    """What a step rests on, and a day on which it was in force: « 4.3.1 » of the bylaw, a book or a tax by its code."""

    of: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An operation (left), its result (right), and what it rests on. `exact`: the result before its rounding."""

    key: str
    title: Words
    operation: Words = field(default_factory=lambda: NOTHING)
    result: Words = field(default_factory=lambda: NOTHING)
    exact: Words = field(default_factory=lambda: NOTHING)
    note: Words = field(default_factory=lambda: NOTHING)
    article: str = ""
    cited: Citation | None = None
    source: str = ""
    confidence: str = ""
    lines: frozenset[int] = frozenset()
    seen: tuple[Seen, ...] = ()

    def as_dict(self, number: int) -> dict[str, Any]:
        """As JSON gives it."""
        words = {name: dict(getattr(self, name)) for name in ("title", "operation", "result", "exact", "note")}
        grounds = {name: getattr(self, name) for name in ("article", "source", "confidence")}
        cited = {"of": self.cited.of, "on": self.cited.on.isoformat()} if self.cited else None
        more = {"cited": cited, "lines": sorted(self.lines), "seen": [it.as_dict() for it in self.seen]}
        return {"number": number, "key": self.key, **words, **grounds, **more}

    def rows(self, lang: Lang, width: int, known: set[str]) -> list[str]:
        """The step as a terminal shows it, without its title; grounds that are `known` are not said again."""
        rows = []
        if self.operation[lang]:
            sides = [self.operation[lang], self.exact[lang], self.result[lang]]
            rows.append(" = ".join(side for side in sides if side))
        elif self.result[lang]:
            rows.append(self.result[lang])
        grounds = [self.article, self.source and f"{self.source}{_sure(self.confidence, lang)}"]
        fresh = [it for it in grounds if it and it not in known]
        known |= set(fresh)
        for text in (self.note[lang], " · ".join(fresh)):
            rows += textwrap.wrap(text, width)
        return rows


def bylaw(article: str, on: date) -> dict[str, Any]:
    """What a step says of the article of the bylaw that it rests on, as it stood that day."""
    return {"article": f"Conditions de service, art. {article}", "cited": Citation(article, on)}


def _sure(confidence: str, lang: Lang) -> str:
    return f" ({CONFIDENCE[confidence][LANGUAGES.index(lang)]})" if confidence else ""
