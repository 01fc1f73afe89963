"""The switch of language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from fanal.doors.desk.language import COOKIE, LANGUAGES

A_YEAR = 365 * 24 * 3600


def language(request: HttpRequest) -> HttpResponse:
    """Keep the language on this browser and come back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    if (chosen := request.POST.get("language")) in LANGUAGES:
        response.set_cookie(COOKIE, chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response
