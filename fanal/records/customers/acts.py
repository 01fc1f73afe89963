"""Register customers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from fanal.records.customers.models import Contact, Customer
from fanal.records.journal import acts as journal
from fanal.values.refusal import Problem, refuse_any

Kind = Customer.Kind
Language = Customer.Language
ContactKind = Contact.Kind


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
        Contact(customer=customer, kind=contact.kind, value=contact.value, consented_on=contact.consented_on)
        for customer, new in zip(made, customers, strict=True)
        for contact in new.contacts
    )
    ids = [customer.pk for customer in made]
    journal.record_many("register_customers", noun="customer", ids=ids, by=by, on=on)
    return ids


def _wrong(row: int, new: NewCustomer) -> Iterator[Problem]:
    if new.kind not in Kind.values:
        yield Problem(row, "kind", f"« {new.kind} » n’est pas une sorte de client ({', '.join(Kind.values)}).")
    if not new.name.strip():
        yield Problem(row, "name", "Le nom du client manque.")
    if new.given_name.strip() and new.kind != Kind.PERSON:
        yield Problem(row, "given_name", "Seule une personne a un prénom.")
    if new.language not in Language.values:
        yield Problem(row, "language", f"« {new.language} » n’est pas une langue connue : fr ou en.")
    seen = set()
    for contact in new.contacts:
        if contact.kind not in ContactKind.values:
            yield Problem(row, "contacts", f"« {contact.kind} » n’est pas une sorte de coordonnée.")
        if not contact.value.strip():
            yield Problem(row, "contacts", "Une coordonnée est vide.")
        if (contact.kind, contact.value) in seen:
            yield Problem(row, "contacts", f"La coordonnée « {contact.value} » est donnée deux fois.")
        seen.add((contact.kind, contact.value))
