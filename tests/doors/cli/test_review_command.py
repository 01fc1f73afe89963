"""`fanal promise reviews` and `review`: the equal payments that wait for their review, and one reviewed."""

from datetime import date

import promised
import pytest

from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.doors.office import today
from fanal.records.elsewhere import promises
from fanal.records.ledger import facts as ledger
from tests.billing import rows
from tests.records.test_elsewhere import taken_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def account_id() -> int:
    _, account_id = taken_over(13_500)
    rows("UPDATE elsewhere_takencycle SET changed_on = %s RETURNING cycle", today().replace(day=1))
    promised.equal_payments(account_id, review_month=today().month, starts_on=date(2020, 4, 21))
    return account_id


def test_those_that_wait_are_listed_then_one_is_reviewed_once(fanal, account_id):
    number = ledger.account_number(account_id)
    assert f"{number} " in fanal("promise", "reviews")[1]

    status, out, err = fanal(
        "promise", "review", number, "--amount", "75,25", "--reason", "au téléphone", "--by", "rose"
    )

    assert (status, err) == (0, "")
    assert "Versements égaux de 75,25" in out
    [plan] = [it for it in promises.going_on(today())[account_id] if it.kind == "EQUAL_PAYMENTS"]
    assert plan.ends_on is not None
    assert [it.cents for it in promises.going_on(plan.ends_on)[account_id]] == [7_525]
    assert "n’attend sa révision" in fanal("promise", "reviews")[1]
    status, _out, err = fanal("promise", "review", number, "--reason", "x", "--by", "rose")
    assert status == 1
    assert "n’attendent pas de révision" in err


def test_who_reviews_is_registered_for_it_once_somebody_is(fanal, account_id):
    who = {"given_name": "Maude", "name": "Roy", "roles": [Role.BILLING], "password": "lanterne-du-soir"}
    staff.register_person(username="maude.roy", by="la direction", on=today(), **who)
    act = ("promise", "review", ledger.account_number(account_id), "--amount", "75,25", "--reason", "x", "--by")

    status, _out, err = fanal(*act, "rose")

    assert (status, "« rose » n’est pas inscrit pour cela. Le peuvent : maude.roy" in err) == (1, True), err
    assert fanal(*act, "maude.roy")[0] == 0
