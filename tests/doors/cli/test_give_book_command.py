"""`fanal give-book`, `fanal books import-prices` and `fanal unbilled`: from a rate without a book to its bills."""

import pytest

from fanal.records.billing import acts
from fanal.records.elsewhere import acts as elsewhere
from fanal.records.subscriptions.facts import without_book
from tests.billing import compute, rows
from tests.doors.desk.parallel import TODAY, loaded
from tests.doors.migration.towns import town_with_a_box

pytestmark = pytest.mark.django_db


def test_a_rate_gets_the_book_of_its_old_prices_from_the_keyboard(fanal, tmp_path) -> None:
    assert fanal("give-book") == (0, "Chaque abonnement a un livre.\n", "")
    assert fanal("books", "import-prices", "CAB")[0] == 1
    loaded(town_with_a_box())
    assert fanal("give-book")[1].split()[:2] == ["CAB", "1"]
    elsewhere.switch_cycles(cycles=[90], by="ana", on=TODAY)
    run_id = compute(TODAY, cycle=90)
    status, said, _ = fanal("unbilled", run_id)
    assert (status, "1  Tarif sans livre" in said, "200009" in said) == (0, True, True), said

    written = tmp_path / "val" / "CAB.toml"
    written.parent.mkdir()
    assert fanal("books", "import-prices", "CAB", "--out", written)[0] == 0
    assert fanal("books", "--check", written)[0] == 0
    for refused, why in (
        (("books", "import-prices", "XYZ"), "n’a aucun prix du tarif XYZ"),
        (("books", "import-prices"), "Dire de quel tarif"),
        (("books", "import-prices", "CAB", "--out", written), "existe déjà"),
        (("give-book", "CAB"), "Dire quel livre"),
        (("give-book", "CAB", "val/CAB"), "Aucun livre ne s’appelle « val/CAB »"),
        (("unbilled", 99), "Le lot 99 n’existe pas"),
    ):
        status, _, said = fanal(*refused)
        assert (status, why in said) == (1, True), said

    status, said, _ = fanal("give-book", "CAB", "hydro_quebec/G")
    assert (status, "1 abonnement au tarif CAB" in said) == (0, True), said
    assert "chacun compterait pour un seul, sans « --dwellings »" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert without_book()
    assert (
        fanal("give-book", "CAB", "hydro_quebec/G", "--dwellings", "--by", "ana")[1]
        == "1 abonnement reçoit le livre hydro_quebec/G.\n"
    )
    assert without_book() == []
    assert [it.multiplier for it in rows("SELECT multiplier FROM subscriptions_subscription WHERE units = 2")] == [3]


def test_a_book_given_by_mistake_is_taken_back_from_the_keyboard_while_no_run_holds_a_bill_of_it(fanal) -> None:
    loaded(town_with_a_box())
    elsewhere.switch_cycles(cycles=[90], by="ana", on=TODAY)
    run_id = compute(TODAY, cycle=90)
    fanal("give-book", "CAB", "hydro_quebec/G", "--by", "ana")

    assert "Dire par --reason pourquoi" in fanal("give-book", "CAB", "--take-back", "--by", "ana")[2]
    back = ("give-book", "CAB", "--take-back", "--reason", "Ce n’est pas du G.", "--by", "ana")
    assert f"Le lot {run_id} a calculé une facture" in fanal(*back)[2].replace("\N{NO-BREAK SPACE}", " ")
    acts.abandon_run(run_id=run_id, reason="livre donné par erreur", by="ana", on=TODAY)
    assert fanal(*back)[1] == "1 abonnement attend de nouveau un livre.\n"
    assert "Aucun livre n’a été donné ici au tarif CAB" in fanal(*back)[2]
