"""Every kind of charge once, worked by hand: the sums in the comments are all that a pocket calculator needs."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.shelf import load
from tests.law.tariffs.campaign import bill_of, disagreements, kernel
from tests.law.tariffs.oracle import Case

JANUARY = (date(2027, 1, 1), date(2027, 1, 31))  # 30 days of winter
MAY = (date(2026, 5, 1), date(2026, 5, 31))  # 30 days of summer
JUNE_2015 = (date(2015, 6, 1), date(2015, 7, 1))  # a calendar month
WORKED: dict[str, tuple[str, tuple[date, date], dict[str, Any], dict[str, str]]] = {
    "a lump sum per lamp": (
        "lac_aux_ormes/eclairage", MAY, {"units": 12},
        {"lamp": "202.20"},  # 12 × 16.85
    ),
    "dwellings multiply the access, the blocks and the base of power": (
        "hydro_quebec/DM", (date(2026, 5, 1), date(2026, 6, 30)), {"kwh": 30_000, "kw": 60, "multiplier": 12},
        # 60 × 12 × 0.46154 ; 40 × 60 × 12 = 28 800 × 0.07065 ; 1 200 × 0.11142 ; (60 − 50) × 60 ÷ 30 × 7.266
        {"access": "332.31", "energy.1": "2034.72", "energy.2": "133.70", "demand.summer": "145.32"},
    ),
    "a base of power that the dwellings pass": (
        "hydro_quebec/DM", MAY, {"kwh": 0, "kw": 60, "multiplier": 14},
        {"access": "193.85", "demand.summer": "29.06"},  # 30 × 14 × 0.46154 ; (60 − 4 × 14) × 7.266
    ),
    "a price of power for each season": (
        "hydro_quebec/DP", (date(2026, 11, 16), date(2026, 12, 16)), {"kwh": 0, "kw": 100},
        {"demand.summer": "134.23", "demand.winter": "181.65"},  # 50 × 15 ÷ 30 × 5.369 = 134.225 ; 50 × 15 ÷ 30 × 7.266
    ),
    "a minimum bill of one phase": ("hydro_quebec/DP", MAY, {"kwh": 0, "phases": 1}, {"minimum.1": "13.83"}),
    "a minimum bill of three phases": (
        "hydro_quebec/DP", MAY, {"kwh": 100, "phases": 3},
        {"energy.1": "6.88", "minimum.3": "13.87"},  # 100 × 0.06878 ; 20.75 − 6.88
    ),
    "critical peaks in their register": (
        "hydro_quebec/Flex_D", JANUARY, {"kwh": 2_000, "registers": {"event": Decimal(100)}},
        # 30 × 0.46154 ; 40 × 30 = 1 200 × 0.04886 ; (2 000 − 100 − 1 200) × 0.09103 ; 100 × 0.46463
        {"access": "13.85", "winter.1": "58.63", "winter.2": "63.72", "event": "46.46"},
    ),
    "dual energy by two registers": (
        "hydro_quebec/DT", JANUARY, {"kwh": 1_200, "registers": {"mild": Decimal(1000), "cold": Decimal(200)}},
        {"access": "13.85", "mild": "51.31", "cold": "60.00"},  # 1 000 × 0.05131 ; 200 × 0.30001
    ),
    "a winter credit": (
        "hydro_quebec/D_winter_credit", JANUARY, {"kwh": 1_000, "registers": {"curtailed": Decimal(50)}},
        {"access": "13.85", "energy.1": "70.65", "curtailed": "-29.25"},  # 50 × 0.5849 = 29.245
    ),
    "net metering with its bank": (
        "hydro_quebec/D_net_metering", MAY,
        {"kwh": 900, "bank_kwh": Decimal(150), "registers": {"injected": Decimal(300)}},
        {"access": "13.85", "energy.1": "31.79"},  # 900 − 300 − 150 = 450 × 0.07065
    ),
    "kVA beyond the real kW": (
        "hydro_quebec/G9", MAY, {"kwh": 0, "kw": 80, "kva": Decimal(100)},
        {"demand": "476.28", "excess": "129.50"},  # 90 % × 100 = 90 × 5.292 ; (90 − 80) × 12.95
    ),
    "a share of the peak of winter": (
        "hydro_quebec/M", MAY, {"kwh": 0, "kw": 100, "past_kw": Decimal(200)},
        {"demand": "2371.46"},  # 65 % × 200 = 130 × 18.242
    ),
    "wholesale, by households and other uses": (
        "evn/wholesale_rural", JUNE_2015, {"kwh": 1_200, "households": 10, "registers": {"other": Decimal(200)}},
        # 50 × 10 = 500 × 1 230 ; (1 200 − 200 − 500) × 1 279 ; 200 × 1 322
        {"energy.1": "615000", "energy.2": "639500", "other": "264400"},
    ),
    "three periods of the day": (
        "evn/wholesale_zone_22_110kv", JUNE_2015,
        {"kwh": 1_000, "registers": {"normal": Decimal(600), "offpeak": Decimal(300), "peak": Decimal(100)}},
        {"normal": "826800", "offpeak": "265500", "peak": "250600"},  # 600 × 1 378 ; 300 × 885 ; 100 × 2 506
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WORKED)
def test_a_kind_of_charge_is_what_the_hand_makes_it(kind: str) -> None:
    code, period, given, expected = WORKED[kind]
    case = Case(*period, **{name: Decimal(it) if name in ("kwh", "kw") else it for name, it in given.items()})
    found = bill_of(kernel(load(code), [case]), 0)
    assert {it: str(amount) for it, *_, amount in found.lines} == expected
    assert disagreements(load(code), [case]) == []


REACTIVE = """
[[version]]
from = 2010-04-01
confidence = "invented"
source = "Essai"
charges = [ { code = "energy", kind = "flat", of = "kvarh", over_percent = "40", price = "0.0123" } ]
"""


def test_kvarh_are_billed_beyond_a_share_of_the_kwh(write: Callable[..., Book]) -> None:
    book = write(('needs = ["kwh"]', 'needs = ["kwh", "kvarh"]'), versions=REACTIVE)
    found = bill_of(kernel(book, [Case(*MAY, Decimal(1000), kvarh=Decimal(500))]), 0)
    assert [(quantity, amount) for _, _, _, quantity, amount in found.lines] == [(100, Decimal("1.23"))]


TENTHS = """
[[version]]
from = 2010-04-01
confidence = "invented"
source = "Essai"
billing_demand = { power_factor_percent = "90", winter_ratchet_percent = "65", quantum = "0.1" }
charges = [
  { code = "energy", kind = "flat", price = "0.10" },
  { code = "demand", kind = "demand", per_days = 30, price = "10" },
  { code = "minimum", kind = "minimum", per_days = 30, three_phase = "150" },
]
"""


@pytest.mark.parametrize(
    ("kw", "kva", "past_kw", "billed"),
    [
        ("7.04", "0", "0", "7"),
        ("7.05", "0", "0", "7.1"),
        ("7", "8.5", "0", "7.7"),  # 90 % × 8.5 = 7.65
        ("7", "8.5", "12.9", "8.4"),  # 65 % × 12.9 = 8.385
    ],
)
def test_demand_is_billed_by_tenths_where_a_book_says_so(
    kw: str, kva: str, past_kw: str, billed: str, write: Callable[..., Book], parameters: Path
) -> None:
    titles = ("[titles]", "[titles]\n" + "\n".join(f'{it} = {{ fr = "x", en = "x" }}' for it in ("demand", "minimum")))
    book = write(titles, ('needs = ["kwh"]', 'needs = ["kwh", "kw", "phases"]'), versions=TENTHS)
    case = Case(*MAY, Decimal(-100), Decimal(kw), Decimal(kva), past_kw=Decimal(past_kw))
    found = bill_of(kernel(book, [case]), 0)
    amount = (Decimal(billed) * 10).quantize(Decimal("0.01"))
    assert [(code, cents) for code, *_, cents in found.lines] == [("energy", Decimal("-10.00")), ("demand", amount)]
    assert disagreements(book, [case], parameters) == []


def test_a_minimum_of_three_phases_asks_nothing_of_a_single_one(write: Callable[..., Book]) -> None:
    titles = ("[titles]", "[titles]\n" + "\n".join(f'{it} = {{ fr = "x", en = "x" }}' for it in ("demand", "minimum")))
    book = write(titles, ('needs = ["kwh"]', 'needs = ["kwh", "kw", "phases"]'), versions=TENTHS)
    one, three = (bill_of(kernel(book, [Case(*MAY, Decimal(-100), phases=phases)]), 0) for phases in (1, 3))
    assert [line[0] for line in one.lines] == ["energy"]
    assert [(line[0], line[-1]) for line in three.lines][1:] == [("minimum.3", Decimal("160.00"))]  # 150 + 10


@pytest.mark.parametrize(("rounding", "amounts"), [("half_up", ["4.00", "-4.00"]), ("truncate", ["3.99", "-3.99"])])
def test_a_truncated_line_drops_what_is_left_towards_zero(
    rounding: str, amounts: list[str], write: Callable[..., Book]
) -> None:
    """19.995 kWh × 0.20 $ = 3.999 $; what is taken back is cut like what was asked."""
    book = write(('rounding = "half_up"', f'rounding = "{rounding}"'))
    cases = [Case(date(2013, 5, 1), date(2013, 5, 31), Decimal(kwh)) for kwh in ("19.995", "-19.995")]
    rated = kernel(book, cases)
    assert [str(bill_of(rated, place).net) for place in (0, 1)] == amounts
