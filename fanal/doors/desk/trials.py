"""A case of the bylaw, as a form writes it: read into the JSON of `fanal decide`, put to its rule, its answer told."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.http import QueryDict

from fanal.doors import json_lines
from fanal.doors.office import today
from fanal.law import asking, cases, explain
from fanal.law.asking import Question, Words
from fanal.law.cases import UnreadableCase
from fanal.law.decision import Decision, Figure, Ground
from fanal.law.rules import Rule
from fanal.values import wording
from fanal.values.dates import parse_day
from fanal.values.money import DoesNotFit, scaled, unscaled
from fanal.values.wording import Lang

DAY = "le"
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
YES_NO = {"true": True, "false": False}
NOT_NUMBER: Words = {"fr": "« {name} » doit être un nombre.", "en": "“{name}” must be a number."}
DECIMALS: Words = {
    "fr": "« {name} » a trop de décimales : {places} au plus.",
    "en": "“{name}” has too many decimals: at most {places}.",
}
NOT_YES_NO: Words = {"fr": "« {name} » doit être oui ou non.", "en": "“{name}” must be yes or no."}
NOT_JSON: Words = {"fr": "« {name} » n’est pas du JSON.", "en": "“{name}” is not JSON."}
REPEATED: Words = {"fr": "Dans « {name} », « {twice} » est répété.", "en": "In “{name}”, “{twice}” is repeated."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A question of the form: what is written in it, and what is wrong with that."""

    question: Question
    label: str
    unit: str
    texts: list[str]
    options: list[tuple[str, str]]
    error: str

    @property
    def text(self) -> str:
        """What a field of one value shows."""
        return self.texts[-1] if self.texts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A ground, in a sentence, with its figures by their names; an obstacle stands against the outcome."""

    ground: Ground
    text: str
    obstacle: bool
    figures: list[tuple[Figure, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An outcome in words: one, or a row a part; then the grounds, obstacles first."""

    said: str
    rows: list[tuple[str, str]]
    grounds: list[Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A case that was tried: its form, and its answer or what is wrong. `on` is today when its own day is not one."""

    on: date
    day_text: str
    day_error: str
    example: bool
    fields: list[Field]
    error: str
    answer: Answer | None

    @property
    def refused(self) -> bool:
        """Whether the case could not be put to its rule."""
        return self.answer is None


def tried(rule: Rule, query: QueryDict, municipality: str, lang: Lang) -> Trial:
    """The case of the query, put to the rule; the rule's example when the query bears none."""
    asked = asking.questions(rule)
    is_example = not any(name in query for name in (DAY, *(it.name for it in asked)))
    if is_example:
        kept = asking.example(rule)
        on, facts, faults = kept.on, dict(kept.facts), {}
    else:
        on = query.get(DAY, "").strip()
        facts, faults = _facts(asked, query)
        if not _is_day(on):
            faults[DAY] = UnreadableCase(DAY, cases.DATE_FAULT)
    answer = None
    if not faults:
        case = {"rule": rule.name, "on": on, "facts": facts}
        try:
            answer = cases.told(case, lambda decision: _answer(rule, decision, lang), municipality=municipality)
        except UnreadableCase as fault:
            faults = {_field_of(fault, asked): fault}
    return Trial(
        on=parse_day(on) if _is_day(on) else today(),
        day_text=on,
        day_error=faults[DAY].said(lang, {"fr": "Jour du cas", "en": "Day of the case"}[lang]) if DAY in faults else "",
        example=is_example,
        fields=[_field(it, query, facts if is_example else {}, faults.get(it.name), lang) for it in asked],
        error=faults[""].said(lang) if "" in faults else "",
        answer=answer,
    )


def _facts(asked: tuple[Question, ...], query: QueryDict) -> tuple[dict[str, Any], dict[str, UnreadableCase]]:
    """The facts that the query gives, as JSON writes them, and what is wrong, by question."""
    facts: dict[str, Any] = {}
    faults: dict[str, UnreadableCase] = {}
    for question in asked:
        texts = [it.strip() for it in query.getlist(question.name) if it.strip()]
        try:
            if question.many:
                _put(facts, question.name, [_value(question, it) for text in texts for it in text.split()])
            elif texts:
                _put(facts, question.name, _value(question, texts[-1]))
            elif question.required:
                raise UnreadableCase(question.name, cases.FAULTS["missing"])
        except UnreadableCase as fault:
            faults[question.name] = fault
    return facts, faults


def _put(facts: dict[str, Any], name: str, value: Any) -> None:
    *owners, last = name.split(".")
    for owner in owners:
        facts = facts.setdefault(owner, {})
    facts[last] = value


def _value(question: Question, text: str) -> Any:
    match question.kind:
        case "yes_no":
            if text not in YES_NO:
                raise UnreadableCase(question.name, NOT_YES_NO)
            return YES_NO[text]
        case "number":
            return _number(question, text)
        case "json":
            return _json(question, text)
        case _:
            return text


def _number(question: Question, text: str) -> int:
    """The whole number that is kept of « 1 234,56 $ » or “1,234.56”."""
    bare = "".join(text.split())
    for unit in (question.unit or {}).values():
        bare = bare.removesuffix("".join(unit.split())).removeprefix(unit)
    bare = bare.replace("−", "-")
    bare = bare.replace(",", "") if "," in bare and "." in bare else bare.replace(",", ".")
    if not NUMBER.fullmatch(bare):
        raise UnreadableCase(question.name, NOT_NUMBER)
    try:
        return scaled(Decimal(bare), question.scale)
    except DoesNotFit:
        if question.scale == 1:
            raise UnreadableCase(question.name, cases.FAULTS["int_type"]) from None
        raise UnreadableCase(question.name, DECIMALS, places=len(str(question.scale)) - 1) from None


def _json(question: Question, text: str) -> Any:
    try:
        value = json_lines.value(text)
    except json_lines.Unreadable:
        raise UnreadableCase(question.name, NOT_JSON) from None
    if twice := json_lines.repeated_name(value):
        raise UnreadableCase(question.name, REPEATED, twice=twice)
    return value


def _field_of(fault: UnreadableCase, asked: tuple[Question, ...]) -> str:
    """The question that a fault is about; none when it is about the whole case."""
    name = f"{fault.field.removeprefix('facts.')}."
    return next((it.name for it in asked if name.startswith(f"{it.name}.")), "")


def _field(
    question: Question, query: QueryDict, facts: Mapping[str, Any], fault: UnreadableCase | None, lang: Lang
) -> Field:
    label = question.label[lang]
    yes_no = [("true", {"fr": "Oui", "en": "Yes"}[lang]), ("false", {"fr": "Non", "en": "No"}[lang])]
    choices = [(name, words[lang]) for name, words in question.choices.items()]
    return Field(
        question=question,
        label=label,
        unit=question.unit[lang] if question.unit else "",
        texts=query.getlist(question.name) if question.name in query else _texts(question, facts, lang),
        options=yes_no if question.kind == "yes_no" else choices,
        error=wording.typography(fault.said(lang, label), lang) if fault else "",
    )


def _texts(question: Question, facts: Mapping[str, Any], lang: Lang) -> list[str]:
    """What the form shows of a fact that was not written in it: the example's, else the usual one."""
    value: Any = facts
    for name in question.name.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    value = question.default if value is None else value
    if value is None:
        return []
    if question.kind == "json":
        return [json.dumps(value, ensure_ascii=False)]
    texts = [_text(question, it, lang) for it in (value if question.many else [value])]
    return texts if question.kind == "choice" else ["\n".join(texts)]


def _text(question: Question, value: Any, lang: Lang) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if question.kind == "number":
        figure = unscaled(value, question.scale)
        written = f"{figure:.2f}" if question.scale == 100 else f"{figure:f}"
        return written.replace(".", ",") if lang == "fr" else written
    return str(value)


def _is_day(text: str) -> bool:
    try:
        return bool(parse_day(text))
    except ValueError:
        return False


def _answer(rule: Rule, decision: Decision[Any], lang: Lang) -> Answer:
    outcome = decision.outcome
    told = [_told(it, decision, lang) for it in decision.grounds]
    parts = is_dataclass(outcome)
    return Answer(
        said="" if parts else _said(outcome, asking.answers_in(rule), lang),
        rows=_rows(outcome, lang) if parts else [],
        grounds=sorted(told, key=lambda it: not it.obstacle),
    )


def _told(ground: Ground, decision: Decision[Any], lang: Lang) -> Told:
    return Told(
        ground=ground,
        text=explain.sentence(ground, lang),
        obstacle=ground in decision.obstacles,
        figures=[(it, *explain.figure_named(it, lang)) for it in ground.figures],
    )


def _rows(record: Any, lang: Lang) -> list[tuple[str, str]]:
    return [(asking.fact(it.name)[lang], _said(getattr(record, it.name), "money", lang)) for it in fields(record)]


def _said(value: Any, read: str, lang: Lang) -> str:
    """An outcome, or a part of one, in words."""
    if value is None or value == ():
        return {"fr": "Rien", "en": "Nothing"}[lang]
    if isinstance(value, bool):
        return {True: {"fr": "Oui", "en": "Yes"}, False: {"fr": "Non", "en": "No"}}[value][lang]
    if isinstance(value, Enum):
        return asking.choice(type(value).__name__, value.name)[lang]
    if isinstance(value, tuple):
        return " · ".join(_said(it, read, lang) for it in value)
    if is_dataclass(value):
        return ", ".join(said for _label, said in _rows(value, lang))
    if isinstance(value, date) and not isinstance(value, datetime):
        return wording.day(value, lang)
    return explain.fill(f"{{value:{read}}}", {"value": value}, lang)
