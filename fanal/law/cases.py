"""A case written as JSON is put to its rule; a refusal is an answer, and what cannot be read is said by its field."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from fanal.law import explain
from fanal.law.decision import Decision
from fanal.law.delays import UnknownHolidays
from fanal.law.in_force import PARAMETERS, ParameterError
from fanal.law.rules import Rule, all_rules
from fanal.values.dates import parse_day
from fanal.values.wording import Lang

ToldT = TypeVar("ToldT")
FIELDS = ("id", "rule", "on", "parameters", "facts")
MUNICIPALITY = re.compile(r"[a-z0-9_]+")
# What pydantic finds, in words of each language; {name} is the field, and its context fills the rest.
FAULTS: Mapping[str, Mapping[Lang, str]] = {
    "missing": {"fr": "Il manque « {name} ».", "en": "“{name}” is missing."},
    "unexpected_keyword_argument": {
        "fr": "« {name} » est inconnu de cette règle.",
        "en": "This rule does not know “{name}”.",
    },
    "bool_type": {"fr": "« {name} » doit être true ou false.", "en": "“{name}” must be true or false."},
    "int_type": {"fr": "« {name} » doit être un nombre entier.", "en": "“{name}” must be a whole number."},
    "string_type": {"fr": "« {name} » doit être un texte.", "en": "“{name}” must be a text."},
    "tuple_type": {"fr": "« {name} » doit être une liste.", "en": "“{name}” must be a list."},
    "frozen_set_type": {"fr": "« {name} » doit être une liste.", "en": "“{name}” must be a list."},
    "dataclass_type": {"fr": "« {name} » doit être un objet.", "en": "“{name}” must be an object."},
    "enum": {"fr": "« {name} » doit être l’un de : {expected}.", "en": "“{name}” must be one of: {expected}."},
    "literal_error": {"fr": "« {name} » doit être l’un de : {expected}.", "en": "“{name}” must be one of: {expected}."},
    "greater_than_equal": {"fr": "« {name} » doit être au moins {ge}.", "en": "“{name}” must be at least {ge}."},
    "greater_than": {"fr": "« {name} » doit être plus grand que {gt}.", "en": "“{name}” must be greater than {gt}."},
    "less_than_equal": {"fr": "« {name} » doit être au plus {le}.", "en": "“{name}” must be at most {le}."},
    "too_short": {
        "fr": "« {name} » doit avoir {min_length} élément ou plus.",
        "en": "“{name}” must have {min_length} item or more.",
    },
}
DATE_FAULT: Mapping[Lang, str] = {
    "fr": "« {name} » doit être une date AAAA-MM-JJ.",
    "en": "“{name}” must be a date YYYY-MM-DD.",
}
HOUR_FAULT: Mapping[Lang, str] = {
    "fr": "« {name} » doit être un jour et une heure AAAA-MM-JJTHH:MM.",
    "en": "“{name}” must be a day and an hour YYYY-MM-DDTHH:MM.",
}
TIME_FAULTS = {"datetime": HOUR_FAULT, "date": DATE_FAULT}  # the longer name first: what pydantic finds begins so
OTHER_FAULT: Mapping[Lang, str] = {"fr": "« {name} » ne se lit pas.", "en": "“{name}” cannot be read."}
REASON: Mapping[Lang, str] = {"fr": "{reason}", "en": "{reason}"}  # said in French by the data themselves
BEYOND: Mapping[Lang, str] = {"fr": "Le calcul sort du calendrier.", "en": "The reckoning leaves the calendar."}
TOO_LARGE: Mapping[Lang, str] = {
    "fr": "Un nombre est trop grand pour être calculé.",
    "en": "A number is too large to be reckoned.",
}


class UnreadableCase(ValueError):
    """A case that cannot be put to a rule: the field, and the sentence in each language, French by itself."""

    def __init__(self, field: str, texts: Mapping[Lang, str], **context: object) -> None:
        self.field, self._texts, self._context = field, texts, context
        super().__init__(self.said())

    def said(self, lang: Lang = "fr", name: str | None = None) -> str:
        """What is wrong, the field under its own name or under the one that people read."""
        return self._texts[lang].format(name=self.field if name is None else name, **self._context)


def answer(case: object, *, municipality: str, root: Path = PARAMETERS) -> dict[str, Any]:
    """The answer to one case: its outcome with all its grounds in both languages, or what is wrong with the case.

    By the bylaw of `municipality`, unless the case names another one in `parameters`.
    """
    identifier = case.get("id") if isinstance(case, Mapping) else None
    try:
        return {"id": identifier, **told(case, explain.as_dict, municipality=municipality, root=root)}
    except UnreadableCase as fault:
        return {"id": identifier, "error": {"field": fault.field, "message": str(fault)}}


def told(case: object, tell: Callable[[Decision[Any]], ToldT], *, municipality: str, root: Path = PARAMETERS) -> ToldT:
    """What `tell` makes of the decision of one case. UnreadableCase when it cannot be put to its rule, or be said."""
    if not isinstance(case, Mapping):
        raise UnreadableCase("", {"fr": "La ligne n’est pas un objet JSON.", "en": "The line is not a JSON object."})
    for name in case:
        if name not in FIELDS:
            texts: Mapping[Lang, str] = {"fr": "Le champ « {name} » est inconnu.", "en": "Unknown field: “{name}”."}
            raise UnreadableCase(str(name), texts)
    rule, on = rule_named(case.get("rule")), _day(case.get("on"))
    named = case.get("parameters")
    if "parameters" in case and not (isinstance(named, str) and MUNICIPALITY.fullmatch(named)):
        texts = {
            "fr": "« parameters » doit être le nom d’un dossier de paramètres.",
            "en": "“parameters” must be the name of a folder of parameters.",
        }
        raise UnreadableCase("parameters", texts)
    known = facts_of(rule, case.get("facts", {}))
    try:
        return tell(rule.decide(known, on, named or municipality, root=root))
    except UnknownHolidays as beyond:
        raise UnreadableCase("facts", REASON, reason=beyond) from None
    except ParameterError as missing:
        raise UnreadableCase("parameters", REASON, reason=missing) from None
    except OverflowError:
        raise UnreadableCase("facts", BEYOND) from None
    except ArithmeticError:
        raise UnreadableCase("facts", TOO_LARGE) from None


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
        texts: Mapping[Lang, str] = {
            "fr": "La règle « {rule} » n’existe pas : voir « fanal decide --schema ».",
            "en": "There is no rule “{rule}”: see “fanal decide --schema”.",
        }
        raise UnreadableCase("rule", texts, rule=name)
    return rules[name]


def facts_of(rule: Rule, written: object) -> Any:
    """The facts of a rule from JSON values. UnreadableCase names the first field that is wrong."""
    try:
        return rule.facts_adapter.validate_json(json.dumps(written, default=str))
    except ValidationError as faults:
        raise _fault(faults) from None


def _day(written: object) -> date:
    try:
        return parse_day(written if isinstance(written, str) else "")
    except ValueError:
        raise UnreadableCase("on", DATE_FAULT) from None


def _fault(faults: ValidationError) -> UnreadableCase:
    first = faults.errors(include_url=False)[0]
    name = ".".join(("facts", *(str(it) for it in first["loc"])))
    texts = FAULTS.get(first["type"]) or next(
        (said for kind, said in TIME_FAULTS.items() if first["type"].startswith(kind)), OTHER_FAULT
    )
    context = {key: str(it).replace(" or ", ", ") for key, it in first.get("ctx", {}).items()}
    return UnreadableCase(name, texts, **context)
