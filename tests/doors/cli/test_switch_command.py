"""`fanal switch` : cycles pass to Fanal one by one, and back, from the keyboard."""

import pytest

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
