"""What a rule answers: an outcome, and every ground for it, met or not, with its figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

Fact = bool | int | str | Decimal | date | Mapping[str, str] | None
"""What a sentence may say; a mapping {"fr": …, "en": …} is a word already put in both languages."""

OutcomeT = TypeVar("OutcomeT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of the texts: its value, the day since which it holds, its article and its source."""

    name: str
    value: Fact | tuple[Fact, ...]
    since: date
    article: str
    source: str

    def as_dict(self) -> dict[str, Any]:
        """The figure as JSON keeps it."""
        return {
            "name": self.name,
            "value": _plain(self.value),
            "since": self.since.isoformat(),
            "article": self.article,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Motif: what one rule of one article finds. Its sentences are under the rule's name in explanations.toml."""

    article: str
    rule: str
    holds: bool
    figures: tuple[Figure, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The ground as JSON keeps it, without its sentences (see explain.as_dict)."""
        return {
            "article": self.article,
            "rule": self.rule,
            "holds": self.holds,
            "figures": [figure.as_dict() for figure in self.figures],
            "facts": {name: _plain(value) for name, value in self.facts.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[OutcomeT]):
    """An outcome with all its grounds; the obstacles are those that stand against it."""

    outcome: OutcomeT
    grounds: tuple[Ground, ...]
    obstacles: tuple[Ground, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The decision as JSON keeps it, for good."""
        return {
            "outcome": _plain(self.outcome),
            "grounds": [ground.as_dict() for ground in self.grounds],
            "obstacles": [ground.rule for ground in self.obstacles],
        }


def ground(article: str, rule: str, holds: bool, *figures: Figure, **facts: Fact) -> Ground:
    """One ground; shorter to write in a rule."""
    return Ground(article=article, rule=rule, holds=bool(holds), figures=figures, facts=facts)


def permit(*, when: Iterable[Ground], unless: Iterable[Ground] = (), besides: Iterable[Ground] = ()) -> Decision[bool]:
    """Yes when all of `when` hold and none of `unless` does; `besides` informs and decides nothing."""
    required, excluded = tuple(when), tuple(unless)
    obstacles = tuple(it for it in required if not it.holds) + tuple(it for it in excluded if it.holds)
    return Decision(outcome=not obstacles, grounds=(*required, *excluded, *besides), obstacles=obstacles)


def listed(words: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Words put one after another in both languages, to be said in a sentence; « aucun » when there is none."""
    together = tuple(words)
    nothing = {"fr": "aucun", "en": "none"}
    return {lang: ", ".join(it[lang] for it in together) or nothing[lang] for lang in ("fr", "en")}


def _plain(value: Any) -> Any:
    """Dates and decimals as text, sequences as lists, records as their fields."""
    if is_dataclass(value) and not isinstance(value, type):
        return {it.name: _plain(getattr(value, it.name)) for it in fields(value)}
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(it) for name, it in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(it) for it in value]
    return value
