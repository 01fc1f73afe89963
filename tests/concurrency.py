"""Two real connections: the second act starts while the first one's transaction is open."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction


def while_another(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """Do `first`, keep its transaction open until `second` waits or has ended, then commit: both results.

    What `second` raises is its result.
    """
    outcome: list[Any] = []

    def other() -> None:
        try:
            outcome.append(second())
        except Exception as problem:
            outcome.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        done = first()
        thread.start()
        end = time.monotonic() + 10
        while thread.is_alive() and not _someone_waits() and time.monotonic() < end:
            time.sleep(0.01)
    thread.join(timeout=20)
    return done, outcome[0]


def _someone_waits() -> bool:
    """Whether another connection waits for this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])
