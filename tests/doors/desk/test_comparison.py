"""« Ce que je paierais »: one customer’s year under other books, and in twelve equal payments."""

import re
from datetime import date

import numpy as np
import pytest
from django.db import connection

from fanal.doors.desk import priced
from fanal.doors.desk.pages import comparison
from fanal.doors.desk.roles import Role
from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.rate import rate
from fanal.law.tariffs.shelf import load
from fanal.records.billing import proposals
from fanal.reports.rehearsal import Side
from fanal.values.dates import to_days
from fanal.values.money import half_up, shared
from tests.books import dearer_access

TODAY = date(2026, 11, 16)


def test_why_of_a_block_counts_the_dwellings_the_households_and_the_months():
    start, end = (np.array([to_days(it)], np.int64) for it in (date(2026, 4, 1), date(2026, 6, 1)))
    given = {"kwh": np.array([9_000_000]), "multiplier": np.array([3]), "households": np.array([4])}
    limits = {}
    for code in ("hydro_quebec/D", "evn/residential"):
        rated = rate(load(code), start, end, Quantities(**given))
        side = Side(from_on=date(2026, 4, 1), to_on=date(2026, 6, 1), kwh=9_000_000, kw=0, rated=rated, multiplier=3,
                    households=4)  # fmt: skip
        line = next(it for it in priced.amounts(side, 0, 0) if it.charge.code == "energy.1")
        told = priced.reason([[side]], line.key)
        limits[code] = told["steps"][1]["operation"].replace("\u00a0", " "), told["steps"][1]["result"]
        assert int(limits[code][1].split("\u00a0kWh")[0].replace("\u00a0", "")) * 1000 == line.quantity
    assert limits["hydro_quebec/D"][0] == "40 kWh × 61 jours × 3"
    assert limits["evn/residential"][0] == "50 kWh × 2 mois × 4 ménages"


def account_of(book: str) -> str:
    """An account of that book, billed many times."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.number FROM subscriptions_subscription s JOIN ledger_account a ON a.id = s.account_id "
            "JOIN billing_bill b ON b.subscription_id = s.id WHERE s.book = %s AND s.ends_on IS NULL "
            "GROUP BY a.number HAVING count(*) > 3 ORDER BY a.number LIMIT 1",
            [book],
        )
        return cursor.fetchone()[0]


def test_a_house_sees_its_own_rate_and_why_the_others_cannot_be_compared(client_as, few_queries):
    page = few_queries(client_as(Role.SERVICE), f"/comptes/{account_of('hydro_quebec/D')}/comparer/")
    text = page.content.decode()
    [own] = page.context["books"]
    assert own["own"]
    assert {it["code"] for it in page.context["apart"]} == {"hydro_quebec/DP", "hydro_quebec/Flex_D"}
    assert "ce compteur ne la mesure pas" in text
    assert "hors pointe" in text
    year = half_up(own["total"] * 365, page.context["days"])
    assert page.context["payment"] == max(shared(year, 12))
    assert "simple estimation" in text


def test_who_is_here_since_a_few_months_pays_the_twelfth_of_a_year_and_not_of_those_months(client_as):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.number FROM subscriptions_subscription s JOIN ledger_account a ON a.id = s.account_id "
            "JOIN billing_billeddays b ON b.subscription_id = s.id WHERE s.starts_on > %s AND s.ends_on IS NULL "
            "AND s.book = 'hydro_quebec/D' ORDER BY s.starts_on DESC, s.id LIMIT 1",
            [date(2026, 2, 1)],
        )
        (number,) = cursor.fetchone()
    page = client_as(Role.SERVICE).get(f"/comptes/{number}/comparer/")
    days, [own] = page.context["days"], page.context["books"]
    assert days < 270
    assert abs(page.context["payment"] * 12 * days - own["total"] * 365) <= 12 * days
    assert f"de ces {days}\N{NO-BREAK SPACE}jours" in page.content.decode()


def test_the_months_add_up_to_the_bills(client_as):
    page = client_as(Role.SERVICE).get(f"/comptes/{account_of('hydro_quebec/D')}/comparer/")
    chart, [own] = page.context["chart"], page.context["books"]
    assert sum(row["cents"] for row in chart["rows"]) == own["total"] == chart["mine"]
    assert 12 <= len(chart["rows"]) <= 15


def test_a_place_whose_power_is_measured_is_compared_with_d(client_as):
    page = client_as(Role.SERVICE).get(f"/comptes/{account_of('hydro_quebec/M')}/comparer/")
    codes = [it["code"] for it in page.context["books"]]
    assert codes[0] == "hydro_quebec/M"
    assert {"hydro_quebec/D", "hydro_quebec/DP"} <= set(codes)
    assert page.context["chart"]["others"] == page.context["other"]["total"]


def test_each_amount_has_its_reason_as_a_page_and_in_a_drawer(client_as):
    client, number = client_as(Role.SERVICE), account_of("hydro_quebec/M")
    text = client.get(f"/comptes/{number}/comparer/?avec=hydro_quebec/D").content.decode()
    whys = set(re.findall(r'href="([^"]+/pourquoi/[^"]+)"', text))
    assert {re.search(r"pourquoi/([^-]+)-", it)[1] for it in whys} == {"0", "hydro_quebec.D"}
    for path in whys:
        assert client.get(path).status_code == 200
    assert "<html" not in client.get(path, HTTP_HX_REQUEST="true").content.decode()
    for spoilt in ("0-999-0", "x", "personne.X-0-0", "0-0-99999"):
        assert client.get(re.sub(r"pourquoi/.*", f"pourquoi/{spoilt}/", path)).status_code == 404


def test_the_prices_of_the_day_are_those_of_the_book_in_force(client_as):
    number = account_of("hydro_quebec/D")
    before = client_as(Role.SERVICE).get(f"/comptes/{number}/comparer/").context
    book = dearer_access(load("hydro_quebec/D"), "0.60", TODAY)
    made = proposals.propose_book(book=book, note="x", by="paul", on=TODAY)
    proposals.activate_book(proposal_id=made, by="marie", on=TODAY)
    after = client_as(Role.SERVICE).get(f"/comptes/{number}/comparer/").context
    assert sum(it["net"][0] for it in after["bills"]) > sum(it["net"][0] for it in before["bills"])


def test_a_flat_rate_has_nothing_to_compare(client_as):
    with connection.cursor() as cursor:
        cursor.execute("SELECT a.number FROM subscriptions_subscription s JOIN ledger_account a ON a.id = s.account_id "
                       "WHERE s.book LIKE 'lac_aux_ormes/%' LIMIT 1")  # fmt: skip
        (number,) = cursor.fetchone()
    assert "forfait ne dépend pas" in client_as(Role.SERVICE).get(f"/comptes/{number}/comparer/").content.decode()


@pytest.mark.parametrize(
    ("from_on", "to_on", "parts"),
    [
        (date(2026, 1, 31), date(2026, 2, 1), [(date(2026, 1, 1), 1)]),
        (date(2026, 1, 15), date(2026, 3, 2), [(date(2026, 1, 1), 17), (date(2026, 2, 1), 28), (date(2026, 3, 1), 1)]),
        (date(2025, 12, 1), date(2026, 1, 1), [(date(2025, 12, 1), 31)]),
    ],
)
def test_days_fall_in_their_months(from_on, to_on, parts):
    assert list(comparison._days_by_month(from_on, to_on)) == parts


def test_the_bills_are_two_by_two_in_the_whole_width_and_leave_a_part_of_it_to_the_reason_of_an_amount(page_as):
    page = page_as(Role.SERVICE)
    page.goto(f"/comptes/{account_of('hydro_quebec/M')}/comparer/")

    def box(selector, place=0):
        return page.locator(selector).nth(place).bounding_box()

    def side_by_side():
        first, second, whole = box(".compared .panel"), box(".compared .panel", 1), box("main > .figures")
        return first["y"] == second["y"] and second["x"] + second["width"] == whole["x"] + whole["width"]

    assert side_by_side()
    page.locator(".compared .why").last.click()
    page.wait_for_selector("#drawer h2")

    assert not side_by_side()
    assert 0 <= box("#drawer")["y"] < 900 - 100  # beside what was asked about, not at the top of the bills
    page.keyboard.press("Escape")
    assert side_by_side()
