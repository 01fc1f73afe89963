"""The pages that say no: what is refused, that nothing was done, and what to do; a fault of ours bears its number."""

from typing import Any

import psycopg
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

from fanal.doors.desk import incidents
from fanal.doors.desk.language import current
from fanal.doors.desk.people import roles_of
from fanal.doors.desk.roles import Role
from fanal.doors.desk.routes import Route

BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.QueryCanceled)
# When even the page of faults cannot be made: its files are missing.
BARE = "<!doctype html><html lang=fr><title>Fanal</title><h1>Une panne de notre côté.</h1><p>Our fault.</p><p>{}</p>"


def not_allowed(request: HttpRequest, route: Route) -> HttpResponse:
    """405: the address exists, but not in this way."""
    response = _refused(request, "method", 405)
    response["Allow"] = HttpResponseNotAllowed(sorted(route.methods))["Allow"]
    return response


def forbidden(request: HttpRequest, exception: Any = None, route: Route | None = None) -> HttpResponse:
    """403: what is refused, and whose it is."""
    allowed = sorted(route.roles or (), key=list(Role).index) if route else []
    return _refused(request, "role", 403, allowed=allowed)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form does not come from a page of this session: too old, or not ours."""
    return _refused(request, "stale", 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: nothing at this address."""
    return _refused(request, "absent", 404)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the request could not be read."""
    return _refused(request, "unreadable", 400)


def busy(request: HttpRequest) -> HttpResponse:
    """503: another work holds these data, or the answer takes too long; nothing was done."""
    response = _refused(request, "busy", 503)
    response["Retry-After"] = "30"
    return response


def too_long(request: HttpRequest, why: str) -> HttpResponse:
    """413: more than the page receives; nothing of it is read."""
    return _refused(request, "long", 413, why=why)


def disk_full(request: HttpRequest) -> HttpResponse:
    """507: the server has no room for what is sent; nothing of it is kept."""
    return _refused(request, "full", 507)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: too many attempts from the same place or under the same name."""
    return _refused(request, "often", 429)


def is_busy(problem: Exception) -> bool:
    """Whether a statement waited too long for a lock, or for its end."""
    return isinstance(problem, OperationalError) and isinstance(problem.__cause__, BUSY)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500: our fault, with the number of the incident; nothing of the database is asked: it may be what is down."""
    request.incident = incidents.new_number()
    try:
        page = render_to_string("desk/fault.html", {"incident": request.incident, "lang": current()})
    except Exception:
        page = BARE.format(request.incident)
    return HttpResponse(page, status=500)


def _refused(request: HttpRequest, kind: str, status: int, **known: Any) -> HttpResponse:
    """The page that says no. No route led to it: the rail needs the roles of the person."""
    if getattr(request, "user", None) and request.user.is_authenticated:
        request.roles = roles_of(request.user)
    return render(request, "desk/refused.html", {"kind": kind} | known, status=status)
