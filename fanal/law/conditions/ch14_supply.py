"""Chapitre 14, Modalités d’alimentation: from the line or a substation, by which line, past the limit of current."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions.part8_supply import Voltage
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.delays import Holidays, last_day_of_months
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months
from fanal.values.money import QUANTITY_SCALE

Amount = Annotated[int, Field(ge=0)]


class Source(StrEnum):
    """Where low voltage comes from: the line itself, or a substation on the property (poste distributeur)."""

    LINE = "LINE"
    POLE_SUBSTATION = "POLE_SUBSTATION"
    SUBSTATION = "SUBSTATION"  # on a base, on a platform, in an annex vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of 14.1.3 and 14.3; whole amperes, metres, months, years."""

    direct_boxes_up_to_a: int
    direct_current_up_to_a: int
    direct_winter_current_up_to_a: int
    excess_remedy_months: int
    excess_early_years: int
    excess_drop_included_m: int


@facts
class Draw:
    """The rated current of each service box, in A, and the greatest current drawn on the service drop, in mA."""

    boxes_a: Annotated[tuple[Amount, ...], Field(min_length=1)]
    current_ma: Amount = 0  # all year; outside winter, of a dual-energy system
    winter_current_ma: Amount = 0  # in winter, of a dual-energy system
    dual_energy: bool = False


@facts
class OtherSupply:
    """Another low voltage supply than the one of the base service."""

    agreed: bool
    cost_cents: Amount
    base_cost_cents: Amount


@facts
class Substation:
    """A substation on a customer's property: what it can give, and to whom; 1/1000 kVA."""

    capacity_kva: Amount
    customer_kva: Amount
    others_kva: Amount


@facts
class SeveralLines:
    """An installation served by several lines, of which one is out."""

    voltage: Voltage
    lines: Amount
    line_is_out: bool
    use_is_authorized: bool  # or asked by the utility, of the line that it designates
    works_end_on: date
    longer_until: date | None = None  # indicated by the utility


@facts
class Underground:
    """An installation, the line that serves it, and from how many sources it can receive electricity."""

    voltage: Voltage
    underground: bool
    sources: Amount


@facts
class Overrun:
    """What is found of an installation that may draw too much."""

    draw: Draw
    source: Source
    voltage_is_347_600: bool


@facts
class OverrunNotice:
    """A written notice that the limit of current is passed."""

    sent_on: date


@facts
class OverrunCosts:
    """What passing the limit of current costs; the part of the drop is reckoned in detail."""

    energized_on: date  # for the first time
    exceeded_on: date
    drop_length_mm: Amount = 0
    drop_beyond_cents: Amount = 0  # of the part beyond the length included
    direct_supply_cents: Amount = 0  # to install, and to take away, what served from the line or a pole
    recovered_value_cents: Amount = 0  # depreciated, of what is taken back to be used again
    paid_already: bool = False  # the customer paid for that equipment


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrunAmount:
    """What the customer pays, in cents; the total is a refund when it is negative."""

    drop_cents: int
    direct_supply_cents: int
    recovered_cents: int
    total_cents: int


@rule
def comes_from_the_line(case: Draw, terms: Terms) -> Decision[bool]:
    """14.1.3: low voltage comes from the line up to 600 A of boxes, or up to 500 A drawn; else, from a substation."""
    small, low = boxes_are_small(case, terms), current_is_low(case, terms)
    direct = small.holds or low.holds
    return Decision(outcome=direct, grounds=(small, low), obstacles=() if direct else (small, low))


def boxes_are_small(case: Draw, terms: Terms) -> Ground:
    """14.1.3: the rated currents of the service boxes make 600 A or less."""
    total, figure = sum(case.boxes_a), terms.figure("direct_boxes_up_to_a")
    limit = terms.direct_boxes_up_to_a
    return ground("14.1.3", "boxes_are_small", total <= limit, figure, total=total, limit=limit)


def current_is_low(case: Draw, terms: Terms) -> Ground:
    """14.1.3: the greatest current drawn is 500 A or less; in winter, 600 A or less of a dual-energy system."""
    return ground(
        "14.1.3",
        "current_is_low",
        _within(case, terms),
        terms.figure("direct_current_up_to_a"),
        terms.figure("direct_winter_current_up_to_a"),
        current=case.current_ma,
        winter=case.winter_current_ma,
        limit=terms.direct_current_up_to_a,
        winter_limit=_winter_limit(case, terms),
        boxes=terms.direct_boxes_up_to_a,
    )


@rule
def other_supply_costs(case: OtherSupply) -> Decision[int | None]:
    """14.1.3: agreeing on another supply than the base one, the customer bears all that it costs more; cents."""
    agreed, more = other_supply_is_agreed(case), other_supply_costs_more(case)
    if not agreed.holds:
        return Decision(outcome=None, grounds=(agreed, more), obstacles=(agreed,))
    return Decision(outcome=max(0, case.cost_cents - case.base_cost_cents), grounds=(agreed, more))


def other_supply_is_agreed(case: OtherSupply) -> Ground:
    """14.1.3: the utility agrees to another supply than the one that it offers."""
    return ground("14.1.3", "other_supply_is_agreed", case.agreed)


def other_supply_costs_more(case: OtherSupply) -> Ground:
    """14.1.3: the other supply costs more than the base one."""
    cost, base = case.cost_cents, case.base_cost_cents
    return ground("14.1.3", "other_supply_costs_more", cost > base, cost=cost, base=base, more=max(0, cost - base))


@rule
def substation_may_serve_others(case: Substation) -> Decision[bool]:
    """14.1.4: a substation may serve other customers with what its own customer does not use."""
    return permit(when=[own_customer_comes_first(case)])


def own_customer_comes_first(case: Substation) -> Ground:
    """14.1.4: what is left after the customer of the place is enough for the others."""
    left = max(0, case.capacity_kva - case.customer_kva)
    enough = case.others_kva <= left
    return ground("14.1.4", "own_customer_comes_first", enough, left=left, others=case.others_kva)


@rule
def other_line_serves_until(case: SeveralLines) -> Decision[date | None]:
    """14.2.3: when a line is out, another authorized one serves to the end of the works, or a later day indicated."""
    several, out, authorized = several_lines_serve(case), line_is_out(case), other_line_is_authorized(case)
    longer = longer_use_is_indicated(case)
    allowed = permit(when=[several, out, authorized], besides=[longer])
    last = case.longer_until if longer.holds else case.works_end_on
    outcome = last if allowed.outcome else None
    return Decision(outcome=outcome, grounds=allowed.grounds, obstacles=allowed.obstacles)


def several_lines_serve(case: SeveralLines) -> Ground:
    """14.2.3: several lines serve the installation at medium or high voltage."""
    several = case.voltage is not Voltage.LOW and case.lines > 1
    return ground("14.2.3", "several_lines_serve", several, lines=case.lines)


def line_is_out(case: SeveralLines) -> Ground:
    """14.2.3: one of the lines fails, or has to be switched off."""
    return ground("14.2.3", "line_is_out", case.line_is_out)


def other_line_is_authorized(case: SeveralLines) -> Ground:
    """14.2.3: the utility authorizes or asks that the line it designates be used."""
    return ground("14.2.3", "other_line_is_authorized", case.use_is_authorized)


def longer_use_is_indicated(case: SeveralLines) -> Ground:
    """14.2.3: the utility indicates a day after the end of the works."""
    longer = case.longer_until is not None and case.longer_until > case.works_end_on
    until = case.longer_until
    return ground("14.2.3", "longer_use_is_indicated", longer, works_end_on=case.works_end_on, longer_until=until)


@rule
def underground_supply_complies(case: Underground) -> Decision[bool]:
    """14.2.4: fed by an underground medium voltage line, an installation can take electricity from several sources."""
    concerned, several = underground_line_feeds_it(case), several_sources_can_feed_it(case)
    complies = not concerned.holds or several.holds
    return Decision(outcome=complies, grounds=(concerned, several), obstacles=() if complies else (several,))


def underground_line_feeds_it(case: Underground) -> Ground:
    """14.2.4: an underground line feeds the installation at medium voltage."""
    return ground("14.2.4", "underground_line_feeds_it", case.underground and case.voltage is Voltage.MEDIUM)


def several_sources_can_feed_it(case: Underground) -> Ground:
    """14.2.4: the installation can receive electricity from more than one source."""
    return ground("14.2.4", "several_sources_can_feed_it", case.sources > 1, sources=case.sources)


@rule
def overrun_notice_may_leave(case: Overrun, terms: Terms) -> Decision[bool]:
    """14.3: a notice leaves in writing when more than 600 A of boxes, fed from the line or a pole, draw too much."""
    return permit(
        when=[
            feed_is_direct_or_on_a_pole(case),
            feed_is_at_the_voltage(case),
            boxes_are_large(case, terms),
            current_is_too_high(case, terms),
        ]
    )


def feed_is_direct_or_on_a_pole(case: Overrun) -> Ground:
    """14.3: the installation is fed from the line itself, or from a substation on a pole."""
    return ground("14.3", "feed_is_direct_or_on_a_pole", case.source is not Source.SUBSTATION)


def feed_is_at_the_voltage(case: Overrun) -> Ground:
    """14.3: it is fed at 347/600 V."""
    return ground("14.3", "feed_is_at_the_voltage", case.voltage_is_347_600)


def boxes_are_large(case: Overrun, terms: Terms) -> Ground:
    """14.3: the rated currents of the service boxes make more than 600 A."""
    total, limit = sum(case.draw.boxes_a), terms.direct_boxes_up_to_a
    figure = terms.figure("direct_boxes_up_to_a")
    return ground("14.3", "boxes_are_large", total > limit, figure, total=total, limit=limit)


def current_is_too_high(case: Overrun, terms: Terms) -> Ground:
    """14.3: the current drawn is above the limit of 14.1.3."""
    return ground(
        "14.3",
        "current_is_too_high",
        not _within(case.draw, terms),
        terms.figure("direct_current_up_to_a"),
        terms.figure("direct_winter_current_up_to_a"),
        current=case.draw.current_ma,
        winter=case.draw.winter_current_ma,
        limit=terms.direct_current_up_to_a,
        winter_limit=_winter_limit(case.draw, terms),
    )


@rule
def overrun_is_remedied_by(case: OverrunNotice, terms: Terms, holidays: Holidays) -> Decision[date]:
    """14.3: within 6 months of the notice, the customer builds what another substation needs, and pays."""
    due_on = last_day_of_months(case.sent_on, terms.excess_remedy_months, holidays)
    return Decision(outcome=due_on, grounds=(remedy_delay_is_extended(case, due_on, terms),))


def remedy_delay_is_extended(case: OverrunNotice, due_on: date, terms: Terms) -> Ground:
    """14.3: the 6 months would end on a day of rest: they run to the next working day."""
    months = terms.excess_remedy_months
    return ground(
        "14.3",
        "remedy_delay_is_extended",
        due_on > add_months(case.sent_on, months),
        terms.figure("excess_remedy_months"),
        sent_on=case.sent_on,
        months=months,
        due_on=due_on,
    )


@rule
def overrun_amount(case: OverrunCosts, terms: Terms) -> Decision[OverrunAmount]:
    """14.3: the drop beyond 30 m; within 5 years, all that direct supply cost; less what was paid and is recovered."""
    beyond, early = drop_goes_beyond(case, terms), overrun_came_early(case, terms)
    paid = recovered_equipment_was_paid(case, early)
    drop = case.drop_beyond_cents if beyond.holds else 0
    direct = case.direct_supply_cents if early.holds else 0
    recovered = case.recovered_value_cents if paid.holds else 0
    amount = OverrunAmount(
        drop_cents=drop, direct_supply_cents=direct, recovered_cents=recovered, total_cents=drop + direct - recovered
    )
    return Decision(outcome=amount, grounds=(beyond, early, paid))


def drop_goes_beyond(case: OverrunCosts, terms: Terms) -> Ground:
    """14.3: the service drop is longer than 30 m: the customer pays for the part beyond."""
    included = terms.excess_drop_included_m
    return ground(
        "14.3",
        "drop_goes_beyond",
        case.drop_length_mm > included * QUANTITY_SCALE,
        terms.figure("excess_drop_included_m"),
        length=case.drop_length_mm,
        included=included,
        cost=case.drop_beyond_cents,
    )


def overrun_came_early(case: OverrunCosts, terms: Terms) -> Ground:
    """14.3: the limit was passed in the 5 years that follow the first energizing, its anniversary included."""
    until = add_months(case.energized_on, terms.excess_early_years * 12)
    return ground(
        "14.3",
        "overrun_came_early",
        case.exceeded_on <= until,
        terms.figure("excess_early_years"),
        energized_on=case.energized_on,
        exceeded_on=case.exceeded_on,
        until=until,
        cost=case.direct_supply_cents,
    )


def recovered_equipment_was_paid(case: OverrunCosts, early: Ground) -> Ground:
    """14.3: the customer paid, before or now, for what is taken back: its depreciated value is refunded."""
    paid = (case.paid_already or early.holds) and case.recovered_value_cents > 0
    return ground("14.3", "recovered_equipment_was_paid", paid, value=case.recovered_value_cents)


def _winter_limit(case: Draw, terms: Terms) -> int:
    return terms.direct_winter_current_up_to_a if case.dual_energy else terms.direct_current_up_to_a


def _within(case: Draw, terms: Terms) -> bool:
    all_year = case.current_ma <= terms.direct_current_up_to_a * QUANTITY_SCALE
    return all_year and case.winter_current_ma <= _winter_limit(case, terms) * QUANTITY_SCALE
