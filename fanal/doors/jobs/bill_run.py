"""Drive a bill run chunk by chunk: progress, pause, several workers, and a restart that goes on where it stopped."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from functools import partial
from multiprocessing import get_context

from django.db import connections

from fanal.records.billing import acts, facts

Progress = Callable[[int], None]  # called with the number of subscriptions or bills just done


def compute_run(*, run_id: int, by: str, on: date, workers: int = 1, progress: Progress | None = None) -> bool:
    """Compute what is left of a run; False when it was suspended before the end."""
    work = partial(acts.compute_chunk, run_id=run_id)
    if not _drive(work, run_id, facts.chunks_to_compute(run_id), workers, progress):
        return False
    acts.finish_computing(run_id=run_id, by=by, on=on)
    return True


def issue_run(*, run_id: int, by: str, on: date, workers: int = 1, progress: Progress | None = None) -> bool:
    """Issue an approved run, or what is left of it; False when it was suspended before the end."""
    known = facts.run(run_id)
    if known is not None and known.paused:
        return False
    if known is None or known.state != "ISSUING":
        acts.begin_issuing(run_id=run_id, by=by, on=on)
    work = partial(acts.issue_chunk, run_id=run_id, on=on)
    if not _drive(work, run_id, facts.chunks_to_issue(run_id), workers, progress):
        return False
    acts.finish_issuing(run_id=run_id, by=by, on=on)
    return True


def _drive(
    work: Callable[..., int], run_id: int, chunks: Iterable[tuple[int, int]], workers: int, progress: Progress | None
) -> bool:
    """Do the chunks, here or in worker processes; stop before the next one when the run is suspended."""
    chunks = list(chunks)
    if workers > 1 and len(chunks) > 1:
        return _drive_workers(work, run_id, chunks, workers, progress)
    for position, size in chunks:
        if facts.is_paused(run_id):
            return False
        work(position=position)
        if progress:
            progress(size)
    return True


def _drive_workers(
    work: Callable[..., int], run_id: int, chunks: list[tuple[int, int]], workers: int, progress: Progress | None
) -> bool:
    connections.close_all()  # a worker opens its own
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        running = {pool.submit(_unless_paused, work, run_id, position): size for position, size in chunks}
        done = True
        for finished in as_completed(running):
            did = finished.result()
            done &= did
            if progress and did:
                progress(running[finished])
    return done


def _unless_paused(work: Callable[..., int], run_id: int, position: int) -> bool:
    if facts.is_paused(run_id):
        return False
    work(position=position)
    return True
