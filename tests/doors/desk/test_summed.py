"""What is kept of a day that took long to sum: given again while nothing is written, and never once something is."""

from datetime import date

import pytest
from concurrency import while_another
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.db import connection, transaction

from fanal.doors.desk.summed import summed

DAY = date(2026, 11, 16)
pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    caches["process"].clear()


def how_many() -> int:
    return summed("groups", DAY, lambda _on: Group.objects.count())


def test_a_sum_is_worked_out_once_while_nothing_happens() -> None:
    told = iter(("first", "second"))

    assert [summed("told", DAY, lambda _on: next(told)) for _ in range(3)] == ["first"] * 3


def test_what_was_begun_before_and_committed_after_is_never_missed() -> None:
    """The planted trap: the first to take a number is the last to commit."""
    before = how_many()

    def slow() -> None:
        Group.objects.create(name="lente")

    def quick() -> int:
        Group.objects.create(name="vive")
        return how_many()

    _, seen = while_another(slow, quick)
    assert seen == before + 1
    assert how_many() == before + 2


def test_who_writes_sees_what_they_wrote() -> None:
    before = how_many()
    with transaction.atomic():
        for added in (1, 2):
            Group.objects.create(name=f"groupe {added}")
            assert how_many() == before + added
        transaction.set_rollback(True)

    assert how_many() == before
    assert connection.get_autocommit()
