"""What an address asks for: the day of its query."""

from datetime import date

from django.http import HttpRequest

from fanal.doors.office import today


def day_asked(request: HttpRequest) -> date:
    """The day of « ?le=2026-04-01 », else today."""
    try:
        return date.fromisoformat(request.GET.get("le", ""))
    except ValueError:
        return today()
