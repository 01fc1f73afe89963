"""`python -m fanal.doors.jobs.worker`: do what the pages ask for, one job after the other, until told to stop.

Each morning it also does what waits for nobody but the day.
"""

import os
import signal
import sys
import time
import traceback
from datetime import date
from types import FrameType

from fanal.doors.office import open_office, today

PAUSE_SECONDS = 0.5
AGAIN_SECONDS = 600  # after a morning that failed
ITSELF = "Fanal"  # in the journal, who did what nobody asked for that day


def main() -> int:
    """Look for work twice a second. SIGTERM ends it: what was under way goes on at the next start."""
    signal.signal(signal.SIGTERM, _leave)
    parent = os.getppid()
    open_office()
    from django.db import connections

    from fanal.doors.jobs.queue import work_once

    begun: date | None = None
    try_at = 0.0
    while os.getppid() == parent:  # never outlive the command that started us
        try:
            if (on := today()) != begun and time.monotonic() >= try_at:
                try_at = time.monotonic() + AGAIN_SECONDS  # what fails keeps no other job waiting, and is tried again
                begin_day(on)
                begun, try_at = on, 0.0
            worked = work_once()
        except Exception:
            traceback.print_exc(file=sys.stderr)
            connections.close_all()
            worked = False
        if not worked:
            time.sleep(PAUSE_SECONDS)
    return 0


def begin_day(on: date) -> None:
    """Receive the debits whose day has come: two people released them, and nobody is to look late for what is taken."""
    from fanal.records.payments.debits import settle_debits

    settle_debits(by=ITSELF, on=on)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    raise SystemExit(main())
