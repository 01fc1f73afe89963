"""A rate of URDB becomes a book whose bills are known by hand, or every field that cannot be expressed is named."""

import json
import os
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from links.tariffs.urdb_examples import FACTORY, HOUSES, LATE, SUMMER, by_hour, by_month, changed

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.intervals import peaks_of, registers_of, slots_of
from fanal.law.tariffs.shelf import BookError, read
from fanal.links.tariffs import book_toml, urdb
from fanal.values.dates import to_days
from fanal.values.refusal import Refused
from tests.law.tariffs.campaign import bill_of, cases, disagreements, kernel
from tests.law.tariffs.oracle import Case

CODE = "cedar/Essai"
REAL = Path(os.environ.get("FANAL_SHARED", "/nowhere")) / "data" / "urdb"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "cedar").mkdir()
    return tmp_path


def imported(root: Path, rate: dict[str, Any], **options: Any) -> Book:
    """The book of a rate, through its file, as the shelf reads it."""
    (listed,) = urdb.rates(json.dumps(rate).encode())
    path = root / f"{CODE}.toml"
    path.write_text(book_toml.encode(urdb.book_of(listed, CODE, **options)), "utf-8")
    return read(path, root)


def refused(rate: dict[str, Any], **options: Any) -> list[str]:
    """The fields that a rate is refused for."""
    (listed,) = urdb.rates(json.dumps(rate).encode())
    with pytest.raises(Refused) as problem:
        urdb.book_of(listed, CODE, **options)
    return [it.field for it in problem.value.problems]


def amounts(book: Book, case: Case) -> dict[str, Decimal]:
    """What each line of a bill comes to, summed by code, and its total."""
    bill = bill_of(kernel(book, [case]), 0)
    found = {"total": bill.total}
    for code, _, _, _, amount in bill.lines:
        found[code] = found.get(code, Decimal(0)) + amount
    return found


def test_a_month_of_summer_is_priced_to_the_cent(root: Path) -> None:
    book = imported(root, HOUSES)
    assert amounts(book, Case(date(2024, 7, 1), date(2024, 8, 1), Decimal(900))) == {
        "fixed": Decimal("8.50"),
        "energy_june_september.1": Decimal("41.00"),  # 500 × (0.08 + 0.002)
        "energy_june_september.2": Decimal("44.80"),  # 400 × (0.11 + 0.002)
        "total": Decimal("94.30"),
    }


def test_a_period_that_enters_summer_has_its_share_of_each_price(root: Path) -> None:
    # 620 kWh over 31 days: 320 in May, 300 in June, whose first tier goes to 500 × 15/31 = 241.935 kWh.
    found = amounts(imported(root, HOUSES), Case(date(2024, 5, 16), date(2024, 6, 16), Decimal(620)))
    assert found == {
        "fixed": Decimal("8.50"),
        "energy_october_may": Decimal("24.64"),
        "energy_june_september.1": Decimal("19.84"),
        "energy_june_september.2": Decimal("6.50"),
        "total": Decimal("59.48"),
    }


def test_a_small_bill_is_brought_to_the_minimum(root: Path) -> None:
    found = amounts(imported(root, HOUSES), Case(date(2024, 2, 1), date(2024, 3, 1), Decimal(10), phases=1))
    assert found["minimum.1"] == Decimal("15.00") - Decimal("8.50") - Decimal("0.77")


def test_the_book_says_where_it_comes_from(root: Path) -> None:
    book = imported(root, HOUSES)
    (version,) = book.versions
    assert (book.currency, book.utility, version.from_on, version.to_on) == (
        "USD", "Cedar Falls Utilities", date(2024, 1, 1), None,
    )  # fmt: skip
    assert version.confidence == "seen"
    assert "0123456789abcdef01234567" in version.source
    assert "rs1.pdf" in version.source
    assert version.note is not None
    assert "sector = Residential" in version.note.fr
    assert "Single-family homes." in version.note.en
    assert imported(root, changed(HOUSES, approved=False)).versions[0].confidence == "background"


@pytest.mark.parametrize(("currency", "cent"), [("USD", "0.01"), ("VND", "1"), ("JPY", "1"), ("KWD", "0.001")])
def test_the_smallest_coin_is_that_of_the_currency(root: Path, currency: str, cent: str) -> None:
    assert imported(root, HOUSES, currency=currency).cent == Decimal(cent)


def test_a_rate_ends_with_its_last_day(root: Path) -> None:
    assert imported(root, changed(HOUSES, enddate="2024-12-31")).versions[0].to_on == date(2025, 1, 1)


def test_a_factory_is_billed_from_its_quarter_hours(root: Path) -> None:
    """40 kW all July 2024, 90 kW from 14:00 to 19:00 on its 23 working days."""
    book = imported(root, FACTORY)
    first, last = to_days(date(2024, 7, 1)), to_days(date(2024, 8, 1))
    load = np.full((last - first, 96), 10_000)
    for place in range(last - first):
        if date(2024, 7, 1 + place).weekday() < 5:
            load[place, LATE[0] * 4 : (LATE[-1] + 1) * 4] = 22_500
    values = load.reshape(1, -1)
    columns = registers_of(book, slots_of(book, first, last), values) | peaks_of(book, first, values)
    registers = {name: Decimal(int(column[0])) / 1000 for name, column in columns.items()}
    used = sum((registers[name] for name in registers if name.startswith("period")), Decimal(0))
    assert used == Decimal(int(values.sum())) / 1000

    case = Case(date(2024, 7, 1), date(2024, 8, 1), used, kw=Decimal(90), registers=registers)
    assert amounts(book, case) == {
        "fixed": Decimal("100.00"),
        "period_2": Decimal("2264.40"),  # 629 h × 40 kW × 0.09
        "period_3": Decimal("2484.00"),  # 115 h × 90 kW × 0.24
        "demand.1": Decimal("250.00"),
        "demand.2": Decimal("160.00"),
        "demand_2": Decimal("1080.00"),
        "total": Decimal("6338.40"),
    }


def test_hours_are_those_of_the_schedules(root: Path) -> None:
    peak = imported(root, FACTORY).registers["period_3"]
    (hours,) = peak.hours
    assert (hours.from_hour, hours.to_hour, hours.days, hours.season) == (
        "14:00", "19:00", ("mon", "tue", "wed", "thu", "fri"), None,
    )  # fmt: skip
    assert peak.season == "june_september"


def test_hours_that_pass_midnight_make_one_stretch(root: Path) -> None:
    night = [[1 if hour < 6 or hour >= 22 else 0 for hour in range(24)]] * 12
    rate = changed(HOUSES, energyratestructure=[[{"rate": 0.1}], [{"rate": 0.05}]],
                   energyweekdayschedule=night, energyweekendschedule=night)  # fmt: skip
    (hours,) = imported(root, rate).registers["period_2"].hours
    assert (hours.from_hour, hours.to_hour) == ("22:00", "06:00")


def test_every_hour_of_a_year_falls_in_one_register(root: Path) -> None:
    draw = random.Random(3)
    for _ in range(20):
        count = draw.randint(2, 4)
        week, end = ([[draw.randrange(count) for _ in range(24)] for _ in range(12)] for _ in range(2))
        rate = changed(HOUSES, energyratestructure=[[{"rate": 0.1 + n}] for n in range(count)],
                       energyweekdayschedule=week, energyweekendschedule=end)  # fmt: skip
        book = imported(root, rate)
        first, last = to_days(date(2024, 1, 1)), to_days(date(2025, 1, 1))
        names = list(book.registers)
        slots = slots_of(book, first, last).reshape(-1, 24, 4)
        for place in range(last - first):
            on = date.fromordinal(date(2024, 1, 1).toordinal() + place)
            wanted = (week if on.weekday() < 5 else end)[on.month - 1]
            found = [int(names[slots[place, hour, 0]].split("_")[1]) - 1 for hour in range(24)]
            assert found == wanted, on


def test_limits_by_kw_and_by_day_are_expressed(root: Path) -> None:
    rate = changed(HOUSES, mincharge=None, energyratestructure=[
        [{"max": 300, "rate": 0.049, "unit": "kWh/kW"}, {"rate": 0.033, "unit": "kWh/kW"}],
        [{"max": 20, "rate": 0.05, "unit": "kWh daily"}, {"max": 9.9999997e37, "rate": 0.06, "unit": "kWh daily"}],
    ])  # fmt: skip
    book = imported(root, rate)
    july = amounts(book, Case(date(2024, 7, 1), date(2024, 8, 1), Decimal(4000), kw=Decimal(10)))
    assert july["energy_june_september.1"] == Decimal("147.00")  # 300 kWh × 10 kW × 0.049
    assert july["energy_june_september.2"] == Decimal("33.00")
    january = amounts(book, Case(date(2024, 1, 1), date(2024, 2, 1), Decimal(700)))
    assert january["energy_october_may.1"] == Decimal("31.00")  # 20 × 31 days × 0.05
    assert january["energy_october_may.2"] == Decimal("4.80")


def test_a_tier_below_zero_is_a_credit(root: Path) -> None:
    rate = changed(HOUSES, mincharge=None, energyratestructure=[
        [{"max": 100, "rate": 0.05, "adj": -0.06}, {"rate": 0.11}], [{"rate": -0.01}],
    ])  # fmt: skip
    july = amounts(imported(root, rate), Case(date(2024, 7, 1), date(2024, 8, 1), Decimal(300)))
    assert {code: it for code, it in july.items() if it} == {
        "fixed": Decimal("8.50"), "energy_june_september.2": Decimal("22.00"),
        "energy_june_september_credit.1": Decimal("-1.00"), "total": Decimal("29.50"),
    }  # fmt: skip


def test_fuel_adjustments_follow_their_months(root: Path) -> None:
    rate = changed(HOUSES, fueladjustmentsmonthly=[0.01, 0.01] + [0] * 9 + [0.01])
    book = imported(root, rate)
    assert amounts(book, Case(date(2024, 1, 1), date(2024, 2, 1), Decimal(900)))["fuel_december_february"] == 9
    assert "fuel_december_february" not in amounts(book, Case(date(2024, 7, 1), date(2024, 8, 1), Decimal(900)))


def test_a_price_by_year_is_a_twelfth_a_month_or_nothing(root: Path) -> None:
    assert (
        imported(root, changed(HOUSES, fixedchargefirstmeter=102, fixedchargeunits="$/year")).charges[0].price_micro
        == 8_500_000
    )
    assert refused(changed(HOUSES, fixedchargefirstmeter=100, fixedchargeunits="$/year")) == ["fixedchargefirstmeter"]
    assert imported(root, changed(HOUSES, fixedchargeunits="$/day")).charges[0].per_days == 1


def test_net_metering_and_net_billing_are_expressed(root: Path) -> None:
    plain = changed(HOUSES, energyratestructure=[[{"rate": 0.1, "sell": 0.04}]], mincharge=None,
                    energyweekdayschedule=None, energyweekendschedule=None)  # fmt: skip
    july = Case(date(2024, 7, 1), date(2024, 8, 1), Decimal(900), registers={"injected": Decimal(1000)})
    netted = bill_of(kernel(imported(root, changed(plain, dgrules="Net Metering")), [july]), 0)
    assert (netted.total, netted.bank_kwh) == (Decimal("8.50"), Decimal(100))
    sold = amounts(imported(root, changed(plain, dgrules="Net Billing Instantaneous")), july)
    assert (sold["energy"], sold["sale"]) == (Decimal("90.00"), Decimal("-40.00"))
    assert refused(plain) == ["energyratestructure.sell"]
    alone = imported(root, plain, without=["sell"])
    assert not alone.registers
    assert alone.versions[0].note is not None
    assert "Laissé de côté à l’importation : sell." in alone.versions[0].note.fr


def test_a_look_back_is_that_of_the_whole_month(root: Path) -> None:
    plain = changed(FACTORY, demandratestructure=None, lookbackpercent=0.75, lookbackrange=6)
    book = imported(root, plain)
    assert book.versions[0].billing_demand.lookback is not None
    assert (book.versions[0].billing_demand.lookback.percent, book.versions[0].billing_demand.lookback.periods) == (
        75,
        6,
    )
    case = Case(date(2024, 7, 1), date(2024, 8, 1), Decimal(0), kw=Decimal(20), past_kw=Decimal(100))
    assert bill_of(kernel(book, [case]), 0).billing_kw == 75
    months = changed(plain, lookbackrange=0, lookbackmonths=[1] + [0] * 10 + [1])
    lookback = imported(root, months).versions[0].billing_demand.lookback
    assert lookback is not None
    assert (lookback.periods, lookback.months) == (11, (1, 12))


def test_power_in_kva_counts_whole(root: Path) -> None:
    book = imported(root, changed(FACTORY, demandratestructure=None, flatdemandunit="kVA"))
    case = Case(date(2024, 7, 1), date(2024, 8, 1), Decimal(0), kw=Decimal(40), kva=Decimal(50))
    assert bill_of(kernel(book, [case]), 0).billing_kw == 50


@pytest.mark.parametrize("rate", [
    HOUSES, FACTORY, changed(FACTORY, demandratestructure=None, lookbackpercent=0.8, lookbackrange=11),
], ids=["houses", "factory", "lookback"])  # fmt: skip
def test_the_oracle_agrees_on_what_is_imported(root: Path, rate: dict[str, Any]) -> None:
    book = imported(root, rate)
    assert disagreements(book, cases(book, 200, 1), root) == []


TIERS = [{"max": 100, "rate": 0.1}, {"rate": 0.2}]


@pytest.mark.parametrize(("fields", "named"), [
    ({"energyratestructure": [TIERS] * 3}, "energyratestructure[1]"),
    ({"energyratestructure": [[{"rate": 0.1234567}]] * 3}, "energyratestructure[0][0].rate"),
    ({"energyratestructure": [[{"rate": "0,1"}]] * 3}, "energyratestructure[0][0].rate"),
    ({"energyratestructure": [[{"rate": 0.1, "fuel": 1}]] * 3}, "energyratestructure[0][0].fuel"),
    ({"energyratestructure": [[{"unit": "kWh"}]] * 3}, "energyratestructure[0][0].rate"),
    ({"energyratestructure": None}, "energyratestructure"),
    ({"energyweekdayschedule": None}, "energyweekdayschedule"),
    ({"energyweekendschedule": [[7] * 24] * 12}, "energyweekendschedule[0]"),
    ({"energyweekendschedule": [[0] * 23] * 12}, "energyweekendschedule"),
    ({"startdate": None}, "startdate"),
    ({"startdate": "hier"}, "startdate"),
    ({"country": "FRA"}, "country"),
    ({"annualmincharge": 120}, "annualmincharge"),
    ({"mincharge": 120, "minchargeunits": "$/year"}, "minchargeunits"),
    ({"fixedchargeeaaddl": 4}, "fixedchargeeaaddl"),
    ({"fixedchargeunits": "$/week"}, "fixedchargeunits"),
    ({"coincidentratestructure": [[{"rate": 3}]]}, "coincidentratestructure"),
    ({"demandratchetpercentage": [0.5] * 12}, "demandratchetpercentage"),
    ({"demandreactivepowercharge": 0.4}, "demandreactivepowercharge"),
    ({"demandwindow": 30}, "demandwindow"),
    ({"demandrateunit": "kVA"}, "demandrateunit"),
    ({"flatdemandunit": "kW daily"}, "flatdemandunit"),
    ({"flatdemandmonths": [0] * 11}, "flatdemandmonths"),
    ({"flatdemandstructure": [[{"max": 100, "rate": 5}]]}, "flatdemandstructure[0][0].max"),
    ({"lookbackpercent": 0.5, "lookbackrange": 6}, "lookbackpercent"),
    ({"dgrules": "Net Metering"}, "dgrules"),
    ({"dgrules": "Net Billing Hourly"}, "dgrules"),
    ({"energyattrs": [{"Fuel": "varies"}]}, "energyattrs"),
    ({"holidayrates": [1]}, "holidayrates"),
])  # fmt: skip
def test_what_a_book_cannot_express_is_refused_by_its_name(fields: dict[str, Any], named: str) -> None:
    assert named in refused(changed(FACTORY, **fields))


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert refused(changed(FACTORY, annualmincharge=1, fixedchargeeaaddl=2, holidayrates=3)) == [
        "fixedchargeeaaddl", "annualmincharge", "holidayrates",
    ]  # fmt: skip


def test_a_field_may_be_left_out_by_name_but_not_the_prices(root: Path) -> None:
    rate = changed(FACTORY, energyattrs=[{"Fuel": "varies"}])
    note = imported(root, rate, without=["energyattrs"]).versions[0].note
    assert note is not None
    assert "energyattrs" in note.fr
    assert "energyratestructure" in refused(FACTORY, without=["energyratestructure"])
    assert refused(FACTORY, without=["dgrules"]) == ["dgrules"]


def test_a_rate_is_chosen_by_its_label_or_its_name() -> None:
    listed = urdb.rates(json.dumps({"items": [HOUSES, FACTORY]}).encode())
    assert urdb.chosen(listed, HOUSES["label"])["name"] == HOUSES["name"]
    assert urdb.chosen(listed, FACTORY["name"])["label"] == FACTORY["label"]
    for asked in ("", "autre"):
        with pytest.raises(Refused, match=HOUSES["label"]):
            urdb.chosen(listed, asked)


@pytest.mark.parametrize("content", [b"", b"[]", b"12", b"\xff", b"[1]", b'{"name": NaN}', b"[" * 100_000])
def test_a_file_that_is_no_rate_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        urdb.rates(content)


def test_three_hundred_spoilt_rates_are_imported_or_refused_but_never_break(root: Path) -> None:
    draw = random.Random(1)
    values = [None, "", "x", -1, 0, 1.5, 1e40, -0.03, True, [], [[]], [None], {}, {"a": 1}, 'é\u0000"\\', 10**20]
    outcomes = set()
    for _ in range(300):
        rate: Any = json.loads(json.dumps(draw.choice([HOUSES, FACTORY])))
        for _ in range(draw.randint(1, 3)):
            _spoil(rate, draw, values)
        try:
            imported(root, rate)
            outcomes.add("imported")
        except (Refused, BookError):
            outcomes.add("refused")
    assert outcomes == {"imported", "refused"}


def _spoil(rate: Any, draw: random.Random, values: list[Any]) -> None:
    """Put something else somewhere in a rate."""
    place = rate
    while True:
        key = draw.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if not place[key] or not isinstance(place[key], (dict, list)) or draw.random() < 0.3:
            place[key] = draw.choice(values)
            return
        place = place[key]


@pytest.mark.skipif(
    not REAL.is_dir(), reason="no rate downloaded from OpenEI here: put some in $FANAL_SHARED/data/urdb"
)
def test_real_rates_are_imported_or_refused_by_name(root: Path) -> None:
    for path in sorted(REAL.glob("*.json")):
        for rate in urdb.rates(path.read_bytes()):
            try:
                data = urdb.book_of(rate, CODE)
            except Refused:
                continue
            (root / f"{CODE}.toml").write_text(book_toml.encode(data), "utf-8")
            book = read(root / f"{CODE}.toml", root)
            assert disagreements(book, cases(book, 20, 1), root) == []


def test_the_seasons_of_the_examples_are_what_the_tests_say() -> None:
    assert by_month(1, 0)[SUMMER[0]] == [1] * 24
    assert by_hour(2, 1, 0)[6][13:20] == [1, 2, 2, 2, 2, 2, 1]
