"""Chapitre 9, Montant à payer: for works out of the base service, for a longer drop, and before they start."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from fanal.law.conditions import ch01_large_requests, ch08_service_drop, ch09_works_cost, ch18_fees
from fanal.law.conditions.ch01_large_requests import LargeRequest, agreement_allows_the_works
from fanal.law.conditions.ch08_service_drop import DropRoute, drop_beyond_base
from fanal.law.conditions.ch08_supply_request import (
    BaseWorks,
    Route,
    easement_is_obtained,
    site_is_accessible,
    works_are_in_normal_hours,
)
from fanal.law.conditions.ch09_works_cost import Cents, Estimate, works_cost
from fanal.law.conditions.part8_supply import Laying
from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.rules import facts, rule


@facts
class Works(Estimate):
    """All that a request takes: what is in the base service, and the estimate of what is not, in cents."""

    some_in_base_service: bool = False  # 8.2 to 8.4
    outside_hours: bool = False  # the estimate then covers all the works
    inaccessible_site: bool = False  # likewise
    clearing_cents: Cents = 0  # déboisement
    civil_works_cents: Cents = 0  # those that the utility does

    @property
    def base(self) -> BaseWorks:
        """The part in the base service, as 8.1 sees it."""
        return BaseWorks(
            in_base_service=self.some_in_base_service,
            outside_hours=self.outside_hours,
            inaccessible_site=self.inaccessible_site,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Montant à payer, before taxes, in cents: the fee of the base service, the detailed cost, and what is added."""

    fee_cents: int
    works_cents: int
    added_cents: int
    total_cents: int


@facts
class LongDrop(Estimate):
    """A service drop, and the estimate of what is beyond the base service; lengths in mm."""

    medium_voltage: bool = False
    from_limit_mm: Annotated[int, Field(ge=0)]
    from_branch_point_mm: Annotated[int, Field(ge=0)]

    @property
    def route(self) -> DropRoute:
        """The drop, as 8.2 measures it."""
        return DropRoute(
            laying=self.laying,
            medium_voltage=self.medium_voltage,
            from_limit_mm=self.from_limit_mm,
            from_branch_point_mm=self.from_branch_point_mm,
        )


@facts
class Start:
    """What must be settled before the works start, in cents."""

    request: LargeRequest
    route: Route = Route()
    advance_cents: Cents = 0  # set by the utility
    advance_paid_cents: Cents = 0
    metering_cents: Cents = 0  # medium voltage metering of 9.3.1
    metering_paid_cents: Cents = 0


@rule
def amount_to_pay(case: Works, terms: ch09_works_cost.Terms, fees: ch18_fees.Terms) -> Decision[Amount | None]:
    """9.1.1: the fee for what is in the base service, the detailed cost of the rest, trees and civil works."""
    cost = works_cost(case, terms)
    fee = network_fee_is_added(case, fees)
    left_out = works_are_left_out(fee, cost.outcome.total_cents)
    estimated = works_are_estimated(cost.outcome.total_cents)
    detailed = () if not left_out.holds else (estimated, *(cost.grounds if estimated.holds else ()))
    hours, site = works_are_in_normal_hours(case.base), site_is_accessible(case.base)
    grounds = (hours, site, fee, left_out, *detailed, clearing_and_civil_works_are_added(case))
    if left_out.holds and not estimated.holds:
        return Decision(outcome=None, grounds=grounds, obstacles=(estimated,))
    return Decision(
        outcome=_amount(case, cost.outcome.total_cents, fees.intervention_fee_network_cents if fee.holds else 0),
        grounds=grounds,
    )


def network_fee_is_added(case: Works, fees: ch18_fees.Terms) -> Ground:
    """9.1.1: the intervention fee on the network is added where some works are in the base service, done as it says."""
    base = case.base
    due = base.in_base_service and not base.outside_hours and not base.inaccessible_site
    figure, fee = fees.figure("intervention_fee_network_cents"), fees.intervention_fee_network_cents
    return ground("9.1.1", "network_fee_is_added", due, figure, fee=fee)


def works_are_left_out(fee: Ground, cents: int) -> Ground:
    """9.1: works that the base service leaves out, all or some, are paid by their detailed cost."""
    return ground("9.1", "works_are_left_out", not fee.holds or cents > 0)


def works_are_estimated(cents: int) -> Ground:
    """9.1.2: the works are estimated by the grid."""
    return ground("9.1.2", "works_are_estimated", cents > 0, cost=cents)


def clearing_and_civil_works_are_added(case: Works) -> Ground:
    """9.1.1: clearing trees and civil works are added; easements are in the grid, line 12."""
    clearing, civil_works = case.clearing_cents, case.civil_works_cents
    return ground(
        "9.1.1",
        "clearing_and_civil_works_are_added",
        clearing + civil_works > 0,
        clearing=clearing,
        civil_works=civil_works,
    )


@rule
def long_drop_cost(case: LongDrop, drop: ch08_service_drop.Terms, terms: ch09_works_cost.Terms) -> Decision[int]:
    """9.2: what a drop costs beyond the length of the base service, by its detailed cost, in cents."""
    measured, cost = drop_beyond_base(case.route, drop), works_cost(case, terms)
    cents = cost.outcome.total_cents if measured.outcome else 0
    own = (
        overhead_drop_is_detailed(case, measured.outcome)
        if case.laying is Laying.OVERHEAD
        else underground_drop_is_detailed(case, measured.outcome)
    )
    return Decision(outcome=cents, grounds=(*measured.grounds, own, *(cost.grounds if measured.outcome else ())))


def overhead_drop_is_detailed(case: LongDrop, beyond_mm: int) -> Ground:
    """9.2.1: the part of an overhead drop beyond the base service is paid by its detailed cost."""
    return ground("9.2.1", "overhead_drop_is_detailed", beyond_mm > 0, beyond=beyond_mm)


def underground_drop_is_detailed(case: LongDrop, beyond_mm: int) -> Ground:
    """9.2.2: the part of an underground drop beyond the base service is paid by its detailed cost."""
    return ground("9.2.2", "underground_drop_is_detailed", beyond_mm > 0, beyond=beyond_mm)


@rule
def works_may_start(case: Start, on: date, large: ch01_large_requests.Terms) -> Decision[bool]:
    """9.1.2: once the advance is paid, with the agreement of 1.2, the easements of 8.1 and the metering of 9.3.1."""
    agreed = agreement_allows_the_works(case.request, on, large)
    settled = permit(when=[easement_is_obtained(case.route), advance_is_paid(case), metering_is_paid(case)])
    return Decision(
        outcome=agreed.outcome and settled.outcome,
        grounds=(*agreed.grounds, *settled.grounds),
        obstacles=(*agreed.obstacles, *settled.obstacles),
    )


def advance_is_paid(case: Start) -> Ground:
    """9.1.2: the advance that the utility sets is paid before the works start."""
    asked, paid = case.advance_cents, case.advance_paid_cents
    return ground("9.1.2", "advance_is_paid", paid >= asked, asked=asked, paid=paid)


def metering_is_paid(case: Start) -> Ground:
    """9.3.1: the medium voltage metering is paid whole before the works start; it is not refunded."""
    asked, paid = case.metering_cents, case.metering_paid_cents
    return ground("9.3.1", "metering_is_paid", paid >= asked, asked=asked, paid=paid)


def _amount(case: Works, works_cents: int, fee_cents: int) -> Amount:
    added_cents = case.clearing_cents + case.civil_works_cents
    total = fee_cents + works_cents + added_cents
    return Amount(fee_cents=fee_cents, works_cents=works_cents, added_cents=added_cents, total_cents=total)
