"""How far long work is, said the same on every page that waits for it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from fanal.doors.desk.working import how_far
from fanal.doors.jobs.queue import KnownJob

NOW = datetime(2026, 11, 16, 18, 7, tzinfo=UTC)


def job(state: str = "RUNNING", done: int = 0, total: int = 1284, left: float | None = None,
        kind: str = "compute_run", is_held: bool = True) -> KnownJob:  # fmt: skip
    ends_at = None if left is None else NOW + timedelta(seconds=left)
    return KnownJob(id=1, kind=kind, state=state, by="paul", done=done, total=total, said="", begun_at=NOW,
                    ended_at=None, ends_at=ends_at, is_held=is_held)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "lang", "said"),
    [
        (job("WAITING", total=0), "fr", "en attente de l’ouvrier"),
        (job(total=0), "en", "waiting for the worker"),
        (job(), "fr", "0 sur 1 284"),
        (job(done=912, left=3.5), "fr", "912 sur 1 284, encore 4 secondes, fin vers 13 h 07"),
        (job(done=1000, left=200), "en", "1,000 of 1,284, 3 minutes left, ends about 13:10"),
        (job(kind="receive_export", done=37, total=100), "fr", "37 %"),
        (job(is_held=False), "fr", "l’ouvrier s’est arrêté en route ; il reprend dès qu’il revient"),
        (job(done=2000, left=0), "fr", "1 284 sur 1 284, encore 1 seconde, fin vers 13 h 07"),
    ],
)
def test_how_far_it_is_is_said_as_far_as_it_is_known(
    known: KnownJob, lang: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    with translation.override(lang):
        assert how_far(known).replace("\xa0", " ") == said
