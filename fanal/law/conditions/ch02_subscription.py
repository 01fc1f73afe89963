"""Chapitre 2, Demande d’abonnement: who may subscribe and how, from which day, and who owes what is used."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fanal.law.conditions import ch18_fees
from fanal.law.conditions.part8_definitions import RATE_WORDS, RateClass, Use
from fanal.law.decision import Decision, Ground, ground, listed, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule


class Channel(StrEnum):
    """How the customer speaks to the utility (10.2)."""

    WRITING = "WRITING"
    TELEPHONE = "TELEPHONE"


class Person(StrEnum):
    """Personne physique ou morale."""

    NATURAL = "NATURAL"
    LEGAL = "LEGAL"


class Occupancy(StrEnum):
    """Statut: what the customer is to the place."""

    OWNER = "OWNER"
    TENANT = "TENANT"
    JOINT_TENANT = "JOINT_TENANT"


class Information(StrEnum):
    """What Annex 1 asks for; IDENTITY_PIECES is counted apart."""

    USE = "USE"
    ACTIVITIES = "ACTIVITIES"
    SERVICE_ADDRESS = "SERVICE_ADDRESS"
    BILLING_ADDRESS = "BILLING_ADDRESS"
    NAME = "NAME"
    CURRENT_ADDRESS = "CURRENT_ADDRESS"
    PREVIOUS_ADDRESS = "PREVIOUS_ADDRESS"
    TELEPHONE = "TELEPHONE"
    SOCIAL_INSURANCE_NUMBER = "SOCIAL_INSURANCE_NUMBER"
    ENTERPRISE_NUMBER = "ENTERPRISE_NUMBER"
    OCCUPANCY = "OCCUPANCY"
    NOMINAL_CURRENT = "NOMINAL_CURRENT"
    CONNECTED_LOADS = "CONNECTED_LOADS"
    DEMAND = "DEMAND"
    WANTED_ON = "WANTED_ON"
    DROP_KIND = "DROP_KIND"
    SITE_PLAN = "SITE_PLAN"
    CONNECTION_PLACE = "CONNECTION_PLACE"
    LEASE = "LEASE"
    CHARTER = "CHARTER"
    IDENTITY_PIECES = "IDENTITY_PIECES"


INFORMATION_WORDS = {
    Information.USE: {"fr": "type d'usage", "en": "kind of use"},
    Information.ACTIVITIES: {"fr": "principales activités", "en": "main activities"},
    Information.SERVICE_ADDRESS: {"fr": "adresse du lieu de consommation", "en": "address of the premises"},
    Information.BILLING_ADDRESS: {"fr": "adresse de facturation", "en": "billing address"},
    Information.NAME: {"fr": "nom", "en": "name"},
    Information.CURRENT_ADDRESS: {"fr": "adresse actuelle", "en": "current address"},
    Information.PREVIOUS_ADDRESS: {"fr": "adresse précédente", "en": "previous address"},
    Information.TELEPHONE: {"fr": "numéro de téléphone principal", "en": "main telephone number"},
    Information.SOCIAL_INSURANCE_NUMBER: {"fr": "numéro d'assurance sociale", "en": "social insurance number"},
    Information.ENTERPRISE_NUMBER: {"fr": "numéro d'entreprise", "en": "enterprise number"},
    Information.OCCUPANCY: {
        "fr": "statut (propriétaire, locataire, colocataire)",
        "en": "status (owner, tenant, joint tenant)",
    },
    Information.NOMINAL_CURRENT: {"fr": "intensité nominale", "en": "nominal current"},
    Information.CONNECTED_LOADS: {"fr": "charges raccordées", "en": "connected loads"},
    Information.DEMAND: {"fr": "puissance demandée", "en": "requested demand"},
    Information.WANTED_ON: {"fr": "date demandée pour le service", "en": "day wanted for the service"},
    Information.DROP_KIND: {
        "fr": "type de branchement (aérien, souterrain, aérosouterrain)",
        "en": "kind of service drop (overhead, underground, both)",
    },
    Information.SITE_PLAN: {"fr": "plan de cadastre, d'implantation ou de lotissement", "en": "cadastral or site plan"},
    Information.CONNECTION_PLACE: {"fr": "emplacement désiré du raccordement", "en": "place wanted for the connection"},
    Information.LEASE: {"fr": "copie du bail", "en": "copy of the lease"},
    Information.CHARTER: {"fr": "copie de la charte", "en": "copy of the charter"},
    Information.IDENTITY_PIECES: {"fr": "copie de deux pièces d'identité", "en": "copy of two pieces of identity"},
}


class IdentityPiece(StrEnum):
    """Pièce d’identité of Annex 1."""

    DRIVING_LICENCE = "DRIVING_LICENCE"
    HEALTH_INSURANCE_CARD = "HEALTH_INSURANCE_CARD"
    CANADIAN_PASSPORT = "CANADIAN_PASSPORT"
    CITIZENSHIP_CERTIFICATE = "CITIZENSHIP_CERTIFICATE"
    BIRTH_CERTIFICATE = "BIRTH_CERTIFICATE"
    INDIAN_STATUS_CERTIFICATE = "INDIAN_STATUS_CERTIFICATE"
    SOCIAL_INSURANCE_CARD = "SOCIAL_INSURANCE_CARD"
    OLD_AGE_SECURITY_CARD = "OLD_AGE_SECURITY_CARD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """Which rate classes are offered, and Annex 1: what each kind of request must give, by its name."""

    offered_rate_classes: tuple[str, ...]
    telephone_rate_classes: tuple[str, ...]
    required_always: tuple[str, ...]
    required_of_natural_person: tuple[str, ...]
    required_of_legal_person: tuple[str, ...]
    required_of_tenant: tuple[str, ...]
    required_of_other_use: tuple[str, ...]
    required_of_new_installation: tuple[str, ...]
    identity_pieces: int


@facts
class Applicant:
    """Who makes a request, for which use, and what is given of Annex 1."""

    use: Use
    person: Person
    occupancy: Occupancy
    provided: tuple[Information, ...] = ()
    identity_pieces: tuple[IdentityPiece, ...] = ()


@facts
class SubscriptionRequest(Applicant):
    """Demande d’abonnement: how it came, for which rate, and what it gives."""

    channel: Channel
    rate_class: RateClass
    installation_exists: bool = True
    information_is_wrong: bool = False
    owed_cents: int = 0


@facts
class Start:
    """What is known of the start of a subscription."""

    received_on: date
    agreed_on: date | None = None
    new_installation: bool = False
    energized_on: date | None = None


@facts
class Benefit:
    """Who benefits from the electricity of a place, without being its customer."""

    benefits: bool
    subscribed: bool


@facts
class Change:
    """A change of the customers of one subscription."""

    customers: int  # responsible before the change
    added: int = 0
    withdrawn: int = 0


@rule
def may_subscribe(case: SubscriptionRequest, terms: Terms, fees: ch18_fees.Terms) -> Decision[bool]:
    """2.1: a request is accepted when it came rightly, gives all of Annex 1, and nothing is owed; else, refused."""
    asked = permit(
        when=[
            rate_is_offered(case, terms),
            channel_is_right(case, terms),
            information_is_complete(case, terms),
            information_is_right(case),
            all_sums_are_paid(case),
        ]
    )
    after = subscription_fee_is_charged(asked.outcome, fees), characteristics_are_confirmed(asked.outcome)
    return Decision(outcome=asked.outcome, grounds=(*asked.grounds, *after), obstacles=asked.obstacles)


def rate_is_offered(case: SubscriptionRequest, terms: Terms) -> Ground:
    """2.1: the utility offers that class of rates."""
    return ground(
        "2.1",
        "rate_is_offered",
        case.rate_class in terms.offered_rate_classes,
        terms.figure("offered_rate_classes"),
        rate=RATE_WORDS[case.rate_class],
    )


def channel_is_right(case: SubscriptionRequest, terms: Terms) -> Ground:
    """2.1: in writing always; by telephone for a domestic or small power rate and an existing installation."""
    by_telephone = case.rate_class in terms.telephone_rate_classes and case.installation_exists
    return ground(
        "2.1",
        "channel_is_right",
        case.channel is Channel.WRITING or by_telephone,
        terms.figure("telephone_rate_classes"),
        rate=RATE_WORDS[case.rate_class],
    )


def information_is_complete(case: SubscriptionRequest, terms: Terms) -> Ground:
    """2.1: all the mandatory information of Annex 1 is given; what is missing is listed."""
    missing = missing_information(case, terms, new_installation=not case.installation_exists)
    return ground(
        "2.1",
        "information_is_complete",
        not missing,
        terms.figure("required_always"),
        terms.figure("identity_pieces"),
        missing=listed(INFORMATION_WORDS[it] for it in missing),
    )


def missing_information(case: Applicant, terms: Terms, *, new_installation: bool) -> tuple[Information, ...]:
    """Annexe 1: what a request must give, by kind of person and of use, and does not."""
    natural = case.person is Person.NATURAL
    required = [
        *terms.required_always,
        *(terms.required_of_natural_person if natural else terms.required_of_legal_person),
        *(terms.required_of_tenant if case.occupancy is not Occupancy.OWNER else ()),
        *(terms.required_of_other_use if case.use is Use.OTHER else ()),
        *(terms.required_of_new_installation if new_installation else ()),
    ]
    missing = [Information(it) for it in required if it not in case.provided]
    if natural and len(set(case.identity_pieces)) < terms.identity_pieces:
        missing.append(Information.IDENTITY_PIECES)
    return tuple(missing)


def information_is_right(case: SubscriptionRequest) -> Ground:
    """2.1: none of the information is known to be wrong."""
    return ground("2.1", "information_is_right", not case.information_is_wrong)


def all_sums_are_paid(case: SubscriptionRequest) -> Ground:
    """2.1: every sum due is paid before a subscription is given."""
    return ground("2.1", "all_sums_are_paid", case.owed_cents <= 0, owed=case.owed_cents)


def subscription_fee_is_charged(accepted: bool, fees: ch18_fees.Terms) -> Ground:
    """2.1: the subscription fee is billed once the request is accepted."""
    figure = fees.figure("subscription_fee_cents")
    return ground("2.1", "subscription_fee_is_charged", accepted, figure, fee=fees.subscription_fee_cents)


def characteristics_are_confirmed(accepted: bool) -> Ground:
    """2.1: the main characteristics of the subscription are confirmed in writing."""
    return ground("2.1", "characteristics_are_confirmed", accepted)


@rule
def subscription_starts_on(case: Start) -> Decision[date | None]:
    """2.2: the agreed day, else the first energization of a new installation, else the day of the request."""
    agreed, waits, known = day_was_agreed(case), new_installation_waits(case), energization_is_known(case)
    grounds = (agreed, waits, known)
    if agreed.holds:
        return Decision(outcome=case.agreed_on, grounds=grounds)
    if not waits.holds:
        return Decision(outcome=case.received_on, grounds=grounds)
    return Decision(outcome=case.energized_on, grounds=grounds, obstacles=() if known.holds else (known,))


def day_was_agreed(case: Start) -> Ground:
    """2.2: a day was agreed beforehand; it is never before the request."""
    agreed = case.agreed_on is not None and case.agreed_on >= case.received_on
    return ground("2.2", "day_was_agreed", agreed, agreed_on=case.agreed_on, received_on=case.received_on)


def new_installation_waits(case: Start) -> Ground:
    """2.2: a new installation is billed from its first energization."""
    return ground("2.2", "new_installation_waits", case.new_installation, received_on=case.received_on)


def energization_is_known(case: Start) -> Ground:
    """2.2: the day of the first energization is known."""
    return ground("2.2", "energization_is_known", case.energized_on is not None, energized_on=case.energized_on)


@rule
def owes_without_subscription(case: Benefit) -> Decision[bool]:
    """2.3: whoever benefits without a subscription has the duties of a customer: the electricity and the fees."""
    return permit(when=[electricity_is_used(case)], unless=[subscription_covers_the_place(case)])


def electricity_is_used(case: Benefit) -> Ground:
    """2.3: the person benefits from the electricity delivered to the place."""
    return ground("2.3", "electricity_is_used", case.benefits)


def subscription_covers_the_place(case: Benefit) -> Ground:
    """2.3: a subscription covers the place."""
    return ground("2.3", "subscription_covers_the_place", case.subscribed)


@rule
def subscription_continues(case: Change) -> Decision[bool]:
    """2.4: a subscription goes on when one of its customers withdraws, as long as one remains."""
    return permit(when=[customer_remains(case)], besides=[adding_needs_a_request(case), each_owes_all(case)])


def customer_remains(case: Change) -> Ground:
    """2.4: at least one customer is still responsible."""
    remaining = case.customers - case.withdrawn
    return ground("2.4", "customer_remains", remaining > 0, remaining=remaining)


def adding_needs_a_request(case: Change) -> Ground:
    """2.4: adding a customer to a subscription takes a new request."""
    return ground("2.4", "adding_needs_a_request", case.added > 0)


def each_owes_all(case: Change) -> Ground:
    """2.4: when several customers are responsible, each of them owes the whole (4.3.2)."""
    return ground("2.4", "each_owes_all", case.customers + case.added - case.withdrawn > 1)
