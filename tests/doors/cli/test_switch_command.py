"""`fanal switch` : cycles pass to Fanal one by one, and back, from the keyboard."""

from datetime import date

import pytest

from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.records.elsewhere.facts import cycles
from tests.doors.desk.parallel import loaded, priced_town

pytestmark = pytest.mark.django_db


def test_a_cycle_passes_to_fanal_with_a_reason_while_the_gate_is_shut_and_back(fanal) -> None:
    assert fanal("switch") == (0, "Aucun cycle n’a été repris d’un ancien système.\n", "")
    loaded(priced_town())
    status, said, _ = fanal("switch")
    assert (status, "facturés par l’ancien système" in said) == (0, True)

    cycle = cycles()[0].cycle
    for refused, why in (
        (("--all",), "Dire par --by qui bascule."),
        ((cycle, "--by", "ana"), "Une condition de la mise en marche n’est pas réunie"),
        ((cycle, "--all", "--by", "ana"), "pas les deux"),
        (("--back", "--by", "ana"), "Nommer les cycles à rendre"),
        ((cycle, "--back", "--by", "ana"), "--reason"),
        ((99, "--by", "ana", "--reason", "essai"), "Le cycle 99 n’a pas été repris"),
    ):
        status, _, said = fanal("switch", *refused)
        assert (status, why in said) == (1, True), said
    assert not any(it.ours for it in cycles())

    status, said, _ = fanal("switch", "--all", "--by", "ana", "--reason", "cycle pilote")
    assert (status, "facturés par Fanal" in said) == (0, True)
    assert all(it.ours for it in cycles())
    assert fanal("switch", cycle, "--back", "--by", "ana", "--reason", "essai fini")[0] == 0
    assert not cycles()[0].ours


def test_who_switches_is_registered_once_somebody_is(fanal) -> None:
    loaded(priced_town())
    who = {"given_name": "Marie", "name": "Roy", "roles": [Role.ADMINISTRATOR], "password": "lanterne-du-soir"}
    staff.register_person(username="marie.roy", by="la direction", on=date(2026, 11, 2), **who)

    status, _, said = fanal("switch", "--all", "--by", "ana", "--reason", "essai")
    assert (status, "« ana » n’est pas inscrit pour cela. Le peuvent : marie.roy" in said) == (1, True), said
    assert fanal("switch", "--all", "--by", "marie.roy", "--reason", "essai")[0] == 0
    status, _, said = fanal("switch", "--all", "--back", "--by", "ana", "--reason", "essai")
    assert (status, all(it.ours for it in cycles())) == (1, True), said
