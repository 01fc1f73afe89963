"""Write the archive of everything when a page asks: one kept, in the home of the server."""

from collections.abc import Callable
from datetime import date

from fanal.doors.archive import keeping, writing
from fanal.doors.jobs.telling import telling

WITHOUT_PDF, WITH_PDF = 0, 1  # what the queue names its subject
SINCE = {WITHOUT_PDF: writing.NONE, WITH_PDF: writing.ALL}


def leave_now(*, run_id: int, by: str, on: date, progress: Callable[[int], None] | None = None) -> bool:
    """Tout exporter; True. Everything is read in one transaction that only reads: another connection tells how far."""
    path = keeping.place(on)
    with telling(progress) as told:
        writing.export_all(path, by=by, on=on, pdf_since=SINCE[run_id], progress=told)
    keeping.keep_only(path)
    return True


def steps(subject: int) -> list[tuple[int, int]]:
    """What there is to do: one step, of as many tables and PDFs as leave."""
    return [(1, writing.steps(SINCE[subject]))]
