"""The network at the desk: what feeds a point, its plan, and where the map and the records disagree."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.plan import SIDE, plan_of, reach_of
from fanal.doors.desk.roles import Role
from fanal.records.network import facts
from tests.doors.desk.neighbourhood import ABSENT, UNKNOWN, survey_the_town

KNOWN = f"LO-{ABSENT + 1:06d}"
Few = Callable[..., Any]


def read(few_queries: Few, client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", few_queries(client, path).content.decode().replace("\u00a0", " "))


def account_at(point: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.number FROM ledger_account a JOIN subscriptions_subscription s ON s.account_id = a.id "
            "JOIN premises_deliverypoint d ON d.id = s.delivery_point_id WHERE d.number = %s ORDER BY a.id LIMIT 1",
            [point],
        )
        return str(cursor.fetchone()[0])


def test_before_any_map_the_page_says_how_to_read_one(client_as: Callable[..., Client], few_queries: Few) -> None:
    said = read(few_queries, client_as(Role.SERVICE), "/reseau/")

    assert "Aucune carte n’a encore été lue." in said
    assert "fanal import-network" in said


def test_the_page_names_the_points_that_only_the_map_has_and_those_it_lacks(
    client_as: Callable[..., Client], few_queries: Few
) -> None:
    client = client_as(Role.SERVICE)
    survey_the_town()

    said = read(few_queries, client, "/reseau/")
    absent = read(few_queries, client, "/reseau/?genre=not_on_map")

    assert "carte.gpkg, lue le" in said
    assert f'href="/reseau/points/{UNKNOWN}/"' in said
    assert "Sur la carte seulement, jamais inscrit ni facturé" in said
    assert f"LO-{ABSENT:06d}" in absent
    assert f'href="/reseau/points/{UNKNOWN}/"' not in absent
    assert f'href="/reseau/points/{UNKNOWN}/"' in read(few_queries, client, "/reseau/?genre=inconnu")


def test_a_point_says_its_transformer_phases_feeder_and_coordinates_and_draws_what_is_around(
    client_as: Callable[..., Client], few_queries: Few
) -> None:
    client = client_as(Role.SERVICE)
    survey_the_town()

    said = read(few_queries, client, f"/reseau/points/{KNOWN}/")

    for told in ("167 kVA, 120/240 V", "<dd>ABC</dd>", "Départ 1", "poteau P1", "EPSG:32188", "X 389 040 m", "48,75"):
        assert told in said, told
    assert said.count('class="pole"') >= 2
    assert '<text class="strong" x="11" y="-4">T1</text>' in said
    assert "rue du Quai</text>" in said
    assert 'href="/reseau/transformateurs/T1/"' in said


def test_a_point_that_only_the_map_has_says_that_nobody_subscribes_there(
    client_as: Callable[..., Client], few_queries: Few
) -> None:
    client = client_as(Role.SERVICE, lang="en")
    survey_the_town()

    said = read(few_queries, client, f"/reseau/points/{UNKNOWN}/")

    assert "On the map only" in said
    assert "Never registered: nobody subscribes there, nothing is billed." in said


def test_a_transformer_lists_the_points_that_it_feeds(client_as: Callable[..., Client], few_queries: Few) -> None:
    client = client_as(Role.SERVICE)
    survey_the_town()

    said = read(few_queries, client, "/reseau/transformateurs/T2/")

    assert "50 kVA" in said
    assert "phase B" in said
    assert UNKNOWN in said
    assert f'href="/reseau/points/{KNOWN}/"' not in said


@pytest.mark.parametrize("path", ["points/LO-000001/", "points/x/", "transformateurs/T9/", "points/%00/"])
def test_what_is_not_on_the_map_has_no_page(client_as: Callable[..., Client], path: str) -> None:
    client = client_as(Role.SERVICE)
    survey_the_town()

    assert client.get(f"/reseau/{path}").status_code == 404


def test_the_account_shows_what_feeds_its_place_only_when_the_map_has_it(
    client_as: Callable[..., Client], few_queries: Few
) -> None:
    client = client_as(Role.SERVICE)
    before = read(few_queries, client, f"/comptes/{account_at(KNOWN)}/")
    survey_the_town()

    said = read(few_queries, client, f"/comptes/{account_at(KNOWN)}/")
    absent = read(few_queries, client, f"/comptes/{account_at('LO-000001')}/")

    assert f'href="/reseau/points/{KNOWN}/"' in said
    assert '<svg class="plan"' in said
    for it in (before, absent):
        assert '<svg class="plan"' not in it


def test_a_plan_keeps_the_point_in_the_middle_and_its_transformer_in_sight(desk: None) -> None:
    survey_the_town()
    far = facts.connections([UNKNOWN])[UNKNOWN]

    plan = plan_of(far, facts.around(far, reach_of(far)))

    [own] = [it for it in plan["transformers"] if it["number"] == far.transformer]
    assert own["x"] < SIDE / 2 < own["y"]  # the transformer stands to the west and to the south of it
    assert all(0 <= it[axis] <= SIDE for it in [*plan["poles"], *plan["points"]] for axis in ("x", "y"))
    assert UNKNOWN not in {it["number"] for it in plan["points"]}
    assert plan["bar"]["metres"] * 1000 * SIDE / (2 * reach_of(far)) == pytest.approx(plan["bar"]["wide"], abs=0.1)


@pytest.mark.usefixtures("own_town")
def test_the_account_with_its_plan_can_be_read_by_everybody(
    page_as: Callable[..., Page], accessible: Callable[..., None]
) -> None:
    survey_the_town()

    accessible(page_as(Role.SERVICE), f"/comptes/{account_at(KNOWN)}/")
