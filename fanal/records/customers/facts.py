"""What we know of customers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from fanal.records.customers.models import Contact, Customer

Kind = Customer.Kind
Language = Customer.Language
ContactKind = Contact.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownContact:
    """One way to reach a customer."""

    kind: str
    value: str
    consented_on: date | None

    @property
    def consented(self) -> bool:
        """Whether the customer agreed to be written to that way."""
        return self.consented_on is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCustomer:
    """A customer and how to reach it."""

    id: int
    kind: str
    name: str
    given_name: str
    full_name: str
    language: str
    contacts: tuple[KnownContact, ...]

    @property
    def digest(self) -> str:
        """What tells that nothing changed since somebody looked."""
        return sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()[:32]

    def as_dict(self) -> dict[str, Any]:
        """What may change of a customer, as the journal keeps it."""
        contacts = [
            [it.kind, it.value, it.consented_on.isoformat() if it.consented_on else None] for it in self.contacts
        ]
        return {"name": self.name, "given_name": self.given_name, "language": self.language, "contacts": contacts}

    def contact(self, kind: str) -> str:
        """The first value of that kind, empty when there is none."""
        return next((it.value for it in self.contacts if it.kind == kind), "")


def customers(ids: Iterable[int]) -> dict[int, KnownCustomer]:
    """Those customers by id; an unknown id is absent."""
    found = Customer.objects.filter(pk__in=list(ids)).prefetch_related("contacts")
    return {it.pk: _known(it) for it in found}


def _known(customer: Customer) -> KnownCustomer:
    return KnownCustomer(
        id=customer.pk,
        kind=customer.kind,
        name=customer.name,
        given_name=customer.given_name,
        full_name=customer.full_name,
        language=customer.language,
        contacts=tuple(
            KnownContact(kind=it.kind, value=it.value, consented_on=it.consented_on)
            for it in sorted(customer.contacts.all(), key=lambda contact: contact.pk)
        ),
    )
