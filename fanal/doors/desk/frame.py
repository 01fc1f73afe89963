"""What surrounds every page: the rail, the bar, the language switch, what was just done."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fanal.doors.desk.language import current
from fanal.doors.desk.roles import Role
from fanal.doors.desk.routes import routes
from fanal.doors.office import today

# Route, icon, word. A section shows once its route is in the table, to those whom it admits.
RAIL = (
    ("today", "today", gettext_noop("Aujourd’hui")),
    ("search", "people", gettext_noop("Clients")),
    ("reads", "reads", gettext_noop("Relèves")),
    ("runs", "bill", gettext_noop("Facturation")),
    ("ledger", "ledger", gettext_noop("Grand livre")),
)
RAIL_BELOW = (
    ("network", "network", gettext_noop("Réseau")),
    ("conditions", "document", gettext_noop("Conditions")),
    ("tariffs", "money", gettext_noop("Tarifs")),
    ("journal", "journal", gettext_noop("Journal")),
    ("invariants", "check", gettext_noop("Invariants")),
    ("takeover", "key", gettext_noop("Ancien système")),
    ("archives", "out", gettext_noop("Tout emporter")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the rail."""

    url: str
    icon: str
    label: str
    is_current: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: language, rail, search, who is there. No query but the person's roles."""
    roles = getattr(request, "roles", frozenset())
    person = _person(request, roles)
    return {
        "lang": current(),
        "on": today(),
        "rail": _links(request, RAIL, roles) if person else [],
        "rail_below": _links(request, RAIL_BELOW, roles) if person else [],
        "search_url": _url_of("search", roles),
        "person": person,
        "roles": roles,
        "utility": settings.FANAL_UTILITY,
        "service": settings.FANAL_UTILITY["service"][current()],
        "here": _here(request),
    }


def _here(request: HttpRequest) -> str:
    """Where this page is read again: its address, or the one whose button was pressed when it only takes a form."""
    match = request.resolver_match
    route = routes().get(match.url_name or "") if match else None
    if route is None or "GET" in route.methods:
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    return urlunsplit(("", "", page.path or "/", page.query, "")) if page.netloc == request.get_host() else "/"


def _person(request: HttpRequest, roles: frozenset[Role]) -> dict[str, str] | None:
    if not (user := getattr(request, "user", None)) or not user.is_authenticated:
        return None
    titles = [role.title_en if current() == "en" else role.title_fr for role in Role if role in roles]
    return {"name": user.get_full_name() or user.username, "roles": ", ".join(titles) or _("aucun rôle")}


def _url_of(name: str, roles: frozenset[Role]) -> str:
    """Where that route leads, empty when the person may not go or when there is none."""
    route = routes().get(name)
    return reverse(name) if route and roles and route.admits(roles) else ""


def _links(request: HttpRequest, wanted: tuple[tuple[str, str, str], ...], roles: frozenset[Role]) -> list[Link]:
    here = getattr(request, "resolver_match", None)
    section = _section(here.url_name) if here else ""
    return [
        Link(url, icon, _(word), _section(name) == section or (request.path.startswith(url) and url != "/"))
        for name, icon, word in wanted
        if (url := _url_of(name, roles))
    ]


def _section(name: str | None) -> str:
    """The module whose page that route is."""
    route = routes().get(name or "")
    return route.view.rpartition(".")[0] if route else ""
