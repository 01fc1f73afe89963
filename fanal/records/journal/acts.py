"""Write one line in the journal."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fanal.records.journal.models import Event


def record(act: str, *, about: str, by: str, on: date, grounds: dict[str, Any] | None = None) -> Event:
    """Record an act in its own transaction's journal: `about` is « noun:id », `grounds` are JSON values."""
    return Event.objects.create(act=act, about=about, by=by, on=on, grounds=grounds or {})


def record_many(
    act: str, *, noun: str, ids: Sequence[int], by: str, on: date, grounds: dict[str, Any] | None = None
) -> Event:
    """Record one act over many: about « noun:id » when there is one, else « noun:count », the ids in the grounds."""
    listed = [int(it) for it in ids]
    if len(listed) == 1:
        return record(act, about=f"{noun}:{listed[0]}", by=by, on=on, grounds=grounds)
    return record(act, about=f"{noun}:×{len(listed)}", by=by, on=on, grounds={"ids": listed, **(grounds or {})})
