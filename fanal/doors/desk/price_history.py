"""What the page of a book tells of time: each figure since the first version, and what two versions do not share."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from fanal.doors.desk.language import current
from fanal.doors.desk.price_chart import NARROW, WIDE, Step, steps_chart
from fanal.law.tariffs import prices
from fanal.law.tariffs.book import Book, Version
from fanal.law.tariffs.changes import Change, between, reach, sides, subject
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.taxes import Tax
from fanal.reports.step import CONFIDENCE, LANGUAGES
from fanal.values import wording
from fanal.values.money import PRICE_SCALE, scaled

DOUBTFUL = {"derived", "background"}  # to be checked against the text


def of_charge(book: Book, code: str, on: date) -> dict[str, Any] | None:
    """The history of one price of a book; None when it has none of that code."""
    found = [it for it in book.charges if it.code == code and it.kind != "rounding"]
    if not found:
        return None
    last, lang = found[-1], current()
    rows = [
        _row(
            (it.version_from, it.version_to), it.price_micro, prices.amount(it, book, lang), it.confidence,
            reach(it, book, lang),
        )
        for it in found
    ]  # fmt: skip
    return {"code": code, "title": last.title(lang), "each": prices.each(last, lang)} | _told(rows, on)


def of_tax(tax: Tax, on: date) -> dict[str, Any]:
    """The history of the rate of a tax."""
    rows = []
    for it in tax.rates:
        micro = scaled(it.rate, PRICE_SCALE)
        rows.append(_row((it.from_on, it.to_on), micro, wording.percentage(micro, current()), it.confidence, ""))
    title = tax.title.en if current() == "en" else tax.title.fr
    return {"code": tax.code, "title": title, "each": ""} | _told(rows, on)


def _row(days: tuple[date, date | None], micro: int, said: str, confidence: str, reach: str) -> dict[str, Any]:
    from_on, to_on = days
    return {
        "step": Step(from_on, to_on, micro, said, confidence in DOUBTFUL),
        "from_on": from_on,
        "last_on": to_on - timedelta(days=1) if to_on else None,
        "amount": said,
        "reach": reach,
        "micro": micro,
        "sure": CONFIDENCE[confidence][LANGUAGES.index(current())],
    }


def _told(rows: list[dict[str, Any]], on: date) -> dict[str, Any]:
    """The chart of the rows, and each row with how much it is above the one before it."""
    for before, after in pairwise(rows):
        after["share"] = wording.share(after["micro"] - before["micro"], before["micro"], current())
    steps = [it["step"] for it in rows]
    charts = [steps_chart(steps, on, right) for right in (WIDE, NARROW)]
    return {"rows": rows[::-1], "chart": charts[0], "narrow": charts[1]}


def compared(book: Book, version: Version, asked: str) -> dict[str, Any]:
    """What a version changed from another, the one before unless another is asked; nothing for the only one."""
    others = [it for it in book.versions if it is not version]
    earlier = [it for it in others if it.from_on < version.from_on]
    chosen = next((it for it in others if it.from_on.isoformat() == asked), (earlier or others or [None])[-1])
    if chosen is None:
        return {}
    found = between(book, chosen.from_on, version.from_on)
    return {
        "with": chosen.from_on,
        "others": [it.from_on for it in reversed(others)],
        "changes": [change_row(it, book, book) for it in found],
    }


def change_row(it: Change, before: Book, after: Book) -> dict[str, Any]:
    """A change as a row: what, when, before, after, by how much a price moves; its reach once where it is the same."""
    said, old, new = sides(it, before, after, current())
    row = {"subject": subject(it, current()), "from_on": it.from_on, "to_on": it.to_on}
    share = ""
    if isinstance(it.before, Charge) and isinstance(it.after, Charge) and it.before.price_micro:
        share = wording.share(it.after.price_micro - it.before.price_micro, it.before.price_micro, current())
    return row | {"reach": said, "before": old, "after": new, "share": share}
