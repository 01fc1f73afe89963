"""The history of a price as steps, drawn on the server: as wide as it lasted, as high as it was, with its words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fanal.values.money import half_up

GROUND, TOP, LEFT = 150, 26, 8
RISE = 6  # of a word over its step
WIDE, NARROW = 472, 292  # where it ends at the right, on a desk and on a telephone
LETTER, APART, YEAR = 6, 8, 58  # the width of a letter, the least space between two words, that of a year
STILL = 365  # days that the price in force is drawn beyond its first one, at least


@dataclass(frozen=True, slots=True)
class Step:
    """A price over the days [from_on, to_on), and how it is said over its step."""

    from_on: date
    to_on: date | None
    value: int
    said: str
    doubtful: bool


def steps_chart(steps: Sequence[Step], on: date, right: int = WIDE) -> dict[str, Any] | None:
    """One bar a step, the one in force that day apart, doubtful ones hatched; None when every price is nothing."""
    if not any(it.value for it in steps):
        return None
    low = steps[0].from_on
    high = max([on, *(it.to_on or it.from_on + timedelta(days=STILL) for it in steps)])
    most, least = max(0, *(it.value for it in steps)), min(0, *(it.value for it in steps))
    ground = GROUND + half_up((GROUND - TOP) * least, most - least)

    def across(day: date) -> float:
        return round(LEFT + (right - LEFT) * (day - low).days / (high - low).days, 1)

    bars = []
    for it in steps:
        x, end = across(it.from_on), across(it.to_on or high)
        tall = half_up((GROUND - TOP) * abs(it.value), most - least)
        y = ground - tall if it.value > 0 else ground
        now = it.from_on <= on and (it.to_on is None or on < it.to_on)
        bars.append({
            "kind": "now" if now else "est" if it.doubtful else "past",
            "x": x, "wide": max(round(end - x - 1, 1), 1), "y": y, "high": max(tall, 1),
            "middle": round((x + end) / 2, 1), "said": it.said, "said_y": y - RISE if it.value >= 0 else y + tall + 14,
        })  # fmt: skip
    _leave_out(bars, right)
    years = _years(low, high, across, (right - LEFT) // YEAR)
    return {"bars": bars, "years": years, "ground": ground, "left": LEFT, "right": right, "wide": right + LEFT,
            "doubtful": any(it.doubtful for it in steps)}  # fmt: skip


def _leave_out(bars: list[dict[str, Any]], right: int) -> None:
    """Keep the words that touch neither one another nor a higher step: the price in force first, then both ends."""
    taken: list[tuple[float, float]] = []
    ends = (bars[0], bars[-1])
    for bar in sorted(bars, key=lambda it: (it["kind"] != "now", it not in ends)):
        half = len(bar["said"]) * LETTER / 2
        bar["middle"] = min(max(bar["middle"], LEFT + half), right - half)
        begin, end = bar["middle"] - half, bar["middle"] + half
        under = [it["y"] for it in bars if it["x"] < end and begin < it["x"] + it["wide"]]
        if bar["kind"] == "now" and bar["said_y"] < bar["y"]:
            bar["said_y"] = min(under) - RISE
        hidden = bar["said_y"] < bar["y"] and min(under) < bar["said_y"]
        if hidden or any(begin < other_end + APART and other_begin < end + APART for other_begin, other_end in taken):
            bar["said"] = ""
        else:
            taken.append((begin, end))


def _years(low: date, high: date, across: Callable[[date], float], most: int) -> list[dict[str, Any]]:
    """The first of January of some years, at most so many."""
    years = [year for year in range(low.year + 1, high.year + 1) if date(year, 1, 1) <= high]
    every = max(-(-len(years) // most), 1)
    return [{"x": across(date(year, 1, 1)), "year": year} for year in years if year % every == 0]
