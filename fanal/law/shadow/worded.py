"""The classes and the reasons of differences in words: `differences.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from fanal.values import wording
from fanal.values.wording import Lang

MONEY = ("net", "taxes")  # reasons whose two sides are amounts
AND = {"fr": " ; ", "en": "; "}


@cache
def _known() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(Path(__file__).with_name("differences.toml").read_text("utf-8"))


def classes(lang: Lang) -> dict[str, str]:
    """Every class in its order, by its name."""
    return {kind: said[lang] for kind, said in _known()["class"].items()}


def reason(code: str, facts: Mapping[str, Any], lang: Lang) -> str:
    """Why a bill differs, as a sentence without its full stop; its facts in words."""
    code = str(facts.get("how", code))
    said = {name: _fact(code, name, value, lang) for name, value in facts.items()}
    return _known()["reason"][code][lang].format_map(said)


def finding(code: str, facts: Mapping[str, Any], lang: Lang) -> str:
    """What several bills that differ have in common, as a sentence without its full stop."""
    own = _known()["finding"].get(code)
    return own[lang] if own else reason(code, facts, lang)


def _price(told: Sequence[Any], lang: Lang) -> str:
    """« EN1 du 1er avril 2025 : 16,905 ¢ ici, 6,905 ¢ imprimé »."""
    component, since, here, there = told
    return _known()["price"]["other"][lang].format(
        component=component, since=wording.day(date.fromisoformat(since), lang),
        here=wording.price(here, lang), there=wording.price(there, lang),
    )  # fmt: skip


def _fact(code: str, name: str, value: Any, lang: Lang) -> str:
    if name == "prices":
        return AND[lang].join(_price(it, lang) for it in value)
    if name == "cents" or (code in MONEY and name in ("here", "there")):
        return wording.money(int(value), lang)
    if name == "kw":
        return wording.quantity(int(value), "kW", lang)
    if code == "kwh" and name in ("here", "there"):
        return wording.quantity(int(value) * 1000, "kWh", lang)
    if name in ("since", "until"):
        return wording.day(date.fromisoformat(str(value)), lang)
    return str(value)
