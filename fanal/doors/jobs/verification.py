"""Verify the invariants and keep what was found in the journal; issue a run only when all of them hold."""

from collections.abc import Callable
from datetime import date

from fanal.doors.jobs import bill_run, checking
from fanal.records.journal import acts as journal
from fanal.reports.invariants import Result, verify
from fanal.values.refusal import refuse

VERIFIED = checking.VERIFIED


def verify_and_record(*, by: str, on: date, about: str) -> list[Result]:
    """Vérifier les invariants, and write in the journal how many rows break each."""
    results = verify()
    journal.record(VERIFIED, about=about, by=by, on=on, grounds=checking.grounds(results))
    return results


def issue_verified(
    *, run_id: int, by: str, on: date, workers: int = 1, progress: Callable[[int], None] | None = None
) -> bool:
    """Issue a run, or what is left of it, once every invariant holds. Raises Refused, which names those that do not."""
    broken = [it.code for it in verify_and_record(by=by, on=on, about=f"run:{run_id}") if it.count]
    if broken:
        raise refuse(
            f"Rien ne s’émet tant qu’un invariant est enfreint : {', '.join(broken)}. Les factures restent prêtes ; "
            "corriger ce qui les enfreint, puis redemander l’émission.",
            field="invariants",
        )
    return bill_run.issue_run(run_id=run_id, by=by, on=on, workers=workers, progress=progress)
