"""Run in parallel with the old system when a page asks: set of accounts after set, told as it goes."""

from collections.abc import Callable
from datetime import date

from fanal.records.shadow import acts, facts
from fanal.values.refusal import refuse


def compare_now(*, run_id: int, by: str, on: date, progress: Callable[[int], None] | None = None) -> bool:
    """Comparer ce qui reste d’une marche; True. A killed worker's run goes on after its last set."""
    if facts.run(run_id) is None:
        raise refuse("La marche en parallèle {run} n’existe pas.", field="run", run=run_id)
    opened = acts.open_run(run_id=run_id)
    while done := acts.compare_set(opened=opened, by=by, on=on):
        if progress:
            progress(done)
    return True


def steps(subject: int) -> list[tuple[int, int]]:
    """What there is to do: one step, of as many accounts as are left."""
    known = facts.run(subject)
    return [] if known is None or known.ended else [(1, known.accounts - known.done)]
