"""What an address asks for: a day."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


def day_of(text: str | None) -> date | None:
    """The day written « 2026-04-01 »; None when there is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def day_asked(request: HttpRequest, name: str) -> date | None:
    """The day that the address of the page asks for; one that does not exist is said at its top, and is None."""
    text = request.GET.get(name, "").strip()
    if text and not day_of(text):
        said = _("« %(day)s » n’est pas un jour du calendrier : la page n’en tient pas compte.")
        messages.warning(request, said % {"day": text[:40]})
    return day_of(text)
