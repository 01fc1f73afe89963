"""The finished demo town, as the journal keeps it: whether it stands here, and on which day it lives."""

from typing import Any

from fanal.records.journal import facts as events

ABOUT = "demo:lac_aux_ormes"
FINISHED = "demo.finished"


def standing() -> dict[str, Any] | None:
    """What the journal kept of the finished demo town; None when there is none."""
    found = [event.grounds for event in events.events_about(ABOUT) if event.act == FINISHED]
    return found[-1] if found else None
