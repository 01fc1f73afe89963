"""Who lives and works in the demo town. Everybody is invented."""

import datetime
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from fanal.doors.demo.names import (
    CITY,
    FAMILIES_EN,
    FAMILIES_FR,
    GIVEN_EN,
    GIVEN_FR,
    INDUSTRIES,
    LARGE,
    PUBLIC,
    SHOP_ENDINGS,
    SHOPS,
    email,
    phone,
    pick,
)
from fanal.records.customers.acts import ContactKind, Kind, Language, NewContact, NewCustomer

ENGLISH_PERMILLE = 80
COUPLE_PERMILLE = 380


class Payer(IntEnum):
    """How a customer of the demo pays."""

    ON_TIME = 0
    PREAUTHORISED = 1
    LATE = 2
    PARTIAL = 3
    NEVER = 4
    IN_ADVANCE = 5  # pays more than the bill: a credit balance
    RETURNED = 6  # the bank takes one payment back


PAYER_PERMILLE = ((Payer.ON_TIME, 560), (Payer.PREAUTHORISED, 250), (Payer.LATE, 145), (Payer.PARTIAL, 33))


@dataclass
class Party:
    """One or two customers who hold subscriptions together; `customer_ids` once they are registered."""

    customers: tuple[NewCustomer, ...]
    payer: Payer
    customer_ids: tuple[int, ...] = ()


class People:
    """Makes parties one after the other, always the same."""

    def __init__(self, random: np.random.Generator, consented_on: datetime.date) -> None:
        self.random = random
        self.consented_on = consented_on
        self.rank = 0
        self.industries = 0

    def household(self, address: str, *, english: bool | None = None, couple: bool | None = None) -> Party:
        """One person, or a couple."""
        drawn = self.random.integers(1000, size=2)
        english = bool(drawn[0] < ENGLISH_PERMILLE) if english is None else english
        couple = bool(drawn[1] < COUPLE_PERMILLE) if couple is None else couple
        persons = [self._person(address, english=english) for _ in range(1 + couple)]
        return Party(tuple(persons), self._payer())

    def shop(self, address: str) -> Party:
        """A small business."""
        return self._body(Kind.ORGANISATION, f"{pick(self.random, SHOPS)} {pick(self.random, SHOP_ENDINGS)}", address)

    def farm(self, address: str) -> Party:
        """A farm under its family's name."""
        return self._body(Kind.ORGANISATION, f"Ferme {pick(self.random, FAMILIES_FR)} et Filles", address)

    def large(self, address: str) -> Party:
        """A business with a demand meter."""
        return self._body(Kind.ORGANISATION, f"{pick(self.random, LARGE)} {pick(self.random, SHOP_ENDINGS)}", address)

    def public(self, rank: int, address: str) -> Party:
        """A service of the municipality."""
        name = PUBLIC[rank % len(PUBLIC)]
        again = f" {rank // len(PUBLIC) + 1}" if rank >= len(PUBLIC) else ""
        return self._body(Kind.PUBLIC_BODY, f"Ville de {CITY}, {name}{again}", address)

    def industry(self, address: str) -> Party:
        """A mill."""
        self.industries += 1
        again = f" {self.industries}" if self.industries > len(INDUSTRIES) else ""
        return self._body(Kind.ORGANISATION, INDUSTRIES[(self.industries - 1) % len(INDUSTRIES)] + again, address)

    def _person(self, address: str, *, english: bool) -> NewCustomer:
        families, given_names = (FAMILIES_EN, GIVEN_EN) if english else (FAMILIES_FR, GIVEN_FR)
        family, given = pick(self.random, families), pick(self.random, given_names)
        contacts = [*self._contacts(address), self._email(given, family)]
        language = Language.ENGLISH if english else Language.FRENCH
        return NewCustomer(kind=Kind.PERSON, name=family, given_name=given, language=language, contacts=contacts)

    def _body(self, kind: str, name: str, address: str) -> Party:
        contacts = [*self._contacts(address), self._email("comptes", "payables")]
        payer = Payer.ON_TIME if kind == Kind.PUBLIC_BODY else self._payer()
        return Party((NewCustomer(kind=kind, name=name, contacts=contacts),), payer)

    def _contacts(self, address: str) -> list[NewContact]:
        self.rank += 1
        return [
            NewContact(kind=ContactKind.POST, value=address),
            NewContact(kind=ContactKind.PHONE, value=phone(self.rank)),
        ]

    def _email(self, given: str, family: str) -> NewContact:
        consents = self.random.integers(1000) < 450
        consented_on = self.consented_on if consents else None
        value = email(given, family, self.rank)
        return NewContact(kind=ContactKind.EMAIL, value=value, consented_on=consented_on)

    def _payer(self) -> Payer:
        drawn = int(self.random.integers(1000))
        for payer, permille in PAYER_PERMILLE:
            if drawn < permille:
                return payer
            drawn -= permille
        return Payer.NEVER
