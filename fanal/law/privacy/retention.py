"""Loi sur l’accès (A-2.1), conservation: how long each kind of information is kept, and when it is destroyed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months


class Kind(StrEnum):
    """What is kept of people. The words are kept in columns and never change."""

    SOCIAL_INSURANCE_NUMBER = "SOCIAL_INSURANCE_NUMBER"
    IDENTITY_COPY = "IDENTITY_COPY"
    LEASE_COPY = "LEASE_COPY"
    IDENTITY_SEEN = "IDENTITY_SEEN"  # type of piece, day, by whom
    NAME_AND_ADDRESS = "NAME_AND_ADDRESS"
    TELEPHONE = "TELEPHONE"
    CONSENT = "CONSENT"
    BANK_ACCOUNT = "BANK_ACCOUNT"
    READING = "READING"
    INTERVALS = "INTERVALS"
    BILL = "BILL"
    COLLECTION = "COLLECTION"  # deposits, agreements, notes
    BANKRUPTCY = "BANKRUPTCY"
    NOTICE = "NOTICE"
    CALL = "CALL"
    PORTAL_ACCOUNT = "PORTAL_ACCOUNT"
    POSITION = "POSITION"  # of who reads meters
    JOURNAL = "JOURNAL"
    INCIDENT = "INCIDENT"


KIND_WORDS: Mapping[Kind, Mapping[str, str]] = {
    Kind.SOCIAL_INSURANCE_NUMBER: {"fr": "numéro d'assurance sociale", "en": "social insurance number"},
    Kind.IDENTITY_COPY: {"fr": "copie d'une pièce d'identité", "en": "copy of a piece of identity"},
    Kind.LEASE_COPY: {"fr": "copie d'un bail", "en": "copy of a lease"},
    Kind.IDENTITY_SEEN: {"fr": "pièce d'identité vue", "en": "piece of identity seen"},
    Kind.NAME_AND_ADDRESS: {"fr": "nom et adresse", "en": "name and address"},
    Kind.TELEPHONE: {"fr": "téléphone", "en": "telephone"},
    Kind.CONSENT: {"fr": "preuve d'un consentement", "en": "proof of a consent"},
    Kind.BANK_ACCOUNT: {"fr": "compte bancaire", "en": "bank account"},
    Kind.READING: {"fr": "relève facturée", "en": "billed reading"},
    Kind.INTERVALS: {"fr": "profil de consommation", "en": "load profile"},
    Kind.BILL: {"fr": "facture et paiements", "en": "bill and payments"},
    Kind.COLLECTION: {"fr": "dépôt, entente ou note de recouvrement", "en": "deposit, agreement or collection note"},
    Kind.BANKRUPTCY: {"fr": "faillite", "en": "bankruptcy"},
    Kind.NOTICE: {"fr": "avis envoyé", "en": "notice sent"},
    Kind.CALL: {"fr": "appel ou message", "en": "call or message"},
    Kind.PORTAL_ACCOUNT: {"fr": "compte du portail", "en": "portal account"},
    Kind.POSITION: {"fr": "position d'une relève", "en": "position of a reading"},
    Kind.JOURNAL: {"fr": "journal", "en": "journal"},
    Kind.INCIDENT: {"fr": "incident de confidentialité", "en": "confidentiality incident"},
}
IN_DAYS = (Kind.SOCIAL_INSURANCE_NUMBER, Kind.IDENTITY_COPY, Kind.LEASE_COPY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """How long each kind is kept once its purpose is reached, by the municipality's schedule; days, months."""

    social_insurance_number_kept_days: int
    identity_copy_kept_days: int
    lease_copy_kept_days: int
    identity_seen_kept_months: int
    name_and_address_kept_months: int
    telephone_kept_months: int
    consent_kept_months: int
    bank_account_kept_months: int
    reading_kept_months: int
    intervals_kept_months: int
    bill_kept_months: int
    collection_kept_months: int
    bankruptcy_kept_months: int
    notice_kept_months: int
    call_kept_months: int
    portal_account_kept_months: int
    position_kept_months: int
    journal_kept_months: int
    incident_kept_months: int


@facts
class Kept:
    """A piece of personal information: what it is, since when its purpose is reached, and what may hold it."""

    kind: Kind
    purpose_reached_on: date | None = None  # verified, replaced, closed and paid, as its kind says
    legal_hold: bool = False  # a dispute, an inquiry, a request under way
    archived: bool = False  # kept for good by the schedule of the act on archives


@rule
def must_be_destroyed(case: Kept, on: date, terms: Terms) -> Decision[bool]:
    """A-2.1 73: once its purpose is reached and its time has run, it is destroyed, or anonymized; unless held."""
    return permit(
        when=[purpose_is_over(case, on), keeping_time_has_run(case, on, terms)],
        unless=[legal_hold_stands(case), archives_keep_it(case)],
    )


@rule
def kept_until(case: Kept, terms: Terms) -> Decision[date | None]:
    """A-2.1 73: the last day on which it is kept; none while its purpose lasts, or something holds it."""
    lasts = keeping_time_is_known(case, terms)
    held = legal_hold_stands(case), archives_keep_it(case)
    obstacles = (() if lasts.holds else (lasts,)) + tuple(it for it in held if it.holds)
    outcome = None if obstacles else _until(case, terms)
    return Decision(outcome=outcome, grounds=(lasts, *held), obstacles=obstacles)


def purpose_is_over(case: Kept, on: date) -> Ground:
    """A-2.1 73: what it was collected or used for is done."""
    reached_on = case.purpose_reached_on
    over = reached_on is not None and reached_on <= on
    return ground("A-2.1 73", "purpose_is_over", over, kind=KIND_WORDS[case.kind], reached_on=reached_on)


def keeping_time_is_known(case: Kept, terms: Terms) -> Ground:
    """A-2.1 73: its purpose is reached, and the schedule says for how long it is kept from then."""
    until = _until(case, terms)
    figure = terms.figure(_name(case.kind))
    return ground(
        "A-2.1 73", "keeping_time_is_known", until is not None, figure, kind=KIND_WORDS[case.kind], until=until
    )


def keeping_time_has_run(case: Kept, on: date, terms: Terms) -> Ground:
    """A-2.1 73: the time of the schedule has run since."""
    until = _until(case, terms)
    has_run = until is not None and on > until
    figure = terms.figure(_name(case.kind))
    return ground("A-2.1 73", "keeping_time_has_run", has_run, figure, kind=KIND_WORDS[case.kind], until=until, on=on)


def legal_hold_stands(case: Kept) -> Ground:
    """A-2.1 73: a dispute, an inquiry or a request under way needs it still."""
    return ground("A-2.1 73", "legal_hold_stands", case.legal_hold)


def archives_keep_it(case: Kept) -> Ground:
    """A-2.1 73: the act on archives (A-21.1) keeps it for good."""
    return ground("A-2.1 73", "archives_keep_it", case.archived)


def _name(kind: Kind) -> str:
    return f"{kind.value.lower()}_kept_{'days' if kind in IN_DAYS else 'months'}"


def _until(case: Kept, terms: Terms) -> date | None:
    if case.purpose_reached_on is None:
        return None
    count = int(getattr(terms, _name(case.kind)))
    in_days = case.kind in IN_DAYS
    return case.purpose_reached_on + timedelta(days=count) if in_days else add_months(case.purpose_reached_on, count)
