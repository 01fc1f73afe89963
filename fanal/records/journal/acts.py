"""Write one line in the journal."""

from datetime import date
from typing import Any

from fanal.records.journal.models import Event


def record(act: str, *, about: str, by: str, on: date, grounds: dict[str, Any] | None = None) -> Event:
    """Record an act in its own transaction's journal: `about` is « noun:id », `grounds` are JSON values."""
    return Event.objects.create(act=act, about=about, by=by, on=on, grounds=grounds or {})
