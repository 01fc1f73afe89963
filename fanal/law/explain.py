"""Decisions in sentences, French first. Figures and dates take the reader's forms here."""

import string
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from fanal.law.decision import Decision, Fact, Figure, Ground
from fanal.values import wording
from fanal.values.money import QUANTITY_SCALE
from fanal.values.wording import LANGUAGES as LANGUAGES
from fanal.values.wording import Lang

EXPLANATIONS = Path(__file__).with_name("explanations")
Sentences = dict[str, dict[str, dict[str, str]]]
FIGURES = Path(__file__).with_name("figures.toml")
WHOLE = {"amperes": "A", "metres": "m", "kilowatts": "kW", "kilovoltamperes": "kVA"}  # of thresholds, not in 1/1000


def sentence(ground: Ground, lang: Lang = "fr") -> str:
    """What the ground says, met or not. KeyError names a rule without sentences."""
    return fill(explained()[ground.rule]["met" if ground.holds else "not_met"][lang], ground.facts, lang)


def in_each(ground: Ground) -> dict[Lang, str]:
    """What the ground says, in each language."""
    return {lang: sentence(ground, lang) for lang in LANGUAGES}


def sentences(decision: Decision[Any], lang: Lang = "fr") -> tuple[str, ...]:
    """Every ground of the decision, in its order."""
    return tuple(sentence(ground, lang) for ground in decision.grounds)


def as_dict(decision: Decision[Any]) -> dict[str, Any]:
    """The decision with the sentences of each ground: what is stored and what the API gives."""
    told = decision.as_dict()
    for ground, row in zip(decision.grounds, told["grounds"], strict=True):
        row["text"] = in_each(ground)
    return told


def figure_named(figure: Figure, lang: Lang = "fr") -> tuple[str, str]:
    """What a figure of the texts is called, and its value as people read it. KeyError names one without a name."""
    named = _named()[figure.name]
    values = figure.value if isinstance(figure.value, tuple) else (figure.value,)
    kind = named["read"]
    read = [named["values"][it] if kind == "words" else it for it in values]
    said = ", ".join(fill(f"{{value:{kind}}}", {"value": it}, lang) for it in read)
    return fill(named[lang], {}, lang), said


def fill(template: str, facts: Mapping[str, Any], lang: Lang = "fr") -> str:
    """A template with its facts, each worded by its kind: {due_on:day}, {amount:money}, {use:kWh}."""
    return wording.typography(_Words(lang).vformat(template, (), facts), lang)


class _Words(string.Formatter):
    """Words each fact by the kind written after its colon; kinds are those of `_worded`."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def format_field(self, value: Fact, kind: str) -> str:
        if isinstance(value, Mapping):
            return value[self.lang]
        if isinstance(value, str) and kind not in ("day", "month_day"):
            return value
        if value is None:
            return {"fr": "inconnu", "en": "unknown"}[self.lang]
        return _worded(value, kind, self.lang)


def _worded(value: bool | int | str | Decimal | date, kind: str, lang: Lang) -> str:
    if kind == "day":
        return wording.day(value if isinstance(value, date) else date.fromisoformat(str(value)), lang)
    if kind == "month_day":
        return wording.month_day(date.fromisoformat(f"2000-{value}"), lang)  # a day of any year, written MM-DD
    if isinstance(value, Decimal | int):
        match kind:
            case "money":
                return wording.money(int(value), lang)
            case "days":
                return wording.days(int(value), lang)
            case "months":
                return wording.months(int(value), lang)
            case "percent":
                return wording.percentage(int(value * wording.MILLION), lang)
            case "per_hundred":
                return wording.percentage(int(value) * wording.MILLION // 100, lang)
            case "millionths":
                return wording.percentage(int(value), lang)
            case "kWh" | "kW" | "kVA" | "A" | "m":
                return wording.quantity(int(value), kind, lang)
            case "amperes" | "metres" | "kilowatts" | "kilovoltamperes":
                return wording.quantity(int(value) * QUANTITY_SCALE, WHOLE[kind], lang)
            case "index":
                return wording.quantity(int(value), "", lang)
            case "number":
                return wording.number(value, lang)
    raise ValueError(f"no wording for {value!r} as {kind!r}")


@cache
def explained() -> Sentences:
    """The sentences of every chapter as they are written, by rule; a rule has one name in the whole bylaw."""
    together: Sentences = {}
    for path in sorted(EXPLANATIONS.glob("*.toml")):
        chapter = tomllib.loads(path.read_text(encoding="utf-8"))
        assert not together.keys() & chapter.keys(), path
        together |= chapter
    return together


@cache
def _named() -> dict[str, dict[str, Any]]:
    with FIGURES.open("rb") as file:
        return tomllib.load(file)
