"""A rate of the old system that no book has waits for one: named in the mapping, or given; then it is billed."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.errors import RestrictViolation
from towns import Town, town_with_a_box

from fanal.doors.migration import intake
from fanal.law.shadow.prices import as_written, tariffs, terms
from fanal.law.tariffs.shelf import parsed
from fanal.links.tariffs import book_toml
from fanal.records.billing import proposals
from fanal.records.elsewhere import acts as elsewhere
from fanal.records.journal import facts as journal
from fanal.records.shadow import gather
from fanal.records.subscriptions.facts import given_books, without_book
from fanal.records.takeover import facts, first_books
from fanal.records.takeover.loading import whole
from fanal.reports.gate import gate
from fanal.values.refusal import Refused
from tests.billing import bill_of, bill_on, compute, issue, rows
from tests.doors.migration.conftest import HEADING, ON, Taken

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"by": "marie", "on": ON}


def subscription() -> Any:
    [found] = rows("SELECT * FROM subscriptions_subscription WHERE units = 2")
    return found


def billed_by() -> tuple[str, bool, int]:
    return subscription().book, subscription().domestic, subscription().multiplier


def in_force(code: str) -> None:
    """The book of the old system's prices of CAB, proposed by one and activated by another."""
    by = terms()
    made = tariffs(gather.prices(facts.exports()[0].id), by).tariffs["CAB"]
    book = parsed(book_toml.encode(as_written(made.book, by, code)).encode(), f"{code}.toml")
    proposal = proposals.propose_book(book=book, note="prix de l’ancien système", **BY)
    proposals.activate_book(proposal_id=proposal, by="luc", on=ON)


def imported_again(folder: Path, town: Town, **books: tuple[str, bool]) -> whole.Loaded:
    """The same files, by a mapping that gives those rates a book, times the dwellings or not."""
    mapping = intake.read_mapping()
    dom = mapping.books["DOM"]
    more = {code: replace(dom, book=book, domestic=False, dwellings=many) for code, (book, many) in books.items()}
    export = intake.take_in(folder=town.write(folder), mapping=mapping, **BY).export_id
    return whole.load_export(export_id=export, books=mapping.books | more, **BY)


def test_a_rate_without_a_book_is_named_and_keeps_the_gate_shut(take_over: Taken) -> None:
    take_over(town_with_a_box())

    [waits] = without_book()
    assert (waits.tariff, waits.subscriptions, waits.open, waits.starts_on) == ("CAB", 1, 1, date(2012, 7, 1))
    [check] = [it for it in gate().checks if it.code == "books"]
    assert (check.state, check.facts) == ("bad", {"left": 1, "tariffs": ["CAB"]})


def test_a_last_bill_that_no_book_can_make_keeps_the_gate_shut_too(take_over: Taken) -> None:
    town = town_with_a_box()
    box = next(it for it in town.rows["subscriptions"] if it["tariff"] == "CAB")
    box.update(ends_on="2026-10-15", status="F")
    take_over(town)

    def left() -> int:
        return next(it.facts["left"] for it in gate().checks if it.code == "books")

    assert left() == 1
    rows("UPDATE elsewhere_handover SET to_on = '2026-10-15' WHERE subscription_id = %s RETURNING 1", subscription().id)
    assert left() == 0  # the old system billed it to its end


def test_a_book_written_from_the_old_prices_is_given_and_bills_to_the_cent(take_over: Taken) -> None:
    take_over(town_with_a_box())
    in_force("val_des_pins/CAB")

    assert first_books.give_book(tariff="CAB", book="val_des_pins/CAB", domestic=False, dwellings=False, **BY) == 1

    assert without_book() == []
    [event] = [it for it in journal.events_about("book:val_des_pins/CAB") if it.act == "billing.give_book"]
    assert event.grounds == {"tariff": "CAB", "domestic": False, "dwellings": False, "subscriptions": 1}
    elsewhere.switch_cycles(cycles=[90], **BY)
    bill = bill_of(bill_on(ON, cycle=90), subscription().id)
    assert (bill.from_on, bill.to_on, bill.rated_cents) == (date(2026, 9, 1), ON, 62 * 2 * 3828 // 30)


@pytest.mark.parametrize(("dwellings", "multiplier"), [(True, 3), (False, 1)])
def test_a_building_counts_its_dwellings_when_its_book_is_given_here_too(
    take_over: Taken, dwellings: bool, multiplier: int
) -> None:
    take_over(town_with_a_box())
    in_force("val_des_pins/CAB")
    assert first_books.of_several_dwellings(tariff="CAB") == 1
    assert first_books.of_several_dwellings(tariff="DOM") == 0

    first_books.give_book(tariff="CAB", book="val_des_pins/CAB", domestic=False, dwellings=dwellings, **BY)

    assert (subscription().book, subscription().multiplier) == ("val_des_pins/CAB", multiplier)


def test_a_mapping_that_names_the_book_later_gives_it_at_the_next_import(take_over: Taken, tmp_path: Path) -> None:
    town = town_with_a_box()
    town.control = [HEADING]
    take_over(town)
    in_force("val_des_pins/CAB")

    told = imported_again(tmp_path / "again", town, CAB=("val_des_pins/CAB", True))
    again = imported_again(tmp_path / "twice", town, CAB=("val_des_pins/CAB", True))

    assert (told.given, again.given) == (1, 0)
    assert (subscription().book, subscription().multiplier) == ("val_des_pins/CAB", 3)
    assert not any(told.loaded.values())
    assert not told.changed


def test_a_book_given_by_mistake_is_taken_back_with_a_reason_and_another_is_given(take_over: Taken) -> None:
    take_over(town_with_a_box())
    in_force("val_des_pins/CAB")
    before = billed_by()
    first_books.give_book(tariff="CAB", book="hydro_quebec/G", domestic=True, dwellings=True, **BY)
    assert [(it.tariff, it.book, it.subscriptions) for it in given_books()] == [("CAB", "hydro_quebec/G", 1)]
    with pytest.raises(Refused, match="Dire pourquoi"):
        first_books.take_back_book(tariff="CAB", reason=" ", **BY)
    with pytest.raises(Refused, match="Aucun livre n’a été donné ici au tarif DOM"):
        first_books.take_back_book(tariff="DOM", reason="Essai.", **BY)

    assert first_books.take_back_book(tariff="CAB", reason="C’est un forfait.", **BY) == 1

    assert billed_by() == before == ("?/CAB", False, 1)
    assert (given_books(), [it.tariff for it in without_book()]) == ([], ["CAB"])
    [event] = [it for it in journal.events_about("book:hydro_quebec/G") if it.act == "billing.take_back_book"]
    assert event.grounds == {"tariff": "CAB", "subscriptions": 1, "reason": "C’est un forfait."}
    first_books.give_book(tariff="CAB", book="val_des_pins/CAB", domestic=False, dwellings=False, **BY)
    assert (subscription().book, [it.book for it in given_books()]) == ("val_des_pins/CAB", ["val_des_pins/CAB"])


def test_a_book_that_bills_is_not_taken_back(take_over: Taken) -> None:
    take_over(town_with_a_box())
    in_force("val_des_pins/CAB")
    first_books.give_book(tariff="CAB", book="val_des_pins/CAB", domestic=False, dwellings=False, **BY)
    elsewhere.switch_cycles(cycles=[90], **BY)

    run_id = compute(ON, cycle=90)
    with pytest.raises(Refused, match=f"Le lot {run_id} a calculé une facture"):
        first_books.take_back_book(tariff="CAB", reason="Essai.", **BY)
    issue(run_id, ON)
    with pytest.raises(Refused, match=f"garde le livre val_des_pins/CAB : le lot {run_id} l’a facturé"):
        first_books.take_back_book(tariff="CAB", reason="Essai.", **BY)
    assert subscription().book == "val_des_pins/CAB"


def test_a_bill_whose_book_was_taken_back_meanwhile_is_not_issued(take_over: Taken) -> None:
    take_over(town_with_a_box())
    in_force("val_des_pins/CAB")
    first_books.give_book(tariff="CAB", book="val_des_pins/CAB", domestic=False, dwellings=False, **BY)
    elsewhere.switch_cycles(cycles=[90], **BY)
    run_id = compute(ON, cycle=90)
    with connection.cursor() as cursor:  # as another session would have, before it saw the bill
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        first_books.take_back_book(tariff="CAB", reason="Essai.", **BY)
        cursor.execute("SET LOCAL session_replication_role = 'origin'")

    with pytest.raises(RestrictViolation, match="son abonnement n’est plus au livre val_des_pins/CAB"):
        issue(run_id, ON)


@pytest.mark.parametrize(
    ("change", "of"),
    [
        ("book = '?/DOM'", "units = 0"),  # never given here
        ("book = '?/ECL'", "units = 2"),  # given to another rate
        ("book = '?/CAB', units = 9", "units = 2"),
    ],
)
def test_the_database_takes_back_only_what_was_given_here(take_over: Taken, change: str, of: str) -> None:
    take_over(town_with_a_box())
    first_books.give_book(tariff="CAB", book="hydro_quebec/G", domestic=False, dwellings=False, **BY)

    with pytest.raises(IntegrityError, match="il le garde"), transaction.atomic():
        connection.cursor().execute(f"UPDATE subscriptions_subscription SET {change} WHERE {of}")


def test_a_book_that_nobody_knows_is_refused_wherever_it_is_named(take_over: Taken, tmp_path: Path) -> None:
    town = town_with_a_box()
    town.control = [HEADING]
    take_over(town)

    with pytest.raises(Refused, match="Aucun livre ne s’appelle « val_des_pins/CAB »"):
        first_books.give_book(tariff="CAB", book="val_des_pins/CAB", domestic=False, dwellings=False, **BY)
    with pytest.raises(Refused, match="donne au tarif CAB le livre val_des_pins/CAB, qui n’est pas de ceux d’ici"):
        imported_again(tmp_path / "again", town, CAB=("val_des_pins/CAB", False))
    with pytest.raises(Refused, match="Aucun abonnement au tarif DOM n’attend un livre"):
        first_books.give_book(tariff="DOM", book="hydro_quebec/D", domestic=True, dwellings=False, **BY)
    assert [it.tariff for it in without_book()] == ["CAB"]


@pytest.mark.parametrize(
    "change",
    ["book = '?/ECL'", "book = 'hydro_quebec/D', units = 9", "book = 'hydro_quebec/D', ends_on = '2026-10-01'"],
)
def test_the_database_gives_a_first_book_and_nothing_else(take_over: Taken, change: str) -> None:
    take_over(town_with_a_box())

    with pytest.raises(IntegrityError, match="n’a pas de livre : il en reçoit un"), transaction.atomic():
        connection.cursor().execute(f"UPDATE subscriptions_subscription SET {change} WHERE units = 2")


def test_a_book_once_given_is_not_given_again(take_over: Taken) -> None:
    take_over(town_with_a_box())

    with pytest.raises(IntegrityError, match="seule la date de fin peut changer"), transaction.atomic():
        connection.cursor().execute("UPDATE subscriptions_subscription SET book = 'hydro_quebec/G' WHERE units = 0")
