"""The annual review of equal payments on the desk: those that wait, one reviewed, the account that tells it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from fanal.doors.desk.roles import Role
from fanal.records.elsewhere import promises
from fanal.reports.account import account
from tests.doors.desk.test_account_past import ON, OTHER, on_equal_payments, read

LIST, REVIEW = "/grand-livre/engagements/?voir=revisions", f"/comptes/{OTHER}/revision/"
GIVEN = {"cents": "75,25", "reason": "deux enfants de plus"}


def waiting() -> int:
    """An account whose plan is reviewed this month."""
    on_equal_payments(review_month=ON.month)
    return account(OTHER, ON).id


def test_a_review_is_chosen_in_the_list_and_told_by_the_account(client_as: Callable[..., Client]) -> None:
    account_id = waiting()
    client = client_as(Role.BILLING)

    listed, page = read(client, LIST), read(client, REVIEW)
    assert [it for it in (REVIEW, "novembre 2026", "62,00 $", "Solde à répartir") if it not in listed] == []
    assert [it for it in ("arrondies au cent supérieur", "21 novembre 2026", "4.4") if it not in page] == []
    assert client.post(REVIEW, GIVEN).headers["Location"] == LIST

    assert REVIEW not in read(client, LIST)
    assert "Aucune révision à faire" in read(client, LIST)
    assert "n’attendent pas de révision" in read(client, REVIEW)
    told = read(client, f"/comptes/{OTHER}/")
    assert [it for it in ("75,25 $", "fixés par la révision annuelle") if it not in told] == []
    [plan] = [it for it in promises.going_on(date(2026, 11, 21))[account_id] if it.kind == "EQUAL_PAYMENTS"]
    assert plan.cents == 7_525
    assert "Réviser des versements égaux" in read(client_as(Role.AUDITOR), "/journal/")


@pytest.mark.parametrize(
    ("other", "said"),
    [({"cents": "beaucoup"}, "Écrire un montant comme"), ({"cents": "250 000,00"}, "d’un cent à 100 000"),
     ({"reason": ""}, "obligatoire")],
)  # fmt: skip
def test_what_is_not_understood_is_said_beside_its_field(
    other: dict[str, Any], said: str, client_as: Callable[..., Client]
) -> None:
    account_id = waiting()
    client = client_as(Role.BILLING)

    refused = client.post(REVIEW, GIVEN | other)

    assert refused.status_code == 422
    assert said in refused.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert promises.going_on(date(2026, 11, 21))[account_id][-1].cents == 6_200


def test_the_review_is_for_billing_to_do_and_for_others_to_see(client_as: Callable[..., Client]) -> None:
    waiting()
    auditor = client_as(Role.AUDITOR)

    assert REVIEW not in read(auditor, LIST)
    assert "novembre 2026" in read(auditor, LIST)
    assert auditor.post(REVIEW, GIVEN).status_code == 403


def test_the_pages_make_few_queries_and_read_in_english(
    client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    waiting()
    client = client_as(Role.BILLING, lang="en")

    for path in (LIST, REVIEW):
        few_queries(client, path)
    assert "November 2026" in read(client, LIST)
    page = read(client, REVIEW)
    assert [it for it in ("Enter the review", "rounded up to the cent", "$62.00") if it not in page] == []
