"""The plan of a neighbourhood: what stands around a delivery point, drawn on the server from the network's own map."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import atan2, degrees, hypot
from typing import Any

from fanal.records.network.facts import Drawing, KnownConnection

Stretch = tuple[tuple[float, float], tuple[float, float]]

SIDE = 400  # of the drawing
MARGIN_MM = 15_000  # around the farthest of the point and its transformer
LEAST_MM, MOST_MM = 45_000, 200_000
BARS_M = (100, 50, 20, 10)
LINES = ("medium", "low", "open", "drop")  # drawn in this order, under what stands
LABEL_ROOM = 64  # within which a second label would be written over the first
EDGE = 16


def reach_of(place: KnownConnection) -> int:
    """How far to look around a point: to its transformer, but no farther than can be read."""
    x, y = place.fed_from or (place.x_mm, place.y_mm)
    far = max(abs(x - place.x_mm), abs(y - place.y_mm)) + MARGIN_MM
    return min(max(far, LEAST_MM), MOST_MM)


def plan_of(place: KnownConnection, found: Sequence[Drawing]) -> dict[str, Any]:
    """The lines, signs and words of the drawing, north up, the point in the middle."""
    reach = reach_of(place)
    scale = SIDE / (2 * reach)

    def at(path: Sequence[int]) -> list[tuple[float, float]]:
        pairs = zip(path[::2], path[1::2], strict=True)
        return [
            (_tenth(SIDE / 2 + (x - place.x_mm) * scale), _tenth(SIDE / 2 - (y - place.y_mm) * scale)) for x, y in pairs
        ]

    drawn = [(it, at(it.path)) for it in found]
    lines = [(it.kind, places) for kind in LINES for it, places in drawn if it.kind == kind]
    streets = [(it.said, places) for it, places in drawn if it.kind == "street"]
    signed = [*_signs(drawn, "transformer"), *_signs(drawn, "substation")]
    bar = next((it for it in BARS_M if it * 1000 * scale <= SIDE / 3), BARS_M[-1])
    return {
        "side": SIDE,
        "streets": [_path(places) for _said, places in streets],
        "names": list(_names(streets, [(it["x"] + LABEL_ROOM / 2, it["y"]) for it in signed])),
        "lines": [{"kind": kind, "path": _path(places)} for kind, places in lines],
        "poles": _signs(drawn, "support"),
        "substations": _signs(drawn, "substation"),
        "transformers": _signs(drawn, "transformer"),
        "points": [it for it in _signs(drawn, "point") if it["number"] != place.number],
        "kinds": {it.kind for it in found},
        "bar": {"metres": bar, "wide": _tenth(bar * 1000 * scale), "around": _tenth(bar * 1000 * scale + 12)},
    }


def _signs(drawn: Iterable[tuple[Drawing, list[tuple[float, float]]]], kind: str) -> list[dict[str, Any]]:
    """What stands, once a place, inside the drawing."""
    placed = {
        (x, y): {"number": it.number, "said": it.said, "x": x, "y": y}
        for it, [(x, y)] in ((it, places) for it, places in drawn if it.kind == kind)
        if 0 <= x <= SIDE and 0 <= y <= SIDE
    }
    return list(placed.values())


def _names(
    streets: Sequence[tuple[str, list[tuple[float, float]]]], taken: list[tuple[float, float]]
) -> Iterable[dict[str, Any]]:
    """The name of each street along its longest stretch that is seen, none over another or over a sign."""
    for said, places in streets:
        seen = [it for it in map(_inside, pairwise(places)) if it]
        for stretch in sorted(seen, key=_length, reverse=True):
            if found := next((it for it in _along(stretch) if _is_free(it, taken)), None):
                taken.append(found)
                (x, y), (right, down) = stretch
                turn = degrees(atan2(down - y, right - x))
                yield {"said": said, "x": found[0], "y": found[1], "turn": _tenth((turn + 90) % 180 - 90)}
                break


def _along(stretch: Stretch) -> Iterable[tuple[float, float]]:
    """Where a name may be written along a stretch, the middle first."""
    (x, y), (right, down) = stretch
    for share in (0.5, 0.25, 0.75):
        yield _tenth(x + share * (right - x)), _tenth(y + share * (down - y))


def _is_free(place: tuple[float, float], taken: Iterable[tuple[float, float]]) -> bool:
    return all(hypot(place[0] - x, place[1] - y) > LABEL_ROOM for x, y in taken)


def _inside(
    stretch: Stretch,
) -> Stretch | None:
    """The part of a stretch that is in the drawing, its edge left out (Liang and Barsky); None when none is."""
    (x, y), (right, down) = stretch
    start, end = 0.0, 1.0
    for step, room in (
        (x - right, x - EDGE),
        (right - x, SIDE - EDGE - x),
        (y - down, y - EDGE),
        (down - y, SIDE - EDGE - y),
    ):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            start = max(start, room / step)
        else:
            end = min(end, room / step)
    if start >= end:
        return None
    return (x + start * (right - x), y + start * (down - y)), (x + end * (right - x), y + end * (down - y))


def _length(stretch: Stretch) -> float:
    (x, y), (right, down) = stretch
    return hypot(right - x, down - y)


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _tenth(value: float) -> float:
    return round(value, 1)
