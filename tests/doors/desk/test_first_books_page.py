"""The page of the rates without a book: what one would bill is shown, then it is given."""

import pytest
from django.urls import reverse

from fanal.doors.desk.roles import Role
from fanal.law.tariffs.shelf import load
from fanal.records.subscriptions.facts import NO_BOOK, without_book
from fanal.records.subscriptions.models import Subscription
from tests.doors.desk.parallel import loaded
from tests.doors.migration.towns import town_with_a_box

pytestmark = pytest.mark.usefixtures("desk")


def text_of(answer) -> str:
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_book_is_shown_with_its_prices_before_it_is_given(client_as, few_queries):
    client = client_as(Role.BILLING)
    assert "Chaque abonnement a un livre" in text_of(client.get(reverse("books_given")))
    loaded(town_with_a_box())
    assert "Sans livre : 1 (tarifs CAB)." in text_of(client.get(reverse("gate")))

    shown = text_of(few_queries(client, reverse("books_given") + "?tarif=CAB&livre=lac_aux_ormes/eclairage"))
    assert "1 abonnement, dont 1 actif, se facture par ce livre" in shown
    assert "16,85 $" in shown
    assert len(without_book()) == 1

    assert "serait facturé comme un seul" in shown
    counted = text_of(client.get(reverse("books_given") + "?tarif=CAB&livre=lac_aux_ormes/eclairage&logements=1"))
    assert "il compte pour chacun d’eux" in counted
    assert 'name="dwellings" value="1"' in counted

    asked = {"dwellings": "1", "tariff": "CAB", "book": "lac_aux_ormes/eclairage"}
    assert client_as(Role.AUDITOR).post(reverse("book_give"), asked).status_code == 403
    assert "1 abonnement reçoit son livre." in text_of(client.post(reverse("book_give"), asked, follow=True))
    assert without_book() == []
    assert Subscription.objects.filter(units=2).values_list("multiplier", flat=True)[0] == 3


def test_a_book_that_was_given_is_taken_back_from_its_page_with_a_reason(client_as, few_queries):
    loaded(town_with_a_box())
    client, address = client_as(Role.BILLING), reverse("book_take_back")
    client.post(reverse("book_give"), {"tariff": "CAB", "book": "lac_aux_ormes/eclairage"}, follow=True)
    shown = text_of(few_queries(client, reverse("books_given")))
    assert "CAB par lac_aux_ormes/eclairage" in shown
    assert "Reprendre ce livre" in shown
    assert "Reprendre ce livre" not in text_of(client_as(Role.AUDITOR).get(reverse("books_given")))
    assert client_as(Role.AUDITOR).post(address, {"tariff": "CAB", "reason": "x"}).status_code == 403

    assert "Dire pourquoi" in text_of(client.post(address, {"tariff": "CAB", "reason": " "}, follow=True))
    done = text_of(client.post(address, {"tariff": "CAB", "reason": "Ce n’est pas de l’éclairage."}, follow=True))

    assert "1 abonnement attend de nouveau un livre." in done
    assert "Livres donnés ici" not in done
    assert [it.tariff for it in without_book()] == ["CAB"]


@pytest.mark.parametrize("asked", ["?tarif=CAB&livre=rien/du_tout", "?tarif=XYZ&livre=hydro_quebec/D"])
def test_what_cannot_be_given_says_why_and_offers_nothing(client_as, asked):
    loaded(town_with_a_box())
    said = text_of(client_as(Role.BILLING).get(reverse("books_given") + asked))

    assert "Aucun livre ne s’appelle" in said or "n’attend un livre" in said
    assert "Donner ce livre" not in said


def test_two_prices_of_one_name_say_what_parts_them(client_as):
    loaded(town_with_a_box())
    shown = text_of(client_as(Role.BILLING).get(reverse("books_given") + "?tarif=CAB&livre=hydro_quebec/M"))
    assert shown.count("<dt>Complément à la facture minimale</dt>") == 2
    assert "par 30 jours, monophasé" in shown
    assert "par 30 jours, triphasé" in shown


def test_an_account_names_its_rate_before_anybody_was_billed_by_it(client_as, few_queries):
    loaded(town_with_a_box())
    waiting = Subscription.objects.get(book__startswith=NO_BOOK)
    page = reverse("account", args=[waiting.account.number])
    assert "CAB, sans livre" in text_of(few_queries(client_as(Role.SERVICE), page))
    assert "CAB, without a book" in text_of(client_as(Role.SERVICE, lang="en").get(page))

    asked = {"tariff": "CAB", "book": "lac_aux_ormes/eclairage"}
    client_as(Role.BILLING).post(reverse("book_give"), asked)
    said = text_of(few_queries(client_as(Role.SERVICE), page))
    assert load("lac_aux_ormes/eclairage").title.fr in said
    assert "lac_aux_ormes/eclairage" not in said
