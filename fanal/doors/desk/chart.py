"""The chart of the use: bars of kWh a day for thirteen months, drawn on the server, with the rows of its table."""

from typing import Any

from fanal.doors.bills.printing import temperatures
from fanal.doors.bills.words import mean, month_and_year
from fanal.doors.bills.words import month as month_of
from fanal.doors.desk.language import current
from fanal.reports.bill_history import Month
from fanal.values import wording
from fanal.values.money import half_up

# Where the ground stands in the drawing, and its edges.
GROUND, TOP, LEFT, RIGHT = 168, 22, 34, 380


def chart_of(months: tuple[Month, ...]) -> dict[str, Any] | None:
    """Bars of kWh a day and their table, drawn on the server; None when nothing is known."""
    values = [it for month in months for it in (month.tenths, month.year_ago_tenths) if it is not None]
    if not values or not max(values):
        return None
    step = _step(max(values))
    top, lang, known = -(-max(values) // step) * step, current(), temperatures()
    wide = (RIGHT - LEFT) / len(months)
    rows = [_bar(month, rank, wide, top, lang, known) for rank, month in enumerate(months)]
    for row in rows[::-1][::2]:
        row["label"] = row["month"]
    highest = max((row for row in rows if row["value"]), key=lambda row: row["tenths"])
    rows[-1]["said"] = highest["said"] = True
    ticks = [
        {"y": _height(it, top), "text_y": _height(it, top) + 4, "label": mean(it, lang)}
        for it in range(0, top + 1, step)
    ]
    return {
        "rows": rows,
        "ticks": ticks,
        "degrees": any(row["degrees"] for row in rows),
        "estimated": any(row["shape"] == "est" for row in rows),
        "before": any(row["then"] for row in rows),
        "billed": any(row["shape"] == "now" for row in rows),
        "first": rows[0]["title"],
        "last": rows[-1]["title"],
    }


def _bar(month: Month, rank: int, wide: float, top: int, lang: Any, known: Any) -> dict[str, Any]:
    x, degrees = LEFT + rank * wide, known.get((month.first_on.year, month.first_on.month))
    value, then = month.tenths, month.year_ago_tenths
    y = GROUND if value is None else _height(value, top)
    return {
        "month": month_of(month.first_on, lang),
        "title": month_and_year(month.first_on, lang),
        "first_on": month.first_on,
        "tenths": value or 0,
        "x": round(x + wide * 0.19, 1),
        "wide": round(wide * 0.62, 1),
        "y": y,
        "high": round(GROUND - y, 1),
        "middle": round(x + wide / 2, 1),
        "said_y": round(y - 5, 1),
        "left": round(x + wide * 0.08, 1),
        "right": round(x + wide * 0.92, 1),
        "then_y": None if then is None else _height(then, top),
        "shape": "est" if month.estimated else "now" if month.billed else "past",
        "value": "" if value is None else mean(value, lang),
        "then": "" if then is None else mean(then, lang),
        "share": wording.share(value - then, then, lang) if value is not None and then else "",
        "degrees": "" if degrees is None else wording.number(half_up(degrees, 10), lang) + "°",
    }


def _height(tenths: int, top: int) -> float:
    return round(GROUND - (GROUND - TOP) * tenths / top, 1)


def _step(highest: int) -> int:
    """A round step that makes three to five lines."""
    step = 10
    while highest > 5 * step:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step
