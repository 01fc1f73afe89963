"""Verify the invariants and keep what was found in the journal; no document is issued unless all of them hold."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from fanal.doors.jobs import bill_run, checking
from fanal.doors.jobs.checking import verify
from fanal.records.journal import acts as journal
from fanal.reports.invariants import Result
from fanal.values.refusal import Phrase, Refused, refuse

VERIFIED = checking.VERIFIED
BROKEN = "Rien ne s’émet tant qu’un invariant est enfreint : {codes}. {then}"
READY = Phrase("Les factures restent prêtes ; corriger ce qui les enfreint, puis redemander l’émission.")


def verify_and_record(*, by: str, on: date, about: str) -> list[Result]:
    """Vérifier les invariants, and write in the journal how many rows break each."""
    results = verify()
    journal.record(VERIFIED, about=about, by=by, on=on, grounds=checking.grounds(results))
    return results


def broken(*, by: str, on: date, about: str) -> dict[str, int]:
    """The invariants that do not hold before documents are issued: of each code, how many rows break it."""
    return {it.code: it.count for it in verify_and_record(by=by, on=on, about=about) if it.count}


def require_mended(before: Mapping[str, int], then: Phrase) -> None:
    """Raise Refused where the documents just issued, in this transaction, leave as much broken as before.

    A bill that breaks one may be the very one that is corrected: what cures is not refused, all else is.
    """
    after = verify(only=list(before)) if before else []
    if left := [it.code for it in after if it.count >= before[it.code]]:
        raise _refusal(left, then)


def issue_verified(
    *, run_id: int, by: str, on: date, workers: int = 1, progress: Callable[[int], None] | None = None
) -> bool:
    """Issue a run, or what is left of it, once every invariant holds. Raises Refused, which names those that do not."""
    if found := broken(by=by, on=on, about=f"run:{run_id}"):
        raise _refusal(found, READY)
    return bill_run.issue_run(run_id=run_id, by=by, on=on, workers=workers, progress=progress)


def _refusal(codes: Iterable[str], then: Phrase) -> Refused:
    """Every refusal to issue past an invariant says the same: which ones, and what to do."""
    return refuse(BROKEN, field="invariants", codes=", ".join(codes), then=then)
