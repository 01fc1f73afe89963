"""Who may open what: the table of routes, enforced before any view; and the pages that say no."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

from fanal.doors.desk.people import roles_of
from fanal.doors.desk.roles import Role
from fanal.doors.desk.routes import Route, routes

HTMX_REDIRECT = "HX-Redirect"


class AccessMiddleware:
    """Refuse what the table of routes does not allow. `request.roles` is what the person holds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.roles = frozenset()
        response = self.get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"  # a shared computer keeps nothing of a customer
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """None when the route admits the person, else the answer that refuses."""
        route = routes().get(request.resolver_match.url_name or "")
        if route is None:
            raise Http404
        method = "GET" if request.method == "HEAD" else request.method
        if method not in route.methods:
            return not_allowed(request, route)
        if request.user.is_authenticated:
            request.roles = roles_of(request.user)
        if route.admits(request.roles):
            return None
        return forbidden(request, route=route) if request.user.is_authenticated else to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, and back here afterwards; htmx leaves the page, it does not fill a part of it."""
    if not request.htmx:
        return redirect_to_login(request.get_full_path())
    target = redirect_to_login(request.htmx.current_url_abs_path or "/").url
    return HttpResponse(status=200, headers={HTMX_REDIRECT: target})


def not_allowed(request: HttpRequest, route: Route) -> HttpResponse:
    """405: the address exists, but not in this way."""
    _know(request)
    response = render(request, "desk/refused.html", {"kind": "method"}, status=405)
    response["Allow"] = HttpResponseNotAllowed(sorted(route.methods))["Allow"]
    return response


def forbidden(request: HttpRequest, exception: Any = None, route: Route | None = None) -> HttpResponse:
    """403: what is refused, and whose it is."""
    _know(request)
    allowed = sorted(route.roles or (), key=list(Role).index) if route else []
    return render(request, "desk/refused.html", {"kind": "role", "allowed": allowed}, status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: nothing at this address."""
    _know(request)
    return render(request, "desk/refused.html", {"kind": "absent"}, status=404)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the request could not be read."""
    _know(request)
    return render(request, "desk/refused.html", {"kind": "unreadable"}, status=400)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500: our fault; nothing of the database is asked, for it may be what is down."""
    return HttpResponse(render_to_string("desk/fault.html"), status=500)


def _know(request: HttpRequest) -> None:
    """The roles of the person, for the rail of a page that no route led to."""
    if getattr(request, "user", None) and request.user.is_authenticated:
        request.roles = roles_of(request.user)
