"""Two records of one person become one customer by two persons, and two again exactly as they were."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from factories import CLERK, LONG_AGO, TODAY, make_customer, make_delivery_point, make_subscription

from fanal.records.customers import acts as customers
from fanal.records.customers import facts as known
from fanal.records.journal.facts import events_about
from fanal.records.subscriptions import acts, facts, merging
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
SECOND: dict[str, Any] = {"by": "seconde", "on": TODAY}
TABLES = {
    "subscriptions_subscriptionholder": "id, subscription_id, customer_id, rank",
    "subscriptions_owneragreement": "id, premises_id, customer_id, starts_on, ends_on",
    "customers_contact": "id, customer_id, kind, value, consented_on, gained",
    "customers_customer": "id, kind, name, given_name, language",
}


def query(text: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values or None)
        return cursor.fetchall()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    return {table: query(f"SELECT {columns} FROM {table} ORDER BY id") for table, columns in TABLES.items()}


def rose(*contacts: tuple[str, str, date | None]) -> int:
    ways = [customers.NewContact(kind=kind, value=value, consented_on=on) for kind, value, on in contacts]
    return make_customer(contacts=ways)


def holders(subscription: int) -> tuple[int, ...]:
    return facts.subscriptions([subscription])[subscription].holder_ids


def ways(customer: int) -> list[tuple[str, str, date | None]]:
    return [(it.kind, it.value, it.consented_on) for it in known.customers([customer])[customer].contacts]


def proposed(kept: int, merged: int) -> int:
    return merging.propose_merge(kept_id=kept, merged_id=merged, reason="même date de naissance", **CLERK)


def merged_into(kept: int, merged: int) -> int:
    merge = proposed(kept, merged)
    merging.confirm_merge(merge_id=merge, **SECOND)
    return merge


def undone(merge: int, reason: str = "ce sont deux sœurs") -> merging.Stays:
    return merging.undo_merge(merge_id=merge, reason=reason, **SECOND)


def test_what_one_held_the_other_holds_and_all_of_it_comes_back():
    kept = rose(("EMAIL", "rose@exemple.ca", None), ("POST", "214, rue des Ormes", None))
    merged = rose(("EMAIL", "rose@exemple.ca", TODAY), ("PHONE", "819 555-0110", None))
    hers, theirs = make_subscription(holder_ids=[merged]), make_subscription(holder_ids=[make_customer(), merged])
    place = query("SELECT premises_id FROM premises_deliverypoint WHERE id = %s", make_delivery_point()[0])[0][0]
    owned = acts.NewOwnerAgreement(premises_id=place, customer_id=merged, starts_on=LONG_AGO)
    acts.put_owners_on_file(agreements=[owned], **CLERK)
    before = everything()

    merge = proposed(kept, merged)
    assert everything() == before
    merging.confirm_merge(merge_id=merge, **SECOND)

    assert holders(hers) == (kept,)
    assert holders(theirs)[1] == kept
    assert facts.owner_on_file(place, TODAY) == kept
    assert ways(kept) == [
        ("EMAIL", "rose@exemple.ca", TODAY), ("POST", "214, rue des Ormes", None), ("PHONE", "819 555-0110", None),
    ]  # fmt: skip
    assert known.kept_of(merged).id == kept
    assert ways(merged) == [("EMAIL", "rose@exemple.ca", TODAY), ("PHONE", "819 555-0110", None)]

    assert undone(merge) == merging.Stays([], [])
    assert everything() == before
    assert known.kept_of(merged) is None
    acts_told = [it.act for it in events_about(f"customer:{merged}")]
    assert sorted(acts_told[-3:]) == ["customers.confirm_merge", "customers.propose_merge", "customers.undo_merge"]


def test_a_subscription_that_both_held_has_one_holder_who_is_written_to_first():
    kept, merged, third = make_customer(), make_customer(), make_customer()
    both = make_subscription(holder_ids=[merged, third, kept])
    before = everything()

    merge = merged_into(kept, merged)
    assert holders(both) == (kept, third)
    assert query("SELECT rank FROM subscriptions_subscriptionholder WHERE customer_id = %s", kept) == [(1,)]

    undone(merge)
    assert everything() == before


def test_a_rank_taken_since_is_not_taken_back():
    kept, merged = make_customer(), make_customer()
    both = make_subscription(holder_ids=[kept, merged])
    merge = merged_into(kept, merged)
    acts.add_holder(subscription_id=both, customer_id=(late := make_customer()), **CLERK)

    undone(merge)

    assert holders(both) == (kept, late, merged)


def test_what_was_opened_since_stays_with_the_one_kept_and_is_told():
    kept, merged = make_customer(), make_customer()
    own, hers = make_subscription(holder_ids=[kept]), make_subscription(holder_ids=[merged])
    merge = merged_into(kept, merged)
    since = make_subscription(holder_ids=[kept])
    [(place, street)] = query("SELECT p.id, p.street FROM premises_premises p JOIN premises_deliverypoint d"
                              " ON d.premises_id = p.id WHERE d.id = %s", make_delivery_point()[0])  # fmt: skip
    owned = acts.NewOwnerAgreement(premises_id=place, customer_id=kept, starts_on=LONG_AGO)
    acts.put_owners_on_file(agreements=[owned], **CLERK)
    customers.revise_customer(
        customer_id=kept, seen=known.customers([kept])[kept].digest,
        revised=customers.NewCustomer(kind="PERSON", name="Tremblay",
                                      contacts=[customers.NewContact(kind="PHONE", value="819 555-0199")]), **CLERK,
    )  # fmt: skip

    [(number,)] = query("SELECT number FROM ledger_account a JOIN subscriptions_subscription s ON s.account_id = a.id"
                        " WHERE s.id = %s", since)  # fmt: skip
    stays = undone(merge)
    assert list(stays.accounts) == [number]
    assert [street in it for it in stays.places] == [True]
    assert facts.owner_on_file(place, TODAY) == kept
    told = next(it for it in events_about(f"customer:{merged}") if it.act == "customers.undo_merge")
    assert told.grounds["places"] == list(stays.places)

    assert (holders(own), holders(hers), holders(since)) == ((kept,), (merged,), (kept,))
    assert ways(kept) == [("PHONE", "819 555-0199", None)]


def revised(customer: int, *contacts: tuple[str, str]) -> None:
    """A clerk says how to reach that customer."""
    seen = known.customers([customer])[customer]
    new = [customers.NewContact(kind=kind, value=value) for kind, value in contacts]
    said = customers.NewCustomer(kind="PERSON", name=seen.name, given_name=seen.given_name, contacts=new)
    customers.revise_customer(customer_id=customer, seen=seen.digest, revised=said, **CLERK)


def test_what_a_clerk_writes_comes_before_what_a_merge_gave_and_what_was_given_goes_back():
    kept = rose(("POST", "174, rue du Collège", None), ("PHONE", "819 555-0101", None))
    merge = merged_into(kept, rose(("POST", "190, rue du Faubourg", None), ("PHONE", "819 555-0110", None)))
    gone = [("POST", "190, rue du Faubourg"), ("PHONE", "819 555-0110")]

    revised(kept, *gone[1:], ("PHONE", "819 555-0199"), ("POST", "500, rue Neuve"), gone[0])
    now = known.customers([kept])[kept]
    assert (now.contact("POST"), now.contact("PHONE")) == ("500, rue Neuve", "819 555-0110")

    undone(merge)
    assert ways(kept) == [("PHONE", "819 555-0110", None), ("PHONE", "819 555-0199", None),
                          ("POST", "500, rue Neuve", None)]  # fmt: skip


def test_what_two_merges_gave_goes_with_the_last_of_them():
    kept, way = make_customer(), ("PHONE", "819 555-0110")
    one = merged_into(kept, rose((*way, None)))
    two = merged_into(kept, rose((*way, TODAY)))
    assert ways(kept) == [(*way, TODAY)]
    undone(two)
    assert ways(kept) == [(*way, None)]
    undone(one)
    assert ways(kept) == []


def test_what_a_clerk_changed_of_what_was_given_stays_as_the_customers_own():
    kept, other = make_customer(), ("POST", "500, rue Neuve")
    merge = merged_into(kept, rose(("EMAIL", "rose@exemple.ca", TODAY)))
    revised(kept, ("EMAIL", "rose@exemple.ca"), other)
    undone(merge)
    assert [(it.value, it.gained) for it in known.customers([kept])[kept].contacts] == [
        ("rose@exemple.ca", False), (other[1], False),
    ]  # fmt: skip


def test_three_records_of_one_person_are_merged_one_into_the_next_and_undone_the_last_first():
    first, second, third = make_customer(), make_customer(), rose(("PHONE", "819 555-0110", None))
    hers = make_subscription(holder_ids=[third])
    before = everything()
    one, two = merged_into(second, third), merged_into(first, second)

    assert holders(hers) == (first,)
    assert known.kept_of(third).id == known.kept_of(second).id == first
    assert ways(first) == [("PHONE", "819 555-0110", None)]
    with pytest.raises(Refused, match="plus récente"):
        undone(one)
    undone(two)
    assert holders(hers) == (second,)
    undone(one)
    assert everything() == before


def test_two_merged_into_one_are_undone_the_last_first():
    kept, one, other = make_customer(), make_customer(), make_customer()
    both = make_subscription(holder_ids=[one, other])
    before = everything()
    first, second = merged_into(kept, one), merged_into(kept, other)
    assert holders(both) == (kept,)

    with pytest.raises(Refused, match="plus récente"):
        undone(first)
    undone(second)
    undone(first)
    assert everything() == before


def test_nobody_becomes_oneself_by_a_round_trip():
    one, other, third = make_customer(), make_customer(), make_customer()
    merged_into(one, other)
    merged_into(third, one)
    for kept, merged in ((other, one), (other, third), (one, third), (third, other), (one, one), (one, 999_999_999)):
        with pytest.raises(Refused):
            proposed(kept, merged)


def test_one_merge_of_a_customer_waits_at_a_time():
    one, other, third = make_customer(), make_customer(), make_customer()
    merge = proposed(one, other)
    for kept, merged in ((one, other), (other, one), (other, third), (third, one), (one, third)):
        with pytest.raises(Refused, match="autre fusion"):
            proposed(kept, merged)
    undone(merge, reason="")
    assert proposed(other, one)


def test_a_firm_and_a_person_are_never_one():
    firm = make_customer(kind="ORGANISATION", given_name="")
    with pytest.raises(Refused, match="leurs fiches restent deux"):
        proposed(firm, make_customer())


@pytest.mark.parametrize("second", ["commis", " COMMIS", "cómmis"])
def test_who_proposed_does_not_confirm(second: str):
    kept, merged = make_customer(), make_customer()
    hers = make_subscription(holder_ids=[merged])
    merge = proposed(kept, merged)
    with pytest.raises(Refused, match="une autre personne"):
        merging.confirm_merge(merge_id=merge, by=second, on=TODAY)
    assert holders(hers) == (merged,)


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_merge_says_why_and_so_does_its_undoing(blank: str):
    kept, merged = make_customer(), make_customer()
    with pytest.raises(Refused, match="dit pourquoi"):
        merging.propose_merge(kept_id=kept, merged_id=merged, reason=blank, **CLERK)
    merge = merging.propose_merge(kept_id=kept, merged_id=merged, signs=["phone"], **CLERK)
    merging.confirm_merge(merge_id=merge, **SECOND)
    with pytest.raises(Refused, match="demande une raison"):
        undone(merge, reason=blank)


def test_what_is_done_is_not_done_twice():
    merge = merged_into(make_customer(), make_customer())
    with pytest.raises(Refused, match="n’attend pas"):
        merging.confirm_merge(merge_id=merge, by="troisième", on=TODAY)
    undone(merge)
    with pytest.raises(Refused, match="déjà défaite"):
        undone(merge)


def test_nothing_is_opened_for_nor_said_of_a_customer_who_was_merged():
    kept, merged = make_customer(), make_customer()
    own = make_subscription(holder_ids=[kept])
    seen = known.customers([merged])[merged].digest
    merged_into(kept, merged)

    place = query("SELECT premises_id FROM premises_deliverypoint WHERE id = %s", make_delivery_point()[0])[0][0]
    owned = acts.NewOwnerAgreement(premises_id=place, customer_id=merged, starts_on=LONG_AGO)
    refused: list[Callable[[], Any]] = [
        lambda: make_subscription(holder_ids=[merged]),
        lambda: acts.add_holder(subscription_id=own, customer_id=merged, **CLERK),
        lambda: acts.put_owners_on_file(agreements=[owned], **CLERK),
        lambda: customers.revise_customer(customer_id=merged, seen=seen, **CLERK,
                                          revised=customers.NewCustomer(kind="PERSON", name="Autre")),
    ]  # fmt: skip
    for act in refused:
        with pytest.raises(Refused, match="est réuni "):
            act()


INSERTED = """INSERT INTO customers_merge (kept_id, merged_id, reason, signs, proposed_by, proposed_on, confirmed_by,
    undone_by, undone_because) SELECT {}, '?', '[]', 'luc', now(), '', '', '' FROM {}"""
SECONDED = "UPDATE customers_merge SET confirmed_by = 'Commis', confirmed_on = now(), last_subscription = 0"
PLANTED = [
    (SECONDED, "second_person"),
    ("UPDATE customers_merge SET confirmed_by = 'luc'", "confirmed_by_somebody"),
    ("UPDATE customers_merge SET undone_by = 'luc'", "undone_says_why"),
    ("UPDATE customers_merge SET kept_id = merged_id, merged_id = kept_id", "ne se modifie pas"),
    ("UPDATE customers_merge SET reason = 'autre'", "ne se modifie pas"),
    ("DELETE FROM customers_merge", "ne se modifie pas"),
    (INSERTED.format("merged_id, kept_id", "customers_merge"), "déjà d’une autre fusion"),
    (INSERTED.format("min(id), min(id)", "customers_customer"), "of_two"),
]  # fmt: skip


@pytest.mark.parametrize(("planted", "said"), PLANTED)
def test_the_database_refuses_what_the_acts_do(planted: str, said: str):
    make_customer()
    proposed(make_customer(), make_customer())
    with pytest.raises(IntegrityError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(planted)


CONFIRMED = [
    ("UPDATE customers_merge SET confirmed_by = 'autre'", "ne se modifie pas"),
    ("UPDATE customers_merge SET last_agreement = 7777777", "ne se modifie pas"),
    ("UPDATE customers_merge SET undone_by = 'luc', undone_on = now()", "undone_says_why"),
    ("INSERT INTO subscriptions_subscriptionholder (subscription_id, customer_id, rank) SELECT s.id, m.merged_id, 9"
     " FROM subscriptions_subscription s, customers_merge m", "est réuni au client"),
    ("UPDATE subscriptions_subscriptionholder SET customer_id = (SELECT merged_id FROM customers_merge)",
     "est réuni au client"),
    ("UPDATE subscriptions_formerholder SET rank = 2", "ne se modifie pas"),
    ("DELETE FROM customers_gainedcontact", "ne se modifie pas"),
]  # fmt: skip


@pytest.mark.parametrize(("planted", "said"), CONFIRMED)
def test_the_database_keeps_a_merge_as_it_was_confirmed(planted: str, said: str):
    kept, merged = make_customer(), rose(("PHONE", "819 555-0110", None))
    make_subscription(holder_ids=[merged])
    merged_into(kept, merged)
    with pytest.raises(IntegrityError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(planted)
