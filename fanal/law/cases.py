"""A case written as JSON is put to its rule; a refusal is an answer, and what cannot be read is said by its field."""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fanal.law import explain
from fanal.law.delays import UnknownHolidays
from fanal.law.in_force import PARAMETERS, ParameterError
from fanal.law.rules import Rule, all_rules
from fanal.values.dates import parse_day

FIELDS = ("id", "rule", "on", "parameters", "facts")
MUNICIPALITY = re.compile(r"[a-z0-9_]+")
# What pydantic finds, in words; {name} is the field, and its context fills the rest.
FAULTS = {
    "missing": "Il manque « {name} ».",
    "unexpected_keyword_argument": "« {name} » est inconnu de cette règle.",
    "bool_type": "« {name} » doit être true ou false.",
    "int_type": "« {name} » doit être un nombre entier.",
    "string_type": "« {name} » doit être un texte.",
    "tuple_type": "« {name} » doit être une liste.",
    "frozen_set_type": "« {name} » doit être une liste.",
    "dataclass_type": "« {name} » doit être un objet.",
    "enum": "« {name} » doit être l’un de : {expected}.",
    "literal_error": "« {name} » doit être l’un de : {expected}.",
    "greater_than_equal": "« {name} » doit être au moins {ge}.",
    "greater_than": "« {name} » doit être plus grand que {gt}.",
    "less_than_equal": "« {name} » doit être au plus {le}.",
    "too_short": "« {name} » doit avoir {min_length} élément ou plus.",
}
DATE_FAULT = "« {name} » doit être une date AAAA-MM-JJ."
HOUR_FAULT = "« {name} » doit être un jour et une heure AAAA-MM-JJTHH:MM."
TIME_FAULTS = {"datetime": HOUR_FAULT, "date": DATE_FAULT}  # the longer name first: what pydantic finds begins so
OTHER_FAULT = "« {name} » ne se lit pas."


class UnreadableCase(ValueError):
    """A case that cannot be put to a rule: the field, and the sentence in French."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def answer(case: object, *, root: Path = PARAMETERS) -> dict[str, Any]:
    """The answer to one case: its outcome with all its grounds in both languages, or what is wrong with the case."""
    identifier = case.get("id") if isinstance(case, Mapping) else None
    try:
        return {"id": identifier, **_answered(case, root)}
    except UnreadableCase as fault:
        return {"id": identifier, "error": {"field": fault.field, "message": str(fault)}}


def schema(rule: Rule) -> dict[str, Any]:
    """What a rule is about, and the JSON Schema of its facts and of its outcome."""
    return {
        "article": rule.article,
        "says": rule.says,
        "facts": rule.facts_adapter.json_schema(),
        "outcome": rule.outcome_adapter.json_schema(),
    }


def rule_named(name: object) -> Rule:
    """The rule of that name. UnreadableCase when there is none."""
    rules = all_rules()
    if not isinstance(name, str) or name not in rules:
        raise UnreadableCase("rule", f"La règle « {name} » n’existe pas : voir « fanal decide --schema ».")
    return rules[name]


def facts_of(rule: Rule, written: object) -> Any:
    """The facts of a rule from JSON values. UnreadableCase names the first field that is wrong."""
    try:
        return rule.facts_adapter.validate_json(json.dumps(written, default=str))
    except ValidationError as faults:
        raise _fault(faults) from None


def _answered(case: object, root: Path) -> dict[str, Any]:
    if not isinstance(case, Mapping):
        raise UnreadableCase("", "La ligne n’est pas un objet JSON.")
    for name in case:
        if name not in FIELDS:
            raise UnreadableCase(str(name), f"Le champ « {name} » est inconnu.")
    rule, on = rule_named(case.get("rule")), _day(case.get("on"))
    municipality = case.get("parameters", "alma")
    if not isinstance(municipality, str) or not MUNICIPALITY.fullmatch(municipality):
        raise UnreadableCase("parameters", "« parameters » doit être le nom d’un dossier de paramètres.")
    known = facts_of(rule, case.get("facts", {}))
    try:
        return explain.as_dict(rule.decide(known, on, municipality, root=root))
    except UnknownHolidays as beyond:
        raise UnreadableCase("facts", str(beyond)) from None
    except ParameterError as missing:
        raise UnreadableCase("parameters", str(missing)) from None
    except OverflowError:
        raise UnreadableCase("facts", "Le calcul sort du calendrier.") from None


def _day(written: object) -> date:
    try:
        return parse_day(written if isinstance(written, str) else "")
    except ValueError:
        raise UnreadableCase("on", DATE_FAULT.format(name="on")) from None


def _fault(faults: ValidationError) -> UnreadableCase:
    first = faults.errors(include_url=False)[0]
    name = ".".join(("facts", *(str(it) for it in first["loc"])))
    sentence = FAULTS.get(first["type"]) or next(
        (said for kind, said in TIME_FAULTS.items() if first["type"].startswith(kind)), OTHER_FAULT
    )
    context = {key: str(it).replace(" or ", ", ") for key, it in first.get("ctx", {}).items()}
    return UnreadableCase(name, sentence.format(name=name, **context))
