"""What a process keeps of a day that took long to sum, until anything at all is written."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.core.cache import caches
from django.db import connection

Kept = TypeVar("Kept")
AN_HOUR = 3600
# The transactions that count as committed: the same text, the same rows. None for one that writes itself.
SEEN = "SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END"


def summed(name: str, on: date, summing: Callable[[date], Kept]) -> Kept:
    """`summing(on)`, worked out once while nothing is written: one query, and those of `summing` when not kept."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN)
        [seen] = cursor.fetchone()
    if seen is None:
        return summing(on)
    key = f"{name}:{connection.settings_dict['NAME']}:{on}:{seen}".replace(" ", "_")
    return caches["process"].get_or_set(key, lambda: summing(on), timeout=AN_HOUR)
