"""Customers are registered whole or not at all, and the journal says who did it."""

import pytest
from django.db import IntegrityError, connection, transaction
from factories import CLERK, TODAY, make_customer

from fanal.records.customers import acts, facts
from fanal.records.customers.models import Customer
from fanal.records.journal.facts import events_about
from fanal.records.journal.models import Event
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
EMAIL = acts.NewContact(kind="EMAIL", value="rose@exemple.ca", consented_on=TODAY)


def test_customers_come_back_in_order_with_their_contacts():
    new = [
        acts.NewCustomer(kind="PERSON", name="Tremblay", given_name="Rose", contacts=[EMAIL]),
        acts.NewCustomer(kind="ORGANISATION", name="Scierie du Lac inc.", language="en"),
    ]
    rose, mill = acts.register_customers(customers=new, **CLERK)
    known = facts.customers([rose, mill])
    assert known[rose].full_name == "Rose Tremblay"
    assert known[rose].contact("EMAIL") == "rose@exemple.ca"
    assert known[rose].contacts[0].consented
    assert known[mill].language == "en"
    assert known[mill].contact("EMAIL") == ""


def test_every_wrong_row_is_told_and_nothing_is_written():
    new = [
        acts.NewCustomer(kind="PERSON", name="Tremblay"),
        acts.NewCustomer(kind="PERSON", name=" "),
        acts.NewCustomer(kind="PUBLIC_BODY", name="Ville", given_name="Rose", language="es", contacts=[EMAIL, EMAIL]),
    ]
    with pytest.raises(Refused) as refusal:
        acts.register_customers(customers=new, **CLERK)
    told = [(it.row, it.field) for it in refusal.value.problems]
    assert told == [(2, "name"), (3, "given_name"), (3, "language"), (3, "contacts")]
    assert str(refusal.value).startswith("Ligne 2, name : Le nom du client manque.")
    assert not Customer.objects.exists()
    assert not Event.objects.exists()


def test_the_journal_finds_one_act_from_each_of_its_customers():
    new = [acts.NewCustomer(kind="PERSON", name=name) for name in ("Roy", "Gagnon")]
    first, second = acts.register_customers(customers=new, **CLERK)
    alone = make_customer()
    assert [it.act for it in events_about(f"customer:{first}")] == ["register_customers"]
    assert events_about(f"customer:{first}") == events_about(f"customer:{second}")
    assert events_about(f"customer:{alone}") != events_about(f"customer:{first}")
    assert [it.by for it in events_about(f"customer:{alone}")] == ["commis"]


@pytest.mark.parametrize(
    "change", ["UPDATE journal_event SET by_whom = 'autre'", "DELETE FROM journal_event", "TRUNCATE journal_event"]
)
def test_the_journal_is_never_rewritten(change):
    make_customer()
    with pytest.raises(IntegrityError, match="ne se modifie pas"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    with connection.cursor() as cursor:  # without its guard it would be: the guard is what refuses
        cursor.execute("DROP TRIGGER journal_event_append_only ON journal_event")
        cursor.execute(change)


def test_a_customer_is_brought_up_to_date_and_the_journal_keeps_what_it_was():
    id = make_customer(kind="PERSON", name="Tremblay", given_name="Rose", contacts=[EMAIL])
    seen = facts.customers([id])[id].digest
    revised = acts.NewCustomer(
        kind="PERSON", name="Tremblay-Roy", given_name="Rose", language="en",
        contacts=[acts.NewContact(kind="PHONE", value="819 555-0102")],
    )  # fmt: skip
    acts.revise_customer(customer_id=id, revised=revised, seen=seen, **CLERK)

    known = facts.customers([id])[id]
    assert (known.full_name, known.language, known.contact("PHONE")) == ("Rose Tremblay-Roy", "en", "819 555-0102")
    assert known.contact("EMAIL") == ""
    event = events_about(f"customer:{id}")[-1]
    assert event.grounds["name"] == ["Tremblay", "Tremblay-Roy"]
    assert event.grounds["contacts"][0] == [["EMAIL", "rose@exemple.ca", TODAY.isoformat()]]
    assert "given_name" not in event.grounds


def test_a_customer_changed_by_somebody_else_meanwhile_is_refused_and_keeps_the_first_change():
    id = make_customer(kind="PERSON", name="Tremblay", given_name="Rose")
    seen = facts.customers([id])[id].digest
    one, other = (acts.NewCustomer(kind="PERSON", name=name, given_name="Rose") for name in ("Roy", "Côté"))
    acts.revise_customer(customer_id=id, revised=one, seen=seen, **CLERK)
    with pytest.raises(Refused, match="entre-temps"):
        acts.revise_customer(customer_id=id, revised=other, seen=seen, **CLERK)
    assert facts.customers([id])[id].name == "Roy"


@pytest.mark.parametrize(
    ("revised", "field"),
    [
        (acts.NewCustomer(kind="PERSON", name=" "), "name"),
        (acts.NewCustomer(kind="ORGANISATION", name="Roy inc."), "kind"),
        (
            acts.NewCustomer(kind="PERSON", name="Roy", contacts=[acts.NewContact(kind="EMAIL", value="roy@")]),
            "contacts",
        ),
    ],
)
def test_what_a_customer_cannot_become_is_refused_and_nothing_changes(revised, field):
    id = make_customer(kind="PERSON", name="Tremblay", given_name="Rose", contacts=[EMAIL])
    before = facts.customers([id])[id]
    with pytest.raises(Refused) as refusal:
        acts.revise_customer(customer_id=id, revised=revised, seen=before.digest, **CLERK)
    assert [it.field for it in refusal.value.problems] == [field]
    assert facts.customers([id])[id] == before


def test_a_change_of_nothing_leaves_no_line_in_the_journal():
    id = make_customer(kind="PERSON", name="Tremblay", given_name="Rose", contacts=[EMAIL])
    lines = len(events_about(f"customer:{id}"))
    same = acts.NewCustomer(kind="PERSON", name="Tremblay", given_name="Rose", contacts=[EMAIL])
    acts.revise_customer(customer_id=id, revised=same, seen=facts.customers([id])[id].digest, **CLERK)
    assert len(events_about(f"customer:{id}")) == lines


@pytest.mark.parametrize("name", ["\u200b", "Trem\u202eblay", "x" * 201, "Tremblay\0", "\u3164"])
def test_a_name_that_nobody_can_read_is_refused(name):
    with pytest.raises(Refused, match="Ce texte"):
        make_customer(kind="PERSON", name=name)


@pytest.mark.parametrize("value", ["418 555-0123", "+1 (418) 555-0123", "418.555.0123 poste 22", "819 555-0102 x4"])
def test_a_telephone_is_written_as_people_write_it(value):
    made = make_customer(kind="PERSON", name="Roy", contacts=[acts.NewContact(kind="PHONE", value=value)])
    assert facts.customers([made])[made].contact("PHONE") == value


@pytest.mark.parametrize("value", ["abc; drop", "555", "418 555-0123; 418 555-0199", "1" * 30])
def test_what_is_no_telephone_is_refused(value):
    with pytest.raises(Refused, match="téléphone"):
        make_customer(kind="PERSON", name="Roy", contacts=[acts.NewContact(kind="PHONE", value=value)])
