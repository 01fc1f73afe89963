"""What an old system handed over becomes records of every room, all of it or nothing, and once."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from towns import small_town

from fanal.doors.migration import intake
from fanal.links.legacy.mapping import SHIPPED
from fanal.records.elsewhere import acts as switched
from fanal.records.elsewhere import facts as elsewhere
from fanal.records.elsewhere import promises
from fanal.records.ledger import acts as ledger
from fanal.records.metering import acts as metering
from fanal.records.takeover import facts, faults
from fanal.records.takeover.loading import whole
from fanal.reports.invariants import verify
from fanal.values.refusal import Refused
from tests.billing import bill_of, bill_on, rows
from tests.doors.migration.conftest import HEADING, ON, Taken

pytestmark = pytest.mark.django_db


def flaws(standing: str = "ASIDE") -> list[tuple[str, str]]:
    """(kind, code) of what was put aside."""
    found = facts.flaw_counts(facts.exports()[0].id)
    return [(kind, code) for (kind, code, of), _ in found.items() if of == standing]


def subscription(number: str = "1000001") -> Any:
    """The subscription of an account of the old system."""
    [found] = rows(
        "SELECT s.*, d.number AS point FROM takeover_known k JOIN subscriptions_subscription s ON s.id = k.our_id"
        " JOIN premises_deliverypoint d ON d.id = s.delivery_point_id WHERE k.kind = 'subscriptions' AND k.key = %s",
        number,
    )
    return found


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_whole_town_is_loaded_whatever_the_order_of_its_columns(take_over: Taken, seed: int) -> None:
    loaded = take_over(small_town(), seed=seed)

    assert loaded | {"rounds": 2} == {
        "customers": 2, "premises": 2, "rounds": 2, "meters": 2, "readings": 6, "subscriptions": 2, "owners": 0,
        "equal_payments": 0, "arrangements": 0, "debits": 0, "deposits": 0, "bills": 2, "bill_lines": 4, "payments": 2,
        "entries": 0, "notices": 0,
    }  # fmt: skip
    assert [it for it in facts.files(facts.exports()[0].id) if it.ready or it.aside or it.refused] == []
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_a_customer_a_place_and_a_meter_are_those_of_the_old_system(take_over: Taken) -> None:
    take_over(small_town())

    [place] = rows(
        "SELECT c.name, c.given_name, p.street, d.cycle, d.sequence, m.serial, s.book, s.starts_on"
        " FROM subscriptions_subscription s JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id"
        " JOIN customers_customer c ON c.id = h.customer_id"
        " JOIN premises_deliverypoint d ON d.id = s.delivery_point_id JOIN premises_premises p ON p.id = d.premises_id"
        " JOIN metering_installation i ON i.delivery_point_id = d.id JOIN metering_meter m ON m.id = i.meter_id"
        " WHERE d.number = '200001'"
    )
    assert (place.name, place.given_name, place.street) == ("Côté", "Anne", "rue du Quai")
    assert (place.cycle, place.sequence, place.serial) == (1, 10, "G0000001")
    assert (place.book, place.starts_on) == ("hydro_quebec/D", date(2012, 7, 1))
    contacts = {it.kind: it.value for it in rows("SELECT kind, value FROM customers_contact ORDER BY id LIMIT 3")}
    assert set(contacts) == {"POST", "PHONE", "EMAIL"}
    assert contacts["POST"].startswith("1 rue du Quai\nVal-des-Pins")


ROUNDS = {"01": 1, "0012": 12, "9998": 9998, "9999": 9999, "10000": 9999, "0": 9999, "SUD-3": 9999, "1A": 9999}


def test_a_round_that_is_no_number_puts_its_place_in_no_cycle_and_is_named(take_over: Taken) -> None:
    town = small_town()
    for n, name in enumerate([*ROUNDS, ""]):
        town.add("premises", town.rows["premises"][0] | {"number": f"30{n}", "round": name})
    town.add("subscriptions", town.rows["subscriptions"][0] | {"number": "1000009", "premises": "308"})

    take_over(town)

    export_id = facts.exports()[0].id
    found = {it.code: {**it.evidence} for it in facts.flaws(export_id) if it.code == "NO_ROUND"}
    cycles = {it.number: it.cycle for it in rows("SELECT number, cycle FROM premises_deliverypoint")}
    assert [cycles[f"30{n}"] for n in range(9)] == [*ROUNDS.values(), 9999]
    assert {it.key for it in facts.flaws(export_id) if it.code == "NO_CYCLE"} == {
        f"30{n}" for n, cycle in enumerate(ROUNDS.values()) if cycle == 9999
    }
    assert found == {"NO_ROUND": {"premises": "308", "account": "1000009", "cycle": 9999}}


def test_a_mapping_gives_the_cycle_of_a_round_that_has_a_name_and_a_later_export_moves_its_place(
    take_over: Taken,
) -> None:
    town = small_town()
    for it in town.rows["premises"] + town.rows["rounds"]:
        it["round"] = "Sud-3"
    take_over(town)
    assert {it.cycle for it in rows("SELECT cycle FROM premises_deliverypoint")} == {9999}

    shipped = SHIPPED.read_text(encoding="utf-8")
    said = re.sub(r"(?m)^round = (\[.*\])$", r'round = { headers = \1, codes = { "SUD-3" = "12" } }', shipped)
    take_over(town, mapping=intake.read_mapping(said.encode()))

    assert {it.cycle for it in rows("SELECT cycle FROM premises_deliverypoint")} == {12}
    assert "NO_CYCLE" not in {it.code for it in facts.flaws(facts.exports()[0].id)}


def test_the_history_is_kept_as_it_was_printed_and_what_was_paid_opens_nothing(take_over: Taken) -> None:
    take_over(small_town())

    account_id = subscription().account_id
    told = [(it.what, it.number, it.cents) for it in elsewhere.events_of(account_id)]
    assert told == [("bill", "260000001", 8_111), ("payment", "0000001", -8_111)]
    assert [it.amount_cents for it in rows("SELECT amount_cents FROM elsewhere_pastline ORDER BY line, number")] == [
        2_815, 2_815, 4_239, 4_239,
    ]  # fmt: skip
    assert rows("SELECT * FROM elsewhere_opening") == []


def test_what_was_owed_is_opened_with_a_part_for_each_bill_still_open(take_over: Taken) -> None:
    town = small_town()
    town.rows["payments"] = []
    town.add("entries", {"number": "1", "account": "1000001", "entered_on": "2026-10-28", "code": "FRA",
                         "amount": "0,90"})  # fmt: skip
    town.add("deposits", {"number": "D1", "account": "1000002", "received_on": "2020-01-01", "amount": "250,00",
                          "reason": "DEM", "status": "D"})  # fmt: skip
    take_over(town)

    opened = {
        (it.ledger_account_id, it.number, it.due_on, it.cents)
        for it in rows("SELECT ledger_account_id, number, due_on, cents FROM elsewhere_opening")
    }
    assert opened == {
        (1200, "260000001", date(2026, 10, 26), 8_111), (1200, "", date(2026, 10, 31), 90),
        (1200, "260000002", date(2026, 10, 26), 8_111), (2410, "D1", date(2020, 1, 1), -25_000),
    }  # fmt: skip
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_loading_again_changes_nothing(take_over: Taken) -> None:
    take_over(small_town())
    before = rows("SELECT count(*) AS kept FROM takeover_known")[0].kept

    export_id = facts.exports()[0].id
    again = whole.load_export(export_id=export_id, books={}, by="marie", on=ON)

    assert set(again.loaded.values()) == {0}
    assert again.changed == {}
    assert rows("SELECT count(*) AS kept FROM takeover_known")[0].kept == before


def test_another_export_adds_what_is_new_and_opens_the_difference_alone(take_over: Taken) -> None:
    town = small_town()
    [late] = [it for it in town.rows["payments"] if it["account"] == "1000002"]
    town.rows["payments"].remove(late)
    take_over(town)

    loaded = take_over(town.add("payments", late))

    assert {kind: count for kind, count in loaded.items() if count} == {"payments": 1}
    assert [it.cents for it in rows("SELECT cents FROM elsewhere_opening ORDER BY id")] == [8_111, -8_111]
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_what_names_a_row_that_is_not_there_waits_and_so_does_what_names_it(take_over: Taken) -> None:
    town = small_town()
    town.rows["customers"].pop()
    take_over(town, checked=False)

    assert flaws() == [
        ("bill_lines", "NAMES_NOTHING_LOADED"), ("bills", "NAMES_NOTHING_LOADED"),
        ("payments", "NAMES_NOTHING_LOADED"), ("subscriptions", "NAMES_NOTHING_LOADED"),
    ]  # fmt: skip
    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_a_second_subscription_on_the_same_days_waits_for_a_person(take_over: Taken) -> None:
    town = small_town()
    town.add("subscriptions", town.rows["subscriptions"][0] | {"number": "1000009", "starts_on": "2026-10-15"})
    take_over(town, checked=False)

    assert flaws() == [("subscriptions", "SUBSCRIBED_TWICE")]
    assert subscription().starts_on == date(2012, 7, 1)


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        ({"meter": "Z999"}, "NO_METER_THERE"),
        ({"index": "100000"}, "BEYOND_ITS_DIALS"),
        ({"read_on": "2027-01-01"}, "DAY_TO_COME"),
    ],
)
def test_a_reading_that_cannot_be_waits_for_a_person(take_over: Taken, reading: dict[str, str], code: str) -> None:
    town = small_town()
    town.add("readings", town.rows["readings"][0] | {"read_on": "2026-10-20"} | reading)
    take_over(town, checked=False)

    assert flaws() == [("readings", code)]


def test_a_correction_follows_what_it_corrects_and_a_rejected_reading_is_kept_beside(take_over: Taken) -> None:
    town = small_town()
    base = town.rows["readings"][2] | {"reader": "BUR"}
    town.add("readings", base | {"type": "C", "index": "2090"}, base | {"type": "X", "index": "9999"})
    take_over(town)

    values = rows("SELECT r.sequence, r.value FROM metering_reading r JOIN premises_deliverypoint d"
                  " ON d.id = r.delivery_point_id WHERE d.number = '200001' AND r.read_on = '2026-10-01'"
                  " ORDER BY 1")  # fmt: skip
    assert [(it.sequence, it.value) for it in values] == [(1, 2_100_000), (2, 2_090_000)]
    assert [it.value for it in rows("SELECT value FROM elsewhere_rejectedreading")] == [9_999_000]


def test_an_open_estimate_is_where_the_first_bill_begins(take_over: Taken) -> None:
    town = small_town()
    town.rows["readings"][2] |= {"type": "E", "index": "2100"}
    town.bills = [it[:73] + "E" + it[74:] if it.startswith("E260000001") else it for it in town.bills]
    take_over(town)
    of = subscription()
    [handover] = elsewhere.handovers([of.id]).values()

    read = metering.NewReading(delivery_point=of.point, meter="G0000001", index="2 400".replace(" ", ""),
                               read_on=date(2026, 12, 1))  # fmt: skip
    metering.record_readings(readings=[read], by="paul", on=date(2026, 12, 2))
    switched.switch_cycles(cycles=[it.cycle for it in elsewhere.cycles()], by="marie", on=ON)
    bill = bill_of(bill_on(date(2026, 12, 10)), of.id)

    assert (handover.estimated, handover.to_on, handover.last_bill) == (True, date(2026, 10, 1), "260000001")
    assert (bill.from_on, bill.kwh) == (date(2026, 10, 1), 300_000)


def test_promises_arrive_alive_and_their_next_day_is_told_on_the_day_it_is_asked(take_over: Taken) -> None:
    town = small_town()
    town.add("equal_payments", {"account": "1000001", "starts_on": "2026-04-01", "instalment": "141,00",
                                "debit_day": "20", "review_month": "4", "debited_count": "6",
                                "status": "ACTIF"})  # fmt: skip
    town.add("arrangements", {"number": "EN1", "account": "1000001", "agreed_on": "2026-10-12", "total": "244,63",
                              "count": "6", "instalment": "40,78", "last_instalment": "40,73", "every_days": "14",
                              "paid_count": "1", "status": "EN COURS"})  # fmt: skip
    town.add("debits", {"account": "1000001", "institution": "913", "transit": "11932", "bank_account": "4218963",
                        "holder": "ANNE COTE", "authorized_on": "2012-05-14", "status": "A"})  # fmt: skip
    take_over(town)

    def coming(on: date) -> dict[str, date | None]:
        found = promises.going_on(on)[subscription().account_id]
        stands = {it.kind: it.standing(on) for it in found}
        return {kind: it.next.due_on if it and it.next else None for kind, it in stands.items()}

    assert {it.kind: (it.live, it.cents) for it in elsewhere.undertakings_of(subscription().account_id)} == {
        "EQUAL_PAYMENTS": (True, 14_100), "ARRANGEMENT": (True, 4_078), "DEBIT": (True, 0),
    }  # fmt: skip
    assert coming(ON) == {"EQUAL_PAYMENTS": date(2026, 11, 20), "ARRANGEMENT": date(2026, 11, 9), "DEBIT": None}
    assert coming(date(2026, 11, 30))["EQUAL_PAYMENTS"] == date(2026, 12, 21)  # the 20th is a Sunday


ENTENTE = {"number": "EN1", "account": "1000001", "agreed_on": "2026-10-12", "total": "244,63", "count": "6",
           "instalment": "40,78", "last_instalment": "40,73", "every_days": "14", "paid_count": "1",
           "status": "EN COURS"}  # fmt: skip
PLAN = {"account": "1000001", "starts_on": "2026-04-01", "instalment": "141,00", "debit_day": "20",
        "review_month": "4", "debited_count": "6", "status": "ACTIF"}  # fmt: skip
DEPOSIT = {"number": "D1", "account": "1000001", "received_on": "2020-01-01", "amount": "250,00", "status": "D"}


@pytest.mark.parametrize(("label", "row", "cell"), [
    ("arrangements", ENTENTE, {"every_days": "99999999999"}), ("arrangements", ENTENTE, {"every_days": "-30"}),
    ("arrangements", ENTENTE, {"count": "999999"}), ("arrangements", ENTENTE, {"count": "0"}),
    ("arrangements", ENTENTE, {"paid_count": "-2"}), ("arrangements", ENTENTE, {"instalment": "-60,00"}),
    ("equal_payments", PLAN, {"instalment": "0,00"}), ("equal_payments", PLAN, {"debit_day": "99"}),
    ("equal_payments", PLAN, {"review_month": "13"}), ("deposits", DEPOSIT, {"amount": "-250,00"}),
])  # fmt: skip
def test_terms_that_nobody_agreed_to_wait_for_a_person_and_the_rest_is_loaded(
    take_over: Taken, label: str, row: dict[str, str], cell: dict[str, str]
) -> None:
    loaded = take_over(small_town().add(label, row | cell, row | {"account": "1000002", "number": "2"}))

    assert (loaded[label], loaded["subscriptions"], flaws()) == (1, 2, [(label, "UNREADABLE_CELL")])
    assert len(promises.going_on(date(2027, 11, 30))) == 1  # every list reads it


@pytest.mark.parametrize("terms", [
    {"amount_cents": 0}, {"amount_cents": -6_000}, {"terms": '{"count": 0}'}, {"terms": '{"count": 999999}'},
])  # fmt: skip
def test_the_database_refuses_terms_that_nobody_agreed_to(take_over: Taken, terms: dict[str, Any]) -> None:
    take_over(small_town().add("arrangements", ENTENTE))
    [(column, told)] = terms.items()

    with pytest.raises(IntegrityError, match="undertaking_"):
        rows(f"UPDATE elsewhere_undertaking SET {column} = %s RETURNING number", told)


def test_nothing_is_loaded_where_the_books_of_the_last_day_are_closed(take_over: Taken) -> None:
    town = small_town()
    town.rows["payments"] = []
    ledger.close_period(through_on=date(2026, 10, 31), by="marie", on=ON)

    with pytest.raises(Refused, match="fermée jusqu’au"):
        take_over(town)

    assert rows("SELECT id FROM customers_customer") == []


def test_an_export_without_a_control_file_ends_on_the_day_of_its_last_row(take_over: Taken) -> None:
    town = small_town()
    town.rows["payments"].pop()
    town.control = ["Z         2"]
    take_over(town)

    assert {it.on_date for it in rows("SELECT on_date FROM elsewhere_opening")} == {date(2026, 10, 20)}


def test_the_longest_text_is_kept_whole(take_over: Taken) -> None:
    town = small_town()
    town.rows["customers"][0] |= {"name": "Aa" * 100, "given_name": "Ab" * 50}
    town.rows["premises"][0] |= {"civic_number": "1" * 20, "street": "rue " + "a" * 96, "unit": "u" * 20,
                                 "city": "c" * 80, "transformer": "T" * 40}  # fmt: skip
    town.rows["meters"][0] |= {"maker": "m" * 29, "model": "M" * 30}
    town.rows["payments"][0]["note"] = "n" * 200

    take_over(town)

    assert flaws() == []
    [it] = rows("""SELECT (SELECT max(length(name)) FROM customers_customer) AS name,
        (SELECT max(length(given_name)) FROM customers_customer) AS given,
        (SELECT max(length(street)) FROM premises_premises) AS street,
        (SELECT max(length(city)) FROM premises_premises) AS city,
        (SELECT max(length(transformer)) FROM network_statedtransformer) AS transformer,
        (SELECT max(length(model)) FROM metering_meter) AS model,
        (SELECT max(length(note)) FROM elsewhere_pastpayment) AS note""")
    assert (it.name, it.given, it.street, it.city, it.transformer, it.model, it.note) == (
        200,
        100,
        100,
        80,
        40,
        60,
        200,
    )


def test_every_fault_that_loading_finds_has_its_words() -> None:
    folder = Path(whole.__file__).parent
    codes = {
        it for path in folder.glob("*.py") for it in re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', path.read_text("utf-8"))
    }

    assert codes - {"EQUAL_PAYMENTS"} <= set(faults.known())
    assert {"CHANGED_SINCE", "KEY_TWICE", "NO_METER_THERE"} <= codes


def test_the_transformer_that_billing_names_is_kept_to_be_compared_with_the_map(take_over: Taken) -> None:
    take_over(small_town())

    stated = rows("SELECT point, transformer FROM network_statedtransformer ORDER BY point")
    points = rows("SELECT number FROM premises_deliverypoint ORDER BY number")

    assert [(it.point, it.transformer) for it in stated] == [(it.number, "T1") for it in points]


def test_what_was_typed_in_many_ways_is_written_in_one(take_over: Taken) -> None:
    town = small_town()
    town.rows["customers"][0] |= {"name": "DE LAUNIERE  ", "given_name": "JEAN-FRANÇOIS", "phone": "(418) 555-0101",
                                  "email": "JF@Exemple.Example"}  # fmt: skip
    town.rows["customers"][1] |= {"kind": "E", "name": "PLOMBERIE DU QUAI INC.", "given_name": "", "phone": "555-0102",
                                  "other_phone": "418.555.0199 poste 4", "email": "luc@@exemple.example"}  # fmt: skip
    town.rows["premises"][0] |= {"street": "RUE DE L'EGLISE", "postal_code": "g9z1a1"}
    town.rows["premises"][1] |= {"street": "Rue de l'Église", "postal_code": "G9Z-1A2"}
    take_over(town)

    people = [(it.name, it.given_name) for it in rows("SELECT name, given_name FROM customers_customer ORDER BY id")]
    reached = {(it.kind, it.value) for it in rows("SELECT kind, value FROM customers_contact WHERE kind <> 'POST'")}
    places = [(it.street, it.postal_code) for it in rows("SELECT * FROM premises_premises ORDER BY postal_code")]

    assert people == [("De Launiere", "Jean-François"), ("Plomberie du Quai inc.", "")]
    assert reached == {
        ("PHONE", "418 555-0101"), ("PHONE", "418 555-0102"), ("PHONE", "418 555-0199 poste 4"),
        ("EMAIL", "jf@exemple.example"),
    }  # fmt: skip
    assert places == [("rue de l’Église", "G9Z 1A1"), ("rue de l’Église", "G9Z 1A2")]


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        (HEADING.replace("VAL-DES-PINS", "LAC-NOIR    "), "celle de « VILLE DE VAL-DES-PINS » est déjà chargée"),
        (HEADING.replace("2026-10-31", "2026-09-30"), "celle du 31 octobre 2026 est déjà chargée"),
    ],
)
def test_an_export_of_another_town_or_an_older_one_is_not_loaded_over_the_first(
    take_over: Taken, heading: str, why: str
) -> None:
    take_over(small_town())
    before = rows("SELECT count(*) AS n FROM customers_customer")[0].n
    town = small_town()
    town.control = [heading]
    town.add("customers", town.rows["customers"][0] | {"number": "199999", "given_name": "ZÉNON"})

    with pytest.raises(Refused, match=why):
        take_over(town)

    assert rows("SELECT count(*) AS n FROM customers_customer")[0].n == before
