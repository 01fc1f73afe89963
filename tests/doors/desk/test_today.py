"""The worklist of the day is true: what a person can and must still decide, once, with where it is done."""

import re
from collections.abc import Callable

from django.db import connection
from django.test import Client

from fanal.doors.desk.roles import Role
from fanal.doors.jobs import queue
from fanal.doors.office import today
from fanal.reports import today as report
from tests.doors.desk.test_runs import accept_all, held, opened, state
from tests.doors.desk.town import TODAY

Signs = Callable[..., Client]


def listed() -> dict[int, report.HeldLine]:
    """The held bills of today by subscription; none is there twice."""
    lines = report.today(today()).held
    assert len({it.subscription_id for it in lines}) == len(lines)
    return {it.subscription_id: it for it in lines}


def issued(clerk: Client, second: Client, run_id: int) -> None:
    clerk.post(f"/lots/{run_id}/revue/")
    second.post(f"/lots/{run_id}/approuver/")
    clerk.post(f"/lots/{run_id}/emettre/")
    assert queue.work_once()


def test_a_bill_that_an_issued_run_left_is_to_be_taken_up_by_the_next_run_of_its_cycle(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    left = next(iter(listed().values()))
    text = clerk.get("/").content.decode()

    assert left.run_state == "ISSUED"
    assert f'href="/lots/ouvrir/?cycle={left.cycle}"' in text
    assert "attendent le prochain lot" in text or "attend le prochain lot" in text
    assert "ouvrir/?cycle" not in client_as(Role.AUDITOR).get("/").content.decode()  # who may not open one


def test_a_bill_held_again_is_listed_once_and_decided_in_the_run_that_is_open(client_as: Signs) -> None:
    clerk, before = client_as(Role.BILLING), listed()
    run_id = opened(clerk)
    again = set(held(run_id))

    assert again & before.keys()
    assert {it.run_id for it in listed().values() if it.subscription_id in again} == {run_id}
    assert report.today(today()).to_decide == len(again)
    text = clerk.get("/").content.decode()
    assert f'href="/lots/{run_id}/#retenues"' in text
    assert not re.search(r"\s,", re.sub("<[^>]+>", "", text.split("<main")[1]))


def test_what_was_decided_and_issued_is_no_longer_to_be_decided(client_as: Signs) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    run_id = opened(clerk)
    waited = set(held(run_id))
    accept_all(clerk, run_id)
    accepted = _ready(run_id)
    assert not waited & listed().keys()
    issued(clerk, second, run_id)

    assert state(run_id) == "ISSUED"
    assert accepted
    assert not accepted & listed().keys()


def test_what_was_postponed_waits_again_once_its_run_is_issued(client_as: Signs) -> None:
    clerk, second = client_as(Role.BILLING), client_as(Role.TREASURER)
    run_id = opened(clerk)
    accept_all(clerk, run_id)
    plain = next(it for it in sorted(_ready(run_id)))
    clerk.post(f"/lots/{run_id}/decider/", {"decide": f"POSTPONE:{plain}", "reason": "le client rappelle demain"})
    assert plain not in listed()
    issued(clerk, second, run_id)

    assert listed()[plain].decision_reason == "le client rappelle demain"


def _ready(run_id: int) -> set[int]:
    """The subscriptions whose bills would leave."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subscription_id FROM billing_bill b JOIN LATERAL (SELECT act FROM billing_review v "
                       "WHERE v.bill_id = b.id ORDER BY v.id DESC LIMIT 1) last ON last.act = 'ACCEPT' "
                       "WHERE b.run_id = %s", [run_id])  # fmt: skip
        return {row[0] for row in cursor.fetchall()}


def test_a_bill_left_by_a_run_is_not_forgotten_when_a_run_of_an_earlier_day_is_issued_after(client_as: Signs) -> None:
    clerk, before = client_as(Role.BILLING), listed()
    cycle = next(iter(before.values())).cycle
    answer = clerk.post("/lots/ouvrir/", {"cycle": cycle, "on": f"{TODAY.replace(year=TODAY.year - 1)}"})
    assert queue.work_once()
    run_id = int(answer.headers["Location"].split("/")[2])
    issued(clerk, client_as(Role.TREASURER), run_id)

    assert (state(run_id), listed()) == ("ISSUED", before)


def test_a_run_of_all_cycles_is_called_so(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    clerk.post("/lots/ouvrir/", {"cycle": 0, "on": f"{TODAY}"})
    text = clerk.get("/").content.decode()

    assert "tous les cycles" in text
    assert not re.search(r"cycle 0|>0</td>\s*<td><span class=\"badge", text)


def test_a_run_under_way_is_named_without_a_space_before_the_comma(client_as: Signs) -> None:
    clerk = client_as(Role.BILLING)
    opened(clerk)

    assert re.search(r"cycle \d+, <span", clerk.get("/").content.decode())
