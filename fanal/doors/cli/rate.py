"""`fanal rate < requests.jsonl > bills.jsonl`: rate what one asks, one JSON object a line, in bounded memory."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np

from fanal.doors import json_lines
from fanal.doors.json_lines import Doubled, NotJson
from fanal.doors.office import open_office
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.demand import past_peaks
from fanal.law.tariffs.inputs import ONE, Quantities
from fanal.law.tariffs.intervals import QUARTERS, peaks_of, registers_of, slots_of
from fanal.law.tariffs.rate import Rated, rate
from fanal.law.tariffs.shelf import BookError, UnknownBook, load
from fanal.values.dates import from_days, to_days
from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, DoesNotFit, scaled, unscaled

MILLI = ("kwh", "kw", "kva", "kvarh", "bank_kwh")
COUNTS = ("multiplier", "phases", "units", "households")
STRUCTURED = ("history_kw", "registers", "bank_ends", "exempt", "intervals", "temperature")
FIELDS = frozenset({"id", "book", "from", "to", *MILLI, *COUNTS, *STRUCTURED})
INTEGER_MAX = 10**18
Find = Callable[[str], Book]
IN_FORCE = "prendre les livres en vigueur au bureau : celui qui y est activé remplace celui du logiciel"
UNITS = {"day": "jour", "month": "mois", "bill": "facture"}


class Refused(ValueError):
    """One request that cannot be understood: code, field, sentence."""

    def __init__(self, code: str, name: str | None, message: str) -> None:
        super().__init__(message)
        self.code, self.field = code, name


@dataclass(slots=True)
class Request:
    """One line of input, read exactly: days since 1970, quantities in 1/1000, counts as they are."""

    id: Any
    book: Book
    start: int
    end: int
    figures: dict[str, int]
    registers: dict[str, int] = field(default_factory=dict)
    history: list[tuple[int, int, int]] = field(default_factory=list)


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "rate", help="calculer des factures : une demande JSON par ligne, une réponse par ligne"
    )
    parser.add_argument("--in-force", action="store_true", help=IN_FORCE)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer standard input on standard output; 2 when it is not JSON lines."""
    return json_lines.serve(partial(replies, find=finder(in_force=options.in_force)))


def finder(*, in_force: bool) -> Find:
    """What gives a book by its code: the files shipped, or the office, where an activated book takes their place."""
    if not in_force:
        return load
    open_office()
    from fanal.records.billing import shelf

    return cache(shelf.in_force)


def replies(contents: Iterable[Any], find: Find = load) -> list[dict[str, Any]]:
    """Answer a batch of requests, grouped by book for the kernel, given back in their order."""
    answers: list[dict[str, Any]] = []
    groups: dict[str, list[tuple[int, Request]]] = {}
    for content in contents:
        try:
            request = understood(content, find)
            groups.setdefault(request.book.code, []).append((len(answers), request))
            answers.append({})
        except Refused as refused:
            answers.append({"id": _identifier(content), "error": _error(refused.code, str(refused), refused.field)})
    for group in groups.values():
        rated = _rated([request for _, request in group])
        bills = _Bills(rated)
        refusals = {refusal.index: refusal for refusal in rated.refusals}
        for place, (at, request) in enumerate(group):
            if refusal := refusals.get(place):
                error = _error(refusal.code, refusal.fr, _FIELD_NAMES.get(refusal.field, refusal.field))
                answers[at] = {"id": request.id, "error": error}
            else:
                answers[at] = {"id": request.id, **bills.bill(place)}
    return answers


def understood(content: Any, find: Find = load) -> Request:
    """Read one request exactly; raises Refused naming the field."""
    if not isinstance(content, dict):
        raise Refused("not_an_object", None, "La ligne n’est pas un objet JSON.")
    if isinstance(content, Doubled):
        raise Refused("repeated_field", content.name, f"Le champ « {content.name} » est répété.")
    for name in content:
        if name not in FIELDS:
            raise Refused("unknown_field", name, f"Le champ « {name} » est inconnu.")
    if _identifier(content) is None and content.get("id") is not None:
        raise Refused("bad_value", "id", "« id » doit être un texte ou un nombre entier.")
    start, end = (_day(content, name) for name in ("from", "to"))
    figures = {name: _figure(content[name], name, QUANTITY_SCALE) for name in MILLI if content.get(name) is not None}
    figures |= {name: _figure(content[name], name, 1) for name in COUNTS if content.get(name) is not None}
    book = _book(content, find)
    figures |= {"bank_ends": _yes(content), "exempt": _exempt(content.get("exempt"), book)}
    registers = _registers(content.get("registers"), book)
    if content.get("intervals") is not None:
        registers |= _from_intervals(content, book, (start, end), figures)
    elif content.get("temperature") is not None:
        raise Refused(
            "missing", "intervals", "« temperature » dit celle de chaque intervalle : il manque « intervals »."
        )
    for name in book.needs:
        if name not in figures:
            raise Refused("missing", name, f"Le livre {book.code} demande « {name} ».")
    for name in book.registers:
        if name not in registers:
            raise Refused("missing", f"registers.{name}", f"Le livre {book.code} demande le registre « {name} ».")
    history = _history(content.get("history_kw"), start)
    return Request(content.get("id"), book, start, end, figures, registers, history)


def _yes(content: dict[str, Any]) -> int:
    """Read whether the bank of kWh ends with the period."""
    value = content.get("bank_ends", False)
    if not isinstance(value, bool):
        raise Refused("bad_value", "bank_ends", "« bank_ends » vaut true ou false.")
    return int(value)


def _exempt(value: Any, book: Book) -> int:
    """Read which taxes the customer does not pay: their codes, or their abbreviations."""
    bits = 0
    for name in value if isinstance(value, list) else [] if value is None else [value]:
        found = [n for n, tax in enumerate(book.taxes) if name in (tax.code, tax.abbreviation.fr)]
        if not found:
            raise Refused("bad_value", "exempt", f"« exempt » : « {name} » n’est pas une taxe du livre {book.code}.")
        bits |= 1 << found[0]
    return bits


def _registers(value: Any, book: Book) -> dict[str, int]:
    """Read what each register shows, by name."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused("bad_value", "registers", "« registers » est un objet : {registre: quantité}.")
    for name in value:
        if name not in book.registers:
            raise Refused("unknown_field", f"registers.{name}", f"Le livre {book.code} n’a pas de registre « {name} ».")
    return {name: _figure(it, f"registers.{name}", QUANTITY_SCALE) for name, it in value.items()}


def _from_intervals(
    content: dict[str, Any], book: Book, period: tuple[int, int], figures: dict[str, int]
) -> dict[str, int]:
    """Fill the registers and the kWh from the quarter-hours of the period, by the hours that the book gives."""
    values = _column(content["intervals"], "intervals")
    if len(values) != (period[1] - period[0]) * QUARTERS or period[1] <= period[0]:
        message = f"« intervals » : {QUARTERS} quarts d’heure par jour de la période, dans l’ordre, en kWh."
        raise Refused("bad_value", "intervals", message)
    if any(register.event for register in book.registers.values()):
        message = f"Le livre {book.code} a des événements : donner le registre, et non les intervalles."
        raise Refused("bad_value", "intervals", message)
    celsius = None
    if content.get("temperature") is not None:
        celsius = _column(content["temperature"], "temperature")
        if len(celsius) != len(values):
            raise Refused("bad_value", "temperature", "« temperature » : une par intervalle, en degrés Celsius.")
    elif any(register.below is not None for register in book.registers.values()):
        raise Refused("missing", "temperature", f"Le livre {book.code} demande « temperature » avec « intervals ».")
    slots = slots_of(book, *period, celsius=celsius)
    sums = registers_of(book, slots, values.reshape(1, -1)) | peaks_of(book, period[0], values.reshape(1, -1))
    figures.setdefault("kwh", int(values.sum()))
    return {name: int(column[0]) for name, column in sums.items()}


def _column(value: Any, name: str) -> np.ndarray:
    if not isinstance(value, list):
        raise Refused("bad_value", name, f"« {name} » est une liste de nombres.")
    return np.array([_figure(it, name, QUANTITY_SCALE) for it in value], np.int64)


def _book(content: dict[str, Any], find: Find) -> Book:
    code = content.get("book")
    if not isinstance(code, str):
        raise Refused("missing", "book", "Il manque le livre de tarifs (« book »).")
    try:
        return find(code)
    except UnknownBook as error:
        raise Refused("unknown_book", "book", str(error)) from None
    except BookError as error:
        raise Refused("bad_book", "book", str(error)) from None


def _day(content: dict[str, Any], name: str) -> int:
    text = content.get(name)
    if text is None:
        raise Refused("missing", name, f"Il manque la date « {name} ».")
    try:
        if not isinstance(text, str) or len(text) != 10:
            raise ValueError
        return to_days(date.fromisoformat(text))
    except ValueError:
        raise Refused("bad_date", name, f"« {name} » doit être une date AAAA-MM-JJ.") from None


def _figure(value: Any, name: str, scale: int) -> int:
    """Read a quantity or a count without rounding it."""
    if isinstance(value, NotJson):
        raise Refused("bad_value", name, f"« {name} » vaut {value.text} : ce n’est pas un nombre.")
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise Refused("bad_value", name, f"« {name} » doit être un nombre.")
    if isinstance(value, str) and (not value.isascii() or value != value.strip() or "_" in value):
        raise Refused("bad_value", name, f"« {name} » doit être un nombre.")
    try:
        figure = scaled(Decimal(value), scale)
    except DoesNotFit as error:
        raise Refused("bad_value", name, f"« {name} » {error}.") from None
    except InvalidOperation:
        raise Refused("bad_value", name, f"« {name} » doit être un nombre.") from None
    if abs(figure) > INTEGER_MAX:
        raise Refused("too_large", name, f"« {name} » est trop grand.")
    return figure


def _history(value: Any, start: int) -> list[tuple[int, int, int]]:
    """Read the past demands: periods that end before the one being billed."""
    if value is None:
        return []
    history = []
    for entry in value if isinstance(value, list) else [None]:
        if not isinstance(entry, dict) or set(entry) != {"from", "to", "kw"}:
            raise Refused("bad_value", "history_kw", "« history_kw » est une liste de {from, to, kw}.")
        try:
            begin, finish, kw = _day(entry, "from"), _day(entry, "to"), _figure(entry["kw"], "kw", QUANTITY_SCALE)
        except Refused as error:
            raise Refused(error.code, "history_kw", f"history_kw : {error}") from None
        if kw < 0 or begin >= finish or finish > start:
            message = "« history_kw » : des périodes passées, finies au début de celle-ci, de puissance positive."
            raise Refused("bad_value", "history_kw", message)
        history.append((begin, finish, kw))
    return history


def _rated(requests: list[Request]) -> Rated:
    """Rate the requests of one book as columns."""
    book = requests[0].book
    columns = {}
    for name in (*MILLI, *COUNTS, "bank_ends", "exempt"):
        columns[name] = np.array([r.figures.get(name, int(name in ONE)) for r in requests], np.int64)
    registers = {name: np.array([r.registers[name] for r in requests], np.int64) for name in book.registers}
    history = [(at, *entry) for at, request in enumerate(requests) for entry in request.history]
    row, begin, finish, kw = np.array(history, np.int64).reshape(-1, 4).T
    start, end = (np.array([getattr(r, side) for r in requests], np.int32) for side in ("start", "end"))
    columns["past_kw"] = past_peaks(book, end, row, begin, finish, kw, np.zeros(len(row), np.int64))
    return rate(book, start, end, Quantities(**columns, registers=registers))


class _Bills:
    """The bills of one call as JSON: amounts as decimal texts, dates as ISO, the `to` days excluded."""

    def __init__(self, rated: Rated) -> None:
        self.book, self.charges = rated.book, [_printed(charge, rated.book.currency) for charge in rated.charges]
        self.cent = len(str(PRICE_SCALE // scaled(rated.book.cent, PRICE_SCALE))) - 1
        names = ("charge", "start", "end", "days", "quantity", "amount")
        self.lines = list(zip(*(getattr(rated, name).tolist() for name in names), strict=True))
        self.first = rated.bill.searchsorted(np.arange(len(rated.net) + 1)).tolist()
        self.net, self.total = rated.net.tolist(), rated.total.tolist()
        self.billing_kw, self.bank_kwh = rated.billing_kw.tolist(), rated.bank_kwh.tolist()
        self.taxes = list(zip(rated.tax_rate.tolist(), rated.tax.tolist(), strict=True))

    def bill(self, place: int) -> dict[str, Any]:
        """Write one bill."""
        taxes = [
            {"code": tax.abbreviation.fr, "rate": _text(rate_micro, PRICE_SCALE), "amount": _coins(cents, self.cent)}
            for tax, rate_micro, cents in zip(self.book.taxes, *self.taxes[place], strict=True)
        ]
        bill = {
            "lines": [self._line(*line) for line in self.lines[self.first[place] : self.first[place + 1]]],
            "net": _coins(self.net[place], self.cent),
            "taxes": taxes,
            "total": _coins(self.total[place], self.cent),
        }
        if "kw" in self.book.accepts:
            bill["billing_kw"] = _text(self.billing_kw[place], QUANTITY_SCALE)
        if self.book.net_metering:
            bill["bank_kwh"] = _text(self.bank_kwh[place], QUANTITY_SCALE)
        return bill

    def _line(self, charge: int, start: int, end: int, days: int, quantity: int, amount: int) -> dict[str, Any]:
        code, price, grounds = self.charges[charge]
        period = {"from": _iso(start), "to": _iso(end), "days": days, "quantity": _text(quantity, QUANTITY_SCALE)}
        return {**code, **period, **price, "amount": _coins(amount, self.cent), **grounds}


def _printed(charge: Charge, currency: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Write what every line of a charge repeats: its names, its price, its grounds."""
    code = {"code": charge.code, "title": charge.title_fr}
    unit = {"money": currency, "kW": "kW·mois" if charge.per else "kW"}.get(charge.unit, charge.unit)
    price: dict[str, Any] = {"unit": UNITS.get(unit, unit), "price": _text(charge.price_micro, PRICE_SCALE)}
    if charge.per_days > 1:
        price |= {"per_days": charge.per_days}
    version = charge.version_from.isoformat()
    grounds = {"article": charge.article, "book": charge.book, "version": version, "source": charge.source}
    return code, price, grounds | {"confidence": charge.confidence}


@lru_cache(maxsize=10_000)
def _iso(day: int) -> str:
    return from_days(day).isoformat()


@lru_cache(maxsize=10_000)
def _text(value: int, scale: int) -> str:
    return str(unscaled(value, scale))


def _coins(cents: int, places: int) -> str:
    digits = str(abs(cents)).rjust(places + 1, "0")
    sign = "-" if cents < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def _error(code: str, message: str, name: str | None) -> dict[str, Any]:
    return {"code": code, "message": message, "field": name}


_FIELD_NAMES = {"start": "from", "end": "to", "past_kw": "history_kw"}


def _identifier(content: Any) -> Any:
    """Return the id to answer with: a text or an integer, else null."""
    value = content.get("id") if isinstance(content, dict) else None
    return value if isinstance(value, (str, int)) and not isinstance(value, bool) else None
