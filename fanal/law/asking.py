"""What a rule asks, as people are asked it: a question a fact, drawn from its schema, in words of each language.

`questions/` keeps the French words and one small case per rule; the English is that of the code: the sentence of the
rule, and the names of its facts and of their choices, their words set apart.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from fanal.law.rules import HOMES, Rule, adapter
from fanal.values.wording import MILLION, Lang, decimals, house_currency, mark, typography

QUESTIONS = Path(__file__).with_name("questions")
Words = Mapping[Lang, str]
# The unit that the last word of a name tells, and how many of what is kept make one.
MONEY = ("cents", "price")  # in coins, and in millionths, of the house's currency
UNITS = {
    "mm": ("m", 1000),
    "ma": ("A", 1000),
    "a": ("A", 1),
    "w": ("kW", 1000),
    "kw": ("kW", 1000),
    "va": ("kVA", 1000),
    "kva": ("kVA", 1000),
    "kwh": ("kWh", 1000),
}
WHOLE_KILOWATTS = {"billed_above_kw", "minimum_kw"}  # as rates say them


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One fact to be given: « home.principal_residence » for a fact inside another. `many`: a list of such values.

    Kinds: yes_no, day, moment, number, choice, and json for what has a shape of its own.
    """

    name: str
    kind: str
    label: Words
    required: bool
    default: Any
    many: bool = False
    unit: Words | None = None
    scale: int = 1
    choices: Mapping[str, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A small case of a rule: its day, and its facts as JSON writes them."""

    on: str
    facts: Mapping[str, Any]


def questions(rule: Rule) -> tuple[Question, ...]:
    """What the rule asks, in the order of its facts."""
    return _drawn(rule.facts, house_currency())


@cache
def _drawn(facts: type, _currency: str) -> tuple[Question, ...]:
    schema = adapter(facts).json_schema()
    return tuple(_questions(schema, schema.get("$defs", {}), "", True))


def sentence(rule: Rule) -> Words:
    """What the rule says, in one sentence."""
    said = _written("rules")[rule.name]
    return _both({"fr": said if isinstance(said, str) else said["fr"], "en": rule.says[:1].upper() + rule.says[1:]})


def answers_in(rule: Rule) -> str:
    """How a whole number that the rule answers is read (see explain): money, unless it says otherwise."""
    said = _written("rules")[rule.name]
    return "money" if isinstance(said, str) else str(said["answers"])


def example(rule: Rule) -> Example:
    """The small case that is kept for the rule."""
    kept = _written("examples")[rule.name]
    return Example(on=kept["on"].isoformat(), facts=_plain(kept["facts"]))


def fact(name: str, owner: str = "") -> Words:
    """What a fact is called, wherever it stands or in the facts of one kind. KeyError for one without a name."""
    written = _written("facts")
    said = written.get(f"{owner}.{name}") or written[name]
    if not isinstance(said, str):
        return _both(said)
    bare, _, last = name.rpartition("_")
    return _both({"fr": said, "en": _apart(bare if bare and last in {*UNITS, *MONEY} else name)})


def choice(kind: str, name: str) -> Words:
    """What a choice is called: as the rules say it in their sentences, else as it is written for questions."""
    if said := _choices().get((kind, name)):
        return _both(said)
    if (french := _written("choices").get(kind, {}).get(name)) is None:
        return {"fr": name, "en": name} if kind == "Rating" else _missing(kind, name)
    return _both({"fr": french, "en": _apart(name.lower())})


def _questions(schema: Mapping[str, Any], defs: Mapping[str, Any], prefix: str, required: bool) -> Iterator[Question]:
    owner = schema["title"]
    for name, asked in schema["properties"].items():
        shape, many = _shape(asked, defs)
        needed = required and name in schema.get("required", ())
        if "properties" in shape and not many:
            yield from _questions(shape, defs, f"{prefix}{name}.", needed)
            continue
        kind = _kind(shape)
        unit, scale = _unit(name) if kind == "number" else (None, 1)
        yield Question(
            name=prefix + name,
            kind=kind,
            label=fact(name, owner),
            required=needed,
            default=asked.get("default"),
            many=many and kind != "json",
            unit=unit,
            scale=scale,
            choices={it: choice(shape["title"], it) for it in shape.get("enum", ())},
        )


def _shape(asked: Mapping[str, Any], defs: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """The shape of a fact, and whether it is a list of it."""
    if "anyOf" in asked:
        asked = next(it for it in asked["anyOf"] if it.get("type") != "null") | {"title": asked.get("title", "")}
    many = asked.get("type") == "array"
    inner = asked["items"] if many else asked
    return defs[inner["$ref"].rpartition("/")[2]] if "$ref" in inner else inner, many


def _kind(shape: Mapping[str, Any]) -> str:
    if "enum" in shape:
        return "choice"
    if shape.get("type") == "string":
        return {"date": "day", "date-time": "moment"}[shape["format"]]
    return {"boolean": "yes_no", "integer": "number"}.get(shape.get("type", ""), "json")


def _unit(name: str) -> tuple[Words | None, int]:
    if name in WHOLE_KILOWATTS:
        return {"fr": "kW", "en": "kW"}, 1
    last = name.rpartition("_")[2]
    if last in MONEY:
        return {"fr": mark("fr"), "en": mark("en")}, 10 ** decimals() if last == "cents" else MILLION
    unit, scale = UNITS.get(last, ("", 1))
    return ({"fr": unit, "en": unit}, scale) if unit else (None, 1)


@cache
def _choices() -> Mapping[tuple[str, str], Words]:
    """The words that the rules have for their choices: the tables whose name ends in _WORDS."""
    return {
        (type(member).__name__, member.name): said
        for home in HOMES
        for module in iter_modules(home.__path__, f"{home.__name__}.")
        for name, table in vars(import_module(module.name)).items()
        if name.endswith("_WORDS")
        for member, said in table.items()
        if isinstance(member, Enum)
    }


@cache
def _written(kind: str) -> Mapping[str, Any]:
    return tomllib.loads(QUESTIONS.joinpath(f"{kind}.toml").read_text(encoding="utf-8"))


def _missing(kind: str, name: str) -> Words:
    raise KeyError(f"{kind}.{name}")


def _plain(value: Any) -> Any:
    """Days and moments as JSON writes them."""
    if isinstance(value, dict):
        return {name: _plain(it) for name, it in value.items()}
    if isinstance(value, list):
        return [_plain(it) for it in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _apart(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _both(words: Words) -> Words:
    return {lang: typography(said[:1].upper() + said[1:], lang) for lang, said in words.items()}
