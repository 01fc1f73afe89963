"""Register customers, and change what is known of them."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from fanal.records import columns
from fanal.records.customers import contacts as ways
from fanal.records.customers import facts
from fanal.records.customers.models import Contact, Customer
from fanal.records.journal import acts as journal
from fanal.values.refusal import Phrase, Problem, refuse, refuse_any
from fanal.values.writing import unreadable

Kind = Customer.Kind
Language = Customer.Language
ContactKind = Contact.Kind
MERGED = Phrase("Ce client est réuni à {name} : c’est la fiche de {name} qui se met à jour.")
NAME_MAX, GIVEN_NAME_MAX, VALUE_MAX = 200, 100, 400
# Seven to fifteen digits, as people space them, then an extension.
PHONE = re.compile(r"\+?\(?(?:[0-9][ \u00a0().\-/]{0,3}){7,15}(?:(?:poste|ext\.?|x|#) ?[0-9]{1,6})?", re.IGNORECASE)

FOLLOWED = """
UPDATE customers_customer c SET name = told.name, given_name = told.given_name, language = told.language
FROM ({customers}) told WHERE c.id = told.id
    AND (c.name, c.given_name, c.language) <> (told.name, told.given_name, told.language)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A way to reach a customer; `consented_on` when the customer agreed to be written to that way."""

    kind: str
    value: str
    consented_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """A person, an organisation or a public body to register."""

    kind: str
    name: str
    given_name: str = ""
    language: str = Language.FRENCH
    contacts: Sequence[NewContact] = field(default=())


@transaction.atomic
def register_customers(*, customers: Sequence[NewCustomer], by: str, on: date) -> list[int]:
    """Inscrire des clients: their ids, in order. Refused lists every wrong row."""
    refuse_any(problem for row, it in enumerate(customers, 1) for problem in _wrong(row, it))
    made = Customer.objects.bulk_create(
        Customer(kind=it.kind, name=it.name.strip(), given_name=it.given_name.strip(), language=it.language)
        for it in customers
    )
    Contact.objects.bulk_create(
        it for customer, new in zip(made, customers, strict=True) for it in _rows(customer, new)
    )
    ids = [customer.pk for customer in made]
    journal.record_many("register_customers", noun="customer", ids=ids, by=by, on=on)
    return ids


@transaction.atomic
def revise_customer(*, customer_id: int, revised: NewCustomer, seen: str, by: str, on: date) -> None:
    """Mettre à jour un client: name, language and every way to reach it; what it was stays in the journal.

    `seen` is the digest of the customer as the person saw it (`KnownCustomer.digest`): refused when somebody changed
    it meanwhile, as are a change of kind and wrong values.
    """
    row = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if row is None:
        raise refuse("Le client {id} n’existe pas.", field="customer_id", id=str(customer_id))
    if kept := facts.kept_of(customer_id):
        raise refuse(MERGED, field="customer_id", name=kept.full_name)
    before = facts.customers([customer_id])[customer_id]
    if before.digest != seen:
        raise refuse(
            "Quelqu’un a changé ce client entre-temps : voir ce qui est inscrit, puis recommencer.", field="seen"
        )
    if revised.kind != before.kind:
        raise refuse("La sorte d’un client ne change pas : inscrire l’autre comme nouveau client.", field="kind")
    refuse_wrong(revised)
    row.name, row.given_name, row.language = revised.name.strip(), revised.given_name.strip(), revised.language
    row.save(update_fields=["name", "given_name", "language"])
    row.contacts.all().delete()
    Contact.objects.bulk_create(_rows(row, revised, _still_gained(before, revised)))
    after = facts.customers([customer_id])[customer_id].as_dict()
    changed = {name: [was, after[name]] for name, was in before.as_dict().items() if was != after[name]}
    if changed:
        journal.record("customers.revise", about=f"customer:{customer_id}", by=by, on=on, grounds=changed)


def take_over(*, customers: str, contacts: str) -> None:
    """Reprendre des clients d’un autre système: queries of them, with their ids, and of their contacts.

    In the caller's transaction and under its journal line; the database refuses what is no customer.
    """
    with connection.cursor() as cursor:
        columns.take_in(cursor, "customers_customer", "id, kind, name, given_name, language", customers)
        columns.take_in(cursor, "customers_contact", "customer_id, kind, value", contacts)


def follow(*, customers: str, contacts: str) -> None:
    """Suivre l’autre système: the same queries as `take_over`, of customers taken over that it says otherwise now.

    A way to reach them that stays keeps its consent; one that changed keeps its place; one that is not told any more
    goes, unless a merge gave it. What is new of a customer merged into another reaches the one kept too.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED.format(customers=customers))
        ways.follow(cursor, customers, contacts)
        ways.gain(cursor)


def refuse_wrong(new: NewCustomer) -> None:
    """Refuse a customer that could not be registered; nothing is written."""
    refuse_any(_wrong(0, new))


def _rows(customer: Customer, new: NewCustomer, gained: Set[tuple[str, str]] = frozenset()) -> Iterator[Contact]:
    for it in new.contacts:
        value = it.value.strip()
        came = (it.kind, value) in gained
        yield Contact(customer=customer, kind=it.kind, value=value, consented_on=it.consented_on, gained=came)


def _still_gained(before: facts.KnownCustomer, revised: NewCustomer) -> set[tuple[str, str]]:
    """What a merge gave, but what somebody puts first of its kind: that is the customer’s own from then on."""
    first = {it.kind: it.value.strip() for it in reversed(revised.contacts)}
    return {
        (it.kind, it.value) for it in before.contacts
        if it.gained and (first.get(it.kind) != it.value or before.contact(it.kind) == it.value)
    }  # fmt: skip


def _wrong(row: int, new: NewCustomer) -> Iterator[Problem]:
    if new.kind not in Kind.values:
        known = ", ".join(Kind.values)
        yield Problem(row, "kind", "« {kind} » n’est pas une sorte de client ({known}).", kind=new.kind, known=known)
    if fault := unreadable(new.name.strip(), NAME_MAX) if new.name.strip() else Phrase("Le nom du client manque."):
        yield Problem(row, "name", fault, count=len(new.name.strip()), most=NAME_MAX)
    if fault := unreadable(new.given_name.strip(), GIVEN_NAME_MAX):
        yield Problem(row, "given_name", fault, count=len(new.given_name.strip()), most=GIVEN_NAME_MAX)
    if new.given_name.strip() and new.kind != Kind.PERSON:
        yield Problem(row, "given_name", "Seule une personne a un prénom.")
    if new.language not in Language.values:
        yield Problem(row, "language", "« {lang} » n’est pas une langue connue : fr ou en.", lang=new.language)
    seen = set()
    for contact in new.contacts:
        if contact.kind not in ContactKind.values:
            yield Problem(row, "contacts", "« {kind} » n’est pas une sorte de coordonnée.", kind=contact.kind)
        if not contact.value.strip():
            yield Problem(row, "contacts", "Une coordonnée est vide.")
        if fault := _unreadable_lines(contact.value.strip()):
            yield Problem(row, "contacts", fault, count=len(contact.value.strip()), most=VALUE_MAX)
        elif contact.kind == ContactKind.PHONE and not PHONE.fullmatch(contact.value.strip()):
            yield Problem(row, "contacts", "« {value} » n’est pas un numéro de téléphone.", value=contact.value)
        if contact.kind == ContactKind.EMAIL and not _is_email(contact.value):
            yield Problem(row, "contacts", "« {value} » n’est pas une adresse de courriel.", value=contact.value)
        if (contact.kind, contact.value) in seen:
            yield Problem(row, "contacts", "La coordonnée « {value} » est donnée deux fois.", value=contact.value)
        seen.add((contact.kind, contact.value))


def _unreadable_lines(value: str) -> str:
    """Why an address, or another way to reach somebody, cannot be read; empty when it can."""
    longest = "" if len(value) <= VALUE_MAX else value
    return next((it for line in (longest, *value.split("\n")) if (it := unreadable(line, VALUE_MAX))), "")


def _is_email(value: str) -> bool:
    try:
        validate_email(value.strip())
    except ValidationError:
        return False
    return True
