"""The page of a book tells each figure since the first version, and what two versions do not share."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from fanal.doors.desk.price_chart import LEFT, WIDE, Step, steps_chart
from fanal.doors.desk.price_history import of_charge
from fanal.doors.desk.roles import Role
from fanal.law.tariffs.shelf import catalogue, load

Signs = Callable[..., Client]
ON = date(2026, 11, 16)
D = "/tarifs/hydro_quebec/D/"


def step(year: int, value: int, until: int | None = None, *, doubtful: bool = False) -> Step:
    """A price from the first day of a year to that of another."""
    return Step(date(year, 1, 1), date(until, 1, 1) if until else None, value, str(value), doubtful)


def test_steps_are_as_wide_as_they_lasted_and_as_high_as_they_were() -> None:
    chart = steps_chart(
        [step(2010, 100, 2018), step(2018, 200, 2020, doubtful=True), step(2020, 150)], date(2026, 1, 1)
    )
    assert chart is not None
    first, second, third = chart["bars"]
    assert (first["kind"], second["kind"], third["kind"]) == ("past", "est", "now")
    assert abs(first["wide"] + 1 - 4 * (second["wide"] + 1)) < 1
    assert (2 * first["high"], second["y"] < third["y"] < first["y"]) == (second["high"], True)
    assert first["x"] == LEFT
    assert third["x"] + third["wide"] + 1 == pytest.approx(WIDE, abs=0.2)


def test_a_hole_between_two_versions_stays_empty() -> None:
    chart = steps_chart([step(2010, 100, 2012), step(2016, 100)], date(2020, 1, 1))
    assert chart is not None
    first, second = chart["bars"]
    assert second["x"] - (first["x"] + first["wide"]) > 100


def test_a_credit_goes_under_the_ground() -> None:
    chart = steps_chart([step(2010, -100, 2015), step(2015, -50)], date(2020, 1, 1))
    assert chart is not None
    assert {bar["y"] for bar in chart["bars"]} == {chart["ground"]}
    assert steps_chart([step(2010, 0)], ON) is None


@pytest.mark.parametrize("code", catalogue())
def test_no_two_words_of_a_history_touch_and_the_price_in_force_keeps_its_own(code: str) -> None:
    book = load(code)
    for name in {it.code for it in book.charges}:
        history = of_charge(book, name, ON)
        assert history is not None
        if history["chart"] is None:
            continue
        for chart in (history["chart"], history["narrow"]):
            said = sorted((it["middle"], len(it["said"])) for it in chart["bars"] if it["said"])
            for (before, letters), (after, more) in pairwise(said):
                assert after - before > 3 * (letters + more), (name, said)
            assert all(it["said"] for it in chart["bars"] if it["kind"] == "now")


def test_each_price_of_a_book_has_its_history(client_as: Signs) -> None:
    desk = client_as(Role.SERVICE)
    page = desk.get(D).content.decode()
    links = re.findall(r'href="(\?le=[^"]+#historique)"', page)
    assert len(links) == 3
    second = desk.get(D + links[-1].replace("&amp;", "&").partition("#")[0]).content.decode()
    table = second[second.index("h-history-table") :]
    prices = [float(it.replace(",", ".")) for it in re.findall(r"<b>([\d,]+)\u00a0¢</b>", table)]
    told = [it.price_micro / 10_000 for it in load("hydro_quebec/D").charges if it.code == "energy.2"][::-1]
    assert prices[: len(told)] == told
    assert 'aria-current="true"' in second
    assert "Historique" in desk.get(D + "?prix=rien").content.decode()


def test_two_versions_are_compared_the_one_before_first(client_as: Signs) -> None:
    desk = client_as(Role.SERVICE)
    page = desk.get(D + "?le=2026-05-01").content.decode().replace("\u00a0", " ")
    changed = page[page.index("h-compared") : page.index("</table>", page.index("h-compared"))]
    assert "le kWh, au-delà de 40 kWh par jour" in changed
    assert [it in changed for it in ("10,652 ¢", "11,142 ¢", "+ 4,6 %")] == [True, True, True]
    assert "46,154" not in changed  # the access charge was frozen that year
    older = desk.get(D + "?le=2026-05-01&avec=2024-04-01").content.decode().replace("\u00a0", " ")
    assert "44,81 ¢" in older[older.index("h-compared") :]
    assert re.search(r'<option value="2024-04-01" selected>', older)


def test_a_book_of_one_version_has_nothing_to_compare(client_as: Signs) -> None:
    page = client_as(Role.SERVICE).get("/tarifs/hydro_quebec/D_net_metering/").content.decode()
    assert "h-compared" not in page
    assert "h-history" in page


def test_a_tax_has_its_history(client_as: Signs) -> None:
    page = client_as(Role.SERVICE).get("/tarifs/quebec/qst/").content.decode().replace("\u00a0", " ")
    assert page.index("h-history") < page.index("<b>9,975 %</b>", page.index("h-history-table"))


@pytest.mark.parametrize("path", [D, "/tarifs/evn/business_22kv/?prix=reactive.3", "/tarifs/canada/gst/"])
def test_the_pages_make_few_queries(path: str, client_as: Signs, few_queries: Callable[..., Any]) -> None:
    few_queries(client_as(Role.SERVICE), path)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_pages_are_accessible(page_as: Callable[..., Any], accessible: Callable[..., None], lang: str) -> None:
    page = page_as(Role.SERVICE, lang=lang)
    accessible(page, D + "?le=2026-05-01&prix=energy.2&avec=2019-04-01")
    accessible(page, "/tarifs/evn/residential/?prix=energy.6")
