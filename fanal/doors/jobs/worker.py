"""`python -m fanal.doors.jobs.worker`: do what the pages ask for, one job after the other, until told to stop."""

import os
import signal
import sys
import time
import traceback
from types import FrameType

from fanal.doors.office import open_office

PAUSE_SECONDS = 0.5


def main() -> int:
    """Look for work twice a second. SIGTERM ends it: what was under way goes on at the next start."""
    signal.signal(signal.SIGTERM, _leave)
    parent = os.getppid()
    open_office()
    from django.db import connections

    from fanal.doors.jobs.queue import work_once

    while os.getppid() == parent:  # never outlive the command that started us
        try:
            worked = work_once()
        except Exception:
            traceback.print_exc(file=sys.stderr)
            connections.close_all()
            worked = False
        if not worked:
            time.sleep(PAUSE_SECONDS)
    return 0


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    raise SystemExit(main())
