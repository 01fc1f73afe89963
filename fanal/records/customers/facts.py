"""What we know of customers."""

from collections.abc import Iterable
from dataclasses import dataclass

from fanal.records.customers.models import Contact, Customer

Kind = Customer.Kind
Language = Customer.Language
ContactKind = Contact.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownContact:
    """One way to reach a customer."""

    kind: str
    value: str
    consented: bool


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
            KnownContact(kind=it.kind, value=it.value, consented=it.consented_on is not None)
            for it in sorted(customer.contacts.all(), key=lambda contact: contact.pk)
        ),
    )
