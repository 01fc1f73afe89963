"""The words of a line are what a person types on a pocket calculator."""

from collections.abc import Callable
from fractions import Fraction

from fanal.law.tariffs import lines, prices
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.rules import BillingDemand
from fanal.law.tariffs.shelf import load
from fanal.values.wording import Lang
from tests.law.tariffs.strange import strange


def charge(book: str, code: str) -> Charge:
    """The charge of this code at the prices of 2025."""
    return next(c for c in load(book).charges if c.code == code and c.version_from.year == 2025)


def said(text: str | None) -> str:
    return (text or "").replace("\u00a0", " ")


def test_energy_is_kwh_times_price() -> None:
    energy = charge("hydro_quebec/D", "energy.1")
    assert said(lines.arithmetic(energy, 62, 2_480_000, 17124)) == "2 480 kWh × 6,905 ¢ = 171,24 $"
    assert said(lines.arithmetic(energy, 62, 2_480_000, 17124, "en")) == "2,480 kWh × 6.905 ¢ = $171.24"


def test_a_block_goes_as_far_as_its_days() -> None:
    first, second = charge("hydro_quebec/D", "energy.1"), charge("hydro_quebec/D", "energy.2")
    assert said(lines.threshold(first, 62)) == "40 kWh × 62 jours = 2 480 kWh"
    assert said(lines.threshold(second, 62, 3)) == "40 kWh × 62 jours × 3 = 7 440 kWh"
    monthly = charge("hydro_quebec/G", "energy.1")
    assert said(lines.threshold(monthly, 31)) == "15 090 kWh × 31 jours ÷ 30 = 15 593 kWh"
    assert lines.threshold(charge("hydro_quebec/D", "access"), 62) is None


def test_a_block_that_households_share_says_so() -> None:
    tier = charge("evn/residential", "energy.1")
    month = Fraction(1)
    assert said(lines.threshold(tier, 31, 3, months=month)) == "50 kWh × 1 mois × 3 ménages = 150 kWh"
    assert said(lines.threshold(tier, 31, 3, "en", month)) == "50 kWh × 1 month × 3 households = 150 kWh"
    assert said(lines.threshold(tier, 31, 1, months=month)) == "50 kWh × 1 mois = 50 kWh"


def test_a_line_is_in_the_currency_of_its_book() -> None:
    tier = charge("evn/residential", "energy.1")
    assert said(lines.arithmetic(tier, 31, 50_000, 99_200)) == "50 kWh × 1 984 ₫ = 99 200 ₫"
    assert said(lines.arithmetic(tier, 31, 50_000, 99_200, "en")) == "50 kWh × ₫1,984 = ₫99,200"
    assert said(lines.tax(99_200, 80_000, 7_936, currency="VND")) == "99 200 ₫ × 8 % = 7 936 ₫"


def test_a_fixed_charge_shows_days_and_dwellings() -> None:
    access = charge("hydro_quebec/D", "access")
    assert said(lines.arithmetic(access, 60, 60_000, 2769)) == "60 jours × 46,154 ¢ = 27,69 $"
    assert said(lines.arithmetic(access, 60, 180_000, 8308)) == "3 × 60 jours × 46,154 ¢ = 83,08 $"
    lamp = charge("lac_aux_ormes/eclairage", "lamp")
    assert said(lines.arithmetic(lamp, 31, 12 * 31_000, 20894)) == "12 × 31 jours × 16,85 $ ÷ 30 = 208,94 $"


def test_demand_shows_its_days_and_its_base() -> None:
    winter = charge("hydro_quebec/DP", "demand.winter")
    assert said(lines.arithmetic(winter, 9, 28_000, 5925)) == "28 kW × 7,053 $ × 9 jours ÷ 30 = 59,25 $"
    assert said(lines.excess(winter, 78_000)) == "78 kW − 50 kW = 28 kW"
    assert lines.excess(charge("hydro_quebec/M", "demand"), 78_000) is None


def test_the_billing_demand_shows_how_it_was_found() -> None:
    rule = load("hydro_quebec/M").versions[-1].billing_demand
    assert list(map(said, lines.demand(rule, 60_000, 70_000, 120_000))) == [
        "90 % × 70 kVA = 63 kW",
        "65 % × 120 kW = 78 kW",
        "la plus grande de 60 kW, 63 kW et 78 kW = 78 kW",
    ]
    assert lines.demand(rule, 60_000) == []


def test_a_demand_by_tenths_shows_its_tenths() -> None:
    rule = BillingDemand.model_validate({"power_factor_percent": "90", "quantum": "0.1"})
    assert list(map(said, lines.demand(rule, 60_040, 70_000))) == [
        "90 % × 70 kVA = 63 kW",
        "la plus grande de 60 kW et 63 kW = 63 kW",
    ]
    assert list(map(said, prices.demand(rule))) == [
        "90 % de la puissance apparente (kVA)",
        "chacune arrondie à 0,1 kW",
    ]


def test_the_minimum_shows_what_the_lines_lacked() -> None:
    minimum = charge("hydro_quebec/DP", "minimum.3")
    assert said(lines.arithmetic(minimum, 60, 60_000, 1000)) == (
        "60 jours × 20,75 $ ÷ 30 = 41,50 $ ; 41,50 $ − 31,50 $ déjà compris = 10,00 $"
    )


def test_a_tax_is_its_base_times_its_rate() -> None:
    assert said(lines.tax(9834, 99_750, 981)) == "98,34 $ × 9,975 % = 9,81 $"


def test_each_new_kind_of_line_is_a_sum_too(write: Callable[..., Book]) -> None:
    book = strange(write)
    first = {c.code: c for c in book.charges if c.version == 0}
    assert said(lines.arithmetic(first["access"], 31, 2_000, 3472)) == "2 mois × 17,36 $ = 34,72 $"
    assert said(lines.arithmetic(first["once"], 31, 1_000, 2501)) == "1 × 25,01 $ = 25,01 $"
    assert said(lines.arithmetic(first["event"], 31, 120_000, 6616)) == "120 kWh × 55,132 ¢ = 66,16 $"
    assert said(lines.arithmetic(first["kvarh"], 31, 400_000, 492)) == "400 kvarh × 1,23 ¢ = 4,92 $"
    assert said(lines.arithmetic(first["rider"], 31, 133_010, -200)) == "133,01 $ × −1,5 % = −2,00 $"
    assert said(lines.arithmetic(first["reactive.1"], 31, 100_000, 112)) == "100,00 $ × 1,12 % = 1,12 $"
    assert said(lines.arithmetic(first["bank"], 31, 150_000, -710)) == "150 kWh × −4,73 ¢ = −7,10 $"
    assert said(lines.arithmetic(first["minimum.1"], 31, 1_000, 1003)) == (
        "1 mois × 30,03 $ = 30,03 $ ; 30,03 $ − 20,00 $ déjà compris = 10,03 $"
    )
    second = {c.code: c for c in book.charges if c.version == 1}
    assert said(lines.arithmetic(second["hours"], 31, 40_500, 5063)) == "40,5 kW·mois × 1,25 $ = 50,63 $"
    assert said(lines.arithmetic(second["supply"], 30, 100_000, -7131)) == (
        "100 kW × −71,31 ¢ × 30 jours ÷ 30 = −71,31 $"
    )


def test_a_block_may_follow_months_households_and_kilowatts(write: Callable[..., Book]) -> None:
    charges = {c.code: c for c in strange(write).charges if c.version == 0}
    assert said(lines.threshold(charges["energy.1"], 31, 3)) == "50 kWh × 1 mois × 3 ménages = 150 kWh"
    part = Fraction(15, 31)
    assert said(lines.threshold(charges["energy.2"], 15, 1, months=part)) == "100,5 kWh × 15 mois ÷ 31 = 48,629 kWh"
    assert said(lines.threshold(charges["hours.1"], 30, 78_000)) == "100 kWh × 1 mois × 78 kW = 7 800 kWh"


ONLY = 'charges = [ { code = "energy", kind = "flat", price = "0.20" } ]'
REACTIVE_BLOCKS = (
    'code = "kvarh", kind = "blocks", of = "kvarh", per = "month", '
    'steps = [ { upto = "10", price = "0.01" }, { price = "0.0123" } ]'
)
LESS = ('less = ["event", "night"]', 'less = ["event", "kvarh", "kwh"]')
LANGUAGES: tuple[Lang, ...] = ("fr", "en")


def test_blocks_of_reactive_energy_are_told_in_kvarh(write: Callable[..., Book]) -> None:
    book = write(
        ('needs = ["kwh"]', 'needs = ["kwh", "kvarh"]'),
        ("energy = {", 'kvarh = { fr = "Réactive", en = "Reactive" }\nenergy = {'),
        (ONLY, ONLY.replace(" ]", f", {{ {REACTIVE_BLOCKS} }} ]")),
    )
    first, second = (it for it in book.charges if it.code.startswith("kvarh."))
    assert said(lines.threshold(first, 31)) == "10 kvarh × 1 mois = 10 kvarh"
    assert [said(it) for it in prices.limits(first, book)] == ["jusqu’à 10 kvarh par mois"]
    assert [said(it) for it in prices.limits(second, book, "en")] == ["above 10 kvarh per month"]


def test_what_comes_off_a_price_is_told_whole_or_by_its_register(write: Callable[..., Book]) -> None:
    net = next(it for it in strange(write, LESS).charges if it.code == "energy.1")
    assert "moins : Pointe, kvarh, kWh" in [said(it) for it in prices.limits(net, strange(write, LESS))]


def test_every_price_of_the_strangest_book_is_told_in_both_languages(write: Callable[..., Book]) -> None:
    book = strange(write, LESS)
    for charge in book.charges:
        for lang in LANGUAGES:
            assert all([prices.amount(charge, book, lang), *prices.limits(charge, book, lang)]), charge.code


def test_net_metering_and_the_power_factor_show_how_they_were_found() -> None:
    assert said(lines.netting(900_000, 300_000, 150_000)) == "900 kWh − 300 kWh − 150 kWh = 450 kWh"
    assert said(lines.netting(100_000, 300_000, 0)) == "100 kWh − 300 kWh = 0 kWh"
    assert said(lines.netting(0, 0, 0)) == "0 kWh = 0 kWh"
    assert said(lines.power_factor(1_000_000, 484_000)) == "1 000 ÷ √(1 000² + 484²) = 0,9"
    assert said(lines.power_factor(0, 484_000)) == "cos φ = 0"
