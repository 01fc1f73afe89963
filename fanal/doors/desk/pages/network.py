"""Réseau: the last map, where it disagrees with the records, and for a point what feeds it and what stands around."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fanal.doors.desk.language import current
from fanal.doors.desk.pages.takeover_intake import under_way
from fanal.doors.desk.plan import plan_of, reach_of
from fanal.doors.desk.routes import may_open
from fanal.doors.jobs import queue
from fanal.doors.migration import folders
from fanal.links.maps.geopackage import degrees
from fanal.records.network import facts
from fanal.records.network.facts import KnownConnection
from fanal.records.premises.facts import delivery_point_numbered
from fanal.reports import network as report
from fanal.values import wording

ROWS = 50


def page(request: HttpRequest) -> HttpResponse:
    """The last map that was read, and the cases of the kind that is looked at."""
    counted = report.counted()
    asked = request.GET.get("genre", "")
    code = asked if asked in counted else next(iter(counted), "")
    context = {
        "survey": facts.last_survey(),
        "counts": facts.counts(),
        "kinds": [
            {"code": it, "title": report.TITLES[it][current()], "count": count, "current": it == code}
            for it, count in counted.items()
        ],
        "title": report.TITLES[code][current()] if code else "",
        "count": counted.get(code, 0),
        "cases": report.disagreements(code, ROWS) if code else [],
        "rows": ROWS,
        **(under_way(queue.SURVEY) if may_open(request.roles, "takeover_progress") else {}),
        "may_survey": may_open(request.roles, "takeover_survey"),
        "folders": [it for it in folders.folders() if it.maps],
    }
    return render(request, "desk/network/page.html", context)


def point(request: HttpRequest, number: str) -> HttpResponse:
    """A delivery point of the map, registered or not."""
    known = None if "\0" in number else facts.connections([number]).get(number)
    if known is None:
        raise Http404(number)
    context = {
        "point": known,
        "registered": delivery_point_numbered(number),
        "network": feeding(known),
        "neighbours": [it for it in facts.fed_by(known.transformer) if it != number] if known.transformer else [],
    }
    return render(request, "desk/network/point.html", context)


def transformer(request: HttpRequest, number: str) -> HttpResponse:
    """A transformer, and the delivery points that it feeds."""
    known = None if "\0" in number else facts.transformer(number)
    if known is None:
        raise Http404(number)
    fed = facts.connections(facts.fed_by(number))
    context = {"transformer": known, "points": list(fed.values()), "place": place(known.x_mm, known.y_mm, known.epsg)}
    return render(request, "desk/network/transformer.html", context)


def feeding(known: KnownConnection) -> dict[str, Any]:
    """What feeds a point, where it is and the plan around it, for a page."""
    return {
        "point": known,
        "place": place(known.x_mm, known.y_mm, known.epsg),
        "plan": plan_of(known, facts.around(known, reach_of(known))),
    }


def place(x_mm: int, y_mm: int, epsg: int) -> dict[str, Any]:
    """Coordinates as a crew and as a map read them."""
    longitude, latitude = degrees(x_mm, y_mm, epsg)
    lang = current()
    west = "O" if lang == "fr" else "W"
    return {
        "latitude": f"{_decimal(abs(latitude), lang)}° {'N' if latitude >= 0 else 'S'}",
        "longitude": f"{_decimal(abs(longitude), lang)}° {west if longitude < 0 else 'E'}",
        "x": wording.quantity(x_mm, "m", lang),
        "y": wording.quantity(y_mm, "m", lang),
        "epsg": epsg,
    }


def _decimal(value: object, lang: str) -> str:
    return str(value).replace(".", "," if lang == "fr" else ".")
