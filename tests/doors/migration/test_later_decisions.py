"""What people decided holds when the next export comes: a row loaded or left out, two customers made one."""

from pathlib import Path
from typing import Any

import pytest
from towns import Town, small_town

from fanal.doors.cli import main
from fanal.doors.migration import intake
from fanal.records.customers import acts as customers
from fanal.records.customers import facts as people
from fanal.records.elsewhere import acts as switched
from fanal.records.metering import acts as metering
from fanal.records.takeover import decisions, facts, merging
from fanal.records.takeover.loading import whole
from fanal.reports.invariants import verify
from fanal.values.refusal import Refused
from tests.billing import rows
from tests.doors.migration.conftest import HEADING, ON, Taken

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"by": "maude", "on": ON}


def sound() -> None:
    assert {it.code: it.violations for it in verify() if it.count} == {}


def waiting() -> list[tuple[str, str]]:
    """What waits of the last export."""
    return [(it.kind, it.code) for it in facts.flaws(facts.exports()[0].id, standing="ASIDE")]


def decided(load: bool) -> None:
    [flaw] = facts.flaws(facts.exports()[0].id, standing="ASIDE")
    decisions.decide(flaw_id=flaw.id, load=load, reason="vu au dossier", **WHO)


def load_again() -> whole.Loaded:
    books = intake.read_mapping().books
    return whole.load_export(export_id=facts.exports()[0].id, books=books, by="marie", on=ON)


def revised_at_the_desk() -> None:
    """Somebody writes the name of the first customer otherwise here."""
    [of] = rows("SELECT our_id AS id FROM takeover_known WHERE kind = 'customers' AND key = '100001'")
    known = people.customers([of.id])[of.id]
    revised = customers.NewCustomer(kind=known.kind, name="Côté-Tremblay", given_name=known.given_name)
    customers.revise_customer(customer_id=of.id, revised=revised, seen=known.digest, by="paul", on=ON)


def name() -> str:
    [of] = rows("""SELECT c.name FROM customers_customer c JOIN takeover_known k ON k.our_id = c.id
        WHERE k.kind = 'customers' AND k.key = '100001'""")
    return str(of.name)


def test_what_was_changed_here_and_there_is_loaded_once_a_person_says_so(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    revised_at_the_desk()
    town.rows["customers"][0]["name"] = "Côté-Roy"
    take_over(town)
    assert (waiting(), name()) == ([("customers", "CHANGED_HERE")], "Côté-Tremblay")

    decided(load=True)

    assert load_again().changed == {"customers": 1}
    assert (waiting(), name()) == ([], "Côté-Roy")
    assert load_again().changed == {}
    take_over(town.add("customers", town.rows["customers"][1] | {"number": "100009", "name": "Roy"}))
    assert (waiting(), name()) == ([], "Côté-Roy")


def test_what_a_person_left_out_stays_so_in_the_next_export(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    revised_at_the_desk()
    town.rows["customers"][0]["name"] = "Côté-Roy"
    take_over(town)

    decided(load=False)
    load_again()
    take_over(town.add("customers", town.rows["customers"][1] | {"number": "100009", "name": "Roy"}))

    assert (waiting(), name()) == ([], "Côté-Tremblay")
    assert [(it.code, it.decided_by) for it in facts.flaws(facts.exports()[0].id, standing="REFUSED")] == [
        ("CHANGED_HERE", "maude")
    ]


def test_a_rule_to_load_what_was_changed_here_holds_for_the_next_export(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    revised_at_the_desk()
    town.rows["customers"][0]["name"] = "Côté-Roy"
    take_over(town)
    [flaw] = facts.flaws(facts.exports()[0].id, standing="ASIDE")
    decisions.make_rule(flaw_id=flaw.id, load=True, reason="l’ancien système a raison", **WHO)
    load_again()

    town.rows["customers"][0]["name"] = "Côté-Caron"
    take_over(town)

    assert (waiting(), name()) == ([], "Côté-Caron")


def test_a_reading_corrected_here_takes_what_the_old_system_reads_once_a_person_says_so(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    last = """SELECT r.delivery_point_id AS point, r.register_id AS register, r.value, r.sequence
        FROM metering_reading r JOIN premises_deliverypoint d ON d.id = r.delivery_point_id
        WHERE d.number = '200001' AND r.read_on = '2026-10-01' ORDER BY r.sequence DESC LIMIT 1"""
    [of] = rows(last)
    metering.correct_reading(delivery_point_id=of.point, register_id=of.register, read_on=ON.replace(month=10, day=1),
                             index="2050", reason="mal lu", by="paul", on=ON)  # fmt: skip
    town.rows["readings"][2]["index"] = "2090"
    take_over(town)
    assert waiting() == [("readings", "CHANGED_HERE")]

    decided(load=True)
    load_again()

    assert (waiting(), [(it.value, it.sequence) for it in rows(last)]) == ([], [(2_090_000, 3)])
    sound()


@pytest.mark.parametrize(
    ("label", "cells"),
    [("payments", {"amount": "80,11"}), ("subscriptions", {"tariff": "GDP"}), ("meters", {"multiplier": "40"})],
)
def test_what_never_moves_is_not_loaded_by_a_decision_nor_by_a_rule(
    take_over: Taken, label: str, cells: dict[str, str]
) -> None:
    town = small_town()
    take_over(town)
    town.rows[label][0] |= cells
    take_over(town)
    [flaw] = facts.flaws(facts.exports()[0].id, standing="ASIDE")

    with pytest.raises(Refused, match="ne peut être qu’écartée"):
        decisions.decide(flaw_id=flaw.id, load=True, reason="le papier", **WHO)
    with pytest.raises(Refused, match="ne peut être qu’écartée"):
        decisions.make_rule(flaw_id=flaw.id, load=True, reason="le papier", **WHO)

    decided(load=False)
    load_again()
    assert waiting() == []


def test_what_waited_for_a_row_that_came_since_is_loaded_at_the_next_load(take_over: Taken) -> None:
    town = small_town()
    town.rows["customers"][0]["kind"] = "?"
    take_over(town)
    assert ("subscriptions", "NAMES_NOTHING_LOADED") in waiting()
    [flaw] = [it for it in facts.flaws(facts.exports()[0].id) if it.code == "UNREADABLE_CELL"]
    decisions.decide(flaw_id=flaw.id, load=True, reason="vu", corrected={"kind": "PERSON"}, **WHO)

    loaded = load_again().loaded

    assert (loaded["customers"], loaded["subscriptions"], loaded["bills"], waiting()) == (1, 1, 1, [])
    sound()


def test_a_bill_after_the_switch_is_loaded_once_its_cycle_was_given_back(take_over: Taken) -> None:
    town = small_town()
    take_over(town)
    switched.switch_cycles(cycles=[1], by="marie", on=ON)
    town.bill(number="260000011", account="1000001", type="FA", issued_on="2026-10-30", due_on="2026-11-20",
              from_on="2026-10-01", to_on="2026-10-28", days="27", tariff="DOM", kwh="100", net="10,00", gst="0,50",
              qst="1,00", total="11,50")  # fmt: skip
    take_over(town)
    assert waiting() == [("bills", "CYCLE_IS_OURS")]

    switched.give_back_cycles(cycles=[1], by="marie", on=ON, reason="une facture était en route")

    assert (load_again().loaded["bills"], waiting()) == (1, [])
    sound()


def test_rows_that_vanished_are_named_by_kind_and_nothing_goes(
    take_over: Taken, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = small_town()
    take_over(town)
    gone = town.rows["payments"].pop()
    del town.rows["rounds"]
    before = rows("SELECT count(*) AS n FROM elsewhere_pastpayment")[0].n

    take_over(town)

    found = facts.flaws(facts.exports()[0].id, code="VANISHED_ROWS")
    assert [(it.kind, it.evidence["count"], it.evidence["keys"]) for it in found] == [
        ("payments", 1, gone["number"]), ("rounds", 2, "01 200001, 01 200002"),
    ]  # fmt: skip
    assert rows("SELECT count(*) AS n FROM elsewhere_pastpayment")[0].n == before
    load_again()
    assert len(facts.flaws(facts.exports()[0].id, code="VANISHED_ROWS")) == 2
    assert {it.rows - it.loaded for it in facts.files(facts.exports()[0].id) if it.kind in ("payments", "rounds")} == {
        0
    }

    folder = town.add("payments", gone).write(tmp_path / "next")
    main(["import-legacy", str(folder), "--by", "marie"])
    said = capsys.readouterr().out
    assert "déjà chargées d’une autre (tournées) : 2, dont 01 200001, 01 200002." in said
    assert "(paiements)" not in said


def twice() -> Town:
    town = small_town()
    town.control = [HEADING]
    town.add("customers", town.rows["customers"][0] | {"number": "100009", "given_name": "A."})
    town.add("premises", town.rows["premises"][0] | {"number": "200009", "civic_number": "9"})
    subscription = {"number": "1000009", "customer": "100009", "premises": "200009"}
    return town.add("subscriptions", town.rows["subscriptions"][0] | subscription)


def merged(town: Town, folder: Path) -> int:
    """Two persons make one of the two customers, before anything is loaded."""
    export = intake.take_in(folder=town.write(folder), mapping=intake.read_mapping(), by="marie", on=ON).export_id
    merge = merging.propose_merge(export_id=export, kept="100001", merged="100009", reasons=["même courriel"], **WHO)
    merging.confirm_merge(merge_id=merge, by="clara", on=ON)
    load_again()
    return merge


def held_by() -> list[str]:
    """Who holds the third subscription, by the number of the old system."""
    return [it.key for it in rows("""SELECT who.key FROM takeover_known k
        JOIN subscriptions_subscriptionholder h ON h.subscription_id = k.our_id
        JOIN takeover_known who ON who.kind = 'customers' AND who.our_id = h.customer_id
        WHERE k.kind = 'subscriptions' AND k.key = '1000009'""")]  # fmt: skip


def test_two_customers_made_one_are_one_in_every_later_export(take_over: Taken, tmp_path: Path) -> None:
    town = twice()
    merged(town, tmp_path)
    assert held_by() == ["100001"]
    town.rows["customers"][0]["phone"] = "418 555-0177"
    town.rows["subscriptions"][2] |= {"ends_on": "2026-10-20", "status": "F"}
    town.add("premises", town.rows["premises"][0] | {"number": "200010", "civic_number": "10"})
    town.add("subscriptions", town.rows["subscriptions"][2] | {"number": "1000010", "premises": "200010",
                                                               "ends_on": "", "status": "A"})  # fmt: skip

    loaded = take_over(town)

    assert (loaded["customers"], loaded["subscriptions"], waiting()) == (0, 1, [])
    assert rows("SELECT count(*) AS n FROM customers_customer")[0].n == 2
    assert [it.merged for it in facts.merges(facts.exports()[0].id)] == ["100009"]
    assert [it.key for it in facts.flaws(facts.exports()[0].id, code="MERGED_CUSTOMER")] == ["100009"]
    [new] = rows("""SELECT h.customer_id = (SELECT our_id FROM takeover_known WHERE kind = 'customers'
        AND key = '100001') AS is_kept FROM takeover_known k JOIN subscriptions_subscriptionholder h
        ON h.subscription_id = k.our_id WHERE k.kind = 'subscriptions' AND k.key = '1000010'""")
    assert new.is_kept
    sound()


def test_a_merge_is_undone_before_it_is_loaded_and_never_after(take_over: Taken, tmp_path: Path) -> None:
    merge = merged(twice(), tmp_path)

    with pytest.raises(Refused, match="chargée avec cette fusion"):
        merging.undo_merge(merge_id=merge, **WHO)
