"""A list of prices becomes books by the words of its units alone."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fanal.law.shadow.prices import PriceRow, last_day_included, tariffs, terms
from fanal.law.tariffs.shelf import BookError
from tests.law.shadow.old_town import FALL, PRICES, SPRING, old_tariffs, old_terms, rows


def test_each_change_of_a_price_opens_a_version_and_fees_are_no_tariff() -> None:
    old = old_tariffs()
    assert sorted(old.tariffs) == ["A", "B", "F"]
    assert [(it.from_on, it.to_on) for it in old.tariffs["A"].book.versions] == [(SPRING, FALL), (FALL, None)]
    assert old.fees == ((SPRING, None, 2500),)


def test_blocks_come_in_the_order_of_their_limits_and_keep_their_own_names() -> None:
    components = old_tariffs().tariffs["A"].components
    assert {code: components[code] for code in ("energy.1", "energy.2")} == {"energy.1": "E1", "energy.2": "E2"}
    first = next(it for it in old_tariffs().tariffs["A"].book.charges if it.code == "energy.1")
    assert (first.price_micro, first.upto_milli, first.width_days, first.times) == (60_700, 40_000, 1, "multiplier")


def test_the_order_of_the_list_changes_nothing() -> None:
    shuffled = tariffs(rows(reversed(PRICES)), old_terms())
    for code, tariff in old_tariffs().tariffs.items():
        ours = {(it.code, it.version, it.price_micro, it.after_milli, it.upto_milli) for it in tariff.book.charges}
        theirs = shuffled.tariffs[code].book.charges
        assert {(it.code, it.version, it.price_micro, it.after_milli, it.upto_milli) for it in theirs} == ours


def test_the_least_of_three_phases_comes_last_and_asks_nothing_of_one() -> None:
    *_, last = old_tariffs().tariffs["B"].book.charges
    assert (last.kind, last.phases, last.price_micro) == ("minimum", 3, 900_000_000)


def test_a_fee_is_owed_from_its_first_day_and_not_by_every_nature() -> None:
    asked = ((SPRING, "OWNER"), (SPRING, "RELAY"), (date(2024, 3, 31), "OWNER"))
    assert [old_tariffs().fee_on(day, nature) for day, nature in asked] == [2500, 0, 0]


def test_a_hole_in_the_list_is_a_hole_in_the_book() -> None:
    listed = [("A", "E", SPRING, date(2024, 6, 1), "$/kWh", "0.1", ""), ("A", "E", FALL, None, "$/kWh", "0.2", "")]
    assert tariffs(rows(listed), old_terms()).tariffs["A"].book.gaps == ((date(2024, 6, 1), FALL),)


@pytest.mark.parametrize(
    ("unit", "limit", "word"),
    [("$/lune", "", "$/lune"), ("€/kWh", "", "€/kWh"), ("$/7 jours", "", "7 jours"), ("$/kW", "", "$/kW")],
)
def test_an_unknown_unit_is_refused_with_its_tariff_and_its_component(unit: str, limit: str, word: str) -> None:
    row = PriceRow("A", "A", SPRING, None, "E1", unit, Decimal(1), limit)
    with pytest.raises(BookError, match="A : E1 : ") as refused:
        tariffs([row], old_terms())
    assert word in str(refused.value)


@pytest.mark.parametrize("limit", ["beaucoup", "4 0 kWh/jour", "1 0000 kWh/mois", "1 1 kWh/jour"])
def test_a_limit_that_cannot_be_read_is_refused(limit: str) -> None:
    listed = [("A", "E1", SPRING, None, "$/kWh", "0.1", limit), ("A", "E2", SPRING, None, "$/kWh", "0.2", "")]
    with pytest.raises(BookError, match=limit):
        tariffs(rows(listed), old_terms())


def test_prices_whose_last_day_is_listed_hold_until_the_next_one() -> None:
    assert last_day_included(date(2025, 3, 31)) == FALL
    assert last_day_included(None) is None


def test_terms_that_are_wrong_are_refused_with_their_key(tmp_path: Path) -> None:
    path = tmp_path / "ville.toml"
    path.write_text('utility = "X"\nproration = "jamais"\n', "utf-8")
    with pytest.raises(BookError, match=r"ville\.toml : "):
        terms(path)
    with pytest.raises(BookError, match="TOML illisible"):
        terms(tmp_path / "absent.toml")
