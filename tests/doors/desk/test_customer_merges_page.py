"""At the desk: one person says that two customers are one, another confirms it; both names then find the one kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import Role
from fanal.doors.office import today
from fanal.records.customers import acts, facts
from fanal.records.subscriptions import acts as subscriptions
from fanal.records.subscriptions import merging
from fanal.reports.account import account
from fanal.reports.search import find

A_PERSON = """SELECT c.id, a.number FROM customers_customer c
    JOIN subscriptions_subscriptionholder h ON h.customer_id = c.id AND h.rank = 1
    JOIN subscriptions_subscription s ON s.id = h.subscription_id AND s.ends_on IS NULL
    JOIN ledger_account a ON a.id = s.account_id WHERE c.kind = 'PERSON' ORDER BY a.number LIMIT 1"""
Signs = Callable[..., Client]
Few = Callable[..., Any]


def rose(kept: facts.KnownCustomer, **told: Any) -> int:
    """Another record of that person."""
    ways = [acts.NewContact(kind="PHONE", value="819 555-0142"), acts.NewContact(kind="EMAIL", value="zoe@exemple.ca")]
    new = {"kind": kept.kind, "name": "Zworykin", "given_name": "Zénobie", "contacts": ways} | told
    return acts.register_customers(customers=[acts.NewCustomer(**new)], by="paul", on=today())[0]


def a_person() -> tuple[int, str]:
    """A customer of the town, and the number of an account of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(A_PERSON)
        return tuple(cursor.fetchone())


@pytest.fixture
def kept(desk: None) -> facts.KnownCustomer:
    """That person."""
    found, _ = a_person()
    return facts.customers([found])[found]


@pytest.fixture
def number(desk: None) -> str:
    """The number of that account."""
    return a_person()[1]


def said(answer: Any) -> str:
    return str(answer.content.decode())


def holders(number: str) -> list[int]:
    return [it["id"] for it in account(number, today()).subscriptions[0].holders]


def test_two_persons_merge_two_customers_who_look_alike(
    kept: facts.KnownCustomer, number: str, client_as: Signs, few_queries: Few
):
    merged = rose(kept, name=kept.name, given_name=kept.given_name)
    held, before = account(number, today()).subscriptions[0].id, holders(number)
    subscriptions.add_holder(subscription_id=held, customer_id=merged, by="paul", on=today())
    clerk, second = client_as(Role.SERVICE), client_as(Role.BILLING)
    assert f"/clients/{kept.id}/reunir/" in said(few_queries(clerk, f"/clients/{kept.id}/"))
    assert "même nom" in said(few_queries(clerk, f"/clients/{kept.id}/reunir/"))

    answer = clerk.post(
        f"/clients/{kept.id}/reunir/", {"other": str(merged), "keep": "this", "reason": "vu ses pièces"}
    )
    assert answer.url == f"/clients/{merged}/"
    (merge,) = facts.merges()
    assert (merge.kept_id, merge.signs, merge.reason) == (kept.id, ("name",), "vu ses pièces")
    assert 'value="confirm"' not in said(clerk.get("/clients/doubles/"))
    clerk.post(f"/clients/doubles/{merge.id}/", {"act": "confirm"})
    assert facts.kept_of(merged) is None

    assert 'value="confirm"' in said(few_queries(second, "/clients/doubles/"))
    second.post(f"/clients/doubles/{merge.id}/", {"act": "confirm"})
    assert holders(number) == before
    page = said(few_queries(clerk, f"/clients/{merged}/"))
    assert f"Fusionné avec {kept.full_name}" in page
    assert f'href="/clients/{kept.id}/"' in page
    assert 'name="seen"' not in page

    second.post(f"/clients/doubles/{merge.id}/", {"act": "undo", "reason": " "})
    assert facts.kept_of(merged)
    second.post(f"/clients/doubles/{merge.id}/", {"act": "undo", "reason": "deux sœurs"})
    assert facts.kept_of(merged) is None
    assert "819 555-0142" not in said(clerk.get(f"/clients/{kept.id}/"))


def test_undoing_a_merge_says_which_places_stay(kept: facts.KnownCustomer, client_as: Signs):
    merged, second = rose(kept), client_as(Role.BILLING)
    merge = merging.propose_merge(kept_id=kept.id, merged_id=merged, reason="mariée", by="marie", on=today())
    merging.confirm_merge(merge_id=merge, by="luc", on=today())
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.id, p.street FROM premises_premises p WHERE NOT EXISTS (SELECT FROM"
                       " subscriptions_owneragreement o WHERE o.premises_id = p.id) ORDER BY p.id LIMIT 1")  # fmt: skip
        place, street = cursor.fetchone()
    owned = subscriptions.NewOwnerAgreement(premises_id=place, customer_id=kept.id, starts_on=today())
    subscriptions.put_owners_on_file(agreements=[owned], by="paul", on=today())

    second.post(f"/clients/doubles/{merge}/", {"act": "undo", "reason": "deux sœurs"})
    page = said(second.get(f"/clients/{kept.id}/"))
    assert "ce qui s’est ouvert depuis" in page
    assert f"{street}." in page


def test_the_other_record_may_be_the_one_to_keep(kept: facts.KnownCustomer, client_as: Signs):
    other = rose(kept)
    client_as(Role.SERVICE).post(
        f"/clients/{kept.id}/reunir/", {"other": str(other), "keep": "other", "reason": "à elle"}
    )
    (merge,) = facts.merges()
    assert (merge.kept_id, merge.merged_id) == (other, kept.id)


def test_somebody_who_does_not_look_alike_is_looked_for_and_needs_a_reason(
    kept: facts.KnownCustomer, client_as: Signs, few_queries: Few
):
    other, clerk = rose(kept), client_as(Role.SERVICE)
    address = f"/clients/{kept.id}/reunir/"
    assert "Zworykin" not in said(clerk.get(address))
    assert "Zénobie Zworykin" in said(few_queries(clerk, f"{address}?q=zworikin"))

    refused = clerk.post(f"{address}?q=zworikin", {"other": str(other), "keep": "this", "reason": " "})
    assert refused.status_code == 422
    assert "dit pourquoi" in said(refused)
    for unknown in ("", "7" * 30, "x", "999999999"):
        assert clerk.post(address, {"other": unknown, "keep": "this", "reason": "?"}).status_code == 422
    assert clerk.get("/clients/999999999/reunir/").status_code == 404
    assert clerk.post("/clients/doubles/999999999/").status_code == 404


def test_both_names_a_telephone_and_an_email_find_the_account_of_the_one_kept(
    kept: facts.KnownCustomer, number: str, client_as: Signs
):
    merged = rose(kept)
    merge = merging.propose_merge(kept_id=kept.id, merged_id=merged, reason="mariée", by="marie", on=today())
    words = ("zenobie zworykin", "819 555-0142", "ZOE@exemple.ca")
    assert [it.account for word in words for it in find(word, today()).results] == ["", "", ""]

    merging.confirm_merge(merge_id=merge, by="luc", on=today())

    for word in (*words, kept.full_name):
        assert number in [it.account for it in find(word, today()).results], word
        assert "" not in [it.account for it in find(word, today()).results if "Zworykin" in it.who]
    assert "Zénobie Zworykin" in said(client_as(Role.SERVICE).get("/clients/?q=zworykin"))


def test_what_a_merge_gave_stays_when_the_customer_is_saved(kept: facts.KnownCustomer, client_as: Signs):
    acts.revise_customer(
        customer_id=kept.id, seen=kept.digest, by="paul", on=today(),
        revised=acts.NewCustomer(kind=kept.kind, name=kept.name, given_name=kept.given_name,
                                 contacts=[acts.NewContact(kind="EMAIL", value="premier@exemple.ca")]),
    )  # fmt: skip
    merge = merging.propose_merge(kept_id=kept.id, merged_id=rose(kept), reason="mariée", by="marie", on=today())
    merging.confirm_merge(merge_id=merge, by="luc", on=today())
    clerk = client_as(Role.SERVICE)
    page = clerk.get(f"/clients/{kept.id}/")
    assert "zoe@exemple.ca" in said(page)
    form = page.context["form"]
    shown = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}

    assert clerk.post(f"/clients/{kept.id}/", shown | {"consents": ""}).status_code == 302

    emails = [it.value for it in facts.customers([kept.id])[kept.id].contacts if it.kind == "EMAIL"]
    assert emails == ["premier@exemple.ca", "zoe@exemple.ca"]


def test_the_pages_of_a_merge_are_for_everybody(own_town: str, accessible: Callable[..., Any], page_as: Any) -> None:
    first, _ = a_person()
    kept = facts.customers([first])[first]
    waits, gone = rose(kept, name=kept.name, given_name=kept.given_name), rose(kept)
    merge = merging.propose_merge(kept_id=first, merged_id=gone, reason="mariée", by="marie", on=today())
    merging.confirm_merge(merge_id=merge, by="luc", on=today())
    page: Page = page_as(Role.BILLING)
    accessible(page, f"/clients/{first}/reunir/?q={kept.name}")
    merging.propose_merge(kept_id=first, merged_id=waits, reason="vu ses pièces", by="marie", on=today())
    for path in ("/clients/doubles/", f"/clients/{first}/", f"/clients/{gone}/", f"/clients/{waits}/"):
        accessible(page, path)
