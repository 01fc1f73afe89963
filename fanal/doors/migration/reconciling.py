"""Reconcile an export that was loaded, and let the journal keep what was found: for a command, a page, a worker."""

from collections.abc import Callable
from datetime import date

from fanal.records.journal import acts as journal
from fanal.reports import reconciliation
from fanal.reports.reconciliation import Reconciliation


def reconcile(*, export_id: int, by: str, on: date) -> Reconciliation:
    """Réconcilier: what was found, kept in the journal. Raises NothingLoaded."""
    found = reconciliation.reconcile(export_id)
    journal.record(reconciliation.MADE, about=f"export:{export_id}", by=by, on=on, grounds=reconciliation.kept(found))
    return found


def reconcile_now(*, run_id: int, by: str, on: date, progress: Callable[[int], None] | None = None) -> bool:
    """The same for the worker; `run_id` is what the queue names its subject."""
    reconcile(export_id=run_id, by=by, on=on)
    if progress:
        progress(1)
    return True


def steps(_subject: int) -> list[tuple[int, int]]:
    """(position, size) of what there is to do."""
    return [(0, 1)]
