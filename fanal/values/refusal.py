"""What we refuse, and why: every wrong row with its field and a French sentence; nothing was written."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fanal.values import wording
from fanal.values.wording import Lang

Fact = str | int | date | Mapping[Lang, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong thing: the row (from 1, as a person counts; 0 when it is the whole), the field, the sentence.

    `template` is the sentence before `facts` were put in it, for the doors that speak another language.
    """

    row: int
    field: str
    reason: str
    template: str = dataclasses.field(default="", compare=False)
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict, compare=False)

    def worded(self, lang: Lang, translated: Callable[[str], str]) -> str:
        """The sentence in another language, its facts worded as there."""
        return _filled(translated(self.template or self.reason), self.facts, lang)

    def __str__(self) -> str:
        return f"Ligne {self.row}, {self.field} : {self.reason}" if self.row else self.reason


class Refused(Exception):
    """An act was refused whole. `problems` lists all that is wrong, in the order of the rows."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.row)
        super().__init__("\n".join(map(str, self.problems)))


def refuse(sentence: str, *, field: str = "", row: int = 0, **facts: Fact) -> Refused:
    """A refusal of one sentence, to raise; its facts are days, counts, texts, or words in each language."""
    return Refused([Problem(row, field, _filled(sentence, facts, "fr"), sentence, facts)])


def refuse_any(problems: Iterable[Problem]) -> None:
    """Raise Refused if there is any problem."""
    if listed := list(problems):
        raise Refused(listed)


def _filled(sentence: str, facts: Mapping[str, Fact], lang: Lang) -> str:
    return sentence.format_map({name: _worded(it, lang) for name, it in facts.items()}) if facts else sentence


def _worded(fact: Fact, lang: Lang) -> str:
    if isinstance(fact, date):
        return wording.day(fact, lang)
    if isinstance(fact, int):
        return wording.number(fact, lang)
    return fact if isinstance(fact, str) else fact[lang]
