"""Révision annuelle (4.4): when a plan is reviewed, what a year of bills costs, what the next instalments are.

Article 4.4 spreads the cost of the next 12 months, told from what the last ones cost, in 12 equal instalments. A
balance left by the year, owed by the customer or to the customer, is spread with them, without fee.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fanal.values.dates import add_months
from fanal.values.money import half_up, shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """What a bill asked for its days [from_on, to_on), in cents, taxes and fees included."""

    from_on: date
    to_on: date
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The last months billed [from_on, to_on): how many of their days bills cover, for how much, what all cost."""

    from_on: date
    to_on: date
    days: int
    billed_cents: int
    cost_cents: int

    @property
    def is_whole(self) -> bool:
        """Whether bills cover all of its days: nothing is inferred."""
        return self.days >= (self.to_on - self.from_on).days


def month_due(starts_on: date, month: int, collected_since: date, on: date) -> date | None:
    """4.4 b): the first day of the last review month to come, of one not reviewed: none where it was another's to do.

    `month` is 1 to 12; without one, the month in which the plan began.
    """
    month = month if 1 <= month <= 12 else starts_on.month
    first = date(on.year - (month > on.month), month, 1)
    return first if first > starts_on and add_months(first, 1) > collected_since else None


def last_year(bills: Sequence[Billed], months: int) -> Year | None:
    """The last so many months billed: of the bill that began before them its share by days, to the cent; None: no bill.

    Where bills cover fewer days, what they ask is carried to all days by rule of three.
    """
    if not bills:
        return None
    to_on = max(it.to_on for it in bills)
    from_on = add_months(to_on, -months)
    days = cents = 0
    for it in bills:
        within = (it.to_on - max(it.from_on, from_on)).days
        if within > 0:
            days, cents = days + within, cents + half_up(it.cents * within, (it.to_on - it.from_on).days)
    whole = (to_on - from_on).days
    cost = cents if days >= whole else half_up(cents * whole, days)
    return Year(from_on=from_on, to_on=to_on, days=days, billed_cents=cents, cost_cents=cost)


def next_instalment(cost_cents: int, balance_cents: int, months: int) -> int:
    """4.4: the year's cost and the balance in equal parts, up to the cent, so that they cover both; 0: none."""
    return max(shared(cost_cents + balance_cents, months)[-1], 0)
