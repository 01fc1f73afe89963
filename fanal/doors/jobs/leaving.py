"""Write the archive of everything when a page asks: one kept, in the home of the server."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.db import connections

from fanal.doors.archive import keeping, writing

WITHOUT_PDF, WITH_PDF = 0, 1  # what the queue names its subject
SINCE = {WITHOUT_PDF: writing.NONE, WITH_PDF: writing.ALL}


def leave_now(*, run_id: int, by: str, on: date, progress: Callable[[int], None] | None = None) -> bool:
    """Tout exporter; True. Everything is read in one transaction that only reads: another connection tells how far."""
    path = keeping.place(on)
    with ThreadPoolExecutor(1) as teller:

        def told(size: int) -> None:
            if progress:
                teller.submit(progress, size).result()

        try:
            writing.export_all(path, by=by, on=on, pdf_since=SINCE[run_id], progress=told)
        finally:
            teller.submit(connections.close_all).result()
    keeping.keep_only(path)
    return True


def steps(subject: int) -> list[tuple[int, int]]:
    """What there is to do: one step, of as many tables and PDFs as leave."""
    return [(1, writing.steps(SINCE[subject]))]
