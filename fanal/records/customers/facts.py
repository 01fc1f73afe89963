"""What we know of customers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import connection

from fanal.records.customers.models import Contact, Customer

Kind = Customer.Kind
Language = Customer.Language
ContactKind = Contact.Kind

# Of each customer merged into another, who is kept in the end: (merged_id, kept_id), a relation to put in brackets.
KEPT = """WITH RECURSIVE standing AS (
    SELECT merged_id, kept_id FROM customers_merge WHERE confirmed_on IS NOT NULL AND undone_on IS NULL
), followed AS (
    SELECT merged_id, kept_id FROM standing
    UNION ALL SELECT followed.merged_id, next.kept_id FROM followed
        JOIN standing next ON next.merged_id = followed.kept_id
)
SELECT merged_id, kept_id FROM followed WHERE kept_id NOT IN (SELECT merged_id FROM standing)"""
MERGES = """
SELECT merge.id, merge.kept_id, concat_ws(' ', nullif(kept.given_name, ''), kept.name), merge.merged_id,
    concat_ws(' ', nullif(merged.given_name, ''), merged.name), merge.reason, merge.signs::text, merge.proposed_by,
    merge.proposed_on, merge.confirmed_by, merge.confirmed_on
FROM customers_merge merge JOIN customers_customer kept ON kept.id = merge.kept_id
JOIN customers_customer merged ON merged.id = merge.merged_id
WHERE merge.undone_on IS NULL AND (%(of)s::bigint IS NULL OR %(of)s IN (merge.kept_id, merge.merged_id))
ORDER BY merge.confirmed_on IS NOT NULL, merge.id DESC LIMIT %(most)s
"""
MERGES_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownContact:
    """One way to reach a customer."""

    kind: str
    value: str
    consented_on: date | None
    gained: bool = False  # from a merge

    @property
    def consented(self) -> bool:
        """Whether the customer agreed to be written to that way."""
        return self.consented_on is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCustomer:
    """A customer and how to reach it: its own ways first, then what merges gave."""

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


@dataclass(frozen=True, slots=True)
class KnownMerge:
    """A merge of two customers that waits or stands; `signs` are what both records say alike."""

    id: int
    kept_id: int
    kept_name: str
    merged_id: int
    merged_name: str
    reason: str
    signs: tuple[str, ...]
    proposed_by: str
    proposed_on: date
    confirmed_by: str
    confirmed_on: date | None


def merges(customer_id: int | None = None) -> list[KnownMerge]:
    """The merges that wait, then those that stand, the last first; of one customer, or of all."""
    with connection.cursor() as cursor:
        cursor.execute(MERGES, {"of": customer_id, "most": MERGES_SHOWN})
        return [KnownMerge(*row[:6], tuple(json.loads(row[6])), *row[7:]) for row in cursor.fetchall()]


def kept_of(customer_id: int) -> KnownCustomer | None:
    """Who is kept of a customer merged into another, in the end; None for one who is not."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kept_id FROM ({KEPT}) kept WHERE merged_id = %s", [customer_id])
        found = cursor.fetchone()
    return customers([found[0]])[found[0]] if found else None


def _known(customer: Customer) -> KnownCustomer:
    return KnownCustomer(
        id=customer.pk,
        kind=customer.kind,
        name=customer.name,
        given_name=customer.given_name,
        full_name=customer.full_name,
        language=customer.language,
        contacts=tuple(
            KnownContact(kind=it.kind, value=it.value, consented_on=it.consented_on, gained=it.gained)
            for it in sorted(customer.contacts.all(), key=lambda contact: (contact.gained, contact.pk))
        ),
    )
