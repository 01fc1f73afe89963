"""Read the journal."""

from collections.abc import Sequence

from django.db.models import Q

from fanal.records.journal.models import Event


def events_about(about: str) -> list[Event]:
    """What was done about « noun:id », alone or among many, oldest first."""
    noun, _, identifier = about.partition(":")
    wanted = Q(about=about)
    if identifier.isdecimal():
        wanted |= Q(about__startswith=f"{noun}:×", grounds__ids__contains=[int(identifier)])
    return list(Event.objects.filter(wanted).order_by("pk"))


def speaks_of(about: str) -> bool:
    """Whether anything was done about « noun:id », by itself."""
    return Event.objects.filter(about=about).exists()


def is_empty() -> bool:
    """Whether nothing was ever done here."""
    return not Event.objects.exists()


def last_event(acts: Sequence[str]) -> Event | None:
    """The last event of any of those acts; None when there is none."""
    return Event.objects.filter(act__in=list(acts)).order_by("pk").last()
