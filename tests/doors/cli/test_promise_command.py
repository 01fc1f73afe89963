"""`fanal promise`: what goes on of what was promised before, and its end."""

import promised
import pytest

from fanal.records.ledger import facts as ledger
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


@pytest.mark.parametrize(("arguments", "said"), [
    (("entente",), "0 continuent"),
    (("prelevement", "--reason", "impaye"), "pour cette raison"),
])  # fmt: skip
def test_what_may_not_end_is_a_sentence(fanal, number, arguments, said):
    status, _, err = fanal("promise", "end", number, *arguments, *SINCE)

    assert status == 1
    assert said in err


def test_an_unknown_account_is_a_sentence(fanal):
    status, _, err = fanal("promise", "show", "1")
    assert (status, "est inconnu" in err) == (1, True)
