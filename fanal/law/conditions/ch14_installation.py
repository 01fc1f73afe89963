"""Chapitre 14, Exigences techniques du client: installation, power, generators, power factor, surges of current."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions.part8_definitions import RATE_WORDS, Demand, RateClass
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import QUANTITY_SCALE

Amount = Annotated[int, Field(ge=0)]
UNAUTHORIZED = {"fr": "aucune", "en": "none"}


class Transition(StrEnum):
    """How a stand-by generator takes over: with the network cut off before, or joined to it for a while."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of 14.2; per hundred, and whole amperes."""

    power_factor_percent: int
    power_factor_percent_large: int
    power_factor_habit_percent: int
    surge_from_a: int


@facts
class Installation:
    """What 14.2.1 asks of an installation."""

    as_declared: bool  # a) it matches the information given under 2.1
    takes_agreed_supply: bool  # b)
    approved: bool  # c)
    lets_the_network_be_run: bool = True  # d)
    disturbs_the_network: bool = False
    harms_other_customers: bool = False
    endangers: bool = False


@facts
class Power:
    """The power of a subscription, in 1/1000 kW: authorized, the greatest demands of its history, and drawn."""

    authorized_kw: Amount | None = None
    history_kw: tuple[Amount, ...] = ()
    drawn_kw: Amount = 0


@facts
class Increase:
    """A request for more available power."""

    asked: bool
    accepted_in_writing: bool


@facts
class AddedLoad:
    """A load that is added."""

    works_needed: bool  # electrical works
    declared: bool = False  # by the contractor, in a declaration of works


@facts
class Generator:
    """A stand-by generator (groupe électrogène de secours)."""

    transition: Transition
    interlocked: bool  # by a mechanical device
    authorized_in_writing: bool = False
    conformity_documented: bool = False
    conditions_met: bool = True  # those of the utility, and the standards in force


@facts
class Production:
    """Equipment that produces in parallel with the network."""

    authorized_in_writing: bool
    conformity_documented: bool
    conditions_met: bool = True


@facts
class Periods:
    """The greatest demands of each of the last consumption periods, over twelve months."""

    demands: Annotated[tuple[Demand, ...], Field(min_length=1)]


@facts
class Corrector:
    """Equipment that corrects the power factor."""

    disturbs_the_network: bool
    can_be_disconnected: bool
    becomes_capacitive: bool


@facts
class Surge:
    """A load that may draw current suddenly (appel brusque de courant), in mA."""

    surge_ma: Amount
    fed_by_the_line: bool  # at low voltage, not from a substation
    authorized_in_writing: bool = False


@rule
def installation_complies(case: Installation) -> Decision[bool]:
    """14.2.1: an installation is as declared, takes the supply agreed, is approved, and harms nothing."""
    return permit(
        when=[
            installation_is_as_declared(case),
            agreed_supply_is_possible(case),
            installation_is_approved(case),
            network_is_unharmed(case),
        ]
    )


def installation_is_as_declared(case: Installation) -> Ground:
    """14.2.1 a): it matches the information given with the request (2.1)."""
    return ground("14.2.1", "installation_is_as_declared", case.as_declared)


def agreed_supply_is_possible(case: Installation) -> Ground:
    """14.2.1 b): it takes the supply that was agreed (chapter 15)."""
    return ground("14.2.1", "agreed_supply_is_possible", case.takes_agreed_supply)


def installation_is_approved(case: Installation) -> Ground:
    """14.2.1 c): every competent authority approved or authorized it."""
    return ground("14.2.1", "installation_is_approved", case.approved)


def network_is_unharmed(case: Installation) -> Ground:
    """14.2.1 d): it lets the network be run and protected, disturbs nothing, harms and endangers nobody."""
    harms = case.disturbs_the_network or case.harms_other_customers or case.endangers
    return ground("14.2.1", "network_is_unharmed", case.lets_the_network_be_run and not harms)


@rule
def available_power(case: Power) -> Decision[int | None]:
    """14.2.2: the power authorized; without one, the greatest of the history; 1/1000 kW, none when nothing is known."""
    authorized, known = power_is_authorized(case), history_is_known(case)
    obstacles = () if authorized.holds or known.holds else (authorized, known)
    return Decision(outcome=_available(case), grounds=(authorized, known), obstacles=obstacles)


def power_is_authorized(case: Power) -> Ground:
    """14.2.2: the utility authorized an available power."""
    power = UNAUTHORIZED if case.authorized_kw is None else case.authorized_kw
    return ground("14.2.2", "power_is_authorized", case.authorized_kw is not None, power=power)


def history_is_known(case: Power) -> Ground:
    """14.2.2: demands were recorded; the rated capacity of the installation counts for nothing."""
    return ground("14.2.2", "history_is_known", bool(case.history_kw), greatest=max(case.history_kw, default=0))


@rule
def power_may_be_drawn(case: Power) -> Decision[bool]:
    """14.2.2: the use does not exceed the available power."""
    return permit(when=[draw_is_within_available_power(case)])


def draw_is_within_available_power(case: Power) -> Ground:
    """14.2.2: the power drawn is not above the available power; nothing is exceeded when none is known."""
    available = _available(case)
    within = available is None or case.drawn_kw <= available
    said = UNAUTHORIZED if available is None else available
    return ground("14.2.2", "draw_is_within_available_power", within, drawn=case.drawn_kw, available=said)


@rule
def available_power_may_fall(case: Power) -> Decision[bool]:
    """14.2.2: the utility may lower an authorized power when the greatest demand is below it."""
    return permit(when=[demand_is_below_available_power(case)])


def demand_is_below_available_power(case: Power) -> Ground:
    """14.2.2: the greatest demand recorded is below the power authorized."""
    greatest = max(case.history_kw, default=None)
    below = case.authorized_kw is not None and greatest is not None and greatest < case.authorized_kw
    power = UNAUTHORIZED if case.authorized_kw is None else case.authorized_kw
    said = UNAUTHORIZED if greatest is None else greatest
    return ground("14.2.2", "demand_is_below_available_power", below, greatest=said, power=power)


@rule
def available_power_may_rise(case: Increase) -> Decision[bool]:
    """14.2.2: the available power rises once asked for, and authorized in writing."""
    return permit(when=[increase_is_asked(case), increase_is_accepted(case)])


def increase_is_asked(case: Increase) -> Ground:
    """14.2.2: the customer asks for more available power."""
    return ground("14.2.2", "increase_is_asked", case.asked)


def increase_is_accepted(case: Increase) -> Ground:
    """14.2.2: the utility authorizes it in writing."""
    return ground("14.2.2", "increase_is_accepted", case.accepted_in_writing)


@rule
def load_may_be_added(case: AddedLoad) -> Decision[bool]:
    """14.2.2: a load that needs electrical works is told by the contractor's declaration of works."""
    needed, declared = works_are_needed(case), load_is_declared(case)
    allowed = not needed.holds or declared.holds
    return Decision(outcome=allowed, grounds=(needed, declared), obstacles=() if allowed else (declared,))


def works_are_needed(case: AddedLoad) -> Ground:
    """14.2.2: adding the load needs electrical works."""
    return ground("14.2.2", "works_are_needed", case.works_needed)


def load_is_declared(case: AddedLoad) -> Ground:
    """14.2.2: the electrical contractor declared the works."""
    return ground("14.2.2", "load_is_declared", case.declared)


@rule
def generator_may_be_connected(case: Generator) -> Decision[bool]:
    """14.2.5: a generator that cannot join the network is authorized; another needs a written authorization."""
    apart = generator_stays_apart(case)
    if apart.holds:
        return permit(when=[apart])
    asked = generator_is_authorized(case), generator_is_documented(case), generator_conditions_are_met(case)
    missing = tuple(it for it in asked if not it.holds)
    return Decision(outcome=not missing, grounds=(apart, *asked), obstacles=missing)


def generator_stays_apart(case: Generator) -> Ground:
    """14.2.5: open transition, with a mechanical interlock: generator and network can never be joined."""
    apart = case.transition is Transition.OPEN and case.interlocked
    return ground("14.2.5", "generator_stays_apart", apart)


def generator_is_authorized(case: Generator) -> Ground:
    """14.2.5: the utility authorized it in writing."""
    return ground("14.2.5", "generator_is_authorized", case.authorized_in_writing)


def generator_is_documented(case: Generator) -> Ground:
    """14.2.5: documents show that the installation conforms."""
    return ground("14.2.5", "generator_is_documented", case.conformity_documented)


def generator_conditions_are_met(case: Generator) -> Ground:
    """14.2.5: it keeps to the conditions of the utility and the standards in force."""
    return ground("14.2.5", "generator_conditions_are_met", case.conditions_met)


@rule
def production_may_be_connected(case: Production) -> Decision[bool]:
    """14.2.6: equipment may produce in parallel once documented and authorized in writing, under its conditions."""
    return permit(
        when=[production_is_documented(case), production_is_authorized(case), production_conditions_are_met(case)]
    )


def production_is_documented(case: Production) -> Ground:
    """14.2.6: documents show that the installation conforms."""
    return ground("14.2.6", "production_is_documented", case.conformity_documented)


def production_is_authorized(case: Production) -> Ground:
    """14.2.6: the utility authorized it in writing."""
    return ground("14.2.6", "production_is_authorized", case.authorized_in_writing)


def production_conditions_are_met(case: Production) -> Ground:
    """14.2.6: it keeps to the conditions of the utility and the standards in force."""
    return ground("14.2.6", "production_conditions_are_met", case.conditions_met)


@rule
def power_factor_suffices(case: Demand, terms: Terms) -> Decision[bool]:
    """14.2.8: the power factor is at least 90 %, or 95 % for large power."""
    return permit(when=[power_factor_is_high_enough(case, terms)])


def power_factor_is_high_enough(case: Demand, terms: Terms) -> Ground:
    """14.2.8: the greatest real demand is that share of the greatest apparent demand, or more."""
    name = _minimum_name(case.rate_class)
    return ground(
        "14.2.8",
        "power_factor_is_high_enough",
        _suffices(case, terms),
        terms.figure(name),
        kw=case.kw,
        kva=case.kva,
        percent=int(getattr(terms, name)),
        rate=RATE_WORDS[case.rate_class],
    )


@rule
def power_factor_notice_may_leave(case: Periods, terms: Terms) -> Decision[bool]:
    """14.2.8: when the power factor is usually too low, a written notice obliges the customer to correct it."""
    return permit(when=[power_factor_is_usually_low(case, terms)])


def power_factor_is_usually_low(case: Periods, terms: Terms) -> Ground:
    """14.2.8: it was too low in more than half of the consumption periods of the last twelve months."""
    low, periods = sum(not _suffices(it, terms) for it in case.demands), len(case.demands)
    return ground(
        "14.2.8",
        "power_factor_is_usually_low",
        low * 100 > periods * terms.power_factor_habit_percent,
        terms.figure("power_factor_habit_percent"),
        terms.figure(_minimum_name(case.demands[-1].rate_class)),
        low=low,
        periods=periods,
    )


@rule
def corrector_is_accepted(case: Corrector) -> Decision[bool]:
    """14.2.8: correcting equipment disturbs nothing, can be disconnected, and never turns the factor capacitive."""
    return permit(
        when=[corrector_can_be_disconnected(case)],
        unless=[corrector_disturbs_the_network(case), corrector_becomes_capacitive(case)],
    )


def corrector_disturbs_the_network(case: Corrector) -> Ground:
    """14.2.8 a): it disturbs the network."""
    return ground("14.2.8", "corrector_disturbs_the_network", case.disturbs_the_network)


def corrector_can_be_disconnected(case: Corrector) -> Ground:
    """14.2.8 b): it can be disconnected, in whole or in part, at the utility's request or as the power varies."""
    return ground("14.2.8", "corrector_can_be_disconnected", case.can_be_disconnected)


def corrector_becomes_capacitive(case: Corrector) -> Ground:
    """14.2.8 b): the corrected power factor becomes capacitive."""
    return ground("14.2.8", "corrector_becomes_capacitive", case.becomes_capacitive)


@rule
def surge_may_be_connected(case: Surge, terms: Terms) -> Decision[bool]:
    """14.2.9: on low voltage from the line, a sudden draw of 100 A or more is connected once authorized in writing."""
    from_line, large, authorized = (
        surge_comes_from_the_line(case),
        surge_is_large(case, terms),
        surge_is_authorized(case),
    )
    allowed = not (from_line.holds and large.holds) or authorized.holds
    grounds = (from_line, large, authorized)
    return Decision(outcome=allowed, grounds=grounds, obstacles=() if allowed else (authorized,))


def surge_comes_from_the_line(case: Surge) -> Ground:
    """14.2.9: the line feeds the installation directly, at low voltage."""
    return ground("14.2.9", "surge_comes_from_the_line", case.fed_by_the_line)


def surge_is_large(case: Surge, terms: Terms) -> Ground:
    """14.2.9: the sudden draw of current is 100 A or more."""
    limit, figure = terms.surge_from_a, terms.figure("surge_from_a")
    large = case.surge_ma >= limit * QUANTITY_SCALE
    return ground("14.2.9", "surge_is_large", large, figure, surge=case.surge_ma, limit=limit)


def surge_is_authorized(case: Surge) -> Ground:
    """14.2.9: the utility authorized it in writing."""
    return ground("14.2.9", "surge_is_authorized", case.authorized_in_writing)


def _available(case: Power) -> int | None:
    return case.authorized_kw if case.authorized_kw is not None else max(case.history_kw, default=None)


def _minimum_name(rate_class: RateClass) -> str:
    return "power_factor_percent_large" if rate_class is RateClass.LARGE_POWER else "power_factor_percent"


def _suffices(case: Demand, terms: Terms) -> bool:
    """Whether kW over kVA reaches the minimum; without apparent demand, nothing is too low."""
    return case.kw * 100 >= case.kva * int(getattr(terms, _minimum_name(case.rate_class)))
