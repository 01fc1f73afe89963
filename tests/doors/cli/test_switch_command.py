"""`fanal switch` : cycles pass to Fanal one by one, and back, from the keyboard."""

from datetime import date, timedelta

import pytest
from factories import new_receipt

from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.records.elsewhere.facts import cycles
from fanal.records.payments import acts as payments
from tests.billing import rows
from tests.doors.desk.parallel import loaded, priced_town

pytestmark = pytest.mark.django_db
OF_CYCLE = """SELECT a.id, a.number FROM subscriptions_subscription s JOIN ledger_account a ON a.id = s.account_id
JOIN premises_deliverypoint d ON d.id = s.delivery_point_id WHERE d.cycle = %s ORDER BY a.id LIMIT 1"""


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


def test_what_was_received_here_is_named_to_be_entered_in_the_old_system(fanal) -> None:
    loaded(priced_town())
    cycle = cycles()[0].cycle
    back = ("--back", "--by", "ana", "--reason", "essai")
    fanal("switch", "--all", "--by", "ana", "--reason", "essai")
    [one] = rows(OF_CYCLE, cycle)
    since = cycles()[0].changed_on
    who = {"by": "ana", "on": since}
    kinds = (("AVANT", 1_234, since - timedelta(days=1)), ("GUICHET-7", 5_500, since), ("REVENU", 9_900, since))
    receipts = [new_receipt(one.id, cents, reference=it, received_on=on) for it, cents, on in kinds]
    payments.record_receipts(receipts=receipts, **who)
    payments.return_payments(
        returns=[payments.NewReturn(reference="REVENU", returned_on=since, reason="sans provision")], **who
    )

    said = fanal("switch", cycle, *back)[1]

    assert "à inscrire dans l’ancien système" in said
    assert [it.split() for it in said.splitlines() if one.number in it] == [
        [one.number, f"{since}", "55,00", "$", "GUICHET-7"]
    ]
