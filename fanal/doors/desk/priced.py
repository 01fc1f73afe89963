"""A bill under two books, line beside line, and « Pourquoi ? » of each amount: what the kernel answered, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from fanal.doors.desk.language import current
from fanal.law.tariffs import lines as words
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.stretches import months_of_days
from fanal.reports.rehearsal import Side
from fanal.reports.step import CONFIDENCE, LANGUAGES
from fanal.values import wording
from fanal.values.dates import from_days


@dataclass(frozen=True, slots=True)
class Amount:
    """One line of a bill under one book; `key` names it in an address: « book-bill-line »."""

    key: str
    charge: Charge
    from_on: date
    to_on: date
    days: int
    quantity: int
    cents: int

    @property
    def how(self) -> str:
        """« 2 480 kWh × 6,905 ¢ »."""
        return words.arithmetic(self.charge, self.days, self.quantity, self.cents, current()).rpartition(" = ")[0]


def amounts(side: Side, book: int, bill: int) -> list[Amount]:
    """The lines of one bill under the book of that place."""
    rated = side.rated
    return [
        Amount(
            f"{book}-{bill}-{at}", rated.charges[rated.charge[at]], from_days(int(rated.start[at])),
            from_days(int(rated.end[at])), int(rated.days[at]), int(rated.quantity[at]), int(rated.amount[at]),
        )
        for at in rated.lines_of(0)
    ]  # fmt: skip


def bill_of(sides: Sequence[Side], bill: int) -> dict[str, Any]:
    """One period under each book: the amounts of each kind of line, their sum before taxes, and the refusals."""
    told = [amounts(side, book, bill) for book, side in enumerate(sides)]
    codes = dict.fromkeys(it.charge.code for side in told for it in side)
    rows = [_row(code, [[it for it in side if it.charge.code == code] for side in told]) for code in codes]
    first = sides[0]
    return {
        "from_on": first.from_on,
        "to_on": first.to_on,
        "days": (first.to_on - first.from_on).days,
        "kwh": first.kwh,
        "rows": rows,
        "net": [int(side.rated.net[0]) for side in sides],
        "refused": [_refusal(side) for side in sides],
        "change": int(sides[-1].rated.net[0] - first.rated.net[0]),
        "signed": wording.change(int(sides[-1].rated.net[0] - first.rated.net[0]), current()),
    }


def _row(code: str, sides: list[list[Amount]]) -> dict[str, Any]:
    charge = next(it.charge for side in sides for it in side)
    sums = [sum(it.cents for it in side) for side in sides]
    return {"title": charge.title(current()), "sides": sides, "signed": wording.change(sums[-1] - sums[0], current())}


def _refusal(side: Side) -> str:
    refusals = side.rated.refusals
    return "" if not refusals else refusals[0].en if current() == "en" else refusals[0].fr


def reason(sides: Sequence[Sequence[Side]], about: str) -> dict[str, Any] | None:
    """« Pourquoi ? » of the amount of that key; `sides` are the bills of each book. None when there is no such line."""
    parts = about.split("-")
    if len(parts) != 3 or not all(it.isascii() and it.isdecimal() and len(it) < 6 for it in parts):
        return None
    book, bill, _line = map(int, parts)
    if book >= len(sides) or bill >= len(sides[book]):
        return None
    found = next((it for it in amounts(sides[book][bill], book, bill) if it.key == about), None)
    return _told(found, sides[book][bill]) if found else None


def _told(it: Amount, side: Side) -> dict[str, Any]:
    lang = current()
    days = _("Du {from_on} au {to_on} exclu, {days}").format(
        from_on=wording.day(it.from_on, lang), to_on=wording.day(it.to_on, lang), days=wording.days(it.days, lang)
    )
    steps = [{"title": days, "operation": "", "result": ""}]
    months = months_of_days(side.from_on, side.to_on, it.days)
    if limit := words.threshold(it.charge, it.days, side.times(it.charge), lang, months):
        operation, _equals, result = limit.rpartition(" = ")
        steps.append({"title": _("La tranche"), "operation": operation, "result": result})
    sure = CONFIDENCE[it.charge.confidence][LANGUAGES.index(lang)]
    source = " · ".join(part for part in (it.charge.article, it.charge.source, sure) if part)
    steps.append({
        "title": it.charge.title(lang), "operation": it.how, "result": wording.money(it.cents, lang), "source": source,
    })  # fmt: skip
    return {
        "title": it.charge.title(lang),
        "answer": _("{amount} : {how}, selon le livre {book}.").format(
            amount=wording.money(it.cents, lang), how=it.how, book=side.rated.book.code
        ),
        "steps": steps,
    }
