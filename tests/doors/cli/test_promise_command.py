"""`fanal promise`: what goes on of what was promised before, and its end."""

from datetime import timedelta

import promised
import pytest

from fanal.doors import office
from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.records.ledger import facts as ledger
from tests.billing import rows
from tests.records.test_elsewhere import taken_over

pytestmark = pytest.mark.django_db
SINCE = ("--from", "2026-01-16", "--asked", "2026-01-16", "--by", "rose")


@pytest.fixture
def number() -> str:
    _, account_id = taken_over(13_500)
    promised.debit(account_id)
    return ledger.account_number(account_id)


def test_a_debit_is_shown_then_ended_and_no_longer_goes_on(fanal, number):
    assert "prelevement DEBIT-2025-04-21" in fanal("promise", "show", number)[1]

    status, out, err = fanal("promise", "end", number, "prelevement", *SINCE)

    assert (status, err) == (0, "")
    assert "premier jour sans, le 16" in out.replace("\u00a0", " ")
    assert "Aucun engagement ne continue" in out


def test_what_comes_next_is_late_and_is_left_is_said_of_instalments(fanal):
    _, account_id = taken_over(13_500)
    started_on = office.today() - timedelta(days=40)
    rows("UPDATE elsewhere_takencycle SET changed_on = %s RETURNING cycle", started_on)
    promised.arrangement(account_id, cents=3_000, count=3, last_cents=2_000, starts_on=started_on)

    said = fanal("promise", "show", ledger.account_number(account_id))[1].replace("\u00a0", " ").replace("\u202f", " ")

    assert [line.strip().split(",")[0] for line in said.splitlines()[1:]] == [
        "prochain versement : 30", "non reçu : 30", "il reste : 80",
    ]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), [
    (("entente",), "0 continuent"),
    (("prelevement", "--reason", "impaye"), "pour cette raison"),
])  # fmt: skip
def test_what_may_not_end_is_a_sentence(fanal, number, arguments, said):
    status, _, err = fanal("promise", "end", number, *arguments, *SINCE)

    assert status == 1
    assert said in err


def test_who_ends_a_promise_is_registered_for_it_once_somebody_is(fanal, number):
    who = {"given_name": "Clara", "name": "Roy", "roles": [Role.SERVICE], "password": "lanterne-du-soir"}
    staff.register_person(username="clara.roy", by="la direction", on=office.today(), **who)

    status, _, err = fanal("promise", "end", number, "prelevement", *SINCE)

    assert (status, "« rose » n’est pas inscrit pour cela. Le peuvent : clara.roy" in err) == (1, True), err
    assert "prelevement DEBIT-2025-04-21" in fanal("promise", "show", number)[1]
    assert fanal("promise", "end", number, "prelevement", *SINCE[:-1], "clara.roy")[0] == 0


def test_an_unknown_account_is_a_sentence(fanal):
    status, _, err = fanal("promise", "show", "1")
    assert (status, "est inconnu" in err) == (1, True)
