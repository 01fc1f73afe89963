"""What we refuse, and why: every wrong row with its field and a French sentence; nothing was written.

A sentence is one of the catalogue, its facts apart: a door that speaks another language says it again from both.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Union

from fanal.values import wording
from fanal.values.wording import LANGUAGES, Lang


class Phrase(str):
    """French words that the catalogue has in English: a fact of a sentence, or a sentence kept for later."""

    __slots__ = ()


# Of several words, one: « ouvert, calculé ou revu ».
Fact = Union[str, int, date, Mapping[Lang, str], Sequence[Phrase], "Fault"]
OR: Mapping[Lang, str] = {"fr": " ou ", "en": " or "}


@dataclass(frozen=True, slots=True, init=False)
class Problem:
    """One wrong thing: the row (from 1, as a person counts; 0 when it is the whole), the field, the sentence."""

    row: int
    field: str
    sentence: str
    facts: Mapping[str, Fact] = dataclasses.field(hash=False)

    def __init__(self, row: int, field: str, sentence: str, /, **facts: Fact) -> None:
        for name, value in (("row", row), ("field", field), ("sentence", sentence), ("facts", facts)):
            object.__setattr__(self, name, value)

    @property
    def reason(self) -> str:
        """The whole sentence, in French."""
        return self.worded("fr", str)

    def worded(self, lang: Lang, translated: Callable[[str], str]) -> str:
        """The whole sentence in another language, its facts worded as there."""
        return _filled(self.sentence, self.facts, lang, translated)

    def __str__(self) -> str:
        return f"Ligne {self.row}, {self.field} : {self.reason}" if self.row else self.reason


class Refused(Exception):
    """An act was refused whole. `problems` lists all that is wrong, in the order of the rows."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.row)
        super().__init__("\n".join(map(str, self.problems)))


class Fault(ValueError):
    """What is given is not what it should be: the sentence and its facts, to raise, or to refuse a field with."""

    def __init__(self, sentence: str, /, **facts: Fact) -> None:
        super().__init__(_filled(sentence, facts, "fr", str))
        self.sentence, self.facts = sentence, facts

    def worded(self, lang: Lang, translated: Callable[[str], str]) -> str:
        """The whole sentence in another language, its facts worded as there."""
        return _filled(self.sentence, self.facts, lang, translated)

    def refused(self, *, field: str) -> Refused:
        """The refusal of that field."""
        return Refused([Problem(0, field, self.sentence, **self.facts)])


def refuse(sentence: str, /, *, field: str = "", row: int = 0, **facts: Fact) -> Refused:
    """A refusal of one sentence, to raise; its facts are days, counts, texts, or words in each language."""
    return Refused([Problem(row, field, sentence, **facts)])


def refuse_any(problems: Iterable[Problem]) -> None:
    """Raise Refused if there is any problem."""
    if listed := list(problems):
        raise Refused(listed)


def in_each(say: Callable[[Lang], str]) -> Mapping[Lang, str]:
    """A fact that says itself in each language."""
    return {lang: say(lang) for lang in LANGUAGES}


def _filled(sentence: str, facts: Mapping[str, Fact], lang: Lang, translated: Callable[[str], str]) -> str:
    said = translated(sentence)
    return said.format_map({name: _worded(it, lang, translated) for name, it in facts.items()}) if facts else said


def _worded(fact: Fact, lang: Lang, translated: Callable[[str], str]) -> str:
    if isinstance(fact, str):
        return translated(fact) if isinstance(fact, Phrase) else fact
    if isinstance(fact, date):
        return wording.day(fact, lang)
    if isinstance(fact, int):
        return wording.number(fact, lang)
    if isinstance(fact, Fault):
        return fact.worded(lang, translated)
    if isinstance(fact, Mapping):
        return fact[lang]
    *others, last = map(translated, fact)
    return OR[lang].join([", ".join(others), last] if others else [last])
