"""What an address asks for: a day."""

from datetime import date


def day_of(text: str | None) -> date | None:
    """The day written « 2026-04-01 »; None when there is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
