"""The classes and the reasons of differences in words: `differences.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from fanal.values import wording
from fanal.values.wording import Lang

MONEY = ("net", "taxes")  # reasons whose two sides are amounts


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


def _fact(code: str, name: str, value: Any, lang: Lang) -> str:
    if name == "cents" or (code in MONEY and name in ("here", "there")):
        return wording.money(int(value), lang)
    if name == "kw":
        return wording.quantity(int(value), "kW", lang)
    if code == "kwh" and name in ("here", "there"):
        return wording.quantity(int(value) * 1000, "kWh", lang)
    if name in ("since", "until"):
        return wording.day(date.fromisoformat(str(value)), lang)
    return str(value)
