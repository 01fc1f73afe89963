"""What a person types to correct a cell, as the fields of a row hold it: bounded by what the column is loaded as."""

import re
from datetime import date, timedelta
from functools import partial

from fanal.records.takeover.kinds import Column
from fanal.records.takeover.models import ExportFile, StagedRow
from fanal.values.dates import parse_day
from fanal.values.refusal import Fault
from fanal.values.writing import line, unspaced

TEXT_MAX = 400
DAYS = (date(1800, 1, 1), date(2199, 12, 31))
NUMBER = re.compile(r"([-−]?)([0-9]{1,18})(?:[.,]([0-9]{1,6}))?")
MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{1,2}):([0-9]{2})")
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
DECIMALS = {"whole": 0, "cents": 2, "thousandths": 3, "millionths": 6}
# A column that names a row of another kind: what is typed must be there.
NAMES = {"account": "subscriptions", "customer": "customers", "premises": "premises", "bill": "bills"}
YES_NO = {"oui": "t", "o": "t", "yes": "t", "t": "t", "non": "f", "n": "f", "no": "f", "f": "f"}


def value(column: Column, said: str, export_id: int, as_of: date) -> str:
    """What was typed, as the fields of a row hold it, in an export whose last day is `as_of`. Raises Fault."""
    if column.type in DECIMALS:
        return _number(column, said)
    day = partial(_day, within=_days(column, as_of)) if column.type == "day" else _day
    read = {"day": day, "month": _month, "moment": _moment, "flag": _flag}.get(column.type, partial(_text, column))
    found = read(said)
    if column.type == "code" and found not in column.codes:
        raise Fault("« {typed} » n’est pas l’une des valeurs de cette case.", typed=said[:60])
    if kind := NAMES.get(column.name):
        files = ExportFile.objects.filter(export_id=export_id, kind=kind).values_list("pk", flat=True)
        if not StagedRow.objects.filter(file_id__in=list(files), key=found).exists():
            raise Fault("L’exportation n’a pas le numéro {typed}.", typed=said[:60])
    return found


def _text(column: Column, said: str) -> str:
    most = column.most or TEXT_MAX
    found = line(said, missing="La case est vide.", most=max(most, len(said)))
    if len(found) > most:
        raise Fault("C’est trop long : {most} signes au plus.", most=most)
    return found


def _days(column: Column, as_of: date) -> tuple[date, date]:
    """The first and the last day that the column may hold, in an export whose last day is `as_of`."""
    first = DAYS[0] if column.least is None else date(column.least, 1, 1)
    return first, DAYS[1] if column.most is None else as_of + timedelta(days=column.most)


def _day(said: str, within: tuple[date, date] = DAYS) -> str:
    found, (first, last) = parse_day(said), within
    if not first <= found <= last:
        raise Fault("Cette date est hors du temps d’un distributeur : de {first} à {last}.",
                    first=str(first.year), last=str(last.year))  # fmt: skip
    return found.isoformat()


def _month(said: str) -> str:
    return _day(f"{said}-01" if MONTH.fullmatch(said) else said)[:8] + "01"


def _moment(said: str) -> str:
    found = MOMENT.fullmatch(said)
    if not found or int(found[2]) > 23 or int(found[3]) > 59:
        raise Fault("« {typed} » n’est pas un jour et une heure écrits comme 2026-01-12 14:00.", typed=said[:60])
    return f"{_day(found[1])} {found[2]:0>2}:{found[3]}"


def _flag(said: str) -> str:
    if (found := YES_NO.get(said.casefold())) is None:
        raise Fault("« {typed} » n’est ni oui ni non.", typed=said[:60])
    return found


def _number(column: Column, said: str) -> str:
    places = DECIMALS[column.type]
    bare = unspaced(said.strip())
    found = bare and NUMBER.fullmatch(bare.removesuffix("$"))
    if not found:
        raise Fault("« {typed} » n’est pas un nombre.", typed=said[:60])
    if len(found[3] or "") > places:
        raise Fault("« {typed} » a trop de décimales : {places} au plus.", typed=said[:60], places=places)
    size = int(f"{found[2]}{(found[3] or '').ljust(places, '0')}") * (-1 if found[1] else 1)
    least, most = column.least or 0, column.most or 0  # every number has both
    if not least <= size <= most:
        raise Fault("C’est hors de ce que la case peut contenir : de {least} à {most}.",
                    least=_shown(least, places), most=_shown(most, places))  # fmt: skip
    return str(size)


def _shown(size: int, places: int) -> str:
    """A bound as it would be typed: without decimals where it has none."""
    whole, part = divmod(abs(size), 10**places)
    rest = f",{part:0{places}}".rstrip("0") if part else ""
    return f"{'-' if size < 0 else ''}{whole}{rest}"
