"""Read the journal."""

from fanal.records.journal.models import Event


def events_about(about: str) -> list[Event]:
    """What was done about « noun:id », oldest first."""
    return list(Event.objects.filter(about=about).order_by("pk"))
