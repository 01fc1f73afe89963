"""A later export changes what it says otherwise, and nothing else; what cannot move waits for a person."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection
from towns import Town, small_town

from fanal.doors.plan_reviews import review
from fanal.records.billing.plan_reviews import reviews
from fanal.records.customers import acts as customers
from fanal.records.customers import facts as people
from fanal.records.elsewhere import acts as switched
from fanal.records.elsewhere import deposits, promises
from fanal.records.metering import acts as metering
from fanal.records.subscriptions import acts as subscriptions
from fanal.records.takeover import facts
from fanal.records.takeover.loading import whole
from fanal.reports.invariants import verify
from tests.billing import rows
from tests.doors.migration.conftest import ON, Taken

pytestmark = pytest.mark.django_db
TABLES = (
    "customers_customer", "customers_contact", "premises_premises", "premises_deliverypoint", "metering_meter",
    "metering_register", "metering_installation", "metering_reading", "subscriptions_subscription",
    "subscriptions_subscriptionholder", "subscriptions_owneragreement", "elsewhere_pastbill", "elsewhere_pastline",
    "elsewhere_pastpayment", "elsewhere_pastentry", "elsewhere_pastnotice", "elsewhere_undertaking",
    "elsewhere_opening", "elsewhere_handover", "ledger_posting", "network_statedtransformer",
)  # fmt: skip
Change = Callable[[Town], Any]


def town_now() -> dict[str, set[str]]:
    """Every row of every room that a load writes."""
    return {table: {it.row for it in rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t")} for table in TABLES}


def moved(before: dict[str, set[str]]) -> dict[str, tuple[int, int]]:
    """Of each table that changed, how many rows went and how many came."""
    after = town_now()
    return {
        table: (len(before[table] - after[table]), len(after[table] - before[table]))
        for table in TABLES
        if before[table] != after[table]
    }


def changed() -> dict[str, int]:
    """What the last load said that it changed, from the journal."""
    [told] = rows("SELECT grounds FROM journal_event WHERE act = 'takeover.load' ORDER BY id DESC LIMIT 1")
    return dict(json.loads(told.grounds)["changed"])


def flaws() -> list[tuple[str, str]]:
    found = facts.flaw_counts(facts.exports()[0].id)
    return [(kind, code) for (kind, code, of), _ in found.items() if of == "ASIDE"]


def sound() -> None:
    assert {it.code: it.violations for it in verify() if it.count} == {}


def move(label: str, at: int = 0, **cells: str) -> Change:
    """The change of some cells of a row."""
    return lambda town: town.rows[label][at].update(cells)


def exchange(town: Town) -> None:
    """The first meter is taken away and another is hung the same day."""
    old = town.rows["meters"][0]
    town.add("meters", old | {"serial": "G0000009", "installed_on": "2026-10-15", "installed_index": "5"})
    old |= {"removed_on": "2026-10-15", "removed_index": "2200", "status": "R"}


def next_customer(town: Town) -> None:
    """The first subscription ends and the other customer's begins the same day."""
    old = town.rows["subscriptions"][0]
    town.add("subscriptions", old | {"number": "1000009", "customer": town.rows["customers"][1]["number"],
                                     "starts_on": "2026-10-20"})  # fmt: skip
    old |= {"ends_on": "2026-10-20", "status": "F"}


def promising() -> Town:
    """A small town whose first account promised everything that can be, and whose first place has an owner."""
    town, of = small_town(), {"account": "1000001"}
    town.add("equal_payments", of | {"starts_on": "2026-04-01", "instalment": "141,00", "debit_day": "20",
                                     "review_month": "4", "debited_count": "6", "status": "ACTIF"})  # fmt: skip
    town.add("arrangements", of | {"number": "EN1", "agreed_on": "2026-10-12", "total": "244,63", "count": "6",
                                   "instalment": "40,78", "last_instalment": "40,73", "every_days": "14",
                                   "paid_count": "1", "status": "EN COURS"})  # fmt: skip
    town.add("debits", of | {"institution": "913", "transit": "11932", "bank_account": "4218963",
                             "holder": "ANNE COTE", "authorized_on": "2012-05-14", "status": "A"})  # fmt: skip
    town.add("deposits", of | {"number": "D1", "received_on": "2020-01-01", "amount": "250,00", "reason": "DEM",
                               "status": "D"})  # fmt: skip
    town.add("owners", {"customer": town.rows["customers"][1]["number"], "premises": town.rows["premises"][0]["number"],
                        "declared_on": "2015-01-01", "keeps_service": "O"})  # fmt: skip
    return town


ORDINARY: dict[str, tuple[Change, dict[str, int], dict[str, tuple[int, int]]]] = {
    "a name": (move("customers", name="Côté-Roy"), {"customers": 1}, {"customers_customer": (1, 1)}),
    "a language": (move("customers", language="A"), {"customers": 1}, {"customers_customer": (1, 1)}),
    "a phone": (move("customers", phone="418 555-0177"), {"customers": 1}, {"customers_contact": (1, 1)}),
    "a phone that goes": (move("customers", phone=""), {"customers": 1}, {"customers_contact": (1, 0)}),
    "an e-mail": (move("customers", email="a.cote@exemple.example"), {"customers": 1}, {"customers_contact": (1, 1)}),
    "a postal address": (move("customers", address="9 rue du Lac"), {"customers": 1}, {"customers_contact": (1, 1)}),
    "an address": (move("premises", street="rue du Lac"), {"premises": 1}, {"premises_premises": (1, 1)}),
    "a rank in the round": (move("premises", sequence="15"), {"premises": 1}, {"premises_deliverypoint": (1, 1)}),
    "a round": (move("premises", round="07"), {"premises": 1}, {"premises_deliverypoint": (1, 1)}),
    "a transformer": (move("premises", transformer="T2"), {"premises": 1}, {"network_statedtransformer": (0, 1)}),
    "an end": (
        move("subscriptions", ends_on="2026-10-20", status="F"), {"subscriptions": 1},
        {"subscriptions_subscription": (1, 1)},
    ),
    "another customer": (
        next_customer, {"subscriptions": 1},
        {"subscriptions_subscription": (1, 2), "subscriptions_subscriptionholder": (0, 1),
         "elsewhere_handover": (0, 1)},
    ),
    "a model": (move("meters", model="I-210"), {"meters": 1}, {"metering_meter": (1, 1)}),
    "a meter taken away": (
        move("meters", removed_on="2026-10-15", removed_index="2200", status="R"), {"meters": 1},
        {"metering_installation": (1, 1), "metering_reading": (0, 1)},
    ),
    "a meter exchanged": (
        exchange, {"meters": 1},
        {"metering_meter": (0, 1), "metering_register": (0, 1), "metering_installation": (1, 2),
         "metering_reading": (0, 2)},
    ),
    "a reading": (move("readings", 2, index="2090"), {"readings": 1}, {"metering_reading": (0, 1)}),
    "who read": (move("readings", 2, reader="R09"), {"readings": 1}, {}),
    "a plan that ends": (
        move("equal_payments", status="TERMINE", ends_on="2026-10-15"), {"equal_payments": 1},
        {"elsewhere_undertaking": (1, 1)},
    ),
    "an instalment that was paid": (
        move("arrangements", paid_count="2"), {"arrangements": 1}, {"elsewhere_undertaking": (1, 1)},
    ),
    "a debit of another bank account": (
        move("debits", bank_account="7777777"), {"debits": 1}, {"elsewhere_undertaking": (1, 1)},
    ),
    "a deposit that was refunded": (
        move("deposits", status="S", left_on="2026-10-25", left_by="REMBOURSE"), {"deposits": 1},
        {"elsewhere_undertaking": (1, 1), "elsewhere_opening": (0, 1), "ledger_posting": (0, 2)},
    ),
    "an owner who leaves": (
        move("owners", ends_on="2026-10-15"), {"owners": 1}, {"subscriptions_owneragreement": (1, 1)},
    ),
    "a note of the round": (move("rounds", instruction="chien"), {"rounds": 1}, {}),
}  # fmt: skip


@pytest.mark.parametrize("sort", ORDINARY)
def test_what_a_later_export_says_otherwise_changes_alone_and_once(take_over: Taken, sort: str) -> None:
    change, said, expected = ORDINARY[sort]
    town = promising()
    take_over(town)
    before = town_now()
    change(town)

    take_over(town)

    assert (changed(), flaws(), moved(before)) == (said, [], expected)
    sound()
    after = town_now()
    again = whole.load_export(export_id=facts.exports()[0].id, books={}, by="marie", on=ON)
    assert (set(again.loaded.values()), again.changed, moved(after)) == ({0}, {}, {})


def cell(label: str, key: str, **cells: str) -> Any:
    return pytest.param(move(label, **cells), key, id=f"{label}: {', '.join(cells)}")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        cell("customers", "customers", kind="E"),
        cell("subscriptions", "subscriptions", starts_on="2012-07-02"),
        cell("subscriptions", "subscriptions", tariff="GDP"),
        cell("meters", "meters", multiplier="40"),
        cell("payments", "payments", amount="80,11"),
    ],
)
def test_what_cannot_move_once_loaded_waits_for_a_person(take_over: Taken, change: Change, kind: str) -> None:
    town = small_town()
    take_over(town)
    before = town_now()
    change(town)

    take_over(town)

    assert (changed(), flaws(), moved(before)) == ({}, [(kind, "CHANGED_SINCE")], {})


def test_a_bill_that_was_issued_does_not_change(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    before = town_now()
    town.bills = [it.replace("20261026", "20261027", 1) if it.startswith("E260000001") else it for it in town.bills]

    take_over(town)

    assert (changed(), flaws(), moved(before)) == ({}, [("bills", "CHANGED_SINCE")], {})


def test_an_end_does_not_move_once_it_is_dated(take_over: Taken) -> None:
    town = small_town()
    town.rows["subscriptions"][0] |= {"ends_on": "2026-10-20", "status": "F"}
    take_over(town)
    before = town_now()
    town.rows["subscriptions"][0] |= {"ends_on": "2026-10-25"}

    take_over(town)

    assert (changed(), flaws(), moved(before)) == ({}, [("subscriptions", "CHANGED_SINCE")], {})


def test_what_somebody_changed_at_the_desk_in_between_waits_for_a_person(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    [of] = rows("SELECT our_id AS id FROM takeover_known WHERE kind = 'customers' AND key = %s",
                town.rows["customers"][0]["number"])  # fmt: skip
    known = people.customers([of.id])[of.id]
    revised = customers.NewCustomer(kind=known.kind, name="Côté-Tremblay", given_name=known.given_name)
    customers.revise_customer(customer_id=of.id, revised=revised, seen=known.digest, by="paul", on=ON)
    before = town_now()
    town.rows["customers"][0]["name"] = "Côté-Roy"
    town.rows["customers"][1]["name"] = "Gagnon"

    take_over(town)

    assert (changed(), flaws()) == ({"customers": 1}, [("customers", "CHANGED_HERE")])
    assert moved(before) == {"customers_customer": (1, 1)}


def test_a_subscription_that_ended_here_on_another_day_waits_for_a_person(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    [of] = rows("SELECT our_id AS id FROM takeover_known WHERE kind = 'subscriptions' AND key = '1000001'")
    subscriptions.end_subscriptions(endings={of.id: date(2026, 10, 28)}, by="paul", on=ON)
    town.rows["subscriptions"][0] |= {"ends_on": "2026-10-20", "status": "F"}

    take_over(town)

    assert flaws() == [("subscriptions", "CHANGED_HERE")]


def test_a_place_stays_in_its_round_once_fanal_bills_it(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    switched.switch_cycles(cycles=[1], by="marie", on=ON)
    town.rows["premises"][0]["round"] = "07"
    town.rows["premises"][1]["street"] = "rue du Lac"

    take_over(town)

    assert (changed(), flaws()) == ({"premises": 1}, [("premises", "CHANGED_SINCE")])


def test_an_export_that_another_followed_changes_nothing_any_more(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    town.rows["customers"][0]["name"] = "Côté-Roy"
    take_over(town)
    before = town_now()
    first = facts.exports()[-1].id

    again = whole.load_export(export_id=first, books={}, by="marie", on=ON)

    assert (set(again.loaded.values()), again.changed, moved(before)) == ({0}, {}, {})


def test_a_reading_that_somebody_corrected_here_waits_for_a_person(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    [last] = rows("SELECT r.delivery_point_id AS point, r.register_id AS register FROM metering_reading r"
                  " JOIN premises_deliverypoint d ON d.id = r.delivery_point_id"
                  " WHERE d.number = '200001' AND r.read_on = '2026-10-01'")  # fmt: skip
    metering.correct_reading(delivery_point_id=last.point, register_id=last.register, read_on=date(2026, 10, 1),
                             index="2050", reason="mal lu", by="paul", on=ON)  # fmt: skip
    before = town_now()
    town.rows["readings"][2]["index"] = "2090"

    take_over(town)

    assert (changed(), flaws(), moved(before)) == ({}, [("readings", "CHANGED_HERE")], {})


def test_a_reading_that_a_correction_follows_changes_nothing_here(take_over: Taken) -> None:
    town = small_town()
    town.add("readings", town.rows["readings"][2] | {"type": "C", "index": "2090"})
    take_over(town)
    before = town_now()
    town.rows["readings"][2]["index"] = "2105"

    take_over(town)

    assert (changed(), flaws(), moved(before)) == ({"readings": 1}, [], {})


def test_a_promise_stays_once_its_cycle_is_switched(take_over: Taken) -> None:
    town = promising()
    take_over(town)
    switched.switch_cycles(cycles=[1], by="marie", on=ON)
    before = town_now()
    town.rows["arrangements"][0]["paid_count"] = "2"

    take_over(town)

    assert (changed(), flaws(), moved(before)) == ({}, [("arrangements", "CYCLE_IS_OURS")], {})
    with pytest.raises(DatabaseError, match="est passé à Fanal avec son cycle"), connection.cursor() as cursor:
        cursor.execute("UPDATE elsewhere_undertaking SET live = false WHERE number = 'EN1'")


def test_a_deposit_given_back_here_is_not_asked_back_from_the_old_system(take_over: Taken) -> None:
    town = promising()
    take_over(town)
    switched.switch_cycles(cycles=[1], by="marie", on=ON)
    [held] = deposits.held(ON)
    back = deposits.Return(account_id=held.account_id, number="D1", note="essai")
    deposits.return_deposits(asked=[back], by="marie", on=ON)
    before = town_now()

    take_over(town)  # the old system holds it still
    assert moved(before) == {}
    move("deposits", status="S", left_on="2026-10-25", left_by="REMBOURSE")(town)
    take_over(town)  # and then it gives it back too: a person is told

    assert (flaws(), moved(before)) == ([("deposits", "CYCLE_IS_OURS")], {})
    assert deposits.held(ON) == []
    sound()


def test_a_plan_reviewed_here_is_not_replaced_by_that_of_a_later_export(take_over: Taken) -> None:
    town = promising()
    town.rows["arrangements"].clear()
    take_over(town)
    switched.switch_cycles(cycles=[1], by="marie", on=ON)
    on = ON.replace(year=ON.year + 1)
    [found] = reviews(on)
    who, number = found.plan.account_id, found.plan.number
    review(account_id=who, number=number, cents=15_000, reason="essai", by="marie", on=on)
    before = town_now()

    another = town.rows["equal_payments"][0] | {"starts_on": "2026-10-15", "instalment": "99,00"}
    town.add("equal_payments", another)  # the old system reviewed it too: a person is told
    take_over(town)
    assert (flaws(), moved(before)) == ([("equal_payments", "CYCLE_IS_OURS")], {})
    assert found.from_on is not None
    [plan] = [it for it in promises.going_on(found.from_on)[who] if it.kind == "EQUAL_PAYMENTS"]
    assert plan.cents == 15_000
    sound()
