"""`fanal delay`: the last day of a delay of the bylaw, from options or from JSON lines."""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from fanal.doors import json_lines
from fanal.doors.bylaw import municipality
from fanal.law.delays import UnknownHolidays, holidays, last_clear_day, last_day
from fanal.law.in_force import ParameterError
from fanal.values.dates import parse_day

FIELDS = ("from", "days", "clear", "parameters")
MUNICIPALITY = re.compile(r"[a-z0-9_]+")


class Refused(ValueError):
    """A delay that cannot be counted: the field, and the sentence in French."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("delay", help="le dernier jour d’un délai du règlement, ou de chaque ligne JSON lue")
    parser.add_argument("--from", dest="start", metavar="JOUR", help="jour de départ, qui n’est pas compté")
    parser.add_argument("--days", metavar="JOURS", help="nombre de jours du délai")
    parser.add_argument("--clear", action="store_true", help="compter en jours francs (art. 5.2.1)")
    parser.add_argument("--parameters", metavar="VILLE", help="jours fériés de cette municipalité")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Say one last day; without --from, answer standard input. 2 when the call is off, 1 when it is refused."""
    if options.start is None and options.days is None:
        return json_lines.serve(replies)
    if options.start is None or options.days is None:
        print("Il faut « --from » et « --days » ensemble.", file=sys.stderr)
        return 2
    days = int(options.days) if re.fullmatch(r"[0-9]{1,5}", options.days) else options.days
    asked = {"from": options.start, "days": days, "clear": options.clear}
    if options.parameters is not None:
        asked["parameters"] = options.parameters
    try:
        print(ends_on(asked))
        return 0
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1


def replies(contents: Iterable[Any]) -> list[dict[str, Any]]:
    """Each delay with its last day, in order."""
    return [_reply(content) for content in contents]


def ends_on(asked: Mapping[str, Any]) -> date:
    """The last day of the delay. Refused names the field that is wrong."""
    for name in asked:
        if name not in FIELDS:
            raise Refused(name, f"Le champ « {name} » est inconnu.")
    start, days, clear = _start(asked.get("from")), asked.get("days"), asked.get("clear", False)
    if type(days) is not int or not 0 <= days <= 36_500:
        raise Refused("days", "« days » doit être un nombre entier de jours, de 0 à 36 500.")
    if type(clear) is not bool:
        raise Refused("clear", "« clear » doit être true ou false.")
    named = asked.get("parameters")
    if "parameters" in asked and not (isinstance(named, str) and MUNICIPALITY.fullmatch(named)):
        raise Refused("parameters", "« parameters » doit être le nom d’un dossier de paramètres.")
    try:
        return (last_clear_day if clear else last_day)(start, days, holidays(named or municipality()))
    except (UnknownHolidays, ParameterError) as refused:
        raise Refused("from" if isinstance(refused, UnknownHolidays) else "parameters", str(refused)) from None
    except OverflowError:
        raise Refused("from", "Le délai sort du calendrier.") from None


def _start(written: Any) -> date:
    try:
        return parse_day(written if isinstance(written, str) else "")
    except ValueError:
        raise Refused("from", "« from » doit être une date AAAA-MM-JJ.") from None


def _reply(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        return {"error": {"field": "", "message": "La ligne n’est pas un objet JSON."}}
    try:
        if name := json_lines.repeated_name(content):
            raise Refused(name, f"Le champ « {name} » est répété.")
        return {**content, "last_day": ends_on(content).isoformat()}
    except Refused as refused:
        return {**content, "error": {"field": refused.field, "message": str(refused)}}
