"""Chapitre 10, Communications: how notices are sent, what is in writing, what a customer must report."""

from enum import StrEnum

from fanal.law.conditions.part8_supply import Voltage
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.rules import facts, rule


class Means(StrEnum):
    """By what something is said."""

    EMAIL = "EMAIL"
    POST = "POST"
    FAX = "FAX"
    WEB_SITE = "WEB_SITE"
    TELEPHONE = "TELEPHONE"


class Speaker(StrEnum):
    """Who speaks to the other."""

    CUSTOMER = "CUSTOMER"
    UTILITY = "UTILITY"


MEANS_WORDS = {
    Means.EMAIL: {"fr": "courriel", "en": "e-mail"},
    Means.POST: {"fr": "poste", "en": "mail"},
    Means.FAX: {"fr": "télécopieur", "en": "fax"},
    Means.WEB_SITE: {"fr": "site Web", "en": "web site"},
    Means.TELEPHONE: {"fr": "téléphone", "en": "telephone"},
}
ELECTRONIC = (Means.EMAIL, Means.WEB_SITE)
WRITTEN_BY_CUSTOMER = (Means.EMAIL, Means.POST, Means.FAX)


@facts
class Notice:
    """A notice of the utility: by what it would leave, and what the customer gave."""

    means: Means
    sending_is_proved: bool
    email_given: bool = False
    consent_given: bool = False


@facts
class Message:
    """Something said by one to the other."""

    speaker: Speaker
    means: Means


@facts
class Change:
    """What the customer knows to have changed, or to be wrong."""

    subscription: bool = False
    use: bool = False
    information: bool = False  # of Annex 1
    installation: bool = False
    dual_energy_system: bool = False
    confirmation_is_wrong: bool = False
    bill_is_wrong: bool = False


@facts
class Defect:
    """An electrical or mechanical defect of the installation."""

    known: bool
    disturbs_the_network: bool = False
    harms_other_customers: bool = False
    endangers: bool = False


@facts
class Contacts:
    """Who can be reached at any time for an installation."""

    voltage: Voltage
    designated: int = 0
    authorized: int = 0  # under the act on master electricians


@rule
def notice_may_be_sent(case: Notice) -> Decision[bool]:
    """10.2: by a means that proves the sending; electronically only with the customer's address and consent."""
    return permit(when=[sending_is_proved(case), customer_consents(case)])


def sending_is_proved(case: Notice) -> Ground:
    """10.2: the means proves that the notice was sent."""
    return ground("10.2", "sending_is_proved", case.sending_is_proved, means=MEANS_WORDS[case.means])


def customer_consents(case: Notice) -> Ground:
    """10.2: an electronic notice goes to an address that the customer gave, with consent to use it so."""
    consents = case.means not in ELECTRONIC or (case.email_given and case.consent_given)
    return ground("10.2", "customer_consents", consents, means=MEANS_WORDS[case.means])


@rule
def message_is_written(case: Message) -> Decision[bool]:
    """Part VIII, « par écrit »: by e-mail, post or fax; the utility, by its web site too."""
    return permit(when=[means_is_written(case)])


def means_is_written(case: Message) -> Ground:
    """Part VIII, « par écrit »: the means is one of those that write, for who speaks."""
    by_site = case.speaker is Speaker.UTILITY and case.means is Means.WEB_SITE
    written = case.means in WRITTEN_BY_CUSTOMER or by_site
    return ground("Partie VIII", "means_is_written", written, means=MEANS_WORDS[case.means])


@rule
def customer_must_report(case: Change) -> Decision[bool]:
    """10.3: a customer reports at once any change of the subscription, and any error of a confirmation or a bill."""
    grounds = something_has_changed(case), error_is_known(case)
    return Decision(outcome=any(it.holds for it in grounds), grounds=grounds)


def something_has_changed(case: Change) -> Ground:
    """10.3: the subscription, the use, the information of Annex 1, the installation or a dual-energy system changed."""
    changed = case.subscription or case.use or case.information or case.installation or case.dual_energy_system
    return ground("10.3", "something_has_changed", changed)


def error_is_known(case: Change) -> Ground:
    """10.3: the confirmation of the subscription, or a bill, is known to be wrong."""
    return ground("10.3", "error_is_known", case.confirmation_is_wrong or case.bill_is_wrong)


@rule
def customer_must_report_defect(case: Defect) -> Decision[bool]:
    """10.4: a known defect that may disturb the network, harm other customers or endanger is reported at once."""
    return permit(when=[defect_is_known(case), defect_may_harm(case)])


def defect_is_known(case: Defect) -> Ground:
    """10.4: the customer knows of the defect, or cannot ignore it."""
    return ground("10.4", "defect_is_known", case.known)


def defect_may_harm(case: Defect) -> Ground:
    """10.4: it may disturb the network, harm other customers, or endanger people or property."""
    harms = case.disturbs_the_network or case.harms_other_customers or case.endangers
    return ground("10.4", "defect_may_harm", harms)


@rule
def contacts_are_complete(case: Contacts) -> Decision[bool]:
    """10.5: medium and high voltage customers designate people to reach at any time, all duly authorized."""
    needed = contacts_are_needed(case)
    known = somebody_is_designated(case), everybody_is_authorized(case)
    missing = tuple(it for it in known if not it.holds) if needed.holds else ()
    return Decision(outcome=not missing, grounds=(needed, *known), obstacles=missing)


def contacts_are_needed(case: Contacts) -> Ground:
    """10.5: the installation is served at medium or high voltage."""
    return ground("10.5", "contacts_are_needed", case.voltage is not Voltage.LOW)


def somebody_is_designated(case: Contacts) -> Ground:
    """10.5: at least one person is designated."""
    return ground("10.5", "somebody_is_designated", case.designated > 0, designated=case.designated)


def everybody_is_authorized(case: Contacts) -> Ground:
    """10.5: each person designated is authorized under the act on master electricians."""
    authorized = case.authorized >= case.designated
    return ground("10.5", "everybody_is_authorized", authorized, designated=case.designated, authorized=case.authorized)
