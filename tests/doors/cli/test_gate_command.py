"""`fanal gate`: each condition, and what a person accepts of it, from the keyboard."""

from datetime import date

import pytest

from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.reports.gate import gate
from tests.doors.desk.parallel import compared
from tests.doors.desk.test_shadow_pages import unread_town

pytestmark = pytest.mark.django_db
ACCEPT = ("gate", "--accept", 1, "--bills", 1, "--reason", "Relevé perdu.")


def accepted() -> list[str]:
    return [it.accepted_by for it in gate().findings]


def test_a_finding_is_accepted_once_by_who_may_and_of_as_many_bills_as_were_seen(fanal) -> None:
    assert "Aucune exportation n’est reçue" in fanal("gate")[2]
    compared(unread_town())
    who = {"given_name": "Maude", "name": "Roy", "roles": [Role.BILLING], "password": "lanterne-du-soir"}
    staff.register_person(username="maude.roy", by="la direction", on=date(2026, 11, 2), **who)
    status, said, _ = fanal("gate")
    assert (status, "à accepter" in said, "Pas encore." in said) == (1, True, True), said

    for refused, why in (
        (("gate", "--accept", 1, "--reason", "Perdu.", "--by", "maude.roy"), "Dire par --bills"),
        ((*ACCEPT, "--by", "ana"), "« ana » n’est pas inscrit pour cela. Le peuvent : maude.roy"),
        (("gate", "--accept", 2, *ACCEPT[3:], "--by", "maude.roy"), "Aucun constat n’a le rang 2"),
        (("gate", "--accept", 1, "--bills", 2, *ACCEPT[5:], "--by", "maude.roy"), "n’est plus celui de la marche"),
    ):
        status, _, said = fanal(*refused)
        assert (status, why in said.replace("\N{NO-BREAK SPACE}", " ")) == (1, True), said
        assert accepted() == [""]

    assert "accepté par maude.roy : Relevé perdu." in fanal(*ACCEPT, "--by", "maude.roy")[1].replace("\xa0", " ")
    assert "déjà accepté" in fanal(*ACCEPT, "--by", "maude.roy")[2]
    assert accepted() == ["maude.roy"]


def test_an_acceptance_is_withdrawn_from_the_keyboard_by_who_may_and_with_a_reason(fanal) -> None:
    compared(unread_town())
    who = {"given_name": "Maude", "name": "Roy", "roles": [Role.BILLING], "password": "lanterne-du-soir"}
    staff.register_person(username="maude.roy", by="la direction", on=date(2026, 11, 2), **who)
    withdraw = ("gate", "--withdraw", 1, "--reason", "Retrouvé.")
    assert "n’est pas accepté" in fanal(*withdraw, "--by", "maude.roy")[2].replace("\xa0", " ")
    fanal(*ACCEPT, "--by", "maude.roy")

    assert "Dire par --reason" in fanal("gate", "--withdraw", 1, "--by", "maude.roy")[2]
    assert "« ana » n’est pas inscrit" in fanal(*withdraw, "--by", "ana")[2].replace("\xa0", " ")
    assert accepted() == ["maude.roy"]
    assert "à accepter" in fanal(*withdraw, "--by", "maude.roy")[1].replace("\xa0", " ")
    assert accepted() == [""]
