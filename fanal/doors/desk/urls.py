"""The addresses of the desk, made from the table of routes and from nothing else."""

from django.conf import settings
from django.urls import URLPattern, path
from django.utils.module_loading import import_string

from fanal.doors.desk import refusals
from fanal.doors.desk.routes import Route, routes

PAGES = "fanal.doors.desk.pages"
OTHERS = ("allauth.",)


def _pattern(route: Route) -> URLPattern:
    view = route.view if route.view.startswith(OTHERS) else f"{PAGES}.{route.view}"
    return path(route.path, import_string(view), name=route.name)


urlpatterns = [_pattern(it) for it in routes().values() if settings.FANAL_SHOWS_STYLES or not it.development]
handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler500 = refusals.our_fault
handler429 = refusals.too_many
