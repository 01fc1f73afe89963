"""The rules by name (chNN.sentence): what each must know, which figures it takes, what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TypeVar, dataclass_transform, get_args, get_type_hints

from pydantic import ConfigDict, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import core_schema

from fanal.law import conditions, metrology, privacy
from fanal.law.decision import Decision
from fanal.law.delays import Holidays, holidays
from fanal.law.in_force import PARAMETERS, DatedTerms, in_force

FactsT = TypeVar("FactsT")
RuleT = TypeVar("RuleT", bound=Callable[..., Decision[Any]])

HOMES = (conditions, metrology, privacy)  # the packages whose modules hold rules
STRICT = ConfigDict(strict=True, extra="forbid")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def facts(kind: type[FactsT]) -> type[FactsT]:
    """A frozen dataclass of what a rule must know; written as JSON, nothing in it is guessed nor left over."""
    kind.__pydantic_config__ = STRICT  # type: ignore[attr-defined]
    return dataclass(frozen=True, slots=True, kw_only=True)(kind)


class ByName:
    """In facts, an enumeration that columns keep as numbers and that JSON writes by its names."""

    def __init__(self, kind: type[Enum]) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        names = core_schema.literal_schema([it.name for it in self.kind])
        return core_schema.no_info_after_validator_function(self.kind.__getitem__, names)


@facts
class Nothing:
    """The facts of a rule that needs none: the day is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: the function, its article, its sentence, and what it is made of.

    The function takes its facts first, then any of: `on` (the day), terms in force that day, the holidays. Facts with
    a `figures_on` take the figures of that day instead.
    """

    name: str
    article: str
    says: str
    facts: type
    outcome: Any
    takes: Mapping[str, Any]
    function: Callable[..., Decision[Any]]

    def decide(self, known: Any, on: date, municipality: str, *, root: Path = PARAMETERS) -> Decision[Any]:
        """The answer to those facts on that day, by the figures of the municipality."""
        figures_on = getattr(known, "figures_on", on)
        given = {name: _given(kind, on, figures_on, municipality, root) for name, kind in self.takes.items()}
        return self.function(**given) if self.facts is Nothing else self.function(known, **given)

    @property
    def facts_adapter(self) -> TypeAdapter[Any]:
        """Reads the facts from JSON, and tells their schema."""
        return adapter(self.facts)

    @property
    def outcome_adapter(self) -> TypeAdapter[Any]:
        """Tells the schema of the outcome."""
        return adapter(self.outcome)


_RULES: dict[str, Callable[..., Decision[Any]]] = {}


def rule(function: RuleT) -> RuleT:
    """Register a function as a rule, under its chapter (of its module, the first word) and its own name."""
    name = f"{function.__module__.rsplit('.', 1)[-1].partition('_')[0]}.{function.__name__}"
    if name in _RULES:
        raise ValueError(f"two rules are named {name}")
    _RULES[name] = function
    return function


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule of the law, by name, in the order of the chapters."""
    for home in HOMES:
        for module in sorted(found.name for found in iter_modules(home.__path__)):
            import_module(f"{home.__name__}.{module}")
    return {name: _described(name, function) for name, function in _RULES.items()}


def _described(name: str, function: Callable[..., Decision[Any]]) -> Rule:
    hints = get_type_hints(function)
    (outcome,) = get_args(hints.pop("return"))
    article, _, says = (getdoc(function) or "").partition(": ")
    first = next(iter(hints.values()))
    known = Nothing if _is_given(first) else first
    takes = {parameter: kind for parameter, kind in hints.items() if kind is not known}
    return Rule(name=name, article=article, says=says, facts=known, outcome=outcome, takes=takes, function=function)


def _is_given(kind: Any) -> bool:
    """Whether the rule receives it from the day and the municipality, rather than from the facts."""
    return kind is date or kind is Holidays or (isinstance(kind, type) and issubclass(kind, DatedTerms))


def _given(kind: Any, on: date, figures_on: date, municipality: str, root: Path) -> Any:
    if kind is date:
        return on
    if kind is Holidays:
        return holidays(municipality, root=root)
    return _terms(kind, municipality, figures_on, root)


@lru_cache(maxsize=4096)
def _terms(kind: type[DatedTerms], municipality: str, on: date, root: Path) -> DatedTerms:
    """The terms in force; their file is named after their module."""
    return in_force(kind, municipality, kind.__module__.rsplit(".", 1)[-1], on=on, root=root)


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Reads that kind of thing from JSON, and tells its schema."""
    return TypeAdapter(kind)
