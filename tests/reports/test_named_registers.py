"""Books that ask for more than kWh are billed like the others: run, rated again to the cent, explained, printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from billing import accept, bill_of, compute, correct, holds_of, issue, lines_of, rows
from calculator import wrong_steps
from django.db import connection
from factories import Place, make_place, make_subscription, typed

from fanal.doors.bills import meters, print_bill
from fanal.doors.bills.document import documents
from fanal.doors.bills.printing import temperatures
from fanal.law.tariffs.book import Book, dump
from fanal.law.tariffs.shelf import load
from fanal.records.billing import acts, proposals
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.records.subscriptions import particulars
from fanal.reports import explanation, quantities
from fanal.reports.bill_check import redo
from fanal.reports.bill_shelf import stories
from fanal.reports.invariants import verify
from fanal.reports.rehearsal import rehearse, side_by_side

pytestmark = pytest.mark.django_db

KWH, KW, KVARH = RegisterKind.KWH, RegisterKind.KW, RegisterKind.KVARH
STARTS_ON, SPRING = date(2025, 12, 1), date(2026, 4, 1)
PEAK, OFFPEAK, NORMAL = ((KWH, name) for name in ("peak", "offpeak", "normal"))
EVENT, INJECTED = (KWH, "event"), (KWH, "injected")
TODAY: dict[str, Any] = {"by": "commis", "on": date(2026, 1, 5)}


@dataclass
class Customer:
    """A place, its subscription, and what its registers showed last."""

    place: Place
    subscription: int
    shown: dict[Any, int] = field(default_factory=dict)


def a_customer(book: str, *registers: Any, starts_on: date = STARTS_ON, **told: Any) -> Customer:
    place = make_place(*registers, starts_on=STARTS_ON)
    subscription = make_subscription(point=place.point, book=book, starts_on=starts_on, **told)
    customer = Customer(place, subscription, dict.fromkeys(registers, 0))
    if starts_on != STARTS_ON:
        use(customer, starts_on)
    return customer


def use(customer: Customer, on: date, **by_name: int) -> None:
    """Read all its registers that day, so many more kWh each; a whole is named by its unit."""
    readings = []
    for which in customer.shown:
        kind, name = which if isinstance(which, tuple) else (which, "total")
        customer.shown[which] += by_name.get(name if name != "total" else kind.label, 0)
        readings.append(typed(customer.place, customer.shown[which], on, kind=kind, name=name))
    metering.record_readings(readings=readings, by="releveuse", on=on)


def bill_all(on: date, *customers: Customer) -> list[Any]:
    """A whole run of that day, what is only unusual accepted: their bills."""
    run_id = compute(on)
    for subscription, reasons in holds_of(run_id).items():
        assert set(reasons) <= {"LOW_USE", "HIGH_USE", "ZERO_USE", "TOTAL_SWING"}, reasons
        accept(run_id, subscription, on)
    issue(run_id, on)
    return [bill_of(run_id, it.subscription) for it in customers]


def kept(bill: Any) -> dict[str, int]:
    return {it.name: it.value for it in rows("SELECT name, value FROM billing_quantity WHERE bill_id = %s", bill.id)}


@pytest.fixture(autouse=True)
def sound() -> Iterator[None]:
    """Whatever was issued is rated again to the cent, by the run and by « Refaire le calcul »; the invariants hold."""
    yield
    assert {it.code: it.violations for it in verify() if it.count} == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT bill_id FROM billing_issue")
        told = stories([id for (id,) in cursor.fetchall()])
    assert told
    for story in told:
        found, why = redo(story), explanation.explain_bill(story)
        assert found is not None
        assert found.holds, (story.id, found)
        for lang in ("fr", "en"):
            assert wrong_steps(why, lang) == []
            assert "None" not in why.as_text(lang)
        assert all(explanation.explain_line(story, it.line).steps for it in story.lines)
        assert print_bill(story.id).startswith(b"%PDF")


def test_the_hours_of_a_critical_peak_are_billed_from_their_register():
    house = a_customer("hydro_quebec/Flex_D", KWH, EVENT)
    use(house, date(2026, 1, 30), kWh=3000, event=100)

    [bill] = bill_all(date(2026, 1, 30), house)

    assert bill.kwh == 3_000_000
    assert kept(bill) == {"registers.event": 100_000}
    # 60 jours × 46,154 ¢ ; 2 400 × 4,774 ¢ ; 500 × 8,699 ¢ ; 100 × 45,088 ¢
    assert {name: cents for name, cents in lines_of(bill).items() if "/" not in name} == {
        "access": 2769, "winter.1": 11458, "winter.2": 4350, "event": 4509,
    }  # fmt: skip


@pytest.mark.usefixtures("in_dong")
def test_three_periods_and_reactive_energy_make_a_bill_on_a_meter_without_a_whole():
    shop = a_customer("evn/business_below_6kv", PEAK, OFFPEAK, NORMAL, KVARH, domestic=False)
    use(shop, date(2026, 1, 30), peak=100, offpeak=300, normal=600, kvarh=600)

    [bill] = bill_all(date(2026, 1, 30), shop)

    assert bill.kwh == 1_000_000
    assert kept(bill) == {
        "kvarh": 600_000, "registers.peak": 100_000, "registers.offpeak": 300_000, "registers.normal": 600_000,
    }  # fmt: skip
    net = 600 * 3152 + 300 * 1918 + 100 * 5422
    lines = lines_of(bill)
    assert (lines["normal"], lines["offpeak"], lines["peak"]) == (600 * 3152, 300 * 1918, 100 * 5422)
    # cos φ = 1 000 ÷ √(1 000² + 600²) = 0,857 : 0,86, soit 4,65 %
    assert bill.net_cents - net == round(net * 0.0465)


def test_the_kwh_that_are_injected_are_banked_from_bill_to_bill_until_the_bank_ends():
    roof = a_customer("hydro_quebec/D_net_metering", KWH, INJECTED, starts_on=SPRING)
    particulars.open_bank(
        subscription_id=roof.subscription, starts_on=SPRING, opening_kwh="50", ends_on=date(2026, 9, 20), **TODAY
    )
    bills = []
    for on, used, injected in (
        (date(2026, 5, 31), 500, 900), (date(2026, 7, 30), 400, 100), (date(2026, 9, 28), 300, 620),
    ):  # fmt: skip
        use(roof, on, kWh=used, injected=injected)
        bills += bill_all(on, roof)

    banks = [(kept(it)["bank_kwh"], kept(it)["bank_left"], kept(it)["bank_ends"]) for it in bills]
    assert banks == [(50_000, 450_000, 0), (450_000, 150_000, 0), (150_000, 0, 1)]
    assert [it.kwh for it in bills] == [500_000, 400_000, 300_000]
    assert "energy.1" not in lines_of(bills[0])
    assert lines_of(bills[2])["bank"] == -2223  # 300 − 620 − 150 : 470 kWh × 4,73 ¢


def test_a_bill_done_again_leaves_the_bank_to_the_next_one():
    roof = a_customer("hydro_quebec/D_net_metering", KWH, INJECTED, starts_on=SPRING)
    use(roof, date(2026, 5, 31), kWh=500, injected=900)
    [first] = bill_all(date(2026, 5, 31), roof)
    register = roof.place.registers[INJECTED]
    metering.correct_reading(
        delivery_point_id=roof.place.point, register_id=register, read_on=date(2026, 5, 31), index="800",
        reason="mal lue", by="commis", on=date(2026, 6, 10),
    )  # fmt: skip

    [again] = correct(roof.subscription, first.id, date(2026, 6, 10))
    roof.shown[INJECTED] = 800
    use(roof, date(2026, 7, 30), kWh=400, injected=0)
    [second] = bill_all(date(2026, 7, 30), roof)

    assert (
        rows("SELECT value FROM billing_quantity WHERE bill_id = %s AND name = 'bank_left'", again)[0].value == 300_000
    )
    assert kept(second)["bank_kwh"] == 300_000


@pytest.mark.usefixtures("in_dong")
def test_blocks_widen_with_the_households_said_for_the_last_day():
    block = a_customer("evn/residential", KWH)
    alone = a_customer("evn/residential", KWH)
    for count, since in ((4, STARTS_ON), (6, date(2026, 2, 1))):
        particulars.say_households(subscription_id=block.subscription, count=count, starts_on=since, **TODAY)
    bills = []
    for on in (date(2026, 2, 1), SPRING):
        for it in (block, alone):
            use(it, on, kWh=1200)
        bills.append(bill_all(on, block, alone))
    (first, other), (second, _) = bills

    assert (kept(first), kept(second), kept(other)) == ({"households": 4}, {"households": 6}, {})
    # Deux mois : 4 ménages, 400 kWh à chacun des trois premiers prix ; 6 ménages, 600 à chacun des deux premiers.
    assert (first.net_cents, second.net_cents) == (400 * (1984 + 2050 + 2380), 600 * (1984 + 2050))
    assert other.net_cents > first.net_cents


@pytest.mark.usefixtures("in_dong")
def test_each_of_six_blocks_says_from_where_to_where_it_goes_and_the_bill_is_in_dong():
    house = a_customer("evn/residential", KWH)
    use(house, date(2026, 2, 1), kWh=900)
    [bill] = bill_all(date(2026, 2, 1), house)

    [story] = stories([bill.id])
    told = {it.charge.code: explanation.explain_line(story, it.line).answer["fr"] for it in story.lines if it.charge}
    answers = {code: re.sub(r"[\u00a0\u202f]", " ", it) for code, it in told.items()}
    assert answers["energy.1"].startswith("Les premiers kWh des 62 jours, jusqu’à 100 kWh, coûtent 1 984 ₫ chacun")
    assert answers["energy.4"] == "Les kWh de 400 kWh à 600 kWh coûtent 2 998 ₫ chacun ; il y en a 200 kWh."
    assert answers["energy.6"] == "Les kWh au-delà de 800 kWh coûtent 3 460 ₫ chacun ; il y en a 100 kWh."
    [document] = documents([story], temperatures())
    text = str(document)
    assert "₫" in text
    assert "$" not in text
    assert "aux suivants." in text
    assert "au second." not in text


def test_who_has_a_certificate_does_not_pay_that_tax_while_it_lasts():
    office = a_customer("hydro_quebec/D", KWH)
    said = {"subscription_id": office.subscription, "starts_on": STARTS_ON, **TODAY}
    exemption = particulars.exempt_from_tax(tax="canada/gst", certificate="GST-4471", **said)
    use(office, date(2026, 1, 30), kWh=1000)
    [free] = bill_all(date(2026, 1, 30), office)

    particulars.end_exemption(exemption_id=exemption, ends_on=date(2026, 2, 1), **TODAY)
    use(office, date(2026, 3, 31), kWh=1000)
    [taxed] = bill_all(date(2026, 3, 31), office)

    assert kept(free) == {"exempt": 1}
    assert lines_of(free)["canada/gst"] == 0 < lines_of(free)["quebec/qst"] == free.tax_cents
    assert kept(taxed) == {}
    assert lines_of(taxed)["canada/gst"] > 0


def test_a_place_without_the_register_of_its_book_is_held_and_says_which():
    house, other = a_customer("hydro_quebec/Flex_D", KWH), a_customer("hydro_quebec/Flex_D", KWH, EVENT)
    for it in (house, other):
        use(it, date(2026, 1, 30), kWh=1000)

    run_id = compute(date(2026, 1, 30))

    assert holds_of(run_id) == {house.subscription: ["REFUSED_BY_KERNEL"]}
    issue(run_id, date(2026, 1, 30))
    [evidence] = rows(
        "SELECT evidence -> 'message' ->> 'fr' AS fr, evidence -> 'message' ->> 'en' AS en FROM billing_hold"
    )
    assert evidence.fr == (
        "Le livre hydro_quebec/Flex_D demande le registre « événements de pointe » ; aucun compteur du lieu ne l’a "
        "pour tous ces jours."
    )
    assert "register “critical peak events”" in evidence.en


def test_a_register_left_unread_holds_the_bill():
    house = a_customer("hydro_quebec/Flex_D", KWH, EVENT)
    metering.record_readings(
        readings=[typed(house.place, 900, date(2026, 1, 30))], by="releveuse", on=date(2026, 1, 30)
    )

    run_id = compute(date(2026, 1, 30))
    assert holds_of(run_id)[house.subscription] == ["REGISTER_UNREAD"]

    house.shown[KWH] = 900
    use(house, date(2026, 1, 30), event=30)
    acts.compute_one(run_id=run_id, subscription_id=house.subscription, by="paul", on=date(2026, 1, 30))
    assert holds_of(run_id) == {}
    issue(run_id, date(2026, 1, 30))


def test_each_register_is_estimated_from_its_own_past_and_given_back_when_it_is_read():
    house = a_customer("hydro_quebec/Flex_D", KWH, EVENT)
    use(house, date(2026, 1, 30), kWh=1800, event=60)
    bill_all(date(2026, 1, 30), house)

    [guessed] = bill_all(date(2026, 3, 31), house)
    [again] = bill_all(date(2026, 5, 30), house)
    use(house, date(2026, 7, 29), kWh=5000, event=150)
    [settled] = bill_all(date(2026, 7, 29), house)

    assert (guessed.kwh, kept(guessed)) == (1_800_000, {"registers.event": 60_000})
    assert (again.kwh, kept(again), again.estimates_in_a_row) == (3_600_000, {"registers.event": 120_000}, 2)
    assert (settled.kwh, kept(settled)) == (5_000_000, {"registers.event": 150_000})
    assert lines_of(settled)["already_billed"] == -again.rated_cents


def test_a_person_estimates_one_register_apart():
    house = a_customer("hydro_quebec/Flex_D", KWH, EVENT)
    span: dict[str, Any] = {"delivery_point_id": house.place.point, "from_on": STARTS_ON, "to_on": date(2026, 1, 30)}
    who = {"by": "commis", "on": date(2026, 1, 30)}
    for name, quantity in (("total", 800), ("event", 25)):
        means = metering.Figure(quantity=quantity, reason="maison inoccupée")
        metering.record_estimate(kind=KWH, name=name, means=means, **span, **who)

    [bill] = bill_all(date(2026, 1, 30), house)

    assert (bill.kwh, kept(bill)) == (800_000, {"registers.event": 25_000})


@pytest.fixture
def afternoons() -> Book:
    """A book in force here that bills the kW of the afternoon, a register by name."""
    content = dump(load("hydro_quebec/D"))
    content["code"], content["registers"] = "essai/afternoons", {
        "afternoon": {"fr": "Après-midi", "en": "Afternoon", "unit": "kW"}
    }  # fmt: skip
    content["titles"]["afternoon"] = {"fr": "Puissance de l’après-midi", "en": "Afternoon demand"}
    demand = {"code": "afternoon", "kind": "demand", "per_days": 30, "of": "afternoon", "price": "10"}
    for version in content["version"]:
        version["charges"] = [*version["charges"], demand]
    book = Book.model_validate(content)
    proposal = proposals.propose_book(book=book, note="essai", by="paul", on=STARTS_ON)
    proposals.activate_book(proposal_id=proposal, by="marie", on=STARTS_ON)
    return book


def test_the_kw_of_a_name_are_estimated_like_any_other_where_nobody_came(afternoons: Book):
    shop = a_customer(afternoons.code, KWH, (KW, "afternoon"))
    use(shop, date(2026, 1, 30), kWh=1800, afternoon=40)
    [read] = bill_all(date(2026, 1, 30), shop)

    [guessed] = bill_all(date(2026, 3, 31), shop)

    assert kept(read) == kept(guessed) == {"registers.afternoon": 40_000}
    assert lines_of(guessed)["afternoon"] == 40 * 1000 * 60 // 30


def test_the_kw_of_a_name_hold_the_bill_with_what_is_true_until_a_person_says_them(afternoons: Book):
    """Where nobody came no power was read; where the meter was read, that register was not."""
    never, half = (a_customer(afternoons.code, KWH, (KW, "afternoon")) for _ in range(2))
    reading = typed(half.place, 900, date(2026, 1, 30))
    metering.record_readings(readings=[reading], by="releveuse", on=date(2026, 1, 30))
    means = metering.Figure(quantity=900, reason="maison inoccupée")
    span: dict[str, Any] = {"from_on": STARTS_ON, "to_on": date(2026, 1, 30)}
    who = {"by": "commis", "on": date(2026, 1, 30)}
    metering.record_estimate(delivery_point_id=never.place.point, kind=KWH, name="total", means=means, **span, **who)

    run_id = compute(date(2026, 1, 30))
    held = holds_of(run_id)
    assert "DEMAND_MISSING" in held[never.subscription]
    assert "REGISTER_UNREAD" not in held[never.subscription]
    assert held[half.subscription] == ["REGISTER_UNREAD"]

    means = metering.Figure(quantity=25, reason="essai d’une journée")
    for it in (never, half):
        metering.record_estimate(
            delivery_point_id=it.place.point, kind=KW, name="afternoon", means=means, **span, **who
        )  # fmt: skip
        acts.compute_one(run_id=run_id, subscription_id=it.subscription, by="paul", on=date(2026, 1, 30))
    assert not {"DEMAND_MISSING", "REGISTER_UNREAD"} & {it for reasons in holds_of(run_id).values() for it in reasons}
    for subscription in holds_of(run_id):
        accept(run_id, subscription, date(2026, 1, 30))
    issue(run_id, date(2026, 1, 30))
    assert [kept(bill_of(run_id, it.subscription)) for it in (never, half)] == [{"registers.afternoon": 25_000}] * 2


def test_a_book_that_looks_back_two_years_reads_as_many_bills():
    """GD: never below the highest of the 24 last monthly periods; the thirteenth bill sees the first."""
    starts_on = date(2025, 4, 1)
    place = make_place(KWH, KW, starts_on=starts_on)
    mill = Customer(place, make_subscription(point=place.point, book="hydro_quebec/GD", starts_on=starts_on))
    for month in range(1, 14):
        on = starts_on + timedelta(days=28 * month)
        readings = [typed(place, 1000 * month, on), typed(place, 40 if month == 1 else 10, on, kind=KW)]
        metering.record_readings(readings=readings, by="releveuse", on=on)
        [bill] = bill_all(on, mill)

    assert (bill.kw, bill.past_kw, bill.billing_kw) == (10_000, 40_000, 40_000)


def test_what_a_house_keeps_beyond_its_row_is_nothing():
    house = a_customer("hydro_quebec/D", KWH)
    use(house, date(2026, 1, 30), kWh=1000)
    [bill] = bill_all(date(2026, 1, 30), house)
    assert kept(bill) == {}


def test_what_few_bills_kept_is_read_of_them_alone_and_what_many_kept_by_their_range(monkeypatch):
    first, event, last = (a_customer(*it) for it in (
        ("hydro_quebec/D", KWH), ("hydro_quebec/Flex_D", KWH, EVENT), ("hydro_quebec/D", KWH)
    ))  # fmt: skip
    use(event, date(2026, 1, 30), kWh=3000, event=100)
    for house in (first, last):
        use(house, date(2026, 1, 30), kWh=3000)
    one, between, other = (it.id for it in bill_all(date(2026, 1, 30), first, event, last))
    assert one < between < other

    with connection.cursor() as cursor:
        assert quantities.kept(cursor, np.array([one, other])) == ({}, {})
        few = quantities.kept(cursor, np.array([other, between, one]))
        monkeypatch.setattr(quantities, "FEW", 1)
        many = quantities.kept(cursor, np.array([other, between, one]))
    for columns, known in (few, many):
        assert columns["registers.event"].tolist() == [0, 100_000, 0]
        assert known["registers.event"].tolist() == [False, True, False]


def test_a_rehearsal_rates_each_register_again_and_says_who_has_none():
    house, other = a_customer("hydro_quebec/Flex_D", KWH, EVENT), a_customer("hydro_quebec/D", KWH)
    use(house, date(2026, 1, 30), kWh=3000, event=100)
    use(other, date(2026, 1, 30), kWh=1000)
    flexible, plain = bill_all(date(2026, 1, 30), house, other)
    window: dict[str, Any] = {"from_on": date(2025, 12, 1), "to_on": date(2026, 2, 1)}
    flex, d = load("hydro_quebec/Flex_D"), load("hydro_quebec/D")

    same = rehearse(flex, current={flex.code: flex}, dated=True, **window)
    both = rehearse(flex, current={flex.code: flex, d.code: d}, dated=True, **window)

    assert (same.bills, same.total.current_cents, same.total.proposed_cents) == (
        1,
        flexible.net_cents,
        flexible.net_cents,
    )
    [aside] = both.refused
    assert aside.bills == 1
    assert "demande le registre « événements de pointe », que ces factures n’ont pas." in aside.fr
    assert "which these bills do not have." in aside.en
    assert both.bills == 1
    assert rehearse(d, current={d.code: d}, dated=True, **window).total.proposed_cents == plain.net_cents


@pytest.mark.usefixtures("in_dong")
def test_what_a_customer_would_pay_keeps_the_households_and_the_bank():
    block = a_customer("evn/residential", KWH)
    particulars.say_households(subscription_id=block.subscription, count=4, starts_on=STARTS_ON, **TODAY)
    use(block, date(2026, 2, 1), kWh=1200)
    [bill] = bill_all(date(2026, 2, 1), block)
    book = load("evn/residential")

    sides = side_by_side(
        block.subscription, {"now": book}, from_on=STARTS_ON, to_on=date(2026, 3, 1), codes=(book.code,)
    )

    assert [int(it.rated.net[0]) for it in sides["now"]] == [bill.net_cents]


@pytest.mark.usefixtures("in_dong")
def test_each_register_has_its_table_on_the_printed_bill():
    shop = a_customer("evn/business_below_6kv", PEAK, OFFPEAK, NORMAL, KVARH, domestic=False)
    use(shop, date(2026, 1, 30), peak=100, offpeak=300, normal=600, kvarh=600)
    [bill] = bill_all(date(2026, 1, 30), shop)
    (story,) = stories([bill.id])

    french, english = (meters.meters(story, lang) for lang in ("fr", "en"))

    assert [it.detail for it in french] == ["heures de pointe", "heures creuses", "heures normales", "énergie réactive"]
    assert [it.detail for it in english] == ["peak hours", "off-peak hours", "normal hours", "reactive energy"]
    assert {it.number for it in french} == {shop.place.serial}
    said = [[(it.label, it.value.replace("\u00a0", " ")) for it in table.results] for table in french]
    assert said[2] == [("Différence", "600 kWh"), ("Total", "1 000 kWh")]
    assert said[3] == [("Différence", "600 kvarh")]
