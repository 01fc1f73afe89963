"""Chapitre 7, Interruption et rétablissement: why service may stop, the notices before, winter, restoring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fanal.law.conditions import ch18_fees, part8_definitions
from fanal.law.conditions.part8_definitions import Use, in_winter
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.delays import Holidays, last_day
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule

ONE_DAY = timedelta(days=1)


class Cause(StrEnum):
    """Why the service may be refused or interrupted: 7.1.1 a) to e), then 7.1.2 a) to h), in their order."""

    NO_SUBSCRIPTION = "NO_SUBSCRIPTION"
    UNAUTHORIZED_CONNECTION = "UNAUTHORIZED_CONNECTION"
    DANGER = "DANGER"
    AUTHORITY = "AUTHORITY"
    TAMPERING = "TAMPERING"
    DEFAULT = "DEFAULT"
    NO_ACCESS = "NO_ACCESS"
    DEPOSIT_MISSING = "DEPOSIT_MISSING"
    INFORMATION_MISSING = "INFORMATION_MISSING"
    NOT_APPROVED = "NOT_APPROVED"
    EQUIPMENT_REFUSED = "EQUIPMENT_REFUSED"
    MISUSE = "MISUSE"
    NOT_COMPLIANT = "NOT_COMPLIANT"


CAUSE_WORDS: Mapping[Cause, Mapping[str, str]] = {
    Cause.NO_SUBSCRIPTION: {"fr": "lieu alimenté sans abonnement", "en": "place served without a subscription"},
    Cause.UNAUTHORIZED_CONNECTION: {"fr": "raccordement non autorisé", "en": "unauthorized connection"},
    Cause.DANGER: {"fr": "danger", "en": "danger"},
    Cause.AUTHORITY: {"fr": "ordre d'une autorité", "en": "order of an authority"},
    Cause.TAMPERING: {"fr": "manipulation ou entrave", "en": "tampering or obstruction"},
    Cause.DEFAULT: {"fr": "défaut de paiement", "en": "default of payment"},
    Cause.NO_ACCESS: {"fr": "accès impossible", "en": "no access"},
    Cause.DEPOSIT_MISSING: {"fr": "dépôt ou garantie non fourni", "en": "deposit or guarantee not provided"},
    Cause.INFORMATION_MISSING: {"fr": "renseignements non fournis ou erronés", "en": "information missing or wrong"},
    Cause.NOT_APPROVED: {"fr": "installation non approuvée", "en": "installation not approved"},
    Cause.EQUIPMENT_REFUSED: {"fr": "pose d'équipements refusée", "en": "installing equipment refused"},
    Cause.MISUSE: {"fr": "utilisation non conforme", "en": "use that breaks the conditions"},
    Cause.NOT_COMPLIANT: {"fr": "installation non conforme", "en": "installation that does not comply"},
}
WITHOUT_NOTICE = tuple(Cause)[:5]  # 7.1.1
WINTER_CAUSES = (Cause.DEFAULT, Cause.NO_ACCESS, Cause.DEPOSIT_MISSING, Cause.INFORMATION_MISSING)  # 7.1.2 a) to d)
FREE_TO_RESTORE = (Cause.NO_SUBSCRIPTION, Cause.DANGER, Cause.AUTHORITY)  # 7.3


class Place(StrEnum):
    """Where the service is cut and restored."""

    METER = "METER"
    NETWORK = "NETWORK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of chapter 7; days."""

    late_notice_days_domestic: int
    late_notice_days_other: int
    interruption_notice_days: int
    interruption_notice_valid_days: int


@facts
class Home:
    """What 7.1.3 asks of a place."""

    principal_residence: bool = False
    occupied_by_customer: bool = False
    heated_by_electricity: bool = False


@facts
class Interruption:
    """What is known of a place where service may be interrupted, or restored."""

    cause: Cause
    use: Use
    home: Home = Home()
    due_on: date | None = None  # of the unpaid bill
    late_notice_sent_on: date | None = None
    interruption_notice_sent_on: date | None = None
    very_risky_large_power: bool = False
    cause_remains: bool = True
    arrangement_asked: bool = False
    arrangement_offered: bool = False
    rental_law_protects: bool = False  # M-37, s. 20


@facts
class Found:
    """What is found at a place, of the cases of 7.1.1."""

    subscribed: bool = True
    connection_authorized: bool = True
    dangerous: bool = False
    authority_asks: bool = False  # police, fire service, or another competent body
    tampered: bool = False
    service_hindered: bool = False
    breaks_article_12_4: bool = False
    rental_law_protects: bool = False  # M-37, s. 20


@facts
class Restoring:
    """A request to restore the service, and what the work costs outside normal hours."""

    cause: Cause
    home: Home = Home()
    remedied: bool = False
    place: Place = Place.METER
    outside_hours_wanted: bool = False
    detailed_cost_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days on which the service may be interrupted, both included."""

    opens_on: date
    closes_on: date


def cause_word(cause: Cause) -> Mapping[str, str]:
    """7.1: the cause, in both languages."""
    return CAUSE_WORDS[cause]


@rule
def may_interrupt_without_notice(case: Found) -> Decision[bool]:
    """7.1.1: for any of its cases a) to e), the service may be refused or interrupted at once, without notice."""
    causes = (
        place_has_no_subscription(case),
        connection_is_unauthorized(case),
        danger_threatens(case),
        authority_asks_for_it(case),
        equipment_is_tampered_with(case),
    )
    protects = rental_law_protects(case)
    found = any(it.holds for it in causes)
    obstacles = (() if found else causes) + ((protects,) if protects.holds else ())
    return Decision(outcome=not obstacles, grounds=(*causes, protects), obstacles=obstacles)


def place_has_no_subscription(case: Found) -> Ground:
    """7.1.1 a): the place is served without a subscription."""
    return ground("7.1.1", "place_has_no_subscription", not case.subscribed)


def connection_is_unauthorized(case: Found) -> Ground:
    """7.1.1 b): the installation was connected without the authorization of the utility."""
    return ground("7.1.1", "connection_is_unauthorized", not case.connection_authorized)


def danger_threatens(case: Found) -> Ground:
    """7.1.1 c): people or property are in danger."""
    return ground("7.1.1", "danger_threatens", case.dangerous)


def authority_asks_for_it(case: Found) -> Ground:
    """7.1.1 d): a competent federal, provincial or municipal body asks for it or orders it."""
    return ground("7.1.1", "authority_asks_for_it", case.authority_asks)


def equipment_is_tampered_with(case: Found) -> Ground:
    """7.1.1 e): equipment is tampered with, the service is hindered, or 12.4 is broken."""
    tampered = case.tampered or case.service_hindered or case.breaks_article_12_4
    return ground("7.1.1", "equipment_is_tampered_with", tampered)


@rule
def late_notice_may_leave(case: Interruption, on: date) -> Decision[bool]:
    """7.2.1: a late notice leaves once the bill is past due; none is needed for very risky large power."""
    return permit(
        when=[default_is_the_cause(case), due_date_is_past(case, on)], unless=[late_notice_is_not_needed(case)]
    )


def default_is_the_cause(case: Interruption) -> Ground:
    """7.2.1: the customer is in default; the other causes need no late notice."""
    return ground("7.2.1", "default_is_the_cause", case.cause is Cause.DEFAULT, cause=cause_word(case.cause))


def due_date_is_past(case: Interruption, on: date) -> Ground:
    """7.2.1: the due date of the unpaid bill is past."""
    past = case.due_on is not None and on > case.due_on
    return ground("7.2.1", "due_date_is_past", past, due_on=case.due_on, on=on)


def late_notice_is_not_needed(case: Interruption) -> Ground:
    """7.2.1: a very risky large power subscription gets no late notice."""
    return ground("7.2.1", "late_notice_is_not_needed", case.very_risky_large_power)


def late_notice_was_sent(case: Interruption) -> Ground:
    """7.2.1: a late notice was sent."""
    sent_on = case.late_notice_sent_on
    return ground("7.2.1", "late_notice_was_sent", sent_on is not None, sent_on=sent_on)


@rule
def interruption_notice_may_leave(case: Interruption, on: date, terms: Terms, holidays: Holidays) -> Decision[bool]:
    """7.2.2: the interruption notice leaves when the cause calls for one and the late notice has run its days."""
    return permit(when=[notice_is_needed(case), cause_still_stands(case), *_late_notice(case, on, terms, holidays)])


def notice_is_needed(case: Interruption) -> Ground:
    """7.1.2: for that cause, a notice comes before; for those of 7.1.1, the service may stop at once."""
    return ground("7.1.2", "notice_is_needed", case.cause not in WITHOUT_NOTICE, cause=cause_word(case.cause))


def cause_still_stands(case: Interruption) -> Ground:
    """7.1: the cause has not been remedied."""
    return ground("7.1", "cause_still_stands", case.cause_remains, cause=cause_word(case.cause))


def late_notice_has_run(case: Interruption, sent_on: date, on: date, terms: Terms, holidays: Holidays) -> Ground:
    """7.2.1: 16 days (9 for other uses) have elapsed since the late notice."""
    name = "late_notice_days_domestic" if case.use is Use.DOMESTIC else "late_notice_days_other"
    days = int(getattr(terms, name))
    last_on = last_day(sent_on, days, holidays)
    return ground(
        "7.2.1",
        "late_notice_has_run",
        on > last_on,
        terms.figure(name),
        sent_on=sent_on,
        last_on=last_on,
        days=days,
        on=on,
    )


@rule
def interruption_window(
    case: Interruption, terms: Terms, winter: part8_definitions.Terms, holidays: Holidays
) -> Decision[Window | None]:
    """7.2.2: from the day after the 9 days of the notice to 45 days after it left, less the winter that protects."""
    sent = notice_was_sent(case)
    if case.interruption_notice_sent_on is None:
        return Decision(outcome=None, grounds=(sent,), obstacles=(sent,))
    opens_on, closes_on = _whole_window(case.interruption_notice_sent_on, terms, holidays)
    protects = _winter_can_protect(case.cause, case.home)
    days = [opens_on + it * ONE_DAY for it in range((closes_on - opens_on).days + 1)]
    left = [day for day in days if not (protects and in_winter(day, winter))]
    window = Window(opens_on=left[0], closes_on=left[-1]) if left else None
    some = window_has_days(opens_on, closes_on, window, terms)
    protected = home_is_protected(case.cause, case.home)
    obstacles = () if window else (some,)
    return Decision(outcome=window, grounds=(sent, some, protected), obstacles=obstacles)


def notice_was_sent(case: Interruption) -> Ground:
    """7.2.2: an interruption notice was sent in writing."""
    sent_on = case.interruption_notice_sent_on
    return ground("7.2.2", "notice_was_sent", sent_on is not None, sent_on=sent_on)


def window_has_days(opens_on: date, closes_on: date, window: Window | None, terms: Terms) -> Ground:
    """7.2.2: of the days on which the notice is good, some are left once protected ones are taken off."""
    return ground(
        "7.2.2",
        "window_has_days",
        window is not None,
        terms.figure("interruption_notice_days"),
        terms.figure("interruption_notice_valid_days"),
        opens_on=opens_on,
        closes_on=closes_on,
        first_on=window.opens_on if window else None,
        last_on=window.closes_on if window else None,
    )


def home_is_protected(cause: Cause, home: Home) -> Ground:
    """7.1.3: a principal residence that the customer occupies, heated by electricity, for causes 7.1.2 a) to d)."""
    return ground("7.1.3", "home_is_protected", _winter_can_protect(cause, home), cause=cause_word(cause))


@rule
def may_disconnect(
    case: Interruption, on: date, terms: Terms, winter: part8_definitions.Terms, holidays: Holidays
) -> Decision[bool]:
    """7.1: the service may be interrupted that day: the cause stands, the notices have run, nothing protects."""
    notices = () if case.cause in WITHOUT_NOTICE else _notices(case, on, terms, holidays)
    return permit(
        when=[cause_still_stands(case), *notices],
        unless=[rental_law_protects(case), winter_protects(case.cause, case.home, on, winter)],
        besides=[notice_is_needed(case), every_subscription_may_be_interrupted(case)],
    )


def interruption_notice_has_run(sent_on: date, on: date, terms: Terms, holidays: Holidays) -> Ground:
    """7.2.2: the 9 days of the interruption notice have elapsed."""
    last_on = last_day(sent_on, terms.interruption_notice_days, holidays)
    return ground(
        "7.2.2",
        "interruption_notice_has_run",
        on > last_on,
        terms.figure("interruption_notice_days"),
        sent_on=sent_on,
        last_on=last_on,
        days=terms.interruption_notice_days,
        on=on,
    )


def interruption_notice_is_valid(sent_on: date, on: date, terms: Terms) -> Ground:
    """7.2.2: the notice is good for 45 days from its sending; the utility's own right is not extended."""
    closes_on = sent_on + terms.interruption_notice_valid_days * ONE_DAY
    return ground(
        "7.2.2",
        "interruption_notice_is_valid",
        on <= closes_on,
        terms.figure("interruption_notice_valid_days"),
        sent_on=sent_on,
        closes_on=closes_on,
        days=terms.interruption_notice_valid_days,
        on=on,
    )


def arrangement_was_offered(case: Interruption) -> Ground:
    """7.2.2: a payment agreement is offered, before interrupting for default, to a customer who asks for one."""
    needed = case.cause is Cause.DEFAULT and case.arrangement_asked
    return ground("7.2.2", "arrangement_was_offered", not needed or case.arrangement_offered)


def rental_law_protects(case: Interruption | Found) -> Ground:
    """7.1: section 20 of the act on payment for electricity in certain buildings (M-37) forbids it."""
    return ground("7.1", "rental_law_protects", case.rental_law_protects)


def winter_protects(cause: Cause, home: Home, on: date, winter: part8_definitions.Terms) -> Ground:
    """7.1.3: from 1 December to 31 March, a heated principal residence is neither cut nor refused."""
    return ground(
        "7.1.3",
        "winter_protects",
        _winter_can_protect(cause, home) and in_winter(on, winter),
        winter.figure("winter_from"),
        winter.figure("winter_to"),
        on=on,
        cause=cause_word(cause),
        first=winter.winter_from,
        last=winter.winter_to,
    )


def every_subscription_may_be_interrupted(case: Interruption) -> Ground:
    """7.2.2: a default allows all the subscriptions of the customer to be interrupted."""
    default = case.cause is Cause.DEFAULT
    return ground("7.2.2", "every_subscription_may_be_interrupted", default, cause=cause_word(case.cause))


@rule
def must_restore(case: Restoring, on: date, winter: part8_definitions.Terms) -> Decision[bool]:
    """7.3: the service is restored once the cause is remedied; in winter, a protected home is restored on request."""
    grounds = cause_is_remedied(case), winter_protects(case.cause, case.home, on, winter)
    restored = any(it.holds for it in grounds)
    return Decision(outcome=restored, grounds=grounds, obstacles=() if restored else grounds[:1])


def cause_is_remedied(case: Restoring) -> Ground:
    """7.3: the customer has remedied what caused the interruption."""
    return ground("7.3", "cause_is_remedied", case.remedied, cause=cause_word(case.cause))


@rule
def restoring_fee(case: Restoring, fees: ch18_fees.Terms) -> Decision[int]:
    """7.3: what restoring costs, in cents: the intervention, and outside normal hours the actual cost less that fee."""
    charged, outside = intervention_is_charged(case, fees), outside_hours_are_charged(case)
    intervention = _intervention_cents(case, fees) if charged.holds else 0
    more = max(0, case.detailed_cost_cents - intervention) if outside.holds else 0
    return Decision(outcome=intervention + more, grounds=(charged, outside))


def intervention_is_charged(case: Restoring, fees: ch18_fees.Terms) -> Ground:
    """7.3: the intervention fee applies, but for 7.1.1 a), c) and d)."""
    name = _intervention_name(case)
    return ground(
        "7.3",
        "intervention_is_charged",
        case.cause not in FREE_TO_RESTORE,
        fees.figure(name),
        cause=cause_word(case.cause),
        fee=_intervention_cents(case, fees),
    )


def outside_hours_are_charged(case: Restoring) -> Ground:
    """7.3: restoring outside normal hours, when the customer requires it, costs what it costs, less the fee billed."""
    return ground("7.3", "outside_hours_are_charged", case.outside_hours_wanted, cost=case.detailed_cost_cents)


def _notices(case: Interruption, on: date, terms: Terms, holidays: Holidays) -> tuple[Ground, ...]:
    """7.2: the notices that must have been sent, and have run, before the service is interrupted."""
    sent_on = case.interruption_notice_sent_on
    late = _late_notice(case, sent_on or on, terms, holidays)
    run: tuple[Ground, ...] = ()
    if sent_on is not None:
        run = (
            interruption_notice_has_run(sent_on, on, terms, holidays),
            interruption_notice_is_valid(sent_on, on, terms),
        )
    return (*late, notice_was_sent(case), *run, arrangement_was_offered(case))


def _late_notice(case: Interruption, on: date, terms: Terms, holidays: Holidays) -> tuple[Ground, ...]:
    """7.2.1: for a default, but of very risky large power, a late notice was sent and has run."""
    if case.cause is not Cause.DEFAULT:
        return ()
    if case.very_risky_large_power:
        return (late_notice_is_not_needed(case),)
    sent, sent_on = late_notice_was_sent(case), case.late_notice_sent_on
    return (sent,) if sent_on is None else (sent, late_notice_has_run(case, sent_on, on, terms, holidays))


def _winter_can_protect(cause: Cause, home: Home) -> bool:
    lived_in = home.principal_residence and home.occupied_by_customer and home.heated_by_electricity
    return lived_in and cause in WINTER_CAUSES


def _whole_window(sent_on: date, terms: Terms, holidays: Holidays) -> tuple[date, date]:
    opens_on = last_day(sent_on, terms.interruption_notice_days, holidays) + ONE_DAY
    return opens_on, sent_on + terms.interruption_notice_valid_days * ONE_DAY


def _intervention_name(case: Restoring) -> str:
    return "intervention_fee_meter_cents" if case.place is Place.METER else "intervention_fee_network_cents"


def _intervention_cents(case: Restoring, fees: ch18_fees.Terms) -> int:
    return int(getattr(fees, _intervention_name(case)))
