"""Every figure that was found of a tariff is in its book at its date, and none is shown as surer than it is."""

import json
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.shelf import catalogue, load
from fanal.law.tariffs.taxes import in_force

SHARED = Path(os.environ.get("FANAL_SHARED") or Path(__file__).parents[4] / "shared")
FOUND = SHARED / "data" / "tariffs" / "tariffs.json"
Row = dict[str, Any]

# The books of each rate, by how their code begins.
BOOKS = {
    ("Hydro-Québec", rate): [f"hydro_quebec/{rate.replace(' ', '_')}"]
    for rate in ("D", "DM", "DN", "DP", "DT", "Flex D", "Flex G", "Flex M", "Flex G9", "G", "G9", "GD", "L", "M")
} | {
    ("Hydro-Québec", "Winter Credit Option (D)"): ["hydro_quebec/D_winter_credit"],
    ("EVN (Vietnam)", "residential"): ["evn/residential"],
    ("EVN (Vietnam)", "business TOU"): [it for it in catalogue() if it.startswith("evn/business")],
    ("EVN (Vietnam)", "production TOU"): [it for it in catalogue() if it.startswith("evn/production")],
}  # fmt: skip
WHOLESALE = [it for it in catalogue() if it.startswith("evn/wholesale")]
# What no book says, and why: a whole row, or some of its figures.
ASIDE = {
    "hq-M-2012": "two prices only were seen: neither the demand charge nor the minimum",
    "evn-bus-2019": "the peak price from 6 to 22 kV is a slip of the source: that book has a gap",
}
NOT_SAID = {"short_term_surcharge": "contracts of less than a year", "demand of D": "its price of 2016 was not found"}
POOR = 993  # EVN until May 2014: the tier of poor households, whom no book tells apart
# What a row knows better than as a whole.
SEEN_APART = {"hq-D-2018": {"access"}, "hq-DP-2019": {"minimum.1", "minimum.3"}}
UNSURE = ("derived", "background")
UNITS = {"cent": 10_000, "$": 1_000_000, "VND": 1_000_000}


@pytest.fixture(scope="module")
def found() -> list[Row]:
    if not FOUND.is_file():
        pytest.skip("les tarifs trouvés ne sont pas là : FANAL_SHARED doit désigner leur dossier")
    rows = json.loads(FOUND.read_text("utf-8"), parse_float=Decimal)
    return [it for it in rows if books_of(it) and it["effective_from"] and it["confidence"] != "not_found"]


def books_of(row: Row) -> list[str]:
    """The books that should hold the figures of a row."""
    if row["utility"].startswith("EVN") and row["rate"].startswith("wholesale"):
        return WHOLESALE
    return BOOKS.get((row["utility"], row["rate"]), [])


def figures(row: Row) -> Iterator[int]:
    """What a row gives, in 1/1,000,000 of the currency, less what no book says."""
    for it in row["components"]:
        kind = "demand of D" if row["rate"] == "D" and it["type"] == "demand" else it["type"]
        if it["value"] in (None, POOR) or kind in NOT_SAID:
            continue
        if scale := UNITS.get((it.get("unit") or "").split("/")[0]):
            yield int(Decimal(it["value"]) * scale)


def charges_on(book: Book, day: date) -> Iterator[Charge]:
    """The charges of the version in force that day."""
    if (version := in_force(book.versions, day)) is not None:
        yield from (it for it in book.charges if book.versions[it.version] is version)


def missing(row: Row) -> set[int]:
    """The figures of a row that no book has at its date."""
    day = date.fromisoformat(row["effective_from"])
    kept = {abs(it.price_micro) for code in books_of(row) for it in charges_on(load(code), day)}
    return {it for it in figures(row) if it} - kept


def too_sure(row: Row) -> set[tuple[str, str]]:
    """The charges that show a figure of a row as surer than it is."""
    day, unsure = date.fromisoformat(row["effective_from"]), set(figures(row))
    shown = [it for code in books_of(row) for it in charges_on(load(code), day) if abs(it.price_micro) in unsure]
    if row["confidence"] not in UNSURE:
        return set()
    apart = SEEN_APART.get(row["id"], set())
    return {(it.book, it.code) for it in shown if it.confidence not in UNSURE and it.code not in apart}


def test_every_figure_found_is_in_its_book_at_its_date(found: list[Row]) -> None:
    assert {it["id"]: some for it in found if it["id"] not in ASIDE and (some := missing(it))} == {}
    assert {it["id"] for it in found} >= ASIDE.keys()
    assert sum(len(list(figures(it))) for it in found) > 300


def test_what_was_derived_or_is_only_known_in_general_is_never_shown_as_seen(found: list[Row]) -> None:
    assert {it["id"]: some for it in found if (some := too_sure(it))} == {}


def test_a_figure_with_another_value_or_a_surer_mark_would_be_seen(found: list[Row]) -> None:
    row = next(it for it in found if it["id"] == "hq-D-2026")
    wrong = row | {"components": [it | {"value": Decimal(it["value"]) + 1} for it in row["components"]]}
    assert missing(wrong)
    assert too_sure(row | {"confidence": "derived"})
