"""The charts of a rehearsal, drawn on the server: what each tenth pays more or less, and how many win in each class."""

from collections.abc import Sequence
from typing import Any

from fanal.doors.desk.language import current
from fanal.reports.rehearsal import Group
from fanal.values import wording
from fanal.values.money import half_up

TOP, BOTTOM, LEFT, RIGHT = 24, 184, 14, 466  # of the bars; their words stand around
BAR_LEFT, BAR_RIGHT, ROW = 8, 472, 46
WHOLE = 100  # dollars from which their cents are too much over a bar


def mean_change(group: Group) -> int:
    """What a customer of the group pays more over the window, in cents, on average."""
    return half_up(group.change_cents, group.customers) if group.customers else 0


def tenths_chart(groups: Sequence[Group]) -> dict[str, Any] | None:
    """A bar a tenth, up for more to pay and down for less, from the ground between; None when nobody's bill moves."""
    values = [mean_change(it) for it in groups]
    if not values or not any(values):
        return None
    most, least = max(*values, 0), min(*values, 0)
    ground = BOTTOM + half_up((BOTTOM - TOP) * least, most - least)
    wide = (RIGHT - LEFT) / len(groups)
    bars = []
    for rank, value in enumerate(values):
        high = half_up((BOTTOM - TOP) * abs(value), most - least)
        y = ground - high if value > 0 else ground
        said_y = y - 6 if value >= 0 else y + high + 14
        x = LEFT + rank * wide
        bars.append({"x": round(x + wide * 0.16, 1), "wide": round(wide * 0.68, 1), "y": y, "high": high,
                     "middle": round(x + wide / 2, 1), "said": _short(value), "said_y": said_y, "rank": rank + 1,
                     "more": value > 0})  # fmt: skip
    return {"bars": bars, "ground": ground, "left": LEFT, "right": RIGHT}


def _short(cents: int) -> str:
    """What fits over a bar: dollars and cents without their sign, whole dollars from a hundred."""
    sign = "+" if cents > 0 else wording.MINUS if cents < 0 else ""
    one = 10 ** wording.decimals()
    if abs(cents) >= WHOLE * one:
        return sign + wording.number(half_up(abs(cents), one), current())
    return sign + wording.coins(abs(cents), current())


def winners_chart(named: Sequence[tuple[str, Group]]) -> dict[str, Any]:
    """A bar a class, cut in those who pay less, the same and more; hatched, plain and dark, so that grey suffices."""
    rows = []
    for rank, (name, it) in enumerate(named):
        same = it.customers - it.winners - it.losers
        x, parts = BAR_LEFT, []
        for kind, count in (("less", it.winners), ("same", same), ("more", it.losers)):
            wide = round((BAR_RIGHT - BAR_LEFT) * count / it.customers, 1) if it.customers else 0
            if count:
                parts.append({"kind": kind, "x": round(x, 1), "wide": wide, "count": count})
            x += wide
        rows.append({"name": name, "text_y": rank * ROW + 14, "y": rank * ROW + 20, "parts": parts})
    return {"rows": rows, "high": len(rows) * ROW + 4, "left": BAR_LEFT}
