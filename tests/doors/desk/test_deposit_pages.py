"""A deposit goes back from the desk, and the interest of all of them is credited at one press."""

from collections.abc import Callable
from datetime import date

import promised
from django.test import Client

from fanal.doors.desk.roles import Role
from fanal.records.elsewhere import deposits
from fanal.records.ledger import facts as ledger
from fanal.reports.account import account
from tests.doors.desk.test_account_past import ON, OTHER, on_equal_payments, read
from tests.records.test_elsewhere import open_with

BACK = f"/comptes/{OTHER}/depots/D00042/rendre/"


def held(starts_on: date = date(2019, 5, 6), review_month: int = 4) -> int:
    """An account of a cycle that is ours, whose deposit was taken over."""
    on_equal_payments(review_month=review_month)
    account_id = account(OTHER, ON).id
    promised.promise(account_id, "DEPOSIT", 25_000, starts_on=starts_on, number="D00042")
    open_with(account_id, -25_000, starts_on, number="D00042", code=2410)
    return account_id


def test_a_deposit_whose_time_is_over_goes_back_in_two_presses_and_says_why(client_as: Callable[..., Client]) -> None:
    account_id = held()
    before = ledger.balance(account_id)
    client = client_as(Role.BILLING)

    assert BACK in read(client, "/grand-livre/engagements/?voir=depots")
    assert BACK in read(client, f"/comptes/{OTHER}/")
    page = read(client, BACK)
    assert [it for it in ("250,00 $", "à rendre au plus tard le", "6.3.1", "6.5") if it not in page] == []
    assert client.post(BACK).status_code == 302

    [entry] = deposits.entries_of(account_id)
    assert ledger.balance(account_id) == before - 25_000 - entry.interest_cents
    assert entry.interest_cents > 0
    page = read(client, f"/comptes/{OTHER}/")
    assert "Dépôt rendu au compte" in page
    why = read(client, f"/comptes/{OTHER}/pourquoi/depot-{entry.id}/")
    assert [it for it in ("D00042", "d’intérêts", "6.3.1", "6.5") if it not in why] == []
    assert client.get(BACK).status_code == 404


def test_before_its_time_the_page_asks_why(client_as: Callable[..., Client]) -> None:
    account_id = held(date(2026, 5, 4))
    client = client_as(Role.BILLING)

    refused = client.post(BACK)
    assert refused.status_code == 422
    assert "peut être gardé jusqu’au" in refused.content.decode()
    assert deposits.entries_of(account_id) == []
    assert client.post(BACK, {"note": "Risque disparu"}).status_code == 302
    assert len(deposits.entries_of(account_id)) == 1


def test_the_interest_of_the_years_that_ended_is_credited_at_one_press(client_as: Callable[..., Client]) -> None:
    account_id = held()
    client = client_as(Role.TREASURER)
    acts_on = "/grand-livre/engagements/interets/"
    cents = sum(deposits.cents_of(it.years(ON)) for it in deposits.held(ON))

    assert (acts_on in read(client, "/grand-livre/engagements/?voir=depots")) == bool(cents)
    assert client.post(acts_on).status_code == 302
    assert sum(it.interest_cents for it in deposits.entries_of(account_id)) == cents
    assert acts_on not in read(client, "/grand-livre/engagements/?voir=depots")


def test_who_may_not_give_back_is_not_offered_it(client_as: Callable[..., Client]) -> None:
    held()
    client = client_as(Role.AUDITOR)

    assert "/rendre/" not in read(client, "/grand-livre/engagements/?voir=depots")
    assert client.get(BACK).status_code == 403


def test_a_deposit_that_the_old_system_follows_says_so(client_as: Callable[..., Client]) -> None:
    promised.promise(account(OTHER, ON).id, "DEPOSIT", 25_000, starts_on=date(2019, 5, 6), number="D00042")
    client = client_as(Role.BILLING)

    assert "suivi par l’ancien système" in read(client, "/grand-livre/engagements/?voir=depots")
    assert "L’ancien système suit encore ce dépôt" in read(client, BACK)


def test_the_page_of_a_return_is_few_queries_and_accessible_words(
    client_as: Callable[..., Client], few_queries: Callable[..., object]
) -> None:
    held()
    client = client_as(Role.BILLING)
    for path in (BACK, "/grand-livre/engagements/?voir=depots", f"/comptes/{OTHER}/"):
        few_queries(client, path)
