"""Verify the invariants, with what only a door can check of them: for a page, a command, or before documents leave."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from fanal.records.journal import acts as journal
from fanal.reports import invariants as report
from fanal.reports.invariants import Further, Invariant, Result, invariants

VERIFIED = "invariants.verified"


def verify(
    only: Sequence[str] | None = None, progress: Callable[[Sequence[Invariant]], Iterable[Invariant]] = iter
) -> list[Result]:
    """All, or those of the codes given, the files of the ledger and of the bank read back. Raises UnknownInvariant."""
    from fanal.doors import debits
    from fanal.doors.cli import export_gl

    also = [Further("I23", export_gl.TITLE_FR, export_gl.TITLE_EN, export_gl.differences),
            Further("I18", debits.TITLE_FR, debits.TITLE_EN, debits.differences)]  # fmt: skip
    return report.verify(only, also=also, progress=progress)


def verify_now(*, run_id: int, by: str, on: date, progress: Callable[[int], None] | None = None) -> bool:
    """Vérifier les invariants; True. `run_id` is what the queue names its subject."""

    def told(every: Sequence[Invariant]) -> Iterable[Invariant]:
        return _telling(every, progress)

    keep(verify(progress=told), by=by, on=on)
    return True


def keep(results: Sequence[Result], *, by: str, on: date) -> None:
    """Garder au journal ce qu’une vérification a trouvé: the pages, and the gate before a switch, read it."""
    journal.record(VERIFIED, about=f"invariants:×{len(results)}", by=by, on=on, grounds=grounds(results))


def _telling(every: Sequence[Invariant], progress: Callable[[int], None] | None) -> Iterator[Invariant]:
    for it in every:
        yield it
        if progress:
            progress(1)


def grounds(results: Sequence[Result]) -> dict[str, Any]:
    """What the journal keeps: of each its count, what was looked at and how long; the first rows that break it."""
    kept = {
        "invariants": [[it.code, it.title_fr, it.count] for it in results],
        "looked": {it.code: it.looked for it in results},
        "milliseconds": {it.code: round(it.seconds * 1000) for it in results},
        "rows": {it.code: it.violations for it in results if it.count},
    }
    return dict(json.loads(json.dumps(kept, default=str)))


def steps(_subject: int) -> list[tuple[int, int]]:
    """(position, size) of what there is to do."""
    return [(position, 1) for position, _ in enumerate(invariants())]
