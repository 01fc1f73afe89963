"""A cell of an old system's file as a plain value: ISO days, integers of cents or of thousandths, our codes; no float.

Each form is a function of the stripped, non-empty text; its Fault says why it is unreadable.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from fanal.values.refusal import Fault, Phrase
from fanal.values.writing import unspaced

Parse = Callable[[str], str]

DAY_WORDS = {"AAAA": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{1,2})", "JJ": r"(?P<day>\d{1,2})"}
MONTH = re.compile(r"(\d{4})-?(0[1-9]|1[0-2])", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2})(?::00)?", re.ASCII)
MINUS = str.maketrans("\u2212", "-")  # that of typographers
SHOWN = 40
UNKNOWN_THERE = Phrase("« {cell} » veut dire « inconnu » dans l’ancien système.")


class UnknownDay(Fault):
    """A day that the old system wrote for « unknown »."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How an export writes its days and its decimals."""

    days: tuple[str, ...] = ("AAAA-MM-JJ", "AAAAMMJJ")
    unknown_days: frozenset[str] = frozenset({"1900-01-01"})
    decimal: str = ","


def text(known: Mapping[str, str], cell: str) -> str:
    """The words as they are, each space between them one; or what those codes make of them, their case not counting."""
    words = " ".join(cell.split())
    return known.get(words.upper(), words)


def day(written: tuple[re.Pattern[str], ...], unknown: frozenset[str], cell: str) -> str:
    """A day in one of those forms, as AAAA-MM-JJ."""
    for form in written:
        if found := form.fullmatch(cell):
            iso = f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"
            if iso in unknown:
                raise UnknownDay(UNKNOWN_THERE, cell=shown(cell))
            try:
                return date.fromisoformat(iso).isoformat()
            except ValueError:
                raise Fault("« {cell} » n’est pas un jour du calendrier.", cell=shown(cell)) from None
    raise Fault("« {cell} » n’est pas une date.", cell=shown(cell))


def month(cell: str) -> str:
    """A month AAAA-MM or AAAAMM, as its first day."""
    if not (found := MONTH.fullmatch(cell)):
        raise Fault("« {cell} » n’est pas un mois AAAA-MM.", cell=shown(cell))
    return f"{found[1]}-{found[2]}-01"


def moment(cell: str) -> str:
    """A day and an hour, as AAAA-MM-JJ HH:MM."""
    found = MOMENT.fullmatch(cell)
    if not found or int(found[2]) > 23 or int(found[3]) > 59:
        raise Fault("« {cell} » n’est pas une date suivie d’une heure.", cell=shown(cell))
    return f"{found[1]} {found[2]}:{found[3]}"


def scaled(places: int, decimal: str, cell: str) -> str:
    """A number with at most `places` decimals, as an integer of its smallest unit."""
    if (bare := unspaced(cell)) is None:
        raise Fault("« {cell} » a une espace qui ne sépare pas des groupes de trois chiffres.", cell=shown(cell))
    bare = bare.translate(MINUS).removesuffix("$")
    if bare[-1:] == "-" or (bare[:1] == "(" and bare[-1:] == ")"):  # « 12,50- » and « (12,50) » of accountants
        bare = f"-{bare.removesuffix('-')}" if bare[-1] == "-" else f"-{bare[1:-1].removesuffix('$')}"
    sign = "-" if bare.startswith("-") else ""
    whole, mark, part = bare.removeprefix("-" if sign else "+").partition(decimal)
    digits = whole + part
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18 or (mark and not part) or not whole:
        raise Fault("« {cell} » n’est pas un nombre écrit avec « {decimal} » pour les décimales.",
                    cell=shown(cell), decimal=decimal)  # fmt: skip
    if part[places:].strip("0"):
        if not places:
            raise Fault("« {cell} » a des décimales : un nombre entier est attendu.", cell=shown(cell))
        raise Fault("« {cell} » a trop de décimales : {places} au plus.", cell=shown(cell), places=places)
    value = int(whole + part[:places].ljust(places, "0"))
    return f"{sign}{value}" if value else "0"


def code(known: Mapping[str, str], cell: str) -> str:
    """One of those codes, its case not counting, as ours."""
    if (ours := known.get(cell.upper())) is None:
        raise Fault("« {cell} » n’est pas l’un de : {known}.", cell=shown(cell), known=", ".join(known))
    return ours


def parser(kind: str, writing: Writing, codes: Mapping[str, str]) -> Parse:
    """The function that reads cells of that kind. Raises KeyError for a kind unknown here."""
    forms: dict[str, Parse] = {
        "text": partial(text, {key.upper(): value for key, value in codes.items()}),
        "day": partial(day, tuple(day_form(it) for it in writing.days), writing.unknown_days),
        "month": month,
        "moment": moment,
        "whole": partial(scaled, 0, writing.decimal),
        "cents": partial(scaled, 2, writing.decimal),
        "thousandths": partial(scaled, 3, writing.decimal),
        "millionths": partial(scaled, 6, writing.decimal),
        "code": partial(code, {key.upper(): value for key, value in codes.items()}),
        "flag": partial(code, {key.upper(): value for key, value in codes.items()}),
    }
    return forms[kind]


def bounded(parse: Parse, kind: str, least: int | None, most: int | None) -> Parse:
    """That parser, which refuses too long a text, a number out of its bounds, a day before its first year.

    How late a day may be, the last day of the export says: whoever knows it looks.
    """
    if least is None and most is None:
        return parse

    def late_enough(cell: str) -> str:
        value = parse(cell)
        if least is not None and int(value[:4]) < least:
            raise Fault("« {cell} » est avant l’année {least}.", cell=shown(cell), least=str(least))
        return value

    if kind == "day":
        return late_enough

    def within(cell: str) -> str:
        value = parse(cell)
        size = len(value) if kind == "text" else int(value)
        if most is not None and size > most:
            if kind == "text":
                raise Fault("« {cell} » est trop long : {most} signes au plus.", cell=shown(cell), most=most)
            raise Fault("« {cell} » est trop grand.", cell=shown(cell))
        if least is not None and size < least:
            raise Fault("« {cell} » est trop petit.", cell=shown(cell))
        return value

    return within


def day_form(words: str) -> re.Pattern[str]:
    """The pattern of a form like AAAA-MM-JJ; Fault when a part of the day is missing or there twice."""
    pattern = re.escape(words)
    for word, part in DAY_WORDS.items():
        if pattern.count(word) != 1:
            raise Fault("« {words} » n’est pas une forme de date : AAAA, MM et JJ y sont chacun une fois.",
                        words=shown(words))  # fmt: skip
        glued = words.isalpha()
        pattern = pattern.replace(word, part.replace("{1,2}", "{2}") if glued else part)
    return re.compile(pattern, re.ASCII)


def shown(cell: str) -> str:
    """A cell as a sentence may show it."""
    cut = cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…"
    return "".join(it if it.isprintable() else "·" for it in cut)
