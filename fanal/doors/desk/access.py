"""Who may open what: the table of routes, enforced before any view."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.translation import gettext as _

from fanal.doors.desk.people import roles_of
from fanal.doors.desk.refusals import bad_request, busy, disk_full, forbidden, is_busy, not_allowed, too_long
from fanal.doors.desk.routes import FORM_BYTES, routes
from fanal.doors.migration.folders import FULL

HTMX_REDIRECT = "HX-Redirect"
BEFORE_SIGNING_IN = 64 * 2**10  # bytes: no form of somebody who has not signed in is as long


class AccessMiddleware:
    """Refuse what the table of routes does not allow. `request.roles` is what the person holds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.roles = frozenset()
        if _length(request) > BEFORE_SIGNING_IN:
            if why := _too_long(request):
                return too_long(request, why)
            if not _fits_the_disk(request):
                return disk_full(request)
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
        if "\0" in request.path:
            raise Http404
        if any("\0" in text for _name, typed in request.POST.lists() for text in typed):
            return bad_request(request)  # no text has that character, and the database keeps none
        if request.user.is_authenticated:
            request.roles = roles_of(request.user)
        if route.admits(request.roles):
            return None
        return forbidden(request, route=route) if request.user.is_authenticated else to_sign_in(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """What another holds, or what takes too long, is no fault: it is done again in a moment."""
        return busy(request) if is_busy(problem) else None


def _too_long(request: HttpRequest) -> str:
    """Why what is sent is not read, before any of it is: its route says how much those whom it admits may send."""
    if not request.user.is_authenticated:
        return _("Envoi trop long : il faut d’abord se connecter.")
    try:
        route = routes().get(resolve(request.path_info).url_name or "")
    except Http404:
        route = None
    most = route.most_bytes if route and route.admits(roles_of(request.user)) else FORM_BYTES
    return "" if _length(request) <= most else _("Envoi trop long pour cette page : rien n’en est lu.")


def _fits_the_disk(request: HttpRequest) -> bool:
    """Read what is sent, its files on the disk of the server; False where that one is full."""
    try:
        request.POST  # noqa: B018 — asking for it is what reads it, and writes its files to the disk
    except OSError as problem:
        if problem.errno in FULL:
            return False
        raise
    return True


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, and back here afterwards; htmx leaves the page, it does not fill a part of it."""
    if not request.htmx:
        return redirect_to_login(request.get_full_path() if request.method == "GET" else _page_of_the_button(request))
    target = redirect_to_login(request.htmx.current_url_abs_path or "/").url
    return HttpResponse(status=200, headers={HTMX_REDIRECT: target})


def _page_of_the_button(request: HttpRequest) -> str:
    """Where a form was sent from, when it is ours: what a button does is not done again by signing in."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path or "/"
