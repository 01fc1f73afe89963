"""What a process keeps of a day that took long to sum: every act leaves an event in the journal, and forgets it."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.core.cache import caches
from django.db import connection

from fanal.records.journal.facts import last_id

Kept = TypeVar("Kept")
AN_HOUR = 3600


def summed(name: str, on: date, summing: Callable[[date], Kept]) -> Kept:
    """`summing(on)`, worked out once an act. One query, and those of `summing` when it is not kept."""
    key = f"{name}:{connection.settings_dict['NAME']}:{on}:{last_id()}".replace(" ", "_")
    return caches["process"].get_or_set(key, lambda: summing(on), timeout=AN_HOUR)
