"""A difference of each family, planted, is found under its own name alone; what nothing closes is said so."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from fanal.law.shadow import differences, uses, worded
from fanal.law.shadow.accounts import Account, Printed, pairs
from fanal.law.shadow.differences import Class, Found, compare
from fanal.law.shadow.sides import OldBill, OldLine
from fanal.law.shadow.uses import Reading
from tests.law.shadow.old_town import FALL, account, cents, number, old_tariffs, printed, to_cent

SINCE, UNTIL = date(2025, 3, 12), date(2025, 5, 11)  # 20 days, a change of price, 40 days
BEFORE, AFTER = (Decimal("0.0607"), Decimal("0.1004")), (Decimal("0.0706"), Decimal("0.1114"))
FIRST = 51_000
Lines = list[tuple[str, date, date, str]]


def by_hand(
    kwh: Decimal | int,
    *,
    dwellings: int = 2,
    days: tuple[int, int] = (20, 40),
    prices: Sequence[tuple[Decimal, Decimal]] = (BEFORE, AFTER),
    whole_kwh: bool = True,
    rounding: str = ROUND_HALF_UP,
    access: bool = True,
) -> Lines:
    """Tariff A over the period, worked in decimals: each stretch has its days, its prices, and its share of the kWh."""
    step = Decimal(1) if whole_kwh else Decimal("0.001")
    share = (Decimal(kwh) * days[0] / sum(days)).quantize(step, ROUND_HALF_UP)
    lines: Lines = []
    for used, many, (low, high), span in zip(
        (share, kwh - share), days, prices, ((SINCE, FALL), (FALL, UNTIL)), strict=True
    ):
        limit = Decimal(40 * many * dwellings)
        asked = [("RED", Decimal("0.45") * many * dwellings)] if access else []
        asked += [("E1", min(used, limit) * low), ("E2", max(used - limit, Decimal(0)) * high)]
        lines += [(code, *span, str(it.quantize(Decimal("0.01"), rounding))) for code, it in asked if it]
    return lines


def read(units: int, **more: Any) -> dict[date, list[Reading]]:
    return {SINCE: [Reading(FIRST, "REAL")], UNTIL: [Reading(FIRST + units, "REAL", **more)]}


def one(bill: OldBill, readings: dict[date, list[Reading]], *, kind: str = "BILL", **more: Any) -> Found:
    given = {"dwellings": 2} | more
    return found_of(account([Printed(bill, kind)], readings, **given))[0]


def found_of(it: Account) -> list[Found]:
    old = old_tariffs()
    return compare(old, pairs([it], old))


def bill(lines: Lines, kwh: int, **more: Any) -> OldBill:
    return printed(lines, days=(SINCE, UNTIL), kwh=kwh, **more)


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("kwh", [5999, 0, 7, 123, -40])
def test_the_same_bill_has_no_difference(kwh: int, kept: bool) -> None:
    found = one(bill(by_hand(kwh), kwh, kept=kept), read(kwh))
    assert (found.kind, found.cents) == (Class.SAME, 0)


def same(found: Found) -> tuple[Class, str]:
    return found.kind, found.code


def test_a_tax_cut_to_the_cent_is_a_rounding_rule() -> None:
    lines = by_hand(6000)
    found = one(bill(lines, 6000, cut="qst"), read(6000))
    assert (same(found), found.facts, found.cents) == ((Class.ROUNDING, "tax_cut"), {"tax": "TVQ"}, 1)


def test_lines_cut_to_the_cent_are_a_rounding_rule() -> None:
    found = one(bill(by_hand(6008, rounding=ROUND_DOWN), 6008), read(6008))
    assert same(found) == (Class.ROUNDING, "lines_cut")


def test_the_prices_of_last_year_are_a_price_version() -> None:
    found = one(bill(by_hand(5999, prices=(BEFORE, BEFORE)), 5999, kept=False), read(5999))
    assert same(found) == (Class.PRICE_VERSION, "prices_of")
    assert found.facts == {"since": "2024-04-01"}
    assert found.cents > 0


def test_kwh_shared_to_the_thousandth_are_a_proration() -> None:
    found = one(bill(by_hand(5999, whole_kwh=False), 5999), read(5999))
    assert same(found) == (Class.PRORATION, "shared_kwh")


def test_a_day_too_many_is_a_proration() -> None:
    found = one(bill(by_hand(5999, days=(20, 41)), 5999), read(5999))
    assert (same(found), found.facts) == ((Class.PRORATION, "day_of_the_end"), {"days": 1})


def test_two_figures_exchanged_in_an_index_are_a_read() -> None:
    read_as, typed = FIRST + 5999, 59_699  # 56999 typed 59699
    assert read_as == 56_999
    found = one(bill(by_hand(typed - FIRST), typed - FIRST), read(5999))
    assert same(found) == (Class.READ, "reading")
    assert found.facts == {"how": "exchanged_figures", "meter": "M1", "index": typed}


def test_a_replaced_reading_is_a_read() -> None:
    readings = read(5999) | {UNTIL: [Reading(FIRST + 5999, "REAL"), Reading(FIRST + 900, "REJECTED")]}
    found = one(bill(by_hand(900), 900), readings)
    assert found.facts == {"how": "other_reading", "meter": "M1", "index": FIRST + 900, "kind": "REJECTED"}


def test_a_turn_of_the_dials_that_one_side_counts_is_a_read() -> None:
    readings = {SINCE: [Reading(99_000, "REAL")], UNTIL: [Reading(1_000, "REAL")]}
    assert same(one(bill(by_hand(2_000), 2_000), readings)) == (Class.SAME, "")
    found = one(bill(by_hand(-98_000), -98_000), readings)
    assert (same(found), found.facts["how"]) == ((Class.READ, "reading"), "turn_of_dials")


def test_another_multiplier_of_the_same_readings_is_a_multiplier() -> None:
    found = one(bill(by_hand(40 * 151), 40 * 151), read(151), multiplier=60)
    assert same(found) == (Class.MULTIPLIER, "other_multiplier")
    assert found.facts == {"meter": "M1", "here": 60, "there": 40}


def test_a_multiplier_is_not_told_from_a_few_units() -> None:
    assert one(bill(by_hand(5 * 7), 35), read(7), multiplier=1).kind == Class.UNEXPLAINED


def test_other_dwellings_are_a_multiplier_where_the_lines_tell_them() -> None:
    whole = bill(by_hand(5999, dwellings=3), 5999)
    lines = tuple(
        replace(it, quantity=3000 * (it.end - it.start)) if it.component == "RED" else it for it in whole.lines or ()
    )
    found = one(replace(whole, lines=lines), read(5999))
    assert (same(found), found.facts) == ((Class.MULTIPLIER, "dwellings"), {"here": 2, "there": 3})


def test_a_fee_that_one_side_alone_asks_for_is_missing() -> None:
    with_fee = [*by_hand(5999), ("OUV", SINCE, SINCE, "25.00")]
    assert same(one(bill(with_fee, 5999), read(5999))) == (Class.MISSING, "fee_here")
    assert same(one(bill(by_hand(5999), 5999), read(5999), starts_on=SINCE)) == (Class.MISSING, "fee_there")
    assert one(bill(with_fee, 5999), read(5999), starts_on=SINCE).kind == Class.SAME
    assert one(bill(by_hand(5999), 5999), read(5999), starts_on=SINCE, nature="RELAY").kind == Class.SAME
    assert one(bill(by_hand(5999), 5999), read(5999), starts_on=SINCE, after_bankruptcy=True).kind == Class.SAME


def test_a_line_that_was_never_printed_is_missing() -> None:
    found = one(bill(by_hand(5999, access=False), 5999), read(5999))
    assert (same(found), found.facts) == ((Class.MISSING, "line_there"), {"component": "RED"})


def test_a_reading_a_tariff_or_a_price_that_is_not_here_is_missing() -> None:
    whole = bill(by_hand(5999), 5999)
    readings = read(5999)
    del readings[SINCE]
    assert one(whole, readings).facts == {"meter": "M1"}
    assert same(one(whole, readings)) == (Class.MISSING, "no_reading")
    assert same(one(replace(whole, tariff="Z"), read(5999))) == (Class.MISSING, "no_tariff")
    before = replace(whole, start=number(date(2020, 1, 1)), end=number(date(2020, 3, 1)))
    readings = {date(2020, 1, 1): readings[UNTIL], date(2020, 3, 1): readings[UNTIL]}
    assert same(one(before, readings)) == (Class.MISSING, "no_price")


def test_what_nothing_closes_is_unexplained_and_says_what_already_differs() -> None:
    whole = bill(by_hand(5999), 5999)
    odd = replace(whole, net=whole.net + 371, total=whole.total + 371)
    found = one(odd, read(5999))
    assert (same(found), found.cents) == ((Class.UNEXPLAINED, "net"), -371)
    assert same(one(bill(by_hand(4321), 4321), read(5999))) == (Class.UNEXPLAINED, "kwh")
    taxed = replace(whole, taxes=(whole.taxes[0] + 9, whole.taxes[1]), total=whole.total + 9)
    assert same(one(taxed, read(5999))) == (Class.UNEXPLAINED, "taxes")


def test_lines_that_differ_under_the_same_total_are_a_difference() -> None:
    whole = bill(by_hand(5999), 5999)
    first, second, *rest = whole.lines or ()
    moved = (replace(first, amount=first.amount + 100), replace(second, amount=second.amount - 100), *rest)
    found = one(replace(whole, lines=moved), read(5999))
    assert (found.kind, found.cents) == (Class.UNEXPLAINED, 0)
    assert one(replace(whole, lines=None), read(5999)).kind == Class.SAME


def test_a_credit_note_takes_back_the_very_bill_and_the_next_one_has_the_corrected_index() -> None:
    wrong, right = bill(by_hand(900), 900), replace(bill(by_hand(5999), 5999), number="3")
    taxes = tuple(-it for it in wrong.taxes)
    lines = tuple(replace(it, amount=-it.amount) for it in wrong.lines or ())
    back = replace(wrong, number="2", kwh=-900, net=-wrong.net, taxes=taxes, total=-wrong.total, sign=-1, lines=lines)
    readings = read(900)
    readings[UNTIL].append(Reading(FIRST + 5999, "CORRECTED"))
    bills = [Printed(wrong, "BILL"), Printed(back, "CREDIT_NOTE", False, "1"), Printed(right, "REBILL", False, "1")]
    assert [it.kind for it in found_of(account(bills, readings, dwellings=2))] == [Class.SAME] * 3


def test_estimated_bills_stand_on_the_estimate_and_the_next_ones_on_what_was_read() -> None:
    readings = {
        SINCE: [Reading(FIRST, "REAL")],
        UNTIL: [Reading(FIRST + 800, "CUSTOMER"), Reading(FIRST + 700, "ESTIMATED")],
    }
    estimated = Printed(bill(by_hand(700), 700), "BILL", estimated=True)
    assert found_of(account([estimated], readings, dwellings=2))[0].kind == Class.SAME


def power(kw: int, kva: int, billed: str, number_: str, since: date, until: date) -> Printed:
    """A month of tariff B by hand: 18 $ a kW, 0.05 $ a kWh; 10,000 kWh."""
    lines = [("PRI", since, until, str(Decimal(billed) * 18)), ("E1", since, until, "500.00")]
    whole = printed(lines, days=(since, until), kwh=10_000, tariff="B", kw=cents(billed) * 10, bill=number_)
    return Printed(whole, "BILL")


def test_the_demand_of_a_winter_binds_by_tenths_until_twelve_periods_have_gone() -> None:
    months = [date(2025, 1, 1), date(2025, 1, 31), date(2025, 3, 2), date(2025, 4, 1), date(2025, 5, 1)]
    shown = [(100_050, 0, "100.1"), (20_000, 120_000, "108"), (10_000, 0, "70.2"), (10_000, 0, "70.2")]  # 65 % × 108
    bills, readings = [], {months[0]: [Reading(0, "REAL")]}
    for place, (kw, kva, billed) in enumerate(shown):
        bills.append(power(kw, kva, billed, str(place), months[place], months[place + 1]))
        readings[months[place + 1]] = [Reading(1000 * (place + 1), "REAL", kw, kva)]
    found = found_of(account(bills, readings, multiplier=10, phases=1))
    assert [it.kind for it in found] == [Class.SAME] * 4
    without = power(10_000, 0, "10", "3", months[3], months[4])
    found = found_of(account([*bills[:3], without], readings, multiplier=10))
    assert (same(found[3]), found[3].facts) == ((Class.READ, "demand"), {"how": "no_past_peak", "kw": 108_000})


def test_lamps_have_no_reading_and_cost_by_thirty_days() -> None:
    lines = [("LUM", SINCE, UNTIL, "139.86")]  # 7 × 9.99 × 60 ÷ 30
    assert one(printed(lines, days=(SINCE, UNTIL), tariff="F"), {}, units=7).kind == Class.SAME
    eight = replace(printed(lines, days=(SINCE, UNTIL), tariff="F"), lines=(OldLine("LUM", 1, 2, 7000, 0, 13_986),))
    found = one(eight, {}, units=8)
    assert (same(found), found.facts) == ((Class.MULTIPLIER, "units"), {"here": 8, "there": 7})


def test_a_cent_that_nothing_explains_on_the_only_line_of_a_flat_rate_is_unexplained() -> None:
    days = (UNTIL - SINCE).days
    amount = to_cent(Decimal("9.99") * 7 * days / 30)
    honest = printed([("LUM", SINCE, UNTIL, str(amount))], days=(SINCE, UNTIL), tariff="F", kept=False)
    assert one(honest, {}, units=7).kind == Class.SAME

    dearer = replace(honest, net=honest.net + 1, total=honest.total + 1)
    assert same(one(dearer, {}, units=7)) == (Class.UNEXPLAINED, "net")


def test_a_flat_rate_printed_without_its_only_line_lacks_that_line() -> None:
    found = one(printed([], days=(SINCE, UNTIL), tariff="F"), {}, units=7)
    assert (same(found), found.facts) == ((Class.MISSING, "line_there"), {"component": "LUM"})


def test_every_reason_that_the_law_gives_has_its_words_in_both_languages() -> None:
    told = tomllib.loads(Path(worded.__file__).with_name("differences.toml").read_text("utf-8"))["reason"]
    source = "".join(Path(str(it.__file__)).read_text("utf-8") for it in (differences, uses))
    given = set(re.findall(r'Class\.[A-Z_]+, f?"([a-z_{]+)|Otherwise\([^"]+"([a-z_]+)"|"how": "([a-z_]+)"', source))
    codes = {code for found in given for code in found if code and "{" not in code}
    assert codes - {"reading", "demand"} - set(told) == set()
    assert len(codes) > 20
    facts = dict.fromkeys(("meter", "index", "tax", "component", "tariff", "account"), "x")
    facts |= {"since": "2025-04-01", "until": "2025-05-01", "cents": 2500, "kw": 1000, "here": 1, "there": 2}
    facts |= {"prices": [["E1", "2025-04-01", 1, 2]]}
    for code in told:
        assert all(worded.reason(code, facts, lang) for lang in ("fr", "en"))


def test_a_reason_is_told_with_its_figures() -> None:
    assert worded.reason("net", {"here": 100, "there": 250}, "fr").replace("\u00a0", " ") == (
        "Avant taxes : 2,50 $ là-bas, 1,00 $ ici"
    )
    assert worded.reason("reading", {"how": "exchanged_figures", "meter": "M1", "index": 12}, "en") == (
        "Meter M1: figures exchanged, read 12"
    )
    assert list(worded.classes("fr")) == list(Class)


def test_what_was_read_and_never_billed_is_missing_there_with_its_whole_amount() -> None:
    later = date(2025, 7, 10)
    readings = read(5999) | {later: [Reading(FIRST + 6599, "REAL")]}
    whole = Printed(bill(by_hand(5999), 5999), "BILL")
    asked = {"dwellings": 2, "tariff": "A"}
    first, second = found_of(account([whole], readings, **asked))
    assert (first.kind, same(second)) == (Class.SAME, (Class.MISSING, "not_billed"))
    assert second.facts == {"since": "2025-05-11", "until": "2025-07-10"}
    # 60 × 2 × 0.45 = 54.00 ; 600 × 0.0706 = 42.36
    assert second.cents == 9636 + 482 + 961  # 4.818 ; 9.61191

    assert len(found_of(account([whole], readings, ends_on=UNTIL, **asked))) == 1
    readings[later] = [Reading(FIRST + 6599, "ESTIMATED")]
    assert len(found_of(account([whole], readings, **asked))) == 1


def test_an_account_that_was_never_billed_is_found_with_its_fee() -> None:
    (found,) = found_of(account([], read(600), starts_on=SINCE, tariff="A"))
    assert (same(found), found.pair.given.fee, found.pair.given.kwh) == ((Class.MISSING, "not_billed"), 2500, 600)


def priced(it: OldBill, prices: dict[tuple[str, date], int]) -> OldBill:
    """The bill with the prices that its lines were printed at."""
    lines = tuple(
        replace(own, price=next(micro for (code, day), micro in prices.items()
                                if (code, number(day)) == (own.component, own.start)))
        for own in it.lines or ()
    )  # fmt: skip
    return replace(it, lines=lines)


BOOK = {("RED", SINCE): 450_000, ("RED", FALL): 450_000, ("E1", SINCE): 60_700, ("E1", FALL): 70_600,
        ("E2", SINCE): 100_400, ("E2", FALL): 111_400}  # fmt: skip


def wrong_price(kwh: int, bill_number: str, *, kept: bool = True) -> OldBill:
    lines = by_hand(kwh, prices=(BEFORE, (Decimal("0.1706"), AFTER[1])))
    made = bill(lines, kwh, bill=bill_number, kept=kept)
    return priced(made, BOOK | {("E1", FALL): 170_600}) if kept else made


def test_a_price_that_is_not_of_the_book_is_named_once_for_all_its_bills() -> None:
    found = one(wrong_price(5999, "1"), read(5999))

    assert same(found) == (Class.OTHER_PRICE, "other_price")
    assert found.facts["prices"] == [["E1", "2025-04-01", 70_600, 170_600]]
    assert "E1 du 1er avril 2025" in worded.reason(found.code, found.facts, "fr").replace("\u00a0", " ")
    assert {it.facts["name"] for it in (found, one(wrong_price(4321, "2"), read(4321)))} == {found.facts["name"]}


def test_a_bill_without_lines_has_the_price_that_another_was_printed_at() -> None:
    old = old_tariffs()
    several = [
        replace(
            account([Printed(wrong_price(kwh, str(at), kept=kept), "BILL")], read(kwh), dwellings=2), number=str(at)
        )
        for at, (kwh, kept) in enumerate(((5999, True), (5000, False)), 1)
    ]
    assert [it.kind for it in compare(old, pairs(several, old))] == [Class.OTHER_PRICE] * 2


def test_another_price_explains_no_cent_more_than_it_makes() -> None:
    right = wrong_price(5999, "1")
    found = one(replace(right, net=right.net + 1, total=right.total + 1), read(5999))
    assert found.kind == Class.UNEXPLAINED


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fr", "Prix EN1 du 1er avril 2025 : 7 ¢ ici, 6,9 ¢ imprimé ; EN2 du 1er avril 2025 : 11 ¢ ici, 10 ¢ imprimé"),
        ("en", "Price EN1 of April 1, 2025: 7 ¢ here, 6.9 ¢ printed; EN2 of April 1, 2025: 11 ¢ here, 10 ¢ printed"),
    ],
)
def test_several_prices_are_told_one_after_the_other(lang: Any, said: str) -> None:
    prices = [["EN1", "2025-04-01", 70_000, 69_000], ["EN2", "2025-04-01", 110_000, 100_000]]
    assert worded.finding("other_price", {"prices": prices}, lang).replace("\u00a0", " ") == said
