"""The known faults of what old systems hand over: what each does to its row, in the words of `faults.toml`."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fanal.records.takeover.kinds import KINDS
from fanal.records.takeover.models import Verdict
from fanal.records.takeover.staging import NewFlaw
from fanal.values.refusal import Problem
from fanal.values.wording import Lang

UNKNOWN_DAY = "UNKNOWN_DAY"
GRAVITIES = ("GRAVE", "", "MINOR")


class _Shown(dict[str, Any]):
    """Evidence in a sentence: what nobody knows is a dash, unless the fault has words for it."""

    def __init__(self, evidence: dict[str, Any], none: dict[str, str]) -> None:
        super().__init__(evidence)
        self.none = none

    def __getitem__(self, name: str) -> Any:
        return self.none.get(name, "—") if (value := self.get(name)) is None else value


@dataclass(frozen=True, slots=True)
class KnownFault:
    """A kind of flaw: its name, what it does to the row, what to do about it; in both languages."""

    code: str
    verdict: str
    gravity: int  # 0 is the gravest
    needs: str  # the column without whose correction the row cannot be loaded; « {column} » is that of the evidence
    loads: tuple[str, ...]  # kinds of rows that a person may decide to load
    title: dict[Lang, str]
    said: dict[Lang, str]
    fix: dict[Lang, str]
    none: dict[str, dict[Lang, str]]  # what says that nobody knows a thing of the evidence

    def can_load(self, kind: str) -> bool:
        """Whether a person may decide to load a row of that kind in spite of the flaw: what it says can be applied."""
        return kind in self.loads

    def sentence(self, evidence: dict[str, Any], lang: Lang, translated: Callable[[str], str] = str) -> str:
        """What is wrong with a row, told from the evidence; `translated` says why a cell is not read."""
        if lang != "fr" and (why := evidence.get("why")):
            evidence = {**evidence, "said": Problem(0, "", why["sentence"], **why["facts"]).worded(lang, translated)}
        return self.said[lang].format_map(self._shown(evidence, lang)).strip()

    def advice(self, evidence: dict[str, Any], lang: Lang) -> str:
        """What to do about it."""
        return self.fix[lang].format_map(self._shown(evidence, lang))

    def _shown(self, evidence: dict[str, Any], lang: Lang) -> _Shown:
        return _Shown(evidence, {name: words[lang] for name, words in self.none.items()})


@cache
def known() -> dict[str, KnownFault]:
    """Every known fault by its code."""
    told = tomllib.loads(Path(__file__).with_name("faults.toml").read_text(encoding="utf-8"))
    return {
        code: KnownFault(
            code,
            it["verdict"],
            GRAVITIES.index(it.get("gravity", "")),
            it.get("needs", ""),
            tuple(it.get("loads", KINDS)),
            it["title"],
            it["said"],
            it["fix"],
            it.get("none", {}),
        )
        for code, it in told.items()
    }


def title(code: str, lang: Lang) -> str:
    """What a flaw is called; nothing where no flaw is known (a row that waits for its load)."""
    return known()[code].title[lang] if code in known() else {"fr": "prête à charger", "en": "ready to load"}[lang]


def by_gravity() -> list[str]:
    """The codes of every known fault, the gravest first."""
    return sorted(known(), key=lambda code: known()[code].gravity)


def of_reading(flaw: NewFlaw, kind: str) -> str:
    """What a flaw of reading does to its row: an unknown day holds it back only where the row needs a day."""
    if flaw.code == UNKNOWN_DAY:
        needed = any(it.needed for it in KINDS[kind].columns if it.name == flaw.column)
        return Verdict.ASIDE if needed else Verdict.NOTED
    return known()[flaw.code].verdict
