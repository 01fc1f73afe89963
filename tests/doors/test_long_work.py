"""Long work that a page asks for: once however often it is asked, done by one worker, taken up again after a kill."""

import time
from datetime import date
from typing import Any

import pytest
from django.db import connection

from fanal.doors.jobs import queue
from fanal.values.refusal import refuse as refuse_so

ON = date(2026, 11, 16)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Work of two chunks of ten that only notes what it did."""
    done: list[int] = []

    def drive(*, run_id: int, by: str, on: date, progress: Any) -> bool:
        for _ in range(2):
            progress(10)
        done.append(run_id)
        return True

    monkeypatch.setitem(queue.WORK, queue.COMPUTE, (drive, lambda run_id: [(1, 10), (2, 10)]))
    return done


def ask(subject: int = 7) -> int:
    return queue.ask(kind=queue.COMPUTE, subject=subject, by="maude", on=ON)


@pytest.mark.django_db
def test_asking_twice_is_asking_once(work: list[int]) -> None:
    assert ask() == ask()
    assert ask(8) != ask()


@pytest.mark.django_db
def test_the_worker_does_what_was_asked_and_says_how_far(work: list[int]) -> None:
    ask()

    assert queue.work_once()
    assert not queue.work_once()
    known = queue.last_job(kind=queue.COMPUTE, subject=7)
    assert known is not None
    assert (work, known.state, known.done, known.total, known.is_live) == ([7], "DONE", 20, 20, False)


@pytest.mark.django_db
def test_done_work_can_be_asked_again(work: list[int]) -> None:
    first = ask()
    queue.work_once()

    assert ask() != first


@pytest.mark.django_db
def test_work_that_was_suspended_says_so(work: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(queue.WORK, queue.COMPUTE, (lambda **_said: False, lambda run_id: [(1, 10)]))
    ask()
    queue.work_once()
    known = queue.last_job(kind=queue.COMPUTE, subject=7)

    assert known is not None
    assert known.state == "PAUSED"


@pytest.mark.django_db
def test_a_refusal_is_kept_as_its_sentence(work: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_said: Any) -> bool:
        raise refuse_so("Le lot n’est pas approuvé.")

    monkeypatch.setitem(queue.WORK, queue.COMPUTE, (refuse, lambda run_id: []))
    ask()
    queue.work_once()
    known = queue.last_job(kind=queue.COMPUTE, subject=7)

    assert known is not None
    assert (known.state, "approuvé" in known.said["fr"]) == ("FAILED", True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "said"),
    [(queue.COMPUTE, "Ce qui était fait est gardé"), (queue.LOAD, "Rien n’en est gardé ; la redemander recommence.")],
)
def test_work_that_breaks_says_what_is_kept_of_it(kind: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_said: Any) -> bool:
        raise MemoryError

    monkeypatch.setitem(queue.WORK, kind, (broken, lambda run_id: [(1, 10)]))
    queue.ask(kind=kind, subject=7, by="maude", on=ON)

    with pytest.raises(MemoryError):
        queue.work_once()

    known = queue.last_job(kind=kind, subject=7)
    assert known is not None
    assert (known.state, said in known.said["fr"].replace("\N{NO-BREAK SPACE}", " ")) == ("FAILED", True), known.said


@pytest.mark.django_db
def test_work_under_way_elsewhere_is_left_to_its_worker_and_taken_when_it_is_killed(work: list[int]) -> None:
    job_id = ask()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [queue.LOCKS, job_id])

    assert not queue.work_once()
    other.close()  # the server hears of it in its own time
    taken = any(queue.work_once() or time.sleep(0.02) for _ in range(500))

    assert taken
    assert work == [7]
