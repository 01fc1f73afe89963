"""Figures as the French and the English of Canada write them."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.values import wording


def test_money_and_prices_have_their_signs_and_no_break_spaces() -> None:
    assert wording.money(123456) == "1\u00a0234,56\u00a0$"
    assert wording.money(-5) == "−0,05\u00a0$"
    assert wording.money(123456, "en") == "$1,234.56"
    assert wording.price(69_050) == "6,905\u00a0¢"
    assert wording.price(14_860_000) == "14,86\u00a0$"
    assert wording.price(461_540, "en") == "46.154\u00a0¢"


def test_each_currency_has_its_mark_and_its_decimals() -> None:
    assert wording.money(1_234_567, "fr", "VND") == "1\u00a0234\u00a0567\u00a0₫"
    assert wording.money(1_234_567, "en", "VND") == "₫1,234,567"
    assert wording.money(-123_456, "fr", "USD") == "−1\u00a0234,56\u00a0$\u00a0US"
    assert wording.money(-123_456, "en", "USD") == "−US$1,234.56"
    assert wording.money(500, "en", "CHF") == "CHF\u00a05.00"
    assert wording.price(1_984_000_000, "fr", "VND") == "1\u00a0984\u00a0₫"
    assert wording.price(400_500, "en", "VND") == "₫0.4005"
    assert wording.price(69_050, "en", "USD") == "6.905\u00a0¢"
    assert wording.coins(1_234_567, "fr", "VND") == "1\u00a0234\u00a0567"


def test_an_amount_keeps_the_decimals_beyond_the_smallest_coin() -> None:
    assert wording.amount(Decimal("171.244")) == "171,244\u00a0$"
    assert wording.amount(Decimal("-171.2"), "en", more="…") == "−$171.20…"
    assert wording.amount(Decimal("61740.5"), "fr", "VND") == "61\u00a0740,5\u00a0₫"


def test_the_accounts_are_kept_in_one_currency() -> None:
    try:
        wording.keep_accounts_in("VND")
        assert (wording.money(98_400), wording.mark("en"), wording.decimals()) == ("98\u00a0400\u00a0₫", "₫", 0)
        with pytest.raises(ValueError, match="ISO 4217"):
            wording.keep_accounts_in("dong")
    finally:
        wording.keep_accounts_in("CAD")


def test_a_change_bears_its_sign_as_each_language_sets_it_apart() -> None:
    said = {lang: [wording.change(it, lang) for it in (310, -310, 0)] for lang in ("fr", "en")}

    assert said["fr"] == ["+\u00a03,10\u00a0$", "−\u00a03,10\u00a0$", "0,00\u00a0$"]
    assert said["en"] == ["+$3.10", "−$3.10", "$0.00"]
    assert wording.signed(310) == "3,10\u00a0$"
    assert wording.signed(0, plus=True) == "+\u00a00,00\u00a0$"


def test_a_share_is_rounded_as_the_house_rounds_and_says_nothing_of_nothing() -> None:
    assert [wording.share(it, 2000) for it in (78, -78, 0)] == ["+\u00a03,9\u00a0%", "−\u00a03,9\u00a0%", "0\u00a0%"]
    assert wording.share(78, 2000, "en") == "+3.9%"
    assert wording.share(5, 10_000) == "+\u00a00,1\u00a0%"  # a half goes away from zero; round() would say nothing
    assert (wording.share(1, 0), wording.share(1, -5)) == ("", "")


def test_quantities_and_shares_keep_only_the_decimals_they_have() -> None:
    assert wording.quantity(2_480_000, "kWh") == "2\u00a0480\u00a0kWh"
    assert wording.quantity(84_500, "kW") == "84,5\u00a0kW"
    assert wording.percentage(99_750) == "9,975\u00a0%"
    assert wording.percentage(50_000, "en") == "5%"


def test_dates_are_written_in_full_with_the_first_as_1er() -> None:
    assert wording.day(date(2026, 1, 12)) == "12 janvier 2026"
    assert wording.day(date(2026, 1, 1)) == "1er janvier 2026"
    assert wording.day(date(2026, 1, 1), "en") == "January 1, 2026"
    assert wording.short_day(date(2026, 2, 12)) == "12 févr. 2026"
    assert wording.weekday(date(2026, 2, 2)) == "lundi"


def test_days_agree_in_number() -> None:
    assert [wording.days(it) for it in (0, 1, 2)] == ["0\u00a0jour", "1\u00a0jour", "2\u00a0jours"]
    assert [wording.days(it, "en") for it in (0, 1, 2)] == ["0\u00a0days", "1\u00a0day", "2\u00a0days"]


def test_french_takes_its_spaces_and_english_only_its_apostrophe() -> None:
    assert wording.typography("L'index « 5 203 » : non ? 5 % ; oui") == (
        "L’index «\u00a05 203\u00a0»\u00a0: non\u202f? 5\u00a0%\u202f; oui"
    )
    assert wording.typography("It's 5 kWh: yes?", "en") == "It’s 5 kWh: yes?"


@given(st.integers(-(10**15), 10**15))
def test_an_amount_reads_back_to_the_cent(cents: int) -> None:
    text = wording.money(cents).replace("\u00a0", "").replace("−", "-").removesuffix("$").replace(",", "")

    assert int(text) == cents


def test_an_hour_is_said_as_each_language_says_it() -> None:
    assert wording.hour(time(14, 5)) == "14\u00a0h\u00a005"
    assert wording.hour(time(9, 0), "en") == "9:00"
