"""`fanal deposit`: what is held, the interest of all of them at once, and the way back."""

from datetime import date

import promised
import pytest

from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.doors.office import today
from fanal.records.elsewhere import deposits
from fanal.records.ledger import facts as ledger
from tests.records.test_elsewhere import open_with, taken_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def account_id() -> int:
    _, account_id = taken_over(13_500)
    promised.promise(account_id, "DEPOSIT", 25_000, starts_on=date(2019, 5, 6), number="D1")
    open_with(account_id, -25_000, date(2019, 5, 6), number="D1", code=2410)
    return account_id


def test_what_is_held_is_listed_then_all_that_is_due_goes_back_once(fanal, account_id):
    number = ledger.account_number(account_id)
    assert f"{number} D1 : 250,00" in fanal("deposit", "list")[1].replace("\u00a0", " ")

    status, out, err = fanal("deposit", "return", "--due", "--by", "rose")

    assert (status, err) == (0, "")
    assert "1 dépôts rendus" in out
    assert deposits.entries_of(account_id)[0].deposit_cents == 25_000
    assert "0 dépôts rendus" in fanal("deposit", "return", "--due", "--by", "rose")[1]
    assert "Aucun dépôt" in fanal("deposit", "list")[1]


def test_interest_is_credited_at_one_command_and_not_again(fanal, account_id):
    due = sum(deposits.cents_of(it.years(today())) for it in deposits.held(today()))

    status, _out, err = fanal("deposit", "interest", "--by", "rose")

    assert (status, err) == (0, "")
    assert sum(it.interest_cents for it in deposits.entries_of(account_id)) == due
    assert "Aucun intérêt" in fanal("deposit", "interest", "--by", "rose")[1]


def test_what_cannot_be_is_a_sentence(fanal, account_id):
    for arguments in (("return", "--by", "rose"), ("return", "1", "--by", "rose"),
                      ("return", ledger.account_number(account_id), "--number", "D9", "--by", "rose")):  # fmt: skip
        status, _, err = fanal("deposit", *arguments)
        assert (status, bool(err)) == (1, True)


def test_who_moves_a_deposit_is_registered_for_it_once_somebody_is(fanal, account_id):
    who = {"given_name": "Théo", "name": "Roy", "roles": [Role.TREASURER], "password": "lanterne-du-soir"}
    staff.register_person(username="theo.roy", by="la direction", on=today(), **who)

    for act in (("interest",), ("return", "--due")):
        status, _, err = fanal("deposit", *act, "--by", "rose")
        assert (status, "« rose » n’est pas inscrit pour cela. Le peuvent : theo.roy" in err) == (1, True), err
    assert deposits.entries_of(account_id) == []
    assert fanal("deposit", "return", "--due", "--by", "theo.roy")[0] == 0
