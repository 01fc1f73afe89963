"""Examples that others published: each one that a tariff engine can express passes, to the cent or to the đồng.

An example is a function named after it; the page lists them, and those that cannot be expressed with the reason.
"""

import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.demand import past_peak
from fanal.law.tariffs.intervals import QUARTERS, peaks_of, registers_of, slots_of
from fanal.law.tariffs.shelf import PARAMETERS, load, read
from fanal.law.tariffs.taxes import taxes_on
from tests.law.tariffs.campaign import EPOCH, bill_of, kernel
from tests.law.tariffs.oracle import Bill, Case

SHARED = Path(os.environ.get("FANAL_SHARED") or Path(__file__).parents[4] / "shared")
EXAMPLES = SHARED / "data" / "tariffs" / "worked_examples.json"
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "published-examples.md"
BOOKS = Path(__file__).parent / "examples"
JUNE = (date(2025, 6, 1), date(2025, 7, 1))

Given = dict[str, Any]
EXPRESSED: dict[str, Callable[[Given, Given, Callable[[str], Book]], None]] = {}


def example(*names: str) -> Callable[[Any], Any]:
    """Keep a check under the names of the published examples that it reproduces."""

    def kept(check: Any) -> Any:
        EXPRESSED.update(dict.fromkeys(names, check))
        return check

    return kept


@pytest.fixture(scope="module")
def examples() -> dict[str, Given]:
    if not EXAMPLES.is_file():
        pytest.skip("les exemples publiés ne sont pas là : FANAL_SHARED doit désigner leur dossier")
    return {row["id"]: row for row in json.loads(EXAMPLES.read_text("utf-8"), parse_float=Decimal)}


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Book]:
    """Read a book of the examples, beside the real taxes."""
    root = tmp_path_factory.mktemp("parameters")
    shutil.copytree(PARAMETERS, root, dirs_exist_ok=True)
    shutil.copytree(BOOKS, root, dirs_exist_ok=True)
    return lambda code: read(root / f"{code}.toml", root)


def bill(book: Book, start: date, end: date, kwh: Any = 0, **given: Any) -> Bill:
    """Rate one bill."""
    return bill_of(kernel(book, [Case(start, end, Decimal(kwh), **given)]), 0)


def amounts(of: Bill) -> dict[str, Decimal]:
    """The amount of each charge of a bill."""
    return {code: amount for code, *_, amount in of.lines}


@example("rq-100-2013")
def taxes_of_a_hundred_dollars(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    day = np.array([(date.fromisoformat(given["date"]) - EPOCH).days])
    net = int(Decimal(given["price"]) * 100)
    cents, _ = taxes_on(load("hydro_quebec/D"), np.array([net]), day)
    found = [int(Decimal(expected[tax]) * 100) for tax in ("gst", "qst")]
    assert cents[0].tolist() == found
    assert net + sum(found) == int(Decimal(expected["total"]) * 100)


@example("hq-D-threshold-62d")
def first_block_over_sixty_two_days(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    start = date(2024, 5, 1)
    found = bill(load("hydro_quebec/D"), start, start + timedelta(days=given["days"]), 9999)
    assert {code: quantity for code, _, _, quantity, _ in found.lines}["energy.1"] == expected["first_tier_kwh"]


@example(*(f"evn-2025-{kwh}" for kwh in (0, 50, 100, 150, 200, 300, 400, "50.5")))
def six_tiers_over_a_month(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    found = bill(load("evn/residential"), *JUNE, given["kwh"], households=given.get("households", 1))
    assert found.net == expected["before_vat"]


@example("evn-6to5-70")
def five_tiers_instead_of_six(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    may = (date(2023, 5, 4), date(2023, 6, 4))
    six, five = (bill(book, *may, given["kwh"]) for book in (load("evn/residential"), others("others/five_tiers")))
    assert five.total - six.total == Decimal(expected["difference"])


@example("evn-reactive-table")
def reactive_share_by_power_factor(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    book = load("evn/production_22_110kv")
    million = {"peak": Decimal(0), "offpeak": Decimal(0), "normal": Decimal(10**6)}

    def percent(cos: Decimal) -> Decimal:
        """The share billed at a power factor: kvarh such that kWh ÷ √(kWh² + kvarh²) is that one."""
        square = Decimal(10**12) / cos**2 - Decimal(10**12)
        kvarh = square.sqrt().quantize(Decimal("0.001")) if square > 0 else Decimal(0)
        found = amounts(bill(book, *JUNE, 10**6, kvarh=kvarh, registers=million))
        penalty = sum((it for code, it in found.items() if code.startswith("reactive")), Decimal(0))
        return penalty / found["normal"] * 100

    for cos, share in zip(given["cos_phi"], expected["k_percent"], strict=True):
        assert percent(Decimal(cos)) == Decimal(share)
    assert percent(Decimal("0.9")) == percent(Decimal(1)) == expected["at_or_above_0.9"]
    assert percent(Decimal("0.59")) == Decimal(expected["below_0.6"])


@example("bc-1101-1000")
def rounding_by_line_and_by_document(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    month = (date(2026, 5, 1), date(2026, 6, 1))
    by_document, by_line = (bill(others(f"others/bc_{it}"), *month, given["kwh"]) for it in ("document", "lines"))
    found = amounts(by_document)
    shown = {"basic": "basic", "energy.1": "step1", "energy.2": "step2", "rider": "rider"}
    assert {shown[code]: str(found[code]) for code in shown} == {name: expected[name] for name in shown.values()}
    assert found["rounding"] == Decimal("0.01")
    assert (by_document.net, by_document.taxes) == (Decimal(expected["subtotal"]), [Decimal(expected["gst"])])
    assert by_document.total == Decimal(expected["total"])
    assert (by_line.net, by_line.total) == (Decimal("131.01"), Decimal("137.56"))


@example("nl-1000-2026", "nl-1000-2025", "pe-rural-1000")
def a_price_per_month_and_one_per_kwh(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    year = 2026 if "total" in expected else 2025
    code = "others/maritime" if expected["subtotal"] == "199.22" else "others/newfoundland"
    found = bill(others(code), date(year, 8, 1), date(year, 9, 1), given["kwh"])
    assert found.net == Decimal(expected["subtotal"])
    if "total" in expected:
        assert amounts(found) == {"basic": Decimal(expected["basic"]), "energy": Decimal(expected["energy"])}
        assert (found.taxes, found.total) == ([Decimal(expected["hst"])], Decimal(expected["total"]))


def months_of(year: int) -> list[tuple[date, date]]:
    """The twelve months of a year."""
    firsts = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    return list(pairwise(firsts))


def past(book: Book, months: list[tuple[date, date]], peaks: list[int]) -> list[Decimal]:
    """What each month looks back at, given the peak of each; a month before January is that of the same year."""
    lookback = book.versions[0].billing_demand.ratchet
    assert lookback is not None
    before = [((s - timedelta(days=366)).replace(day=1), s) for s, _ in months]
    history = [(k - 12, kw) for k, kw in enumerate(peaks)] + list(enumerate(peaks))
    row, start, end, kw = [], [], [], []
    for place in range(12):
        for rank, peak in history:
            if rank < place:
                row.append(place)
                start.append((before[place][0] - EPOCH).days + rank)  # only their order matters
                end.append((before[place][0] - EPOCH).days + rank + 1)
                kw.append(peak * 1000)
    columns = (np.array(it) for it in (row, start, end, kw))
    return [Decimal(int(it)) / 1000 for it in past_peak(book, lookback, 12, *columns)]


@example("reopt-lookback-range")
def least_demand_of_six_months(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    book, months = others("others/lookback_range"), months_of(given["year"])
    peaks = [given["base_kw"]] * 12
    for hour, kw in given["peaks_1based_hour"].items():
        month = (date(given["year"], 1, 1) + timedelta(days=(int(hour) - 1) // 24)).month
        peaks[month - 1] = max(peaks[month - 1], kw)
    cases = [Case(*month, kw=Decimal(kw), past_kw=it) for month, kw, it
             in zip(months, peaks, past(book, months, peaks), strict=True)]  # fmt: skip
    rated = kernel(book, cases)
    assert (rated.billing_kw // 1000).tolist() == expected["billing_kw_by_month"]
    dollars = sum(kw * price for kw, price in zip(expected["billing_kw_by_month"], given["monthly_demand_rates"],
                                                  strict=True))  # fmt: skip
    assert dollars == expected["demand"]
    assert rated.net.tolist() == [kw * 100 for kw in expected["billing_kw_by_month"]]


@example("reopt-lookback-urdb")
def thirty_five_percent_of_the_year(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    book, months = others("others/lookback"), months_of(given["year"])
    cases = [Case(*month, kw=Decimal(100 if place == 0 else 1), past_kw=Decimal(100 if place else 0))
             for place, month in enumerate(months)]  # fmt: skip
    assert kernel(book, cases).net.sum() == expected["demand"] * 100


@example("reopt-coincident")
def demand_at_chosen_hours(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    flat = Decimal(given["annual_kwh"]) / 8760
    found = bill(others("others/coincident"), *JUNE, registers={"first": flat, "second": flat})
    assert found.net == expected["coincident_peak_cost"]


def year_by_hours(book: Book, year: int, peaks: dict[int, int]) -> Bill:
    """Twelve bills of hourly demands, made quarter-hours, then registers by the hours of the book; their sums."""
    first, days = (date(year, 1, 1) - EPOCH).days, (date(year + 1, 1, 1) - date(year, 1, 1)).days
    values = np.zeros((1, days * QUARTERS), np.int64)
    for hour, kw in peaks.items():
        values[0, (hour - 1) * 4 : hour * 4] = kw * 250
    whole = Bill()
    for start, end in months_of(year):
        low, high = ((day - EPOCH).days for day in (start, end))
        of_month = values[:, (low - first) * QUARTERS : (high - first) * QUARTERS]
        shown = registers_of(book, slots_of(book, low, high), of_month) | peaks_of(book, low, of_month)
        registers = {name: Decimal(int(column[0])) / 1000 for name, column in shown.items()}
        kw = Decimal(int(of_month.max()) * 4) / 1000
        found = bill(book, start, end, Decimal(int(of_month.sum())) / 1000, kw=kw, registers=registers)
        whole.lines += found.lines
        whole.net += found.net
    return whole


@example("reopt-leap-2023", "reopt-leap-facility-2023")
def hours_of_a_year_of_three_hundred_and_sixty_five_days(
    given: Given, expected: Given, others: Callable[[str], Book]
) -> None:
    hours = dict.fromkeys(map(int, re.findall(r"\b\d{4}\b", given["load_kw"])), 10)
    found = year_by_hours(others("others/hours"), given["year"], hours)
    demand = [amount for code, *_, amount in found.lines if code in ("facility", "afternoon")]
    if "energy" in expected:
        assert sum(demand) == Decimal(expected["demand"])
        assert found.net - sum(demand) == Decimal(expected["energy"])
    else:
        facility = [amount for code, *_, amount in found.lines if code == "facility"]
        assert sum(facility) == Decimal(expected["demand"])


@example("ssc-tier-composite", "ssc-tier-sell")
def average_prices_of_tiers(given: Given, expected: Given, others: Callable[[str], Book]) -> None:
    sold = "surplus_kwh" in given
    book, kwh = (others("others/sell"), given["surplus_kwh"]) if sold else (others("others/composite"), given["kwh"])
    averages = expected["average_sell_by_period" if sold else "average_price_by_period"]
    for name, average in zip(book.registers, averages, strict=True):
        # A hundred times the kWh on a hundred times the tiers: the cents are then hundredths of them.
        month = (date(2025, 6, 1), date(2033, 10, 1))
        found = bill(book, *month, registers={name: Decimal(kwh * 100)})
        mean = abs(found.net) / (kwh * 100)
        assert abs(mean - average) < Decimal("0.0001"), (name, mean)


def listed(title: str) -> set[str]:
    """The names in the first column of a table of the page."""
    section = PAGE.read_text("utf-8").split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return {
        name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`([\w.-]+)`", row)
    }


def test_every_published_example_that_can_be_expressed_passes(
    examples: dict[str, Given], others: Callable[[str], Book]
) -> None:
    for name, check in EXPRESSED.items():
        check(examples[name]["inputs"], examples[name]["expected"], others)


def test_the_page_lists_those_that_pass_and_gives_a_reason_for_each_other(examples: dict[str, Given]) -> None:
    assert listed("Reproduits") == EXPRESSED.keys()
    assert listed("Non exprimés") == examples.keys() - EXPRESSED.keys()


def test_an_example_with_another_answer_would_be_seen(
    examples: dict[str, Given], others: Callable[[str], Book]
) -> None:
    for name, check in EXPRESSED.items():
        wrong = {key: _other(value) for key, value in examples[name]["expected"].items()}
        with pytest.raises(AssertionError):
            check(examples[name]["inputs"], wrong, others)


def _other(value: Any) -> Any:
    """Another figure than the published one."""
    if isinstance(value, list):
        return [_other(it) for it in value]
    return str(Decimal(value) + 1) if isinstance(value, str) else value + 1


def test_hydro_quebec_average_price_of_a_thousand_kwh_in_2018() -> None:
    """Published by Hydro-Québec: 7.13 ¢/kWh before taxes for 1,000 kWh a month, rates of 2018-04-01."""
    net = bill(load("hydro_quebec/D"), date(2018, 5, 1), date(2018, 5, 31), 1000).net
    assert (net / 10).quantize(Decimal("0.01")) == Decimal("7.13")


def test_the_shares_of_reactive_energy_are_those_of_the_formula() -> None:
    for charge in load("evn/production_110kv").charges:
        if charge.after_milli and charge.kind == "percent":
            exact = (Fraction(900, charge.after_milli) - 1) * 1_000_000
            assert abs(charge.price_micro - exact) <= 50  # half of the second decimal of a percent
